; Three names of one kernel.
@alias = unnamed_addr alias void (ptr), ptr @original
@alias_of_alias = unnamed_addr alias void (ptr), ptr @alias
declare i64 @__outboard_dev_global_id_x()
define void @original(ptr %out) unnamed_addr {
  %id = call i64 @__outboard_dev_global_id_x()
  %p = getelementptr i64, ptr %out, i64 %id
  store i64 %id, ptr %p
  ret void
}
