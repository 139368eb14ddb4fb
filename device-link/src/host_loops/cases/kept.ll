; Across a barrier: what is loaded is kept for each item, what is the same for all once, and what is cheap not at all.
declare void @__outboard_dev_barrier()
define i32 @item(ITEM, ptr %in, ptr %out, i64 %n) {
entry:
  %at = getelementptr i64, ptr %in, i64 %global
  %data = load i64, ptr %at
  %common = udiv i64 1000, %n
  %cheap = add i64 %global, 5
  call void @__outboard_dev_barrier()
  %sum = add i64 %data, %common
  %all = add i64 %sum, %cheap
  %place = getelementptr i64, ptr %out, i64 %global
  store i64 %all, ptr %place
  ret i32 0
}
