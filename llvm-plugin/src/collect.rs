//! LLVM's diagnostics of a context, collected instead of printed. Without a handler LLVM prints them, and
//! ends the process at the first error.

use inkwell::context::AsContextRef;
use inkwell::llvm_sys::LLVMDiagnosticSeverity;
use inkwell::llvm_sys::core;
use inkwell::llvm_sys::prelude::LLVMDiagnosticInfoRef;
use inkwell::module::Module;
use std::ffi::{CStr, c_void};

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectedSeverity {
    /// LLVM gave up on something.
    Error,
    /// The result may not be what was wanted.
    Warning,
    /// Remarks and notes.
    Remark,
}

/// One diagnostic of LLVM's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// How bad it is.
    pub severity: CollectedSeverity,
    /// LLVM's text.
    pub text: String,
}

/// Runs `work` and returns what it returned, with the diagnostics that LLVM made meanwhile. The handler
/// that was there before is there again afterwards, also when `work` panics.
pub fn collect<'ctx, R>(context: &impl AsContextRef<'ctx>, work: impl FnOnce() -> R) -> (R, Vec<Collected>) {
    let context = context.as_ctx_ref();
    let mut collected: Vec<Collected> = Vec::new();
    // SAFETY: a live context; the vector outlives the guard, which takes the handler away.
    let guard = unsafe {
        let guard = Restore {
            context,
            handler: core::LLVMContextGetDiagnosticHandler(context),
            argument: core::LLVMContextGetDiagnosticContext(context),
        };
        core::LLVMContextSetDiagnosticHandler(context, Some(push), (&raw mut collected).cast());
        guard
    };
    let result = work();
    drop(guard);
    (result, collected)
}

/// Links `source` into `destination`; what LLVM says where it can't.
pub fn link_modules<'ctx>(destination: &Module<'ctx>, source: Module<'ctx>) -> Result<(), String> {
    let raw = source.as_mut_ptr();
    let (failed, collected) = collect(&destination.get_context(), || {
        // LLVM destroys the source, so its owner must not.
        std::mem::forget(source);
        // SAFETY: two live modules, the second of which has no owner any more.
        unsafe { inkwell::llvm_sys::linker::LLVMLinkModules2(destination.as_mut_ptr(), raw) != 0 }
    });
    if !failed {
        return Ok(());
    }
    let texts: Vec<String> = collected
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == CollectedSeverity::Error)
        .map(|diagnostic| diagnostic.text)
        .collect();
    Err(texts.join("; "))
}

struct Restore {
    context: inkwell::llvm_sys::prelude::LLVMContextRef,
    handler: inkwell::llvm_sys::LLVMDiagnosticHandler,
    argument: *mut c_void,
}

impl Drop for Restore {
    fn drop(&mut self) {
        // SAFETY: a live context, and the handler that it had before.
        unsafe { core::LLVMContextSetDiagnosticHandler(self.context, self.handler, self.argument) }
    }
}

/// Appends to the vector that `collect` passed.
extern "C" fn push(diagnostic: LLVMDiagnosticInfoRef, vector: *mut c_void) {
    // SAFETY: LLVM passes a live diagnostic and the pointer that `collect` gave it; the text is LLVM's
    // and disposed of here.
    unsafe {
        let severity = match core::LLVMGetDiagInfoSeverity(diagnostic) {
            LLVMDiagnosticSeverity::LLVMDSError => CollectedSeverity::Error,
            LLVMDiagnosticSeverity::LLVMDSWarning => CollectedSeverity::Warning,
            _ => CollectedSeverity::Remark,
        };
        let raw = core::LLVMGetDiagInfoDescription(diagnostic);
        let text = CStr::from_ptr(raw).to_string_lossy().into_owned();
        core::LLVMDisposeMessage(raw);
        (*vector.cast::<Vec<Collected>>()).push(Collected { severity, text });
    }
}
