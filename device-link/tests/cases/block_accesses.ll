; Atomic operations of memory that only the items of a block reach, of memory that others reach too, and of either.
declare ptr @__outboard_dev_static_shared(i64, i64, i64)
declare void @__outboard_dev_barrier() convergent
declare i32 @__outboard_dev_thread_id_x()
define void @k(ptr %out) {
  %cells = call ptr @__outboard_dev_static_shared(i64 0, i64 1024, i64 4)
  %thread = call i32 @__outboard_dev_thread_id_x()
  %at = zext i32 %thread to i64
  %own = getelementptr i32, ptr %cells, i64 %at
  store atomic i32 %thread, ptr %own monotonic, align 4
  call void @__outboard_dev_barrier() convergent
  %next = getelementptr i32, ptr %own, i64 1
  %low = icmp ult i32 %thread, 4
  %one = select i1 %low, ptr %own, ptr %next
  %a = load atomic i32, ptr %one seq_cst, align 4
  %b = atomicrmw max ptr %own, i32 %a monotonic
  %pair = cmpxchg ptr %own, i32 %a, i32 %b acq_rel monotonic
  %c = extractvalue { i32, i1 } %pair, 0
  %all = atomicrmw add ptr %out, i32 %c monotonic
  %either = select i1 %low, ptr %own, ptr %out
  store atomic i32 %all, ptr %either release, align 4
  ret void
}
