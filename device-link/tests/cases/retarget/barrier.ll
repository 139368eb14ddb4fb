; A barrier that a compiler was told about.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define void @told(ptr %out) {
  call void @wait(ptr %out)
  ret void
}

define internal void @wait(ptr %out) {
  store i32 1, ptr %out
  call void @__outboard_dev_barrier() convergent
  ret void
}

declare void @__outboard_dev_barrier()
