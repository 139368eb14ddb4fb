; What not every device can do, each in a kernel of its own.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@variable = global i32 1
@calls = internal thread_local global i32 1

define void @assembly(ptr %out) {
  call void @asm_part(ptr %out)
  ret void
}

define internal void @asm_part(ptr %out) {
  %value = call i32 asm "rdtsc", "={ax},~{dx}"()
  store i32 %value, ptr %out
  ret void
}

define void @hidden(ptr %out) {
  ; core::hint::black_box and core::hint::spin_loop.
  call void asm sideeffect "", "r,~{memory}"(ptr %out)
  call void @llvm.x86.sse2.pause()
  store i32 1, ptr %out
  ret void
}

define void @intrinsic(ptr %out) {
  %value = load <4 x float>, ptr %out
  %root = call <4 x float> @llvm.x86.sse.rsqrt.ps(<4 x float> %value)
  store <4 x float> %root, ptr %out
  ret void
}

define void @mutable(ptr %out) {
  %value = load i32, ptr @variable
  store i32 %value, ptr %out
  ret void
}

define void @local(ptr %out) {
  %place = call ptr @llvm.threadlocal.address.p0(ptr @calls)
  %value = load i32, ptr %place
  store i32 %value, ptr %out
  ret void
}

define void @pointer(ptr %out, i64 %which) {
  %first = icmp eq i64 %which, 0
  %chosen = select i1 %first, ptr @increment, ptr @decrement
  call void %chosen(ptr %out)
  ret void
}

define internal void @increment(ptr %out) {
  store i32 1, ptr %out
  ret void
}

define internal void @decrement(ptr %out) {
  store i32 2, ptr %out
  ret void
}

define void @wide(ptr %out, i64 %by) {
  %value = load i128, ptr %out
  %divisor = zext i64 %by to i128
  %quotient = sdiv i128 %value, %divisor
  store i128 %quotient, ptr %out
  ret void
}

declare void @llvm.x86.sse2.pause()
declare <4 x float> @llvm.x86.sse.rsqrt.ps(<4 x float>)
declare ptr @llvm.threadlocal.address.p0(ptr)
