define i64 @from_module(i64 %x) {
  %y = mul i64 %x, 7
  ret i64 %y
}
