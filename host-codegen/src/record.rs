//! The record of a codegen unit in its object.

use abi::names::{RECORD, RECORDS_SECTION};
use inkwell::module::{Linkage, Module};
use inkwell::values::UnnamedAddress;

/// Metadata that keeps a section out of what an object is linked into.
///
/// Source: "'exclude' metadata", llvm/docs/LangRef.md (LLVM 22.1).
const EXCLUDE: &str = "exclude";

/// Records follow each other at multiples of this.
const ALIGNMENT: u32 = 16;

/// ```c
/// __attribute__((section(".outboard.records"), aligned(16))) static const char record[] = { ... };
/// ```
///
/// The linker leaves the section out of programs; until then nothing drops it.
pub fn emit_record(module: &Module<'_>, record: &[u8]) {
    let context = module.get_context();
    let bytes = context.const_string(record, false);
    let global = module.add_global(bytes.get_type(), None, RECORD);
    global.set_initializer(&bytes);
    global.set_constant(true);
    global.set_linkage(Linkage::Private);
    global.set_unnamed_address(UnnamedAddress::Global);
    global.set_alignment(ALIGNMENT);
    global.set_section(Some(RECORDS_SECTION));
    global.set_metadata(context.metadata_node(&[]), context.get_kind_id(EXCLUDE));
    llvm_plugin::module::append_compiler_used(module, global);
}
