; passes: offload-host<images=kernels.offload>
; A launch through a pointer could not be found: taking the address is refused, but for llvm.used.
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()
@llvm.used = appending global [1 x ptr] [ptr @__outboard_launch_0], section "llvm.metadata"
define ptr @address() {
  %p = select i1 true, ptr @__outboard_launch_0, ptr null
  ret ptr %p
}
