; Every type that a slot carries, and a structure that each work item gets a copy of.
%pair = type { i64, i64 }

declare i32 @__outboard_dev_thread_id_x()

define void @scalars(i1 %a, i8 signext %b, i16 zeroext %c, i24 %d, i32 %e, i64 %f, float %g, double %h, ptr %out) {
  %a64 = zext i1 %a to i64
  store i64 %a64, ptr %out
  %b64 = sext i8 %b to i64
  %p1 = getelementptr i64, ptr %out, i64 1
  store i64 %b64, ptr %p1
  %c64 = zext i16 %c to i64
  %p2 = getelementptr i64, ptr %out, i64 2
  store i64 %c64, ptr %p2
  %d64 = zext i24 %d to i64
  %p3 = getelementptr i64, ptr %out, i64 3
  store i64 %d64, ptr %p3
  %e64 = zext i32 %e to i64
  %p4 = getelementptr i64, ptr %out, i64 4
  store i64 %e64, ptr %p4
  %p5 = getelementptr i64, ptr %out, i64 5
  store i64 %f, ptr %p5
  %g64 = fpext float %g to double
  %p6 = getelementptr i64, ptr %out, i64 6
  store double %g64, ptr %p6
  %p7 = getelementptr i64, ptr %out, i64 7
  store double %h, ptr %p7
  ret void
}

define void @copies(ptr byval(%pair) align 8 %pair, ptr %out) {
  %old = load i64, ptr %pair
  %new = add i64 %old, 5
  store i64 %new, ptr %pair
  %id = call i32 @__outboard_dev_thread_id_x()
  %index = zext i32 %id to i64
  %p = getelementptr i64, ptr %out, i64 %index
  store i64 %new, ptr %p
  ret void
}
