; passes: offload-host<images=kernels.offload>
; The address in a constant.
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
@table = constant [1 x ptr] [ptr @__outboard_launch_0]
