; Only some items of a block come to the first barrier, and all to the second.
declare void @__outboard_dev_barrier()
define i32 @item(ITEM, ptr %out) {
entry:
  %low = icmp ult i32 %thread, 16
  br i1 %low, label %waits, label %all
waits:
  call void @__outboard_dev_barrier()
  br label %all
all:
  call void @__outboard_dev_barrier()
  ret i32 0
}
