; What can't be linked is an error, and the module stays as it was.
; RUN: %clang -O2 -emit-llvm -c %S/../Inputs/accessors.c -o %t.bc
; RUN: %clang -O2 -emit-llvm -c -fsanitize=thread %S/../Inputs/always.c -o %t.always.bc
; RUN: not %opt -passes='inline-helpers' -disable-output %s 2>&1 | FileCheck %s --check-prefix=NONE
; RUN: not %opt -passes='inline-helpers<bitcode=%t.nowhere>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=NOWHERE
; RUN: not %opt -passes='inline-helpers<bitcode=%S/../Inputs/accessors.c>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=SOURCE
; RUN: not %opt -passes='inline-helpers<bitcode=%t.bc;shared=refuse>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=SHARED
; RUN: not %opt -passes='inline-helpers<bitcode=%t.always.bc>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=RISK
; RUN: %opt -passes='inline-helpers<bitcode=%t.always.bc;allow=sanitizers>' -disable-output %s
; RUN: not %opt -passes='inline-helpers<bitcode=%t.bc;allow=everything>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=ALLOW
; RUN: not %opt -passes='inline-helpers<bitcode=%t.bc;repair=maybe>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=REPAIR
; RUN: not %opt -passes='inline-helpers<images=%t.bc>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=UNKNOWN

; NONE: error: inline-helpers[OB0104]: no helpers are given
; NONE-NEXT: help: give them as inline-helpers<bitcode=FILE>; clang -emit-llvm -c makes them

; NOWHERE: error: inline-helpers[OB0207]: can't read `{{.*}}`: No such file or directory (os error 2)

; SOURCE: error: inline-helpers[OB0301]: `{{.*}}accessors.c` has no bitcode
; SOURCE-NEXT: help: compile helpers with clang's -emit-llvm -c, or rustc's --emit=llvm-bc

; SHARED: error: inline-helpers[OB0701]: helpers that can't be copied are called:
; SHARED-NEXT: `get_count`: it has static state, `count`
; SHARED-NEXT: help: take what is shared out of them, or keep them shared and link an object of the helpers too

; RISK: error: inline-helpers[OB0702]: helpers are always_inline, and inlining them changes what their code does:
; RISK-NEXT: `get_value` in `sum`: `sanitize_thread` is set in the helper and not set in the caller: changes what the code does, sanitizers must be allowed
; RISK-NEXT: help: compile both sides with the same options, or allow sanitizers

; ALLOW: error: inline-helpers[OB0104]: parameter `allow` cannot be `everything`
; ALLOW-NEXT: help: it is one of sanitizers, speculative-load-hardening, retpoline, denormals, safe-stack, cpu-features

; REPAIR: error: inline-helpers[OB0104]: parameter `repair` cannot be `maybe`
; REPAIR-NEXT: help: it is one of no, yes

; UNKNOWN: error: inline-helpers[OB0104]: unknown parameter `images`
; UNKNOWN-NEXT: help: did you mean {{.*}}? The parameters are bitcode, report, repair, allow, debug-info, triple, shared

target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @get_value(ptr)
declare i32 @get_count()

define i32 @sum(ptr %p) #0 {
  %value = call i32 @get_value(ptr %p)
  %count = call i32 @get_count()
  %both = add i32 %value, %count
  ret i32 %both
}

attributes #0 = { "target-cpu"="x86-64" }
