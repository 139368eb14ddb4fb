; Structures passed and returned in memory.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%pair = type { i64, i64 }

define void @kernel(ptr byval(%pair) align 8 %given, ptr %out) {
  %result = alloca %pair
  call void @swap(ptr sret(%pair) %result, ptr byval(%pair) align 8 %given)
  call void @swap(ptr sret(%pair) %out, ptr byval(%pair) align 8 %result)
  ret void
}

define internal void @swap(ptr sret(%pair) %result, ptr byval(%pair) align 8 %given) noinline {
  %first = load i64, ptr %given
  %place = getelementptr i8, ptr %given, i64 8
  %second = load i64, ptr %place
  ; The copy is the callee's own.
  store i64 %second, ptr %given
  %again = load i64, ptr %given
  store i64 %again, ptr %result
  %other = getelementptr i8, ptr %result, i64 8
  store i64 %first, ptr %other
  ret void
}
