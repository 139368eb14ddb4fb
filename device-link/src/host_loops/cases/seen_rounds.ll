; A loop that sums up, in which every round writes what others could read: its items go through it one by one.
define i32 @item(ITEM, ptr %in, ptr %out, i64 %rounds) {
entry:
  br label %round
round:
  %number = phi i64 [ 0, %entry ], [ %next, %round ]
  %before = phi float [ 0.0, %entry ], [ %sum, %round ]
  %place = getelementptr float, ptr %in, i64 %number
  %value = load float, ptr %place
  %sum = fadd float %before, %value
  %own = getelementptr float, ptr %out, i64 %global
  store float %sum, ptr %own
  %next = add i64 %number, 1
  %more = icmp ult i64 %next, %rounds
  br i1 %more, label %round, label %end
end:
  ret i32 0
}
