; Panics of a kernel itself, and of a function that is too large to be inlined into it.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare void @_ZN4core9panicking5panic17h0123456789abcdefE() noreturn

define internal void @large(ptr %x, i64 %n) {
  %bad = icmp ugt i64 %n, 100
  br i1 %bad, label %panic, label %fine
panic:
  call void @_ZN4core9panicking5panic17h0123456789abcdefE()
  unreachable
fine:
  ; STORES
  ret void
}

define void @traps(ptr %x, i64 %n) {
  %bad = icmp ugt i64 %n, 7
  br i1 %bad, label %panic, label %fine
panic:
  call void @_ZN4core9panicking5panic17h0123456789abcdefE()
  unreachable
fine:
  %first = load i64, ptr %x
  call void @large(ptr %x, i64 %first)
  ret void
}
