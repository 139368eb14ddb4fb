; Clause 1: the launch functions with 0 and with 16 arguments; each argument is one slot after the geometry's three.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare i32 @__outboard_launch_16(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, ptr, i64)
declare void @axpy()

; CHECK-LABEL: define i32 @none(
; CHECK: alloca %struct.__tgt_kernel_arguments
; CHECK: [[COUNT:%.*]] = getelementptr {{.*}}%struct.__tgt_kernel_arguments, ptr %launch.args, i32 0, i32 1
; CHECK-NEXT: store i32 3, ptr [[COUNT]]
; CHECK: call i32 @__tgt_target_kernel(
define i32 @none() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 64, i32 1, i32 1, i32 0)
  ret i32 %status
}

; CHECK-LABEL: define i32 @sixteen(
; CHECK: %launch.base_pointers = alloca [19 x ptr]
; CHECK: store ptr %p, ptr %base.p,
; CHECK: [[COUNT:%.*]] = getelementptr {{.*}}%struct.__tgt_kernel_arguments, ptr %launch.args, i32 0, i32 1
; CHECK-NEXT: store i32 19, ptr [[COUNT]]
; CHECK: call i32 @__tgt_target_kernel(
define i32 @sixteen(ptr %p) {
  %status = call i32 @__outboard_launch_16(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 64, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4, i64 3, ptr %p, i64 4)
  ret i32 %status
}
