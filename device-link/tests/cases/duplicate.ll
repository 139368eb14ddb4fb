; Defines what from_module.ll defines.
define i64 @from_module(i64 %x) { ret i64 %x }
define void @k(ptr %out) {
  store i32 1, ptr %out
  ret void
}
