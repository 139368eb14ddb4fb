; A function that is nearly called axpy.
define void @axpy(ptr %out) {
  store i32 1, ptr %out
  ret void
}
define void @scale(ptr %out) {
  store i32 1, ptr %out
  ret void
}
