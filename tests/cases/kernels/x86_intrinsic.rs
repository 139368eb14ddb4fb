//! An intrinsic function of the host's processor.
//@ launch 1 4
//@ u64 4
//@ inout f32 4 small
//@ refused nvptx64: uses the host's intrinsic
//@ refused amdgcn: uses the host's intrinsic
//@ refused spirv64: uses the host's intrinsic

use crate::device::{global_x, own};
use core::arch::x86_64::{_mm_cvtss_f32, _mm_rsqrt_ss, _mm_set_ss};

#[unsafe(no_mangle)]
pub extern "C" fn x86_intrinsic(n: usize, x: *mut f32) {
    if let Some(x) = own(x, n, global_x()) {
        *x = unsafe { _mm_cvtss_f32(_mm_rsqrt_ss(_mm_set_ss(*x + 1.0))) };
    }
}
