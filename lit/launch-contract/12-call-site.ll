; Clause 12: registration=call-site fills a descriptor on the stack, registers before and unregisters after.
; RUN: %opt -passes='offload-host<images=%images;registration=call-site>' -S %s | FileCheck %s --implicit-check-not=llvm.global_ctors

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()

; CHECK-LABEL: define i32 @launch(
; CHECK-NEXT: %launch.args = alloca
; CHECK: %launch.bin_desc = alloca %__tgt_bin_desc
; CHECK: store i32 1, ptr %device_image_count
; CHECK: store ptr @[[C:__outboard_[0-9a-f]+]].images, ptr %device_images
; CHECK: store ptr @[[C]].entries, ptr %host_entries_begin
; CHECK: %host_entries_end
; CHECK: call void @__tgt_register_lib(ptr %launch.bin_desc)
; CHECK-NEXT: %launch.target_kernel = call i32 @__tgt_target_kernel(
; CHECK-NEXT: call void @__tgt_unregister_lib(ptr %launch.bin_desc)
; CHECK: launch.fallback:
define i32 @launch() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}
