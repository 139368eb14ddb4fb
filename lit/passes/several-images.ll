; Several container files, each with images for other targets, make one container; its table has the kernels that
; all images have.
; RUN: %clang -shared -fPIC -nostdlib -DMORE -x c %S/../Inputs/other-kernels.c -o %t.so
; RUN: llvm-offload-binary -o %t.offload --image=file=%t.so,triple=x86_64-unknown-linux-gnu,arch=x86-64-v3,kind=openmp
; RUN: %opt -passes='offload-host<images=%images;images=%t.offload>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()

; CHECK-DAG: @[[C:__outboard_[0-9a-f]+]].image.0 = linkonce_odr hidden constant
; CHECK-DAG: @[[C]].image.1 = linkonce_odr hidden constant
; CHECK-DAG: @[[C]].entries = linkonce_odr hidden constant [1 x %struct.__tgt_offload_entry]
; CHECK-DAG: @[[C]] = linkonce_odr hidden constant %__tgt_bin_desc { i32 2,
define i32 @launch() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}
