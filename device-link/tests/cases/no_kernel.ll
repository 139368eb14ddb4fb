; Nothing that looks like a kernel.
define i32 @f(ptr %out) { ret i32 1 }
define internal void @g(ptr %out) { ret void }
define void @_ZN4demo4main17h0123456789abcdefE() { ret void }
