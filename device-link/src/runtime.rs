//! The device runtime: bitcode made of runtime/*.c, carried in the program, linked into what needs it.

use crate::Result;
use crate::error::Error;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::memory_buffer::MemoryBuffer;
use llvm_plugin::inkwell::module::Module;

/// The level of the x86_64 machine that runs it.
pub(crate) const X86_64_LEVEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/x86_64_level.bc"));

/// Parses one of the modules above.
pub(crate) fn parse<'ctx>(context: &'ctx Context, bitcode: &[u8]) -> Result<Module<'ctx>> {
    let buffer = MemoryBuffer::create_from_memory_range_copy(bitcode, "runtime");
    let bug = |text: String| Error::Bug { after: "compiling the device runtime", text };
    context.create_module_from_ir(buffer).map_err(|text| bug(text.to_string()))
}
