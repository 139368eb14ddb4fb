; Clause 12: everything of a container is in one comdat group named by its content, with all its kernels, and a
; constructor of priority 101 registers it. A module without launches embeds nothing.
; RUN: split-file %s %t
; RUN: %opt -passes='offload-host<images=%images>' -S %t/launch.ll | FileCheck %t/launch.ll
; RUN: %opt -passes='offload-host<images=%images>' -S %t/none.ll | FileCheck %t/none.ll

;--- launch.ll
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()

; CHECK: $[[C:__outboard_[0-9a-f]+]] = comdat any
; CHECK-DAG: @[[C]].kernel.axpy = linkonce_odr hidden constant i8 0, comdat($[[C]])
; CHECK-DAG: @[[C]].kernel.fill = linkonce_odr hidden constant i8 0, comdat($[[C]])
; CHECK-DAG: @[[C]].kernel.sum = linkonce_odr hidden constant i8 0, comdat($[[C]])
; CHECK-DAG: @[[C]].name.axpy = linkonce_odr hidden constant [5 x i8] c"axpy\00", section ".llvm.rodata.offloading", comdat($[[C]])
; CHECK-DAG: @[[C]].entries = linkonce_odr hidden constant [3 x %struct.__tgt_offload_entry] [%struct.__tgt_offload_entry { i64 0, i16 1, i16 1, i32 0, ptr @[[C]].kernel.axpy, ptr @[[C]].name.axpy, i64 0, i64 0, ptr null },{{.*}}], comdat($[[C]])
; CHECK-DAG: @[[C]].image.0 = linkonce_odr hidden constant [[IMAGE:\[[0-9]+ x i8\]]] c"\7FELF{{.*}}, comdat($[[C]]), align 16
; CHECK-DAG: @[[C]].images = linkonce_odr hidden constant [1 x %__tgt_device_image] [%__tgt_device_image { ptr @[[C]].image.0, ptr getelementptr inbounds ([[IMAGE]], ptr @[[C]].image.0, i64 0, i64 {{[0-9]+}}), ptr @[[C]].entries, ptr getelementptr inbounds ([3 x %struct.__tgt_offload_entry], ptr @[[C]].entries, i64 0, i64 3) }], comdat($[[C]])
; CHECK-DAG: @[[C]] = linkonce_odr hidden constant %__tgt_bin_desc { i32 1, ptr @[[C]].images, ptr @[[C]].entries, ptr getelementptr inbounds ([3 x %struct.__tgt_offload_entry], ptr @[[C]].entries, i64 0, i64 3) }, comdat
; CHECK-DAG: @llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 101, ptr @[[C]].register, ptr @[[C]] }]

; CHECK: define linkonce_odr hidden void @[[C]].unregister() {{.*}}comdat($[[C]])
; CHECK: call void @__tgt_unregister_lib(ptr @[[C]])
; CHECK: define linkonce_odr hidden void @[[C]].register() {{.*}}comdat($[[C]])
; CHECK: call void @__tgt_register_lib(ptr @[[C]])
; CHECK-NEXT: call i32 @atexit(ptr @[[C]].unregister)
define i32 @launch() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}

;--- none.ll
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK-NOT: __tgt
; CHECK-NOT: {{@|\$}}__outboard
define i32 @none() {
  ret i32 0
}
