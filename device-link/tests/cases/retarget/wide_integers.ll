; Conversions between 128-bit integers and floating point.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define void @kernel(ptr %wide, ptr %d, ptr %f) {
  %n = load i128, ptr %wide
  %double = uitofp i128 %n to double
  %float = sitofp i128 %n to float
  store double %double, ptr %d
  store float %float, ptr %f
  %x = load double, ptr %d
  %back = call i128 @llvm.fptoui.sat.i128.f64(double %x)
  %plain = fptosi double %x to i128
  %sum = add i128 %back, %plain
  store i128 %sum, ptr %wide
  ret void
}

declare i128 @llvm.fptoui.sat.i128.f64(double)
