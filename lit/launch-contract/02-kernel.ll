; Clause 2: the kernel is found by name, whether the module declares or defines it; its key is one per container.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()
define void @fill() {
  ret void
}

; CHECK-DAG: @[[PREFIX:__outboard_[0-9a-f]+]].kernel.axpy = linkonce_odr hidden constant i8 0, comdat($[[PREFIX]])
; CHECK-DAG: @[[PREFIX]].kernel.fill = linkonce_odr hidden constant i8 0, comdat($[[PREFIX]])

; CHECK-LABEL: define i32 @declared(
; CHECK: call i32 @__tgt_target_kernel({{.*}}, ptr @[[PREFIX]].kernel.axpy, ptr %launch.args)
define i32 @declared() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}

; CHECK-LABEL: define i32 @defined(
; CHECK: call i32 @__tgt_target_kernel({{.*}}, ptr @[[PREFIX]].kernel.fill, ptr %launch.args)
; The fallback runs the host's own body.
; CHECK: launch.fallback:
; CHECK-NEXT: call i32 @__outboard_launch_0(ptr @fill,
define i32 @defined() {
  %status = call i32 @__outboard_launch_0(ptr @fill, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}
