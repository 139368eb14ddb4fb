; A structure that lies differently where 128-bit integers are aligned to 8 bytes.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%mixed = type { i64, i128 }

@table = internal constant [2 x %mixed] [%mixed { i64 1, i128 2 }, %mixed { i64 3, i128 4 }]

define void @kernel(ptr %out, i64 %index) {
  %place = getelementptr [2 x %mixed], ptr @table, i64 0, i64 %index, i32 1
  %value = load i128, ptr %place
  store i128 %value, ptr %out
  ret void
}
