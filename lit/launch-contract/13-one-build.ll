; Clause 13: a launch of a program that gets its images when it is linked refers to its kernel weakly, and is one that
; no device takes where nothing defines that.
; RUN: %opt -passes='offload-records' -S %s | FileCheck %s --implicit-check-not=@__tgt_target_kernel

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()
declare void @fill()

; CHECK-DAG: @__outboard_region.axpy = extern_weak global ptr
; CHECK-DAG: @__outboard_region.fill = extern_weak global ptr

; CHECK-LABEL: define i32 @with_fallback(
; CHECK-NEXT: %launch.args = alloca %struct.__tgt_kernel_arguments
; CHECK: %launch.has_kernel = icmp ne ptr @__outboard_region.axpy, null
; CHECK-NEXT: br i1 %launch.has_kernel, label %launch.device, label %launch.fallback
; CHECK: launch.device:
; CHECK: %launch.launcher = load atomic ptr, ptr @__outboard_region.axpy acquire, align 8
; CHECK-NEXT: %launch.target_kernel = call i32 %launch.launcher(ptr @launch.ident, i64 -1, i32 1, i32 1, ptr @__outboard_region.axpy, ptr %launch.args)
; CHECK-NEXT: %launch.on_device = icmp eq i32 %launch.target_kernel, 0
; CHECK-NEXT: br i1 %launch.on_device, label %launch.done, label %launch.fallback
; CHECK: launch.fallback:
; CHECK-NEXT: %status = call i32 @__outboard_launch_1(ptr @axpy,
; CHECK: launch.done:
; CHECK-NEXT: %launch.status = phi i32 [ 0, %launch.device ], [ %status, %launch.fallback ]
; CHECK-NEXT: ret i32 %launch.status
define i32 @with_fallback(ptr %p) {
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  ret i32 %status
}

; CHECK-LABEL: define i32 @required(
; CHECK: br i1 %launch.has_kernel, label %launch.device, label %launch.done
; CHECK: %launch.status = select i1 %launch.on_device, i32 0, i32 2
; CHECK-NEXT: br label %launch.done
; CHECK: launch.done:
; CHECK-NEXT: %[[STATUS:.*]] = phi i32 [ %launch.status, %launch.device ], [ 2, %0 ]
; CHECK-NEXT: ret i32 %[[STATUS]]
define i32 @required(ptr %p) {
  %status = call i32 @__outboard_launch_1(ptr @fill, i64 -1, i32 2, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  ret i32 %status
}

declare i32 @personality(...)

; The runtime's call does not unwind, and an invoke without a fallback is none any more.
; CHECK-LABEL: define i32 @unwinding(
; CHECK: %[[STATUS:.*]] = phi i32 [ %launch.status, %launch.device ], [ 2, %entry ]
; CHECK-NEXT: br label %fine
; CHECK: ret i32 %[[STATUS]]
define i32 @unwinding(ptr %p) personality ptr @personality {
entry:
  %status = invoke i32 @__outboard_launch_1(ptr @fill, i64 -1, i32 2, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
          to label %fine unwind label %caught
fine:
  ret i32 %status
caught:
  %pad = landingpad { ptr, i32 } cleanup
  ret i32 9
}

; CHECK-LABEL: define ptr @runtime(
; CHECK: %program.has_runtime = icmp ne ptr @__outboard_program_function, null
; CHECK-NEXT: %program.runtime_function = select i1 %program.has_runtime, ptr @__outboard_program_function, ptr @__outboard_runtime_function
; CHECK-NEXT: call ptr %program.runtime_function(ptr %name)
define ptr @runtime(ptr %name) {
  %function = call ptr @__outboard_runtime_function(ptr %name)
  ret ptr %function
}

define ptr @__outboard_runtime_function(ptr %name) {
  ret ptr null
}

; CHECK: declare extern_weak ptr @__outboard_program_function(ptr)
