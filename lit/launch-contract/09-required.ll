; Clause 9: under REQUIRED there is no fallback, the status is 0 or 2, and the declarations that nothing uses go.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s --implicit-check-not=@__outboard_launch --implicit-check-not='declare void @axpy'

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()
declare void @fill()

; CHECK-LABEL: define i32 @launch(
; CHECK: %launch.target_kernel = call i32 @__tgt_target_kernel(
; CHECK-NEXT: %launch.on_device = icmp eq i32 %launch.target_kernel, 0
; CHECK-NEXT: %launch.status = select i1 %launch.on_device, i32 0, i32 2
; CHECK-NEXT: ret i32 %launch.status
define i32 @launch(ptr %p) {
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 2, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  ret i32 %status
}

; A kernel that the host uses otherwise stays.
; CHECK-LABEL: define ptr @address(
; CHECK: ret ptr @fill
define ptr @address(ptr %p) {
  %status = call i32 @__outboard_launch_1(ptr @fill, i64 -1, i32 2, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  ret ptr @fill
}
