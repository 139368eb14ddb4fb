; Another front end's launch: a call of its own, told about by a plan.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
declare void @other()
declare i32 @my_launch(ptr, i64, i32)

define i32 @main(ptr %data, i64 %bytes, i32 %blocks) {
  call void @other()
  %status = call i32 @my_launch(ptr %data, i64 %bytes, i32 %blocks)
  ret i32 %status
}
