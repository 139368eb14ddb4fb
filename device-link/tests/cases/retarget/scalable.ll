; Vectors whose length only the processor knows, which no GPU has.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define void @kernel(ptr %out) {
  %value = load <vscale x 4 x i32>, ptr %out
  %sum = add <vscale x 4 x i32> %value, %value
  store <vscale x 4 x i32> %sum, ptr %out
  ret void
}
