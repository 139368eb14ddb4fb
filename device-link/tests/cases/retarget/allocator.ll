; Memory that is allocated where it is wanted, used, and freed.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define void @kernel(ptr %out, i64 %size) {
  store i32 0, ptr %out
  %none = icmp eq i64 %size, 0
  br i1 %none, label %done, label %some
some:
  call void @__rust_no_alloc_shim_is_unstable_v2()
  %memory = call ptr @__rust_alloc(i64 8, i64 4)
  store volatile i32 1, ptr %memory
  %more = call ptr @__rust_realloc(ptr %memory, i64 8, i64 4, i64 16)
  %value = load volatile i32, ptr %more
  store i32 %value, ptr %out
  call void @__rust_dealloc(ptr %more, i64 16, i64 4)
  br label %done
done:
  ret void
}

declare void @__rust_no_alloc_shim_is_unstable_v2()
declare ptr @__rust_alloc(i64, i64)
declare ptr @__rust_realloc(ptr, i64, i64, i64)
declare void @__rust_dealloc(ptr, i64, i64)
