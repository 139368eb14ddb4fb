; A named pass does its work at the start of a default pipeline, once, whatever the level; without one, launches
; are warned about.
; RUN: %opt -passes='default<O0>,offload-host<images=%images>' -S %s | FileCheck %s
; RUN: %opt -passes='default<O2>,offload-host<images=%images>' -S %s | FileCheck %s
; RUN: env OUTBOARD_PASSES='offload-host<images=%images>' %opt -passes='default<O2>' -S %s | FileCheck %s
; RUN: %opt -passes='default<O2>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=WARN
; RUN: not env OUTBOARD_PASSES='offload-hots<images=%images>' %opt -passes='default<O2>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=UNKNOWN

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()

; WARN: warning: outboard[OB0105]: no images were given for 1 launch in module `{{.*}}start-of-pipeline.ll`: only the fallback will run
; WARN-NEXT: help: use OUTBOARD_PASSES='offload-host<images=FILE>' in the environment

; UNKNOWN: error: OUTBOARD_PASSES[OB0104]: unknown pass `offload-hots<images={{.*}}>`
; UNKNOWN-NEXT: help: passes are offload-host<images=FILE>, offload-embed<images=FILE>, offload-records and inline-helpers<bitcode=FILE>

; CHECK: define i32 @launch(
; CHECK-COUNT-1: call i32 @__tgt_target_kernel(
; CHECK-NOT: call i32 @__tgt_target_kernel(
define i32 @launch() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}
