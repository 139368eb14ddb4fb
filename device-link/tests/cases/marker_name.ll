; Names of device functions that are none.
declare i64 @__outboard_dev_globl_id_x()
define void @k(ptr %out) {
  %id = call i64 @__outboard_dev_globl_id_x()
  store i64 %id, ptr %out
  ret void
}
