; Clause 4: NO_WAIT sets the runtime's flag, OWN_ENTRY leaves out the geometry slots. REQUIRED is in 09-required.ll.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()

; CHECK-LABEL: define i32 @no_wait(
; CHECK: [[FLAGS:%.*]] = getelementptr {{.*}}%struct.__tgt_kernel_arguments, ptr %launch.args, i32 0, i32 9
; CHECK-NEXT: store i64 1, ptr [[FLAGS]]
define i32 @no_wait(ptr %p) {
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  ret i32 %status
}

; CHECK-LABEL: define i32 @own_entry(
; CHECK: alloca [1 x ptr]
; CHECK-NOT: grid_xy
; CHECK: [[COUNT:%.*]] = getelementptr {{.*}}%struct.__tgt_kernel_arguments, ptr %launch.args, i32 0, i32 1
; CHECK-NEXT: store i32 1, ptr [[COUNT]]
; CHECK: [[FLAGS:%.*]] = getelementptr {{.*}}%struct.__tgt_kernel_arguments, ptr %launch.args, i32 0, i32 9
; CHECK-NEXT: store i64 0, ptr [[FLAGS]]
; The runtime still lays the launch out by the geometry.
; CHECK: store i32 7, ptr
define i32 @own_entry(ptr %p) {
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 4, i32 7, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  ret i32 %status
}
