; Launches in the blocks where a careless rewrite would allocate stack memory again and again: in a loop, and in a
; block after the entry.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@line = private constant [27 x i8] c"x %lld, %lld on the host\0A\00\00"

declare void @add()
declare i32 @printf(ptr, ...)

declare i32 @__outboard_launch_2(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64, i64, ptr, i64)

; The fallback's kernel: never called, for the fallback only tells that it ran.
define void @add_one(ptr %x) {
  ret void
}

define weak i32 @__outboard_launch_1(ptr %kernel, i64 %device, i32 %options, i32 %gx, i32 %gy, i32 %gz, i32 %bx,
                                     i32 %by, i32 %bz, i32 %shared, i64 %flags, ptr %base, i64 %size) {
  ret i32 1
}

define i32 @main(i32 %argc, ptr %argv) {
entry:
  %x = alloca i64
  store i64 0, ptr %x
  br label %loop

loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %host = phi i32 [ 0, %entry ], [ %host.next, %loop ]
  %status = call i32 @__outboard_launch_1(ptr @add_one, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1,
                                          i32 0, i64 3, ptr %x, i64 8)
  %host.next = add i32 %host, %status
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 200000
  br i1 %more, label %loop, label %later

later:
  %forty = inttoptr i64 40 to ptr
  %required = call i32 @__outboard_launch_2(ptr @add, i64 -1, i32 2, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1,
                                            i32 0, i64 256, ptr %forty, i64 8, i64 3, ptr %x, i64 8)
  %value = load i64, ptr %x
  %host.all = zext i32 %host.next to i64
  %printed = call i32 (ptr, ...) @printf(ptr @line, i64 %value, i64 %host.all)
  ret i32 %required
}
