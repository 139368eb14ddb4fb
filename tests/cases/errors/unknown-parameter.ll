; passes: offload-host<registraton=constructor>
; A misspelt parameter.
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()
define i32 @launch() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}
