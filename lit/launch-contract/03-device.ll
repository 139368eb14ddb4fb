; Clause 3: the device is a constant or computed at run time.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()

; CHECK-LABEL: define i32 @default(
; CHECK: call i32 @__tgt_target_kernel(ptr @launch.ident, i64 -1,
define i32 @default() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}

; CHECK-LABEL: define i32 @third(
; CHECK: call i32 @__tgt_target_kernel(ptr @launch.ident, i64 2,
define i32 @third() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 2, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}

; CHECK-LABEL: define i32 @computed(
; CHECK: call i32 @__tgt_target_kernel(ptr @launch.ident, i64 %device,
define i32 @computed(i64 %device) {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 %device, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}
