; For another machine, by its layout alone.
target datalayout = "e-p:32:32"
define void @k(ptr %out) {
  store i32 1, ptr %out
  ret void
}
