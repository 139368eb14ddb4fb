; Clause 10: an invoke keeps its unwind edge as the fallback, and loses it under REQUIRED.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()
declare i32 @personality(...)

; CHECK-LABEL: define i32 @fallback(
; CHECK: br i1 %launch.on_device, label %launch.done, label %launch.fallback
; CHECK: launch.fallback:
; CHECK-NEXT: %status = invoke i32 @__outboard_launch_1(
; CHECK-NEXT: to label %launch.done unwind label %caught
; CHECK: launch.done:
; CHECK-NEXT: %launch.status = phi i32 [ 0, %entry ], [ %status, %launch.fallback ]
; CHECK-NEXT: br label %fine
; CHECK: fine:
; CHECK-NEXT: %result = phi i32 [ %launch.status, %launch.done ]
; CHECK: caught:
; CHECK-NEXT: %which = phi i32 [ 7, %launch.fallback ]
define i32 @fallback(ptr %p) personality ptr @personality {
entry:
  %status = invoke i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
      to label %fine unwind label %caught
fine:
  %result = phi i32 [ %status, %entry ]
  ret i32 %result
caught:
  %which = phi i32 [ 7, %entry ]
  %pad = landingpad { ptr, i32 } cleanup
  ret i32 %which
}

; CHECK-LABEL: define i32 @required(
; CHECK: %launch.status = select i1 %launch.on_device, i32 0, i32 2
; CHECK-NEXT: br label %fine
; CHECK-NOT: invoke
; CHECK: fine:
; CHECK-NEXT: ret i32 %launch.status
define i32 @required(ptr %p) personality ptr @personality {
entry:
  %status = invoke i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 2, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
      to label %fine unwind label %caught
fine:
  ret i32 %status
caught:
  %pad = landingpad { ptr, i32 } cleanup
  ret i32 9
}
