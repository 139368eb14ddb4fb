; Two functions that call each other, and not at their ends; one is inlined into the other.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal i64 @left(i64 %n) {
  %end = icmp ult i64 %n, 2
  br i1 %end, label %last, label %next
next:
  %less = sub i64 %n, 1
  %a = call i64 @right(i64 %less)
  %half = lshr i64 %n, 1
  %b = call i64 @right(i64 %half)
  %sum = mul i64 %a, %b
  ret i64 %sum
last:
  ret i64 3
}

define internal i64 @right(i64 %n) {
  %less = sub i64 %n, 2
  %a = call i64 @left(i64 %less)
  %half = lshr i64 %n, 3
  %b = call i64 @left(i64 %half)
  %sum = xor i64 %a, %b
  ret i64 %sum
}

define void @climbs(ptr %x, i64 %n) {
  %result = call i64 @left(i64 %n)
  store i64 %result, ptr %x
  ret void
}
