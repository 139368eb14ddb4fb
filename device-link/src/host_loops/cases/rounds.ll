; Two loops in one, behind a guard: the inner one sums up, and its items can go through it together. So can those of the
; one behind, which sums up nothing.
declare void @report()
define i32 @item(ITEM, ptr %in, ptr %out, i64 %n, i64 %rounds) {
entry:
  %inside = icmp ult i64 %global, %n
  br i1 %inside, label %rows, label %end
rows:
  %row = phi i64 [ 0, %entry ], [ %next_row, %row_end ]
  %before = phi float [ 0.0, %entry ], [ %sum, %row_end ]
  br label %columns
columns:
  %column = phi i64 [ 0, %rows ], [ %next_column, %read ]
  %part = phi float [ %before, %rows ], [ %sum, %read ]
  %at = add i64 %row, %column
  %fits = icmp ult i64 %at, %n
  br i1 %fits, label %read, label %panic
read:
  %place = getelementptr float, ptr %in, i64 %at
  %value = load float, ptr %place
  %sum = fadd float %part, %value
  %next_column = add i64 %column, 1
  %more_columns = icmp ult i64 %next_column, %rounds
  br i1 %more_columns, label %columns, label %row_end
row_end:
  %next_row = add i64 %row, 1
  %more_rows = icmp ult i64 %next_row, %rounds
  br i1 %more_rows, label %rows, label %doubling
doubling:
  %power = phi i64 [ 1, %row_end ], [ %double, %doubling ]
  %double = shl i64 %power, 1
  %small = icmp ult i64 %double, %rounds
  br i1 %small, label %doubling, label %write
write:
  %own = getelementptr float, ptr %out, i64 %global
  store float %sum, ptr %own
  br label %end
panic:
  call void @report()
  ret i32 -2147483648
end:
  ret i32 0
}
