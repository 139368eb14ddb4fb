; A call and an invoke, in a loop, with constant and computed operands; and a front end's own marker call.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare i32 @__outboard_launch_2(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64, i64, ptr, i64)
declare i32 @personality(...)
declare void @axpy()
declare void @sum()

define void @steps(ptr %y, i64 %bytes, i32 %n) personality ptr @personality {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %more ]
  %first = call i32 @__outboard_launch_2(ptr @axpy, i64 -1, i32 2, i32 %n, i32 1, i32 1, i32 64, i32 1, i32 1, i32 0, i64 3, ptr %y, i64 %bytes, i64 256, ptr inttoptr (i64 7 to ptr), i64 8)
  %second = invoke i32 @__outboard_launch_0(ptr @sum, i64 1, i32 1, i32 1, i32 1, i32 1, i32 64, i32 1, i32 1, i32 256)
      to label %more unwind label %caught
more:
  %next = add i32 %i, %second
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
caught:
  %pad = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %pad
}
