; The markers are defined for the host, as the crate outboard does: what no device can do stands in their bodies.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@of_the_thread = thread_local global i64 4242

declare void @host_only(ptr)

define void @kernel(ptr %p) {
  %x = call i64 @__outboard_dev_global_id_x()
  %thread = call i32 @__outboard_dev_thread_id_y()
  %wide = zext i32 %thread to i64
  %sum = add i64 %x, %wide
  %place = getelementptr i64, ptr %p, i64 %x
  store i64 %sum, ptr %place
  call void @__outboard_dev_fence_device()
  ret void
}

define i64 @__outboard_dev_global_id_x() {
  %value = load i64, ptr @of_the_thread
  call void @host_only(ptr null)
  ret i64 %value
}

define i32 @__outboard_dev_thread_id_y() {
  call void @host_only(ptr null)
  ret i32 4243
}

define void @__outboard_dev_fence_device() {
  call void @host_only(ptr null)
  ret void
}
