; passes: offload-host<images=kernels.offload>
; Alignments would be guesses.
declare i32 @__outboard_launch_0(ptr, i64, i32, i32, i32, i32, i32, i32, i32, i32)
declare void @axpy()
define i32 @launch() {
  %status = call i32 @__outboard_launch_0(ptr @axpy, i64 -1, i32 0, i32 1, i32 1, i32 1, i32 1, i32 1, i32 1, i32 0)
  ret i32 %status
}
