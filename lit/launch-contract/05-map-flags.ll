; Clause 5: every map flag, as libomptarget's bits with TARGET_PARAM (32) added.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()

; TO
; CHECK-DAG: @launch.map_types = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 33]
; FROM
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 34]
; TO|FROM
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 35]
; ALLOC
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 32]
; LITERAL
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 288]
; PRIVATE|TO
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 161]
; TO|FROM|ALWAYS
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 39]
; TO|FROM|DELETE
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 43]
; TO|FROM|IMPLICIT
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 547]
; TO|FROM|CLOSE
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 1059]
; PRESENT
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 4128]
; TO|FROM|PRESENT
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 4131]
; TO|FROM|OMPX_HOLD
; CHECK-DAG: @launch.map_types.{{[0-9]+}} = private unnamed_addr constant [4 x i64] [i64 288, i64 288, i64 288, i64 8227]

define void @every_flag(ptr %p) {
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 1, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 2, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 0, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 256, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 129, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 7, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 11, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 515, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 1027, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 4096, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 4099, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 8195, ptr %p, i64 4)
  ret void
}
