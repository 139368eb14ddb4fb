; What SPIR-V has no instructions for, in all the ways that host code has it.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define void @kernel(ptr %n, ptr %f, i64 %a, i64 %b, i32 %c) {
  %sum = call { i64, i1 } @llvm.sadd.with.overflow.i64(i64 %a, i64 %b)
  %product = call { i64, i1 } @llvm.smul.with.overflow.i64(i64 %a, i64 %b)
  %bits = call i32 @llvm.bitreverse.i32(i32 %c)
  %first = extractvalue { i64, i1 } %sum, 0
  %second = extractvalue { i64, i1 } %product, 0
  %over = extractvalue { i64, i1 } %sum, 1
  %above = extractvalue { i64, i1 } %product, 1
  %either = or i1 %over, %above
  %flag = zext i1 %either to i64
  %both = add i64 %first, %second
  %all = add i64 %both, %flag
  store i64 %all, ptr %n
  %place = getelementptr i8, ptr %n, i64 8
  store i32 %bits, ptr %place
  %old = atomicrmw nand ptr %place, i32 %c seq_cst
  %x = load float, ptr %f
  %greater = call float @llvm.maximumnum.f32(float %x, float 1.0)
  store float %greater, ptr %f
  ret void
}

declare { i64, i1 } @llvm.sadd.with.overflow.i64(i64, i64)
declare { i64, i1 } @llvm.smul.with.overflow.i64(i64, i64)
declare i32 @llvm.bitreverse.i32(i32)
declare float @llvm.maximumnum.f32(float, float)
