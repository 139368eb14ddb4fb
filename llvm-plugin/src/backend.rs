//! Code generators that inkwell doesn't know.

use crate::ffi;
use std::sync::Once;

/// Makes LLVM's SPIR-V code generator known. For programs that link libLLVM.
pub fn initialize_spirv() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: they register static tables, here once.
        unsafe {
            ffi::LLVMInitializeSPIRVTargetInfo();
            ffi::LLVMInitializeSPIRVTarget();
            ffi::LLVMInitializeSPIRVTargetMC();
            ffi::LLVMInitializeSPIRVAsmPrinter();
        }
    });
}
