; Clause 5: sizes that are constant become a constant, one computed size makes them stores; LITERAL is 8 bytes.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_2(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64, i64, ptr, i64)
declare void @axpy()

; CHECK: @launch.sizes = private unnamed_addr constant [5 x i64] [i64 8, i64 8, i64 8, i64 4096, i64 8]

; CHECK-LABEL: define i32 @constant(
; CHECK-NOT: alloca [5 x i64]
; CHECK: store ptr @launch.sizes,
define i32 @constant(ptr %p) {
  %status = call i32 @__outboard_launch_2(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4096, i64 256, ptr inttoptr (i64 7 to ptr), i64 0)
  ret i32 %status
}

; CHECK-LABEL: define i32 @computed(
; CHECK: %launch.sizes = alloca [5 x i64]
; CHECK: store i64 %bytes, ptr %size.p,
; CHECK: store ptr %launch.sizes,
define i32 @computed(ptr %p, i64 %bytes) {
  %status = call i32 @__outboard_launch_2(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 %bytes, i64 256, ptr inttoptr (i64 7 to ptr), i64 0)
  ret i32 %status
}
