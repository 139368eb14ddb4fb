; A barrier two calls away that some threads come to, with debug info on the way; then one for all.
declare void @__outboard_dev_barrier()
declare i32 @__outboard_dev_thread_id_x()
define internal void @wait() !dbg !6 {
  call void @__outboard_dev_barrier(), !dbg !9
  ret void
}
define void @k(ptr %out) !dbg !7 {
  %thread = call i32 @__outboard_dev_thread_id_x()
  %first = icmp ult i32 %thread, 4
  br i1 %first, label %some, label %all
some:
  call void @wait(), !dbg !8
  br label %all
all:
  call void @wait(), !dbg !8
  store i32 1, ptr %out
  ret void
}
define void @fine(ptr %out) {
  store i32 1, ptr %out
  ret void
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "src/kernels.c", directory: "/home")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DISubroutineType(types: !4)
!4 = !{}
!6 = distinct !DISubprogram(name: "wait", file: !1, line: 3, type: !3, unit: !0)
!7 = distinct !DISubprogram(name: "k", file: !1, line: 7, type: !3, unit: !0)
!8 = !DILocation(line: 8, column: 5, scope: !7)
!9 = !DILocation(line: 4, column: 9, scope: !6)
