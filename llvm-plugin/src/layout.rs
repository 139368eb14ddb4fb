//! Whether two data layouts agree on what a module has in memory.

use crate::ffi;
use inkwell::module::Module;

/// The first type that `module` has in memory and that lies differently under the data layout `other`, or
/// that only some processors have; and the function or variable that has it.
pub fn find_mismatch(module: &Module<'_>, other: &str) -> Option<(String, String)> {
    // SAFETY: a live module; the sink gets its string.
    let names = ffi::text_from(|sink, string| unsafe {
        ffi::outboard_find_layout_mismatch(module.as_mut_ptr(), other.into(), sink, string);
    });
    let mut names = names.split('\0').map(ToOwned::to_owned);
    Some((names.next()?, names.next()?))
}
