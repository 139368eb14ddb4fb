; A barrier and shared memory that are defined for the host too.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@host_memory = global [64 x i32] zeroinitializer

declare void @host_only(ptr)

define void @kernel(ptr %p) {
  %x = call i32 @__outboard_dev_thread_id_x()
  %shared = call ptr @__outboard_dev_static_shared(i64 7, i64 256, i64 4)
  %mine = getelementptr i32, ptr %shared, i32 %x
  store i32 %x, ptr %mine
  call void @__outboard_dev_barrier() convergent
  %other = xor i32 %x, 1
  %from = getelementptr i32, ptr %shared, i32 %other
  %value = load i32, ptr %from
  %place = getelementptr i32, ptr %p, i32 %x
  store i32 %value, ptr %place
  ret void
}

define i32 @__outboard_dev_thread_id_x() {
  call void @host_only(ptr @host_memory)
  ret i32 0
}

define ptr @__outboard_dev_static_shared(i64 %key, i64 %size, i64 %alignment) {
  call void @host_only(ptr @host_memory)
  ret ptr @host_memory
}

define void @__outboard_dev_barrier() convergent {
  call void @host_only(ptr @host_memory)
  ret void
}
