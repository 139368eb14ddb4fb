//! Machine instructions of the host.
//@ launch 1 4
//@ u64 4
//@ inout u64 4 small
//@ refused nvptx64: has assembly of the host
//@ refused amdgcn: has assembly of the host
//@ refused spirv64: has assembly of the host

use crate::device::{global_x, own};
use core::arch::asm;

#[unsafe(no_mangle)]
pub extern "C" fn inline_assembly(n: usize, x: *mut u64) {
    if let Some(x) = own(x, n, global_x()) {
        unsafe { asm!("lea {0}, [{0} + {0} * 2]", inout(reg) * x) };
    }
}
