; Two processors.
define void @k(ptr %out) "target-cpu"="znver4" {
  store i32 1, ptr %out
  ret void
}
define void @l(ptr %out) "target-cpu"="skylake" {
  store i32 1, ptr %out
  ret void
}
