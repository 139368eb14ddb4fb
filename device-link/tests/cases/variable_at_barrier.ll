; A variable whose size the launch says, which is there across a barrier.
declare void @__outboard_dev_barrier()
define void @k(ptr %out, i64 %n) {
  %own = alloca i8, i64 %n
  store volatile i8 1, ptr %own
  call void @__outboard_dev_barrier()
  %kept = load volatile i8, ptr %own
  store i8 %kept, ptr %out
  ret void
}
