//! What functions do that some device can't: looked for before optimization, for the way there, and after it, for
//! what is left.

use crate::target::Target;
use llvm_plugin::assembly;
use llvm_plugin::inkwell::types::BasicTypeEnum;
use llvm_plugin::inkwell::values::{FunctionValue, InstructionValue};
use llvm_plugin::instruction::{call_site, is_indirect_call, operand, value};
use llvm_plugin::references::addresses_taken;
use std::collections::HashSet;

/// Something that not every device can do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    /// Inline assembly; its first line.
    Assembly(String),
    /// An intrinsic of the host's processor.
    HostIntrinsic(String),
    /// A function's address.
    FunctionAddress(String),
    /// A call of what a pointer points to.
    IndirectCall,
    /// An integer of more than 64 bits.
    WideInteger,
}

impl Limit {
    /// Whether `target` can't do it.
    pub(crate) fn applies_to(&self, target: Target) -> bool {
        match self {
            Self::Assembly(_) | Self::HostIntrinsic(_) => target.is_gpu(),
            Self::FunctionAddress(_) | Self::IndirectCall | Self::WideInteger => target == Target::Spirv64,
        }
    }

    /// Whether `other`, found at another time, may be the same thing.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self == other
            || matches!(
                (self, other),
                (
                    Self::FunctionAddress(_) | Self::IndirectCall,
                    Self::FunctionAddress(_) | Self::IndirectCall
                )
            )
    }
}

/// What `function` does of these, each with the first instruction that does.
pub(crate) fn of_function<'ctx>(function: FunctionValue<'ctx>) -> Vec<(Limit, InstructionValue<'ctx>)> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for block in function.get_basic_block_iter() {
        for instruction in block.get_instructions() {
            for limit in of_instruction(instruction) {
                if seen.insert(limit.clone()) {
                    found.push((limit, instruction));
                }
            }
        }
    }
    for (taken, instruction) in addresses_taken(function) {
        let symbol = taken.get_name().to_string_lossy().into_owned();
        found.push((Limit::FunctionAddress(symbol), instruction));
    }
    found
}

fn of_instruction(instruction: InstructionValue<'_>) -> Vec<Limit> {
    let mut found = Vec::new();
    if let Some(call) = call_site(instruction) {
        let callee =
            call.get_called_fn_value().map(|callee| callee.get_name().to_string_lossy().into_owned());
        if let Some(text) = assembly::of_call(call) {
            let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            found.push(Limit::Assembly(line.to_owned()));
        } else if let Some(name) = callee.filter(|name| name.starts_with("llvm.x86.")) {
            found.push(Limit::HostIntrinsic(name));
        } else if is_indirect_call(instruction) {
            found.push(Limit::IndirectCall);
        }
    }
    let operands = (0..instruction.get_num_operands()).filter_map(|index| operand(instruction, index));
    if operands.chain(value(instruction)).any(|value| is_wide(value.get_type())) {
        found.push(Limit::WideInteger);
    }
    found
}

/// Bits of the widest integer that every device has.
const WIDEST: u32 = 64;

fn is_wide(kind: BasicTypeEnum<'_>) -> bool {
    match kind {
        BasicTypeEnum::IntType(integer) => integer.get_bit_width() > WIDEST,
        BasicTypeEnum::StructType(structure) => structure.get_field_types_iter().any(is_wide),
        BasicTypeEnum::ArrayType(array) => is_wide(array.get_element_type()),
        BasicTypeEnum::VectorType(vector) => is_wide(vector.get_element_type()),
        _ => false,
    }
}
