; Memory of every sort: stack, constants, variables, tables of addresses, shared memory, copies.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%pair = type { ptr, i64 }

@table = internal constant [2 x %pair] [%pair { ptr @one, i64 1 }, %pair { ptr @two, i64 2 }]
@one = internal constant i32 11
@two = internal constant i32 22
@counter = internal global i32 0
@shared = internal addrspace(3) global [4 x float] zeroinitializer

define void @kernel(ptr %out, i64 %index) {
  %slot = alloca [64 x i32]
  call void @llvm.lifetime.start.p0(ptr %slot)
  call void @llvm.memcpy.p0.p0.i64(ptr %slot, ptr %out, i64 256, i1 false)
  %element = getelementptr [64 x i32], ptr %slot, i64 0, i64 %index
  %local = load i32, ptr %element
  call void @llvm.lifetime.end.p0(ptr %slot)
  %entry = getelementptr [2 x %pair], ptr @table, i64 0, i64 %index
  %pair = load %pair, ptr %entry
  %address = extractvalue %pair %pair, 0
  %constant = load i32, ptr %address
  %old = atomicrmw add ptr @counter, i32 1 monotonic
  %float = load float, ptr addrspacecast (ptr addrspace(3) @shared to ptr)
  %bits = bitcast float %float to i32
  %a = add i32 %local, %constant
  %b = add i32 %a, %old
  %c = add i32 %b, %bits
  store i32 %c, ptr %out
  ret void
}

declare void @llvm.lifetime.start.p0(ptr)
declare void @llvm.lifetime.end.p0(ptr)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
