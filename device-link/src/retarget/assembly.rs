//! Assembly without any instruction, with which `core::hint::black_box` hides a value, and hints that only the
//! host's processors take. Both go; whatever else is assembly is refused.

use llvm_plugin::inkwell::module::Module;
use llvm_plugin::instruction::{FunctionUse, uses_of};

/// `core::hint::spin_loop`.
const PAUSE: &str = "llvm.x86.sse2.pause";

/// Removes what only looks like assembly.
pub(super) fn drop_empty(module: &Module<'_>) {
    llvm_plugin::assembly::drop_empty(module);
    if let Some(pause) = module.get_function(PAUSE) {
        for used in uses_of(pause) {
            if let FunctionUse::Callee(call) = used {
                call.erase_from_basic_block();
            }
        }
    }
}
