; passes: offload-host<images=kernels.offload>
; There is no launch function for 17 arguments.
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_17(ptr)
define i32 @launch() {
  %status = call i32 @__outboard_launch_17(ptr null)
  ret i32 %status
}
