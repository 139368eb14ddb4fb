//! What was linked with the code that asks: images, and the runtime that they are registered with. The question is
//! compiled into the crate that asks it, since a shared library has other images than the program that uses it.

use super::contract::runtime_function;
use crate::ImageInfo;
use std::ffi::{CStr, c_char, c_void};

/// A function of the runtime by its name, or null.
pub(crate) type Ask = fn(&CStr) -> *const c_void;

/// What there is.
pub(crate) enum Devices {
    /// Nothing was linked in.
    NoImages,
    /// Images, but not their runtime.
    NoRuntime,
    /// So many devices, whether they run what was linked in or not.
    Known(u32),
}

/// Asks. Generic over nothing that matters: so the compiler makes it where it is called from, however deep.
#[expect(clippy::extra_unused_type_parameters, reason = "it decides in which crate the code is made")]
pub(crate) fn ask<Here>(name: &CStr) -> *const c_void {
    // SAFETY: a terminated name.
    unsafe { runtime_function(name.as_ptr().cast()) }
}

/// The images that were linked with what `ask` was compiled into.
pub(crate) fn images(ask: Ask) -> Vec<ImageInfo> {
    let text: *const c_char = ask(c"").cast();
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: what an empty name gives is a constant of the program, which ends with NUL.
    ImageInfo::read_all(&unsafe { CStr::from_ptr(text) }.to_string_lossy())
}
