; Clause 7: the geometry in three literal slots, low half first, then one slot for each argument.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_2(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64, i64, ptr, i64)
declare void @axpy()

; CHECK: @launch.map_types = private unnamed_addr constant [5 x i64] [i64 288, i64 288, i64 288, i64 35, i64 288]

; 2 | 3 << 32, 4 | 5 << 32, 6 | 7 << 32
; CHECK-LABEL: define i32 @constant(
; CHECK: store i64 12884901890, ptr %base.grid_xy,
; CHECK: store i64 21474836484, ptr %base.grid_z_block_x,
; CHECK: store i64 30064771078, ptr %base.block_yz,
; CHECK: store ptr %p, ptr %base.p,
; CHECK: store ptr %p, ptr %pointer.p,
; CHECK: store ptr inttoptr (i64 7 to ptr), ptr %base.argument1,
; CHECK: store ptr inttoptr (i64 7 to ptr), ptr %pointer.argument1,
define i32 @constant(ptr %p) {
  %status = call i32 @__outboard_launch_2(ptr @axpy, i64 -1, i32 0, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 0, i64 3, ptr %p, i64 4096, i64 256, ptr inttoptr (i64 7 to ptr), i64 8)
  ret i32 %status
}

; CHECK-LABEL: define i32 @computed(
; CHECK: %low = zext i32 %x to i64
; CHECK: [[Y:%.*]] = zext i32 %y to i64
; CHECK: [[HIGH:%.*]] = shl i64 [[Y]], 32
; CHECK: %grid_xy = or i64 %low, [[HIGH]]
; CHECK: store i64 %grid_xy, ptr %base.grid_xy
define i32 @computed(i32 %x, i32 %y, ptr %p) {
  %status = call i32 @__outboard_launch_2(ptr @axpy, i64 -1, i32 0, i32 %x, i32 %y, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4096, i64 256, ptr inttoptr (i64 7 to ptr), i64 8)
  ret i32 %status
}
