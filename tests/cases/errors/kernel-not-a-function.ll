; passes: offload-host<images=kernels.offload>
; The kernel comes through a variable, is null, and is some other constant.
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
@table = constant [4 x i8] zeroinitializer

define i32 @variable(ptr %kernel) {
  %status = call i32 @__outboard_launch_0(ptr %kernel, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}

define i32 @null() {
  %status = call i32 @__outboard_launch_0(ptr null, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}

define i32 @constant() {
  %status = call i32 @__outboard_launch_0(ptr @table, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}
