//! Bitcode that may be anything: checked where it can do no harm, parsed, and linked as far as it is needed.

use crate::collect::{CollectedSeverity, collect};
use crate::ffi;
use inkwell::context::AsContextRef;
use inkwell::module::Module;
use std::ffi::c_void;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// LLVM reads it and its verifier has nothing to say.
    Valid,
    /// What LLVM says about it.
    Invalid(String),
    /// LLVM crashed reading it; only a damaged file should do that.
    Crashed,
}

/// Reads and verifies module `index` of the stream `bytes` in a context of its own. A crash of LLVM is
/// caught, and what it had allocated is left behind.
pub fn check_bitcode(bytes: &[u8], name: &str, index: usize) -> Checked {
    let mut status = 0;
    let text = ffi::text_from(|sink, string| {
        // SAFETY: the bytes and the name are valid during the call, and the sink is for this string.
        status = unsafe { ffi::outboard_check_bitcode(bytes.into(), name.into(), index, sink, string) };
    });
    match status {
        0 => Checked::Valid,
        1 => Checked::Invalid(text.trim().to_owned()),
        _ => Checked::Crashed,
    }
}

/// The bitcode of `module`, without the table of symbols that only linkers read: it is a tenth of what has no debug
/// info.
pub fn write_bitcode(module: &Module<'_>) -> Vec<u8> {
    extern "C" fn append(bytes: *mut c_void, data: *const u8, length: usize) {
        // SAFETY: C++ passes what it was given below, and `length` readable bytes.
        let (bytes, data) =
            unsafe { (&mut *bytes.cast::<Vec<u8>>(), std::slice::from_raw_parts(data, length)) };
        bytes.extend_from_slice(data);
    }
    let mut bytes = Vec::new();
    // SAFETY: a live module; the sink is for this vector.
    unsafe { ffi::outboard_write_bitcode(module.as_mut_ptr(), append, (&raw mut bytes).cast()) };
    bytes
}

/// Parses module `index` of the stream `bytes`.
pub fn parse_bitcode<'ctx>(
    context: &impl AsContextRef<'ctx>,
    bytes: &[u8],
    name: &str,
    index: usize,
) -> Result<Module<'ctx>, String> {
    let mut module = std::ptr::null_mut();
    let (text, collected) = collect(context, || {
        ffi::text_from(|sink, string| {
            // SAFETY: a live context; bytes and name are valid during the call, and nothing of a module
            // that is not lazy points into them afterwards; the sink is for this string.
            module = unsafe {
                ffi::outboard_parse_bitcode(
                    context.as_ctx_ref(),
                    bytes.into(),
                    name.into(),
                    index,
                    false,
                    sink,
                    string,
                )
            };
        })
    });
    if module.is_null() {
        return Err(text);
    }
    // SAFETY: a module of this context that nobody else owns.
    let module = unsafe { Module::new(module) };
    let errors: Vec<_> = errors_of(collected);
    if errors.is_empty() { Ok(module) } else { Err(errors.join("; ")) }
}

/// Links what `destination` declares and module `index` of the stream `bytes` defines, with all that it needs
/// in turn inside of its module. Functions that nothing asks for are not even read.
pub fn link_needed<'ctx>(
    destination: &Module<'ctx>,
    bytes: &[u8],
    name: &str,
    index: usize,
) -> Result<(), String> {
    let context = destination.get_context();
    let (result, collected) = collect(&context, || {
        let mut source = std::ptr::null_mut();
        let text = ffi::text_from(|sink, string| {
            // SAFETY: a live context; bytes and name outlive the lazy module, which the next call destroys;
            // the sink is for this string.
            source = unsafe {
                ffi::outboard_parse_bitcode(
                    context.as_ctx_ref(),
                    bytes.into(),
                    name.into(),
                    index,
                    true,
                    sink,
                    string,
                )
            };
        });
        if source.is_null() {
            return Err(text);
        }
        // SAFETY: two live modules of one context; the second has no other owner, and is destroyed.
        let failed = unsafe { ffi::outboard_link_symbols(destination.as_mut_ptr(), source) };
        if failed { Err(String::new()) } else { Ok(()) }
    });
    let mut errors = errors_of(collected);
    match result {
        Ok(()) if errors.is_empty() => return Ok(()),
        Err(text) if !text.is_empty() => errors.insert(0, text),
        _ => {}
    }
    Err(errors.join("; "))
}

/// Links what `destination` declares and `source` defines, with all that it needs in turn. The assembly of
/// `source`, its start-up lists and its module flags don't come along.
pub fn link_declared<'ctx>(destination: &Module<'ctx>, source: Module<'ctx>) -> Result<(), String> {
    let raw = source.as_mut_ptr();
    let (failed, collected) = collect(&destination.get_context(), || {
        // LLVM destroys the source, so its owner must not.
        std::mem::forget(source);
        // SAFETY: two live modules of one context, the second of which has no owner any more.
        unsafe { ffi::outboard_link_symbols(destination.as_mut_ptr(), raw) }
    });
    let errors = errors_of(collected);
    if failed || !errors.is_empty() { Err(errors.join("; ")) } else { Ok(()) }
}

fn errors_of(collected: Vec<crate::collect::Collected>) -> Vec<String> {
    let errors = collected.into_iter().filter(|one| one.severity == CollectedSeverity::Error);
    errors.map(|one| one.text).collect()
}
