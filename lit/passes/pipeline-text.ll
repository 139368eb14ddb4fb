; Every pass prints back as text that parses to the same pass; odd bytes of a path are escaped.
; RUN: %opt -passes='offload-host<images=a%20b.offload;images=c.offload;registration=call-site>,offload-host<registration=constructor>,offload-embed<images=x>,print<offload>,print<offload;format=json>' -disable-output -print-pipeline-passes %s | FileCheck %s
; RUN: %opt -passes='offload-host<images=a%20b.offload;images=c.offload;registration=call-site>,offload-host,offload-embed<images=x>,print<offload>,print<offload;format=json>' -disable-output -print-pipeline-passes %s | FileCheck %s

; RUN: %opt -passes='inline-helpers<bitcode=a%20b.bc;bitcode=c.bc;allow=retpoline;report=r;repair=yes;debug-info=keep;triple=any;shared=refuse>' -disable-output -print-pipeline-passes %s | FileCheck %s --check-prefix=HELPERS

; HELPERS: inline-helpers<bitcode=a%20b.bc;bitcode=c.bc;report=r;repair=yes;triple=any;shared=refuse;allow=retpoline>
; CHECK: offload-host<images=a%20b.offload;images=c.offload;registration=call-site>,offload-host,offload-embed<images=x>,print<offload>,print<offload;format=json>
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

