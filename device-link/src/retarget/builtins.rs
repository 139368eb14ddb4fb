//! Rule 3's own functions: what compilers call on their own account and no bitcode of Rust's defines.

use crate::Result;
use crate::error::Error;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::module::link_needed;

/// runtime/compiler_builtins.c as bitcode of the host.
const BITCODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/compiler_builtins.bc"));

/// Links what `module` needs of them.
pub(super) fn link(module: &Module<'_>) -> Result<()> {
    link_needed(module, BITCODE, "compiler_builtins")
        .map_err(|text| Error::Bug { after: "linking the compiler's own functions", text })
}
