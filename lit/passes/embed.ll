; Entries of another front end join the registration of the images, and leave nothing behind. A launch whose result
; nobody looks at ends the program when it fails; one that is checked already stays as it is.
; RUN: %opt -passes='offload-embed<images=%images>' -S %s | FileCheck %s
; RUN: %opt -passes='offload-embed<images=%images>,offload-embed<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%struct.__tgt_offload_entry = type { i64, i16, i16, i32, ptr, ptr, i64, i64, ptr }

@.axpy.region_id = weak constant i8 0
@.offloading.entry_name.axpy = internal unnamed_addr constant [5 x i8] c"axpy\00", section ".llvm.rodata.offloading", align 1
@.offloading.entry.axpy = weak constant %struct.__tgt_offload_entry { i64 0, i16 1, i16 1, i32 0, ptr @.axpy.region_id, ptr @.offloading.entry_name.axpy, i64 0, i64 0, ptr null }, section "llvm_offload_entries", align 8
@llvm.compiler.used = appending global [1 x ptr] [ptr @.offloading.entry.axpy], section "llvm.metadata"

declare i32 @__tgt_target_kernel(ptr, i64, i32, i32, ptr, ptr)
declare void @__tgt_init_all_rtls()

; CHECK-NOT: section "llvm_offload_entries"
; CHECK: @launch.failed.axpy = private unnamed_addr constant [{{[0-9]+}} x i8] c"outboard: kernel `axpy` did not run:
; CHECK: @[[C:__outboard_[0-9a-f]+]].kernel.axpy = linkonce_odr hidden constant i8 0, comdat($[[C]])
; CHECK-NOT: section "llvm_offload_entries"

; CHECK-LABEL: define void @unchecked(
; CHECK-NEXT:    %[[RESULT:.*]] = call i32 @__tgt_target_kernel(ptr null, i64 -1, i32 1, i32 1, ptr @[[C]].kernel.axpy, ptr %args)
; CHECK-NEXT:    call void @__outboard_check_launch(i32 %[[RESULT]], ptr @launch.failed.axpy, i64 {{[0-9]+}})
; CHECK-NEXT:    ret void
define void @unchecked(ptr %args) {
  %result = call i32 @__tgt_target_kernel(ptr null, i64 -1, i32 1, i32 1, ptr @.axpy.region_id, ptr %args)
  ret void
}

; CHECK-LABEL: define i32 @checked(
; CHECK-NEXT:    %[[RESULT:.*]] = call i32 @__tgt_target_kernel(ptr null, i64 -1, i32 1, i32 1, ptr @[[C]].kernel.axpy, ptr %args)
; CHECK-NEXT:    ret i32 %[[RESULT]]
define i32 @checked(ptr %args) {
  %result = call i32 @__tgt_target_kernel(ptr null, i64 -1, i32 1, i32 1, ptr @.axpy.region_id, ptr %args)
  ret i32 %result
}

; The runtime call that starts every device is gone.
; CHECK-LABEL: define void @start_up(
; CHECK-NEXT:    ret void
define void @start_up() {
  call void @__tgt_init_all_rtls()
  ret void
}

; CHECK-LABEL: define linkonce_odr hidden void @__outboard_check_launch(
; CHECK-SAME:    i32 %[[RESULT:[0-9]+]], ptr %[[MESSAGE:[0-9]+]], i64 %[[LENGTH:[0-9]+]]) comdat
; CHECK:         %did_run = icmp eq i32 %[[RESULT]], 0
; CHECK-NEXT:    br i1 %did_run, label %ran, label %failed
; CHECK:       failed:
; CHECK-NEXT:    call i64 @write(i32 2, ptr %[[MESSAGE]], i64 %[[LENGTH]])
; CHECK-NEXT:    call void @abort()
; CHECK-NEXT:    unreachable
; CHECK:       ran:
; CHECK-NEXT:    ret void
