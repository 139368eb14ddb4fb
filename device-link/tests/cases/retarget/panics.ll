; core::panicking::panic, core::panicking::panic_bounds_check, core::panicking::panic_fmt, and abort.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@text = private constant [7 x i8] c"literal"
@file = private constant [5 x i8] c"a.rs\00"
@where = private constant <{ ptr, [16 x i8] }> <{ ptr @file, [16 x i8] c"\04\00\00\00\00\00\00\00\05\00\00\00\06\00\00\00" }>, align 8

define void @message(ptr %out) {
  %value = load i32, ptr %out
  %bad = icmp eq i32 %value, 0
  br i1 %bad, label %panic, label %good
panic:
  call void @_ZN4core9panicking5panic17h0123456789abcdefE(ptr @text, i64 7, ptr @where)
  unreachable
good:
  store i32 1, ptr %out
  ret void
}

define void @bounds(ptr %out, i64 %index) {
  %bad = icmp ugt i64 %index, 3
  br i1 %bad, label %panic, label %good
panic:
  call void @_ZN4core9panicking18panic_bounds_check17h0123456789abcdefE(i64 %index, i64 3, ptr @where)
  unreachable
good:
  store i32 1, ptr %out
  ret void
}

define void @formatted(ptr %out, i64 %index) {
  %bad = icmp ugt i64 %index, 3
  br i1 %bad, label %panic, label %good
panic:
  call void @_ZN4core9panicking9panic_fmt17h0123456789abcdefE(ptr @text, ptr inttoptr (i64 15 to ptr), ptr @where)
  unreachable
good:
  store i32 1, ptr %out
  ret void
}

define void @aborts(ptr %out, i64 %index) {
  %bad = icmp ugt i64 %index, 3
  br i1 %bad, label %panic, label %good
panic:
  call void @abort()
  unreachable
good:
  store i32 1, ptr %out
  ret void
}

declare void @_ZN4core9panicking5panic17h0123456789abcdefE(ptr align 1, i64, ptr align 8) noreturn
declare void @_ZN4core9panicking18panic_bounds_check17h0123456789abcdefE(i64, i64, ptr align 8 dereferenceable(24)) noreturn
declare void @_ZN4core9panicking9panic_fmt17h0123456789abcdefE(ptr, ptr, ptr align 8 dereferenceable(24)) noreturn
declare void @abort() noreturn
