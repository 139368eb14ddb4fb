; A guard that items leave by returning, and a bounds check behind it.
declare void @report()
define i32 @item(ITEM, ptr %out, i64 %n, i64 %length) {
entry:
  %inside = icmp ult i64 %global, %n
  br i1 %inside, label %body, label %end
body:
  %fits = icmp ugt i64 %length, %global
  br i1 %fits, label %write, label %panic
write:
  %place = getelementptr i64, ptr %out, i64 %global
  store i64 %global, ptr %place
  br label %end
panic:
  call void @report()
  ret i32 -2147483648
end:
  ret i32 0
}
