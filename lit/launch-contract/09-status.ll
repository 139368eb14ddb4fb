; Clause 9: 0 from a device; anything else of the runtime calls the original, with its operands, for its status.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()

; CHECK-LABEL: define i32 @launch(
; CHECK: %launch.target_kernel = call i32 @__tgt_target_kernel(
; CHECK-NEXT: %launch.on_device = icmp eq i32 %launch.target_kernel, 0
; CHECK-NEXT: br i1 %launch.on_device, label %launch.done, label %launch.fallback
; CHECK: launch.fallback:
; CHECK-NEXT: %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4) #[[MARK:[0-9]+]]
; CHECK-NEXT: br label %launch.done
; CHECK: launch.done:
; CHECK-NEXT: %launch.status = phi i32 [ 0, %0 ], [ %status, %launch.fallback ]
; CHECK-NEXT: ret i32 %launch.status
; CHECK: attributes #[[MARK]] = { "outboard-fallback" }
define i32 @launch(ptr %p) {
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  ret i32 %status
}
