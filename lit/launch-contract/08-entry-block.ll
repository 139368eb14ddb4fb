; Clause 8: stack memory is allocated once, first of all in the entry block, for a launch in a loop or a later
; block too; one runtime call a launch, and every field of the argument struct is stored before it.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()

; CHECK-LABEL: define void @loop(
; CHECK-NEXT: entry:
; CHECK-NEXT: %launch.args = alloca
; CHECK-NEXT: %launch.base_pointers = alloca
; CHECK-NEXT: %launch.pointers = alloca
; CHECK-NEXT: %launch.sizes = alloca
; CHECK-NEXT: %own = alloca i32
; CHECK-NEXT: br label %body
; CHECK: body:
; CHECK-NOT: alloca
; CHECK: store i32 3, ptr %version,
; CHECK: store i32 4, ptr %arg_count,
; CHECK: store ptr %launch.base_pointers, ptr %base_pointers,
; CHECK: store ptr %launch.pointers, ptr %pointers,
; CHECK: store ptr %launch.sizes, ptr %sizes,
; CHECK: store ptr @launch.map_types, ptr %map_types,
; CHECK: store ptr null, ptr %names,
; CHECK: store ptr null, ptr %mappers,
; CHECK: store i64 0, ptr %trip_count,
; CHECK: store i64 0, ptr %flags,
; CHECK: store i32 0, ptr %dynamic_shared_bytes,
; CHECK: call i32 @__tgt_target_kernel(
; CHECK-NOT: call {{.*}}@__tgt_target
; CHECK: ret void
define void @loop(ptr %p, i64 %bytes, i32 %n) {
entry:
  %own = alloca i32
  br label %body
body:
  %i = phi i32 [ 0, %entry ], [ %next, %body ]
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 %bytes)
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %body, label %exit
exit:
  ret void
}

; CHECK-LABEL: define i32 @branch(
; CHECK-NEXT: entry:
; CHECK-NEXT: %launch.args = alloca
; CHECK-NEXT: %launch.base_pointers = alloca
; CHECK-NEXT: %launch.pointers = alloca
; CHECK-NEXT: br i1 %yes
; CHECK: then:
; CHECK-NOT: alloca
; CHECK: launch.done:
; CHECK: %launch.status = phi i32 [ 0, %then ], [ %status, %launch.fallback ]
; CHECK: join:
; CHECK-NEXT: %result = phi i32 [ 5, %entry ], [ %launch.status, %launch.done ]
define i32 @branch(ptr %p, i1 %yes) {
entry:
  br i1 %yes, label %then, label %join
then:
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  br label %join
join:
  %result = phi i32 [ 5, %entry ], [ %status, %then ]
  ret i32 %result
}
