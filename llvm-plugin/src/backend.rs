//! Code generators that inkwell doesn't know, and what it doesn't ask them.

use crate::ffi;
use inkwell::targets::TargetMachine;
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

/// Whether the processor of `machine` has `features`, as LLVM writes them: `+avx2`.
pub fn has_features(machine: &TargetMachine, features: &str) -> bool {
    // SAFETY: a live target machine.
    unsafe { ffi::outboard_has_features(machine.as_mut_ptr(), features.into()) }
}
