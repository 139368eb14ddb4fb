; Helpers become internal functions of the module: those that are called, and what they need. What has state stays a
; declaration.
; RUN: %clang -O2 -Xclang -disable-llvm-passes -emit-llvm -c %S/../Inputs/accessors.c -o %t.bc
; RUN: %opt -passes='inline-helpers<bitcode=%t.bc>' -S %s | FileCheck %s --implicit-check-not=nobody_calls_this --implicit-check-not=@count
; RUN: %opt -passes='inline-helpers<bitcode=%t.bc>,inline-helpers<bitcode=%t.bc>' -S %s | FileCheck %s
; RUN: %opt -passes='default<O0>,inline-helpers<bitcode=%t.bc>' -S %s | FileCheck %s
; RUN: env OUTBOARD_PASSES='inline-helpers<bitcode=%t.bc>' %opt -passes='default<O0>' -S %s | FileCheck %s
; RUN: %opt -passes='default<O2>,inline-helpers<bitcode=%t.bc>' -S %s | FileCheck %s --check-prefix=INLINED
; RUN: %opt -passes='inline-helpers<bitcode=%t.bc>' -disable-output -pass-remarks=inline-helpers -pass-remarks-missed=inline-helpers %s 2>&1 | FileCheck %s --check-prefix=REMARK
; RUN: rm -rf %t.reports && %opt -passes='default<O2>,inline-helpers<bitcode=%t.bc;report=%t.reports>' -disable-output %s && cat %t.reports/inline-helpers.ll.json | FileCheck %s --check-prefix=REPORT

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @get_value(ptr)
declare i32 @get_twice(ptr)
declare i32 @get_count()

; REMARK: remark: {{.*}} helper `get_count` of `{{.*}}.bc` stays shared: it has static state, `count`
; REMARK: remark: {{.*}} helper `get_value` of `{{.*}}.bc` is part of the module

; REPORT: "name": "get_count"
; REPORT: "is": "state"
; REPORT: "helper": "get_count"
; REPORT: "outcome": "shared"
; REPORT: "helper": "get_value"
; REPORT: "outcome": "inlined"

; CHECK: declare i32 @get_count()
; CHECK-LABEL: define i32 @sum(
; CHECK: call i32 @get_value(
; INLINED-LABEL: define {{.*}}i32 @sum(
; INLINED-NOT: call i32 @get_value
; INLINED-NOT: call i32 @get_twice
; INLINED: call i32 @get_count()
define i32 @sum(ptr %p) #0 {
  %value = call i32 @get_value(ptr %p)
  %double = call i32 @get_twice(ptr %p)
  %count = call i32 @get_count()
  %both = add i32 %value, %double
  %all = add i32 %both, %count
  ret i32 %all
}

; CHECK-DAG: define internal i32 @get_value(
; CHECK-DAG: define internal i32 @get_twice(
; CHECK-DAG: define internal i32 @twice(

attributes #0 = { "target-cpu"="x86-64" }
