; The bitcode of a module is in its object, once, aligned, kept by optimisation and left out by linkers; with or
; without launches, but not where nothing is defined.
; RUN: split-file %s %t
; RUN: %opt -passes='offload-records,offload-records,verify' -S %t/plain.ll | FileCheck %t/plain.ll --implicit-check-not=OBRECORD
; RUN: %opt -passes='default<O2>,offload-records' -S %t/plain.ll | FileCheck %t/plain.ll --implicit-check-not=OBRECORD
; RUN: %opt -passes='offload-records' -S %t/nothing.ll | FileCheck %t/nothing.ll --implicit-check-not=OBRECORD
; RUN: %opt -passes='offload-records' -S %t/local.ll | FileCheck %t/local.ll
; RUN: %opt -passes='offload-records' -S %t/gpu.ll | FileCheck %t/gpu.ll --implicit-check-not=OBRECORD
; RUN: not %opt -passes='offload-records' -disable-output %t/gpu-launch.ll 2>&1 | FileCheck %t/gpu-launch.ll
; RUN: not %opt -passes='offload-records<images=a>' -disable-output %t/plain.ll 2>&1 | FileCheck %t/plain.ll --check-prefix=PARAMETER
; RUN: %opt -passes='offload-records' -print-pipeline-passes -disable-output %t/plain.ll | FileCheck %t/plain.ll --check-prefix=PRINTED
; RUN: %opt -passes='offload-records' -pass-remarks=offload-records -pass-remarks-analysis=offload-records -disable-output %t/local.ll 2>&1 | FileCheck %t/local.ll --check-prefix=REMARK

;--- plain.ll
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK: @outboard.record = private unnamed_addr constant [{{[0-9]+}} x i8] c"OBRECORD\02\00\00\00\16\00\00\00{{.*}}", section ".outboard.records", align 16, !exclude ![[EMPTY:[0-9]+]]
; CHECK: @llvm.compiler.used = appending global [1 x ptr] [ptr @outboard.record], section "llvm.metadata"
; CHECK: ![[EMPTY]] = !{}
; PARAMETER: error: offload-records[OB0104]: unknown parameter `images`
; PARAMETER-NEXT: help: the pass has no parameters
; PRINTED: offload-records
define i32 @answer() {
  ret i32 42
}

;--- nothing.ll
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; CHECK: declare i32 @answer()
declare i32 @answer()

;--- local.ll
; A kernel that only this module sees: mangled names are unique in a program, others get an end of their own.
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)

; CHECK-DAG: @__outboard_region.mine.{{[0-9a-f]+}} = extern_weak global ptr
; CHECK-DAG: @__outboard_region._RNvC3app6kernel = extern_weak global ptr
; CHECK-DAG: define internal void @mine()
; CHECK-DAG: define internal void @_RNvC3app6kernel()
; REMARK: remark: {{.*}}: launch of kernel `mine` with 0 arguments, for what the program is linked with
; REMARK: remark: {{.*}}: a record of {{[0-9]+}} bytes
define internal void @mine() {
  ret void
}
define internal void @_RNvC3app6kernel() {
  ret void
}
define i32 @launch() {
  %a = call i32 @__outboard_launch_0(ptr @mine, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  %b = call i32 @__outboard_launch_0(ptr @_RNvC3app6kernel, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  %c = add i32 %a, %b
  ret i32 %c
}

;--- gpu.ll
; A module for another machine becomes no device code.
target triple = "nvptx64-nvidia-cuda"

; CHECK: define i32 @answer()
define i32 @answer() {
  ret i32 42
}

;--- gpu-launch.ll
target triple = "aarch64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()

; CHECK: error: offload-records[OB0108]: 1 launch in a module for `aarch64-unknown-linux-gnu`: device code is made of bitcode for x86_64 alone
; CHECK-NEXT: help: compile the crates that launch for x86_64-unknown-linux-gnu
define i32 @launch() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}
