; A type of the host's processors alone.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define void @kernel(ptr %out) {
  %value = load x86_fp80, ptr %out
  %sum = fadd x86_fp80 %value, %value
  store x86_fp80 %sum, ptr %out
  ret void
}
