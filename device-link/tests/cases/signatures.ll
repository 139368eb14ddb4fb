; Everything that a kernel can't take or give.
%pair = type { i64, i64 }
define i32 @returns(ptr %out) { ret i32 1 }
define void @variadic(ptr %out, ...) { ret void }
define void @wide(ptr %out, i128 %x) { ret void }
define void @vector(<4 x float> %x) { ret void }
define void @aggregate(ptr %out, %pair %x) { ret void }
define void @space(ptr addrspace(3) %x) { ret void }
define void @half(half %x) { ret void }
define void @through_memory(ptr sret(%pair) %x) { ret void }
define void @no_environment() { ret void }
define void @float_entry(ptr %environment, float %x) { ret void }
define void @value_first(i64 %x) { ret void }
