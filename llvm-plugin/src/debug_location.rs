//! Where in the source an instruction comes from.

use crate::ffi;
use inkwell::llvm_sys::{core, debuginfo};
use inkwell::values::{AsValueRef, FunctionValue, InstructionValue};

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
        write!(f, "{}:{}", self.file, self.line)?;
        if self.column == 0 { Ok(()) } else { write!(f, ":{}", self.column) }
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

/// The places of `instruction`, innermost first: the line itself, and where the compiler inlined its function, and
/// so on up to the function that the instruction is in. `function` is a symbol where the source's function has one.
pub fn frames(instruction: InstructionValue<'_>) -> Vec<DebugLocation> {
    let value = instruction.as_value_ref();
    // SAFETY: a live instruction, and the sink of `text_from`.
    let text = ffi::text_from(|sink, string| unsafe { ffi::outboard_debug_frames(value, sink, string) });
    let fields: Vec<_> = text.split('\0').collect();
    let frame = |fields: &[&str]| {
        let [function, file, line, column] = fields else { return None };
        let (function, file) = ((*function).to_owned(), (*file).to_owned());
        Some(DebugLocation { file, function, line: line.parse().ok()?, column: column.parse().ok()? })
    };
    fields.chunks_exact(4).filter_map(frame).collect()
}

/// Where `function` begins, if the module has debug info for it.
pub fn of_function(function: FunctionValue<'_>) -> Option<DebugLocation> {
    // SAFETY: a live function; its debug info lives as long as the module, and names are `length` bytes of it.
    unsafe {
        let subprogram = debuginfo::LLVMGetSubprogram(function.as_value_ref());
        if subprogram.is_null() {
            return None;
        }
        let file = debuginfo::LLVMDIScopeGetFile(subprogram);
        if file.is_null() {
            return None;
        }
        let mut length = 0;
        let name = debuginfo::LLVMDIFileGetFilename(file, &raw mut length);
        let bytes = std::slice::from_raw_parts(name.cast::<u8>(), length as usize);
        Some(DebugLocation {
            file: String::from_utf8_lossy(bytes).into_owned(),
            function: function.get_name().to_string_lossy().into_owned(),
            line: debuginfo::LLVMDISubprogramGetLine(subprogram),
            column: 0,
        })
    }
}
