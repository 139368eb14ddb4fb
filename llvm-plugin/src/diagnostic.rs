//! Diagnostics and remarks, through the handler of the compiler that runs us.

use crate::ffi;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, InstructionValue};
use std::ffi::{CStr, c_int};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The compiler fails, though it may finish the pipeline first: the module must stay valid. opt
    /// ends at once.
    Error,
    /// The compiler goes on.
    Warning,
}

/// Shows `text`; in opt, clang and rustc alike.
pub fn report(module: &Module<'_>, severity: Severity, text: &str) {
    let severity: c_int = match severity {
        Severity::Error => 0,
        Severity::Warning => 1,
    };
    // SAFETY: the module is live, and the shim copies the text.
    unsafe { ffi::outboard_diagnose(module.as_mut_ptr(), severity, text.into()) }
}

/// What a remark says about the pass's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkKind {
    /// Something was done (`-pass-remarks=`).
    Passed,
    /// Something was left undone (`-pass-remarks-missed=`).
    Missed,
    /// Something was found out (`-pass-remarks-analysis=`).
    Analysis,
}

/// A remark at `at`, shown where the user asked for remarks of `pass`. `name` is stable.
pub fn remark(at: InstructionValue<'_>, kind: RemarkKind, pass: &'static CStr, name: &str, text: &str) {
    let kind: c_int = match kind {
        RemarkKind::Passed => 0,
        RemarkKind::Missed => 1,
        RemarkKind::Analysis => 2,
    };
    // SAFETY: the instruction is live and in a function; `pass` is NUL-terminated and lives for ever.
    unsafe { ffi::outboard_remark(at.as_value_ref(), kind, pass.as_ptr(), name.into(), text.into()) }
}
