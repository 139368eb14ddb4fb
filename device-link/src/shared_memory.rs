//! Static shared memory: each key that kernels ask for becomes a variable that every block has for itself.

use crate::kernels::Kernels;
use crate::markers;
use crate::problem::Problem;
use crate::reach::Reached;
use crate::trouble::Trouble;
use abi::markers::{ALL, Marker};
use llvm_plugin::inkwell::AddressSpace;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::BasicType as _;
use llvm_plugin::inkwell::values::{GlobalValue, InstructionValue};
use llvm_plugin::instruction::{FunctionUse, argument, call_site, replace_uses, uses_of};

/// The address space of shared memory on nvptx64, amdgcn and spirv64.
const SHARED_SPACE: u16 = 3;

/// Replaces the calls of the marker for static shared memory. Returns the kernels that reach one with
/// operands that aren't known.
pub(crate) fn resolve_static<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    kernels: &Kernels,
    reached: &Reached,
) -> Vec<Problem> {
    let Some(function) =
        module.get_functions().find(|function| markers::of(*function) == Some(Marker::StaticShared))
    else {
        return Vec::new();
    };
    let mut unknown = false;
    for used in uses_of(function) {
        match used {
            FunctionUse::Callee(call) => match constant_operands(call) {
                Some(operands) => answer(call, variable(context, module, operands)),
                None => unknown = true,
            },
            FunctionUse::Kept => {}
            FunctionUse::Operand(_) | FunctionUse::Constant => unknown = true,
        }
    }
    if unknown { unresolved(kernels, reached) } else { Vec::new() }
}

/// Key, size and alignment, where the call gives constants that make sense.
pub(crate) fn constant_operands(call: InstructionValue<'_>) -> Option<[u64; 3]> {
    let call = call_site(call)?;
    let mut operands = [0; 3];
    for (index, operand) in (0..).zip(&mut operands) {
        *operand = argument(call, index)?.into_int_value().get_zero_extended_constant()?;
    }
    let [_, size, alignment] = operands;
    (u32::try_from(size).is_ok() && u32::try_from(alignment).is_ok() && alignment.is_power_of_two())
        .then_some(operands)
}

/// The variable of `key`, as large and as aligned as any call asks for.
fn variable<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    [key, size, alignment]: [u64; 3],
) -> GlobalValue<'ctx> {
    let name = format!("shared.{key:x}.{size}");
    let alignment = u32::try_from(alignment).unwrap_or(1);
    if let Some(known) = module.get_global(&name) {
        known.set_alignment(known.get_alignment().max(alignment));
        return known;
    }
    let bytes = context.i8_type().array_type(u32::try_from(size).unwrap_or_default());
    let variable = module.add_global(bytes, Some(AddressSpace::from(SHARED_SPACE)), &name);
    variable.set_linkage(Linkage::Internal);
    // Nothing can be there before a block starts.
    variable.set_initializer(&bytes.as_basic_type_enum().into_array_type().get_poison());
    variable.set_alignment(alignment);
    variable
}

fn answer<'ctx>(call: InstructionValue<'ctx>, variable: GlobalValue<'ctx>) {
    let Some(value) = llvm_plugin::instruction::value(call) else { return };
    let pointer = value.get_type().into_pointer_type();
    replace_uses(call, variable.as_pointer_value().const_address_space_cast(pointer).into());
    call.erase_from_basic_block();
}

fn unresolved(kernels: &Kernels, reached: &Reached) -> Vec<Problem> {
    let symbol = ALL.iter().find(|(_, marker)| *marker == Marker::StaticShared).map(|(symbol, _)| *symbol);
    let symbol = symbol.unwrap_or_default();
    let chains = kernels.iter().filter_map(|kernel| {
        let chain = reached.chain(&kernel.name, symbol);
        let trouble = Trouble::MarkerOperand { marker: symbol.to_owned() };
        (!chain.is_empty()).then(|| Problem { kernel: kernel.name.clone(), trouble, chain })
    });
    chains.collect()
}
