; Remarks, under stable names: what was launched, and what was embedded.
; RUN: %opt -passes='offload-host<images=%images>' -pass-remarks=offload-host -pass-remarks-analysis=offload-host -disable-output %s 2>&1 | FileCheck %s
; RUN: %opt -passes='offload-host<images=%images>' -pass-remarks-output=%t.yaml -disable-output %s
; RUN: FileCheck --check-prefix=YAML --input-file %t.yaml %s

; CHECK: remark: {{.*}} launch of kernel `axpy` with 1 argument, for x86_64-unknown-linux-gnu
; CHECK: remark: {{.*}} 1 image of {{[0-9]+}} bytes embedded as {{[0-9a-f]+}}

; YAML: --- !Passed
; YAML-NEXT: Pass: offload-host
; YAML-NEXT: Name: Launch
; YAML: --- !Analysis
; YAML-NEXT: Pass: offload-host
; YAML-NEXT: Name: Images

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()
define i32 @launch(ptr %p) {
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %p, i64 4)
  ret i32 %status
}
