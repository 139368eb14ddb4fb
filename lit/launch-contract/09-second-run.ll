; Clause 9: a second run leaves the fallback alone; the module is the same.
; RUN: %opt -passes='offload-host<images=%images>' -S %s -o %t.once.ll
; RUN: %opt -passes='offload-host<images=%images>,offload-host<images=%images>' -S %s -o %t.twice.ll
; RUN: diff %t.once.ll %t.twice.ll
; RUN: %opt -passes='offload-host<images=%images>' -S %t.once.ll | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()

; CHECK-LABEL: define i32 @launch(
; CHECK-COUNT-1: call i32 @__tgt_target_kernel(
; CHECK-NOT: call i32 @__tgt_target_kernel(
define i32 @launch(ptr %p) {
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  ret i32 %status
}
