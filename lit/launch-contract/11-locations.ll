; Clause 11: with debug info the launch says where it is and what its arguments are called; the emitted code keeps
; the location of the call. Without, the short text of all other tests.
; RUN: %opt -passes='offload-host<images=%images>' -S %s | FileCheck %s

target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_1(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32, i64, ptr, i64)
declare void @axpy()

; CHECK-DAG: c";src/main.rs;heat;12;5;;\00"
; CHECK-DAG: c";grid_xy;src/main.rs;12;5;;\00"
; CHECK-DAG: c";temperature;src/main.rs;12;5;;\00"
; CHECK-DAG: @launch.names = private unnamed_addr constant [4 x ptr]

; CHECK-LABEL: define i32 @mangled(
; CHECK: %launch.args = alloca %struct.__tgt_kernel_arguments, align 8{{$}}
; CHECK: store ptr @launch.names, ptr %names, align 8, !dbg [[AT:![0-9]+]]
; CHECK: call i32 @__tgt_target_kernel({{.*}}), !dbg [[AT]]
; CHECK: br i1 %launch.on_device, label %launch.done, label %launch.fallback, !dbg [[AT]]
; CHECK: call i32 @__outboard_launch_1({{.*}}) #{{[0-9]+}}, !dbg [[AT]]
define i32 @mangled(ptr %temperature) !dbg !4 {
  %status = call i32 @__outboard_launch_1(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0, i64 3, ptr %temperature, i64 4), !dbg !7
  ret i32 %status, !dbg !7
}

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "src/main.rs", directory: "/project")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "heat", linkageName: "mangled", scope: !1, file: !1, line: 10, type: !5, unit: !0, spFlags: DISPFlagDefinition)
!5 = !DISubroutineType(types: !6)
!6 = !{null}
!7 = !DILocation(line: 12, column: 5, scope: !4)
