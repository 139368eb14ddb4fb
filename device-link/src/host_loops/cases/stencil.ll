; Items at the ends go another way; a branch on what is the same for all is no side, and no check.
declare void @panic()
define i32 @item(ITEM, ptr %out, ptr %in, i64 %n) {
entry:
  %before = icmp ne i64 %global, 0
  %next = add nuw i64 %global, 1
  %behind = icmp ult i64 %next, %n
  %inside = and i1 %before, %behind
  br i1 %inside, label %midst, label %edge
midst:
  %left = add i64 %global, -1
  %at = getelementptr float, ptr %in, i64 %left
  %value = load float, ptr %at
  %half = fmul float %value, 5.0e-1
  br label %write
edge:
  %own = getelementptr float, ptr %in, i64 %global
  %same = load float, ptr %own
  br label %write
write:
  %result = phi float [ %half, %midst ], [ %same, %edge ]
  %place = getelementptr float, ptr %out, i64 %global
  store float %result, ptr %place
  %twice = icmp ugt i64 %n, 100
  br i1 %twice, label %again, label %end
again:
  store float %result, ptr %place
  br label %end
end:
  ret i32 0
}
