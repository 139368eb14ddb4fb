; What grows: by steps, with a sign, from above; what doesn't: data, what is multiplied twice, what only one equals.
declare void @panic()
define i32 @item(ITEM, ptr %in, i64 %n, i32 %m) {
entry:
  %three = mul i64 %global, 3
  %steps = add i64 %three, 2
  %a = icmp ult i64 %steps, %n
  br i1 %a, label %second, label %fails
second:
  %narrow = trunc i64 %global to i32
  %signed = sub i32 %narrow, 7
  %b = icmp slt i32 %signed, %m
  br i1 %b, label %third, label %fails
third:
  %square = mul i64 %global, %global
  %c = icmp ult i64 %square, %n
  br i1 %c, label %fourth, label %fails
fourth:
  %at = getelementptr i64, ptr %in, i64 %global
  %data = load i64, ptr %at
  %d = icmp ult i64 %data, %n
  br i1 %d, label %fifth, label %fails
fifth:
  %one = icmp eq i64 %global, %n
  br i1 %one, label %only, label %end
only:
  store i64 0, ptr %in
  br label %end
fails:
  call void @panic()
  ret i32 -2147483648
end:
  ret i32 0
}
