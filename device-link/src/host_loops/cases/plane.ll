; Between two barriers, in two dimensions: %p4 is the thread in y. A check of the place in the block, and one of the row.
define i32 @item(ITEM, i64 %length) {
entry:
  %x = zext i32 %thread to i64
  %y = zext i32 %p4 to i64
  %row = mul i64 %y, 16
  %at = add i64 %row, %x
  %inside = icmp ult i64 %at, %length
  br i1 %inside, label %low, label %panic
low:
  %upper = icmp ult i64 %y, 8
  br i1 %upper, label %write, label %panic
write:
  %cell = getelementptr i64, ptr %shared, i64 %at
  store i64 0, ptr %cell
  ret i32 1
panic:
  ret i32 -2147483648
}
