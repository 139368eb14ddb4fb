; A loop of barriers that all items of a block take, with a branch by the item in it.
declare void @__outboard_dev_barrier()
define i32 @item(ITEM, ptr %out) {
entry:
  %own = zext i32 %thread to i64
  %cell = getelementptr i64, ptr %shared, i64 %own
  store i64 %global, ptr %cell
  br label %loop
loop:
  %width = phi i32 [ %size, %entry ], [ %half, %next ]
  %half = lshr i32 %width, 1
  %more = icmp ne i32 %half, 0
  call void @__outboard_dev_barrier()
  br i1 %more, label %step, label %done
step:
  %adds = icmp ult i32 %thread, %half
  br i1 %adds, label %add, label %next
add:
  %distance = zext i32 %half to i64
  %other = getelementptr i64, ptr %cell, i64 %distance
  %sum = load i64, ptr %other
  store i64 %sum, ptr %cell
  br label %next
next:
  br label %loop
done:
  %first = icmp eq i32 %thread, 0
  br i1 %first, label %write, label %end
write:
  %result = load i64, ptr %shared
  store i64 %result, ptr %out
  br label %end
end:
  ret i32 0
}
