; A device function with another type.
declare i32 @__outboard_dev_global_id_x()
define void @k(ptr %out) {
  %id = call i32 @__outboard_dev_global_id_x()
  store i32 %id, ptr %out
  ret void
}
