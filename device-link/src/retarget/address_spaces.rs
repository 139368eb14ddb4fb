//! Rule 8. Stack slots, variables and pointers in the address spaces that the target has for them.

use crate::target::Target;
use llvm_plugin::address_space::{
    PointerRemap, drop_initializer, move_allocas, move_global, of_global, remap_pointers, share_thread_locals,
};
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::GlobalValue;

/// Address spaces by what they are, on all GPU targets alike.
///
/// Source: "Address Spaces" of llvm/docs/AMDGPUUsage.rst and NVPTXUsage.rst; `storageClassToAddressSpace`,
/// llvm/lib/Target/SPIRV/SPIRVUtils.h (LLVM 22.1).
pub(crate) const GLOBAL: u32 = 1;
const SHARED: u32 = 3;
const CONSTANT: u32 = 4;
/// SPIR-V's pointers to anything; its plain ones are to the own stack.
const SPIRV_GENERIC: u32 = 4;

/// Bytes of constants that go to the constant address space on nvptx64, which has 64 KiB a module and keeps
/// kernels' parameters there too. Source: "Constant State Space", PTX ISA 8.7.
const NVPTX_CONSTANT_BYTES: u64 = 32 * 1024;

/// Puts everything where it belongs.
pub(super) fn place(module: &Module<'_>, target: Target) {
    if target == Target::X86_64 {
        return;
    }
    // A kernel that uses one is refused, and this is for the sake of what else is wrong with it.
    share_thread_locals(module);
    for variable in module.get_globals().collect::<Vec<_>>() {
        if of_global(variable) == SHARED && !variable.is_declaration() {
            // Shared memory starts with whatever is in it; back ends refuse anything else.
            drop_initializer(variable);
        }
    }
    if target == Target::Spirv64 {
        remap_pointers(module, PointerRemap { from: 0, to: SPIRV_GENERIC, variables: GLOBAL });
        return;
    }
    move_variables(module, target);
    move_allocas(module);
}

fn move_variables(module: &Module<'_>, target: Target) {
    let mut room = if target == Target::Nvptx64 { NVPTX_CONSTANT_BYTES } else { u64::MAX };
    let layout = module.get_data_layout();
    let layout = llvm_plugin::inkwell::targets::TargetData::create(&layout.as_str().to_string_lossy());
    for variable in module.get_globals().collect::<Vec<_>>() {
        if of_global(variable) != 0 || is_list(variable) {
            continue;
        }
        let size = match variable.get_value_type().try_into() {
            Ok(kind) => layout.get_abi_size(&kind as &llvm_plugin::inkwell::types::BasicTypeEnum<'_>),
            Err(()) => u64::MAX,
        };
        let space = if variable.is_constant() && variable.get_linkage() != Linkage::External && size <= room {
            room -= size;
            CONSTANT
        } else {
            GLOBAL
        };
        move_global(variable, space);
    }
}

/// Lists with appending linkage are LLVM's own.
fn is_list(variable: GlobalValue<'_>) -> bool {
    variable.get_name().to_string_lossy().starts_with("llvm.")
}
