; Assembly at the top.
module asm ".globl other"
define void @k(ptr %out) {
  store i32 1, ptr %out
  ret void
}
