; Functions and variables that nobody defines, and a thread-local one; two kernels are wrong.
@counter = external global i32
@mine = thread_local global i32 0
@table = internal constant [1 x ptr] [ptr @_ZN4core9panicking5panic17h0123456789abcdefE]
declare void @_ZN4core9panicking5panic17h0123456789abcdefE()
declare double @sin(double)
declare i32 @printf(ptr, ...)
declare ptr @dlsym(ptr, ptr)
declare void @gone()

define void @one(i64 %n, ptr %out) {
  call void @_ZN4demo5check17h0123456789abcdefE(i64 %n)
  %s = call double @sin(double 1.0)
  store double %s, ptr %out
  ret void
}
define internal void @_ZN4demo5check17h0123456789abcdefE(i64 %n) {
  %f = getelementptr ptr, ptr @table, i64 %n
  %g = load ptr, ptr %f
  call void %g()
  ret void
}
define void @two(ptr %out) {
  %c = load i32, ptr @counter
  %t = load i32, ptr @mine
  %x = add i32 %c, %t
  store i32 %x, ptr %out
  br i1 false, label %never, label %done
never:
  call void @gone()
  br label %done
done:
  %p = call i32 (ptr, ...) @printf(ptr %out)
  %q = call ptr @dlsym(ptr null, ptr %out)
  ret void
}
define void @three(ptr %out) {
  store i32 1, ptr %out
  ret void
}
