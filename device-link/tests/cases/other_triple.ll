; For another machine.
target triple = "nvptx64-nvidia-cuda"
define void @k(ptr %out) {
  store i32 1, ptr %out
  ret void
}
