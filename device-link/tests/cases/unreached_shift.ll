; A check on a shift that is by too much for some arguments, with which no item comes to it.
declare i64 @__outboard_dev_global_id_x()
declare void @__outboard_dev_panic(ptr, i64, ptr) noreturn
define void @k(i32 %by, i32 %wanted, ptr %out) {
  %i = call i64 @__outboard_dev_global_id_x()
  %in = icmp ult i32 %by, 32
  br i1 %in, label %check, label %store
check:
  %shifted = shl i32 1, %by
  %wrong = icmp eq i32 %shifted, %wanted
  br i1 %wrong, label %fail, label %store
fail:
  call void @__outboard_dev_panic(ptr null, i64 0, ptr null)
  unreachable
store:
  %at = getelementptr i64, ptr %out, i64 %i
  store i64 %i, ptr %at
  ret void
}
