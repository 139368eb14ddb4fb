; What items do between two barriers: a check that only those below %step come to, a loop that few have, one item apart.
define i32 @item(ITEM, i64 %step) {
entry:
  %own = zext i32 %thread to i64
  %below = icmp ult i64 %own, %step
  br i1 %below, label %read, label %after
read:
  %at = add i64 %own, %step
  %inside = icmp ult i64 %at, 256
  br i1 %inside, label %add, label %panic
add:
  %cell = getelementptr i64, ptr %shared, i64 %at
  %value = load i64, ptr %cell
  store i64 %value, ptr %shared
  br label %after
panic:
  ret i32 -2147483648
after:
  %more = icmp ult i64 %own, 8
  br i1 %more, label %loop, label %alone
loop:
  %i = phi i64 [ %own, %after ], [ %next, %loop ]
  %place = getelementptr i64, ptr %shared, i64 %i
  store i64 0, ptr %place
  %next = add i64 %i, 8
  %again = icmp ult i64 %next, %step
  br i1 %again, label %loop, label %alone
alone:
  %first = icmp eq i32 %thread, 0
  br i1 %first, label %write, label %end
write:
  store i64 1, ptr %shared
  br label %end
end:
  ret i32 2
}
