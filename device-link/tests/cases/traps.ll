; Panics of a kernel itself, and of a function that can't be inlined into it.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare void @_ZN4core9panicking5panic17h0123456789abcdefE() noreturn

define internal i64 @deep(i64 %n) {
  %bad = icmp ugt i64 %n, 100
  br i1 %bad, label %panic, label %fine
panic:
  call void @_ZN4core9panicking5panic17h0123456789abcdefE()
  unreachable
fine:
  %last = icmp ult i64 %n, 2
  br i1 %last, label %end, label %next
next:
  %a = sub i64 %n, 1
  %b = sub i64 %n, 2
  %x = call i64 @deep(i64 %a)
  %y = call i64 @deep(i64 %b)
  %sum = mul i64 %x, %y
  %more = add i64 %sum, %n
  ret i64 %more
end:
  ret i64 %n
}

define void @traps(ptr %x, i64 %n) {
  %bad = icmp ugt i64 %n, 7
  br i1 %bad, label %panic, label %fine
panic:
  call void @_ZN4core9panicking5panic17h0123456789abcdefE()
  unreachable
fine:
  %start = load i64, ptr %x
  %result = call i64 @deep(i64 %start)
  store i64 %result, ptr %x
  ret void
}
