//! Where in the source an instruction comes from.

use crate::ffi;
use inkwell::llvm_sys::core;
use inkwell::values::{AsValueRef, InstructionValue};

/// A place in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugLocation {
    /// File name as the compiler was given it.
    pub file: String,
    /// Name of the function in the source.
    pub function: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, 0 if unknown.
    pub column: u32,
}

impl std::fmt::Display for DebugLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// The place of `instruction`, if the module has debug info for it.
pub fn of(instruction: InstructionValue<'_>) -> Option<DebugLocation> {
    let value = instruction.as_value_ref();
    // SAFETY: a live instruction; the file name is `length` bytes owned by the debug info, or null.
    let (file, line, column) = unsafe {
        let mut length = 0;
        let name = core::LLVMGetDebugLocFilename(value, &raw mut length);
        if name.is_null() {
            return None;
        }
        let bytes = std::slice::from_raw_parts(name.cast::<u8>(), length as usize);
        (
            String::from_utf8_lossy(bytes).into_owned(),
            core::LLVMGetDebugLocLine(value),
            core::LLVMGetDebugLocColumn(value),
        )
    };
    // SAFETY: a live instruction, and the sink of `text_from`.
    let function =
        ffi::text_from(|sink, string| unsafe { ffi::outboard_debug_function_name(value, sink, string) });
    Some(DebugLocation { file, function, line, column })
}
