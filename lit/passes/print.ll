; print<offload> tells what a module launches, before and after offload-host, as text and as JSON.
; RUN: %opt -passes='print<offload>,offload-host<images=%images>,print<offload>' -disable-output %s 2>&1 | FileCheck %s
; RUN: %opt -passes='print<offload;format=json>' -disable-output %s 2>&1 | FileCheck %s --check-prefix=JSON

; CHECK: offload of module '{{.*}}print.ll':
; CHECK-NEXT: launch of axpy in @launch: device -1, grid operand 3 x 1 x 1, block 64 x 1 x 1, 0 shared bytes
; CHECK-NEXT: argument 0: TO | FROM, operand 12 bytes
; CHECK-NEXT: offload of module '{{.*}}print.ll':
; CHECK-NEXT: fallback in @launch
; CHECK-NEXT: runtime launch in @launch
; CHECK-NEXT: image x86_64-unknown-linux-gnu (any), {{[0-9]+}} bytes, in {{[0-9a-f]+}}

; JSON: "launches": [
; JSON: "function": "launch",
; JSON: "kernel": "axpy",
; JSON: "map": "TO | FROM",
; JSON: "fallbacks": [],
; JSON-NEXT: "runtime_launches": [],
; JSON-NEXT: "entries": [],
; JSON-NEXT: "images": []

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()
define i32 @launch(ptr %p, i32 %n, i64 %bytes) {
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 %n, i32 1, i32 1, i32 64, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 %bytes)
  ret i32 %status
}
