; A kernel that calls an object, which calls a module.
declare void @outside(i64, ptr)
define void @caller(i64 %n, ptr %out) {
  call void @outside(i64 %n, ptr %out)
  ret void
}
