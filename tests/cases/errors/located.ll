; passes: offload-host<images=kernels.offload>
; With debug info, the place in the source.
target datalayout = "e-m:e-i64:64-i128:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()
define i32 @launch() !dbg !4 {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 64, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0), !dbg !7
  ret i32 %status, !dbg !7
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "src/main.rs", directory: "/project")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "launch", scope: !1, file: !1, line: 10, type: !5, unit: !0, spFlags: DISPFlagDefinition)
!5 = !DISubroutineType(types: !6)
!6 = !{null}
!7 = !DILocation(line: 14, column: 9, scope: !4)
