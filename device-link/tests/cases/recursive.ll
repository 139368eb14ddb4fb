; Positions asked for where they can't be inlined: in recursion, through a pointer, in an entry.
declare i64 @__outboard_dev_global_id_x()
declare i32 @__outboard_dev_block_id_y()
define internal i64 @sum(i64 %n) {
  %id = call i64 @__outboard_dev_global_id_x()
  %end = icmp eq i64 %n, 0
  br i1 %end, label %done, label %more
more:
  %m = sub i64 %n, 1
  %rest = call i64 @sum(i64 %m)
  %s = add i64 %rest, %id
  ret i64 %s
done:
  ret i64 %id
}
define internal i32 @row() {
  %id = call i32 @__outboard_dev_block_id_y()
  ret i32 %id
}
define void @recursive(i64 %n, ptr %out) {
  %s = call i64 @sum(i64 %n)
  store i64 %s, ptr %out
  ret void
}
define void @pointer(i64 %n, ptr %out) {
  %c = icmp eq i64 %n, 1
  %f = select i1 %c, ptr @row, ptr %out
  %r = call i32 %f()
  store i32 %r, ptr %out
  ret void
}
define void @entry(ptr %environment, ptr %out) {
  %r = call i32 @row()
  store i32 %r, ptr %out
  ret void
}
