; Mathematics by all the names that the host has for it.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define void @kernel(ptr %f, ptr %d, ptr %v, i32 %n) {
  %x = load float, ptr %f
  %sin = call float @llvm.sin.f32(float %x)
  %power = call float @llvm.powi.f32.i32(float %sin, i32 %n)
  %tanh = call float @tanhf(float %power)
  %rest = frem float %tanh, 3.0
  store float %rest, ptr %f
  %y = load double, ptr %d
  %arc = call double @atan2(double %y, double 2.0)
  %root = call double @llvm.sqrt.f64(double %arc)
  store double %root, ptr %d
  %z = load <2 x double>, ptr %v
  %exp = call <2 x double> @llvm.exp.v2f64(<2 x double> %z)
  store <2 x double> %exp, ptr %v
  %own = call i32 @tan(i32 %n)
  store i32 %own, ptr %f
  ret void
}

; A function of the program's own with a name of libm's.
define internal i32 @tan(i32 %n) {
  %more = add i32 %n, 1
  ret i32 %more
}

declare float @llvm.sin.f32(float)
declare float @llvm.powi.f32.i32(float, i32)
declare <2 x double> @llvm.exp.v2f64(<2 x double>)
declare double @llvm.sqrt.f64(double)
declare float @tanhf(float)
declare double @atan2(double, double)
