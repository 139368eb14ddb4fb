//! Inline assembly in functions.

use crate::ffi;
use inkwell::llvm_sys::core;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, CallSiteValue};

/// Removes assembly without instructions and results, which only hides its operands from the optimizer.
pub fn drop_empty(module: &Module<'_>) {
    // SAFETY: a live module.
    unsafe { ffi::outboard_drop_empty_assembly(module.as_mut_ptr()) }
}

/// The text of the assembly that `call` stands for, if it does.
pub fn of_call(call: CallSiteValue<'_>) -> Option<String> {
    // SAFETY: a live call has a called value; the text is `length` bytes that it owns.
    unsafe {
        let called = core::LLVMGetCalledValue(call.as_value_ref());
        if core::LLVMIsAInlineAsm(called).is_null() {
            return None;
        }
        let mut length = 0;
        let text = core::LLVMGetInlineAsmAsmString(called, &raw mut length);
        let bytes = if text.is_null() { &[] } else { std::slice::from_raw_parts(text.cast::<u8>(), length) };
        Some(String::from_utf8_lossy(bytes).into_owned())
    }
}
