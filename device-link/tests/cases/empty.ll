; Kernels of which nothing is left: no effect, undefined behaviour, and a panic whatever they are given.
declare void @llvm.trap()
declare void @_ZN4core9panicking5panic17h0123456789abcdefE() noreturn
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
define void @panics(i32 %x) {
  call void @_ZN4core9panicking5panic17h0123456789abcdefE()
  unreachable
}
define void @fine(ptr %x) {
  store i32 1, ptr %x
  ret void
}
