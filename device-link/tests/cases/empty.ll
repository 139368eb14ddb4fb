; Kernels of which nothing is left: no effect, and undefined behaviour.
declare void @llvm.trap()
define void @reads(ptr %x) {
  %v = load i32, ptr %x
  ret void
}
define void @undefined(ptr %x) {
  store i32 1, ptr null
  ret void
}
define void @unreachable(ptr %x) {
  store i32 1, ptr %x
  unreachable
}
define void @fine(ptr %x) {
  store i32 1, ptr %x
  ret void
}
