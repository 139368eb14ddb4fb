; passes: offload-host<images=recorded.offload>
; Launches that do not fit the slots that device-link recorded.
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()
declare void @own()
declare void @unseen()
define void @bad(ptr %p) {
  call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 256, ptr %p, i64 8)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 4, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 8)
  call i32 @__outboard_launch_0(ptr @own, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  call i32 @__outboard_launch_1(ptr @own, i64 -1, i32 4, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 8)
  call i32 @__outboard_launch_0(ptr @unseen, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  call i32 @__outboard_launch_1(ptr @unseen, i64 -1, i32 4, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 8)
  ret void
}
