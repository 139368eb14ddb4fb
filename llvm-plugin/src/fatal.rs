//! What happens when LLVM gives up on something, which its libraries can't return from. For programs, not
//! for plugins: there it is the compiler's affair.

use crate::ffi;

/// From now on a fatal error of LLVM's is printed with what the thread works on, and the process exits with
/// status 1; otherwise it would die of a signal.
pub fn exit_on_fatal_error() {
    // SAFETY: it only sets LLVM's handler, under LLVM's lock.
    unsafe { ffi::outboard_exit_on_fatal_error() }
}

/// Says what this thread has LLVM work on.
pub fn name_work(name: &str) {
    // SAFETY: the text lives as long as the call, which copies it.
    unsafe { ffi::outboard_name_work(name.into()) }
}

/// Ends the process at once, whatever LLVM does in other threads.
pub fn exit_now(status: i32) {
    // SAFETY: it takes a number and doesn't return.
    unsafe { ffi::outboard_exit_now(status) }
}
