; passes: offload-host<images=kernels.offload>
; Computed flags; flags that a launch cannot give; LITERAL that moves; nothing mapped.
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()
define void @bad(ptr %p, i64 %flags) {
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 %flags, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 16, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 2083, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 281474976710659, ptr %p, i64 4)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 257, ptr %p, i64 8)
  call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 0)
  ret void
}
