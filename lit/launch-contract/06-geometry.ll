; Clause 6: grid and block, constant or computed, and the dynamic shared memory.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()

; CHECK-LABEL: define i32 @constant(
; CHECK: %teams = getelementptr
; CHECK: store i32 2, ptr
; CHECK: store i32 3, ptr
; CHECK: store i32 4, ptr
; CHECK: %threads = getelementptr
; CHECK: store i32 5, ptr
; CHECK: store i32 6, ptr
; CHECK: store i32 7, ptr
; CHECK: %dynamic_shared_bytes = getelementptr
; CHECK-NEXT: store i32 1024, ptr %dynamic_shared_bytes
; CHECK: call i32 @__tgt_target_kernel(ptr @launch.ident, i64 -1, i32 2, i32 5,
define i32 @constant() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 1024)
  ret i32 %status
}

; CHECK-LABEL: define i32 @computed(
; CHECK: store i32 %grid, ptr
; CHECK: store i32 %block, ptr
; CHECK: store i32 %shared, ptr %dynamic_shared_bytes
; CHECK: call i32 @__tgt_target_kernel(ptr @launch.ident, i64 -1, i32 %grid, i32 %block,
define i32 @computed(i32 %grid, i32 %block, i32 %shared) {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 %grid, i32 1, i32 1, i32 %block, i32 1, i32 1, i32 %shared)
  ret i32 %status
}
