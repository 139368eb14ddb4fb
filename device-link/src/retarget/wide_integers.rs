//! Rule 1's hard case: conversions between 128-bit integers and floating point, which GPU back ends leave to a
//! library that there isn't, become calls of our own.

use super::Built;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::types::{BasicType, BasicTypeEnum};
use llvm_plugin::inkwell::values::{BasicValueEnum, InstructionOpcode, InstructionValue};
use llvm_plugin::instruction::{argument, call_site, operand, replace_uses, value};

/// The bits from which on back ends can't convert.
const WIDE: u32 = 128;

/// libgcc's names, f32 and f64: also compiler-rt's, and what back ends would call.
struct Conversion {
    opcode: InstructionOpcode,
    /// The intrinsic that does the same, in words of [`crate::retarget`].
    intrinsic: &'static str,
    names: [&'static str; 2],
}

const CONVERSIONS: [Conversion; 4] = [
    Conversion {
        opcode: InstructionOpcode::UIToFP,
        intrinsic: "",
        names: ["__floatuntisf", "__floatuntidf"],
    },
    Conversion { opcode: InstructionOpcode::SIToFP, intrinsic: "", names: ["__floattisf", "__floattidf"] },
    Conversion {
        opcode: InstructionOpcode::FPToUI,
        intrinsic: "llvm.fptoui.sat.i128.",
        names: ["__fixunssfti", "__fixunsdfti"],
    },
    Conversion {
        opcode: InstructionOpcode::FPToSI,
        intrinsic: "llvm.fptosi.sat.i128.",
        names: ["__fixsfti", "__fixdfti"],
    },
];

/// Replaces every conversion.
pub(super) fn call_conversions(module: &Module<'_>) -> Built<()> {
    for function in module.get_functions().collect::<Vec<_>>() {
        for block in function.get_basic_block_iter() {
            for instruction in block.get_instructions().collect::<Vec<_>>() {
                if let Some((name, from)) = find_conversion(instruction) {
                    call(module, instruction, name, from)?;
                }
            }
        }
    }
    Ok(())
}

/// The function that does what `instruction` does, and its argument.
fn find_conversion<'ctx>(
    instruction: InstructionValue<'ctx>,
) -> Option<(&'static str, BasicValueEnum<'ctx>)> {
    let opcode = instruction.get_opcode();
    let (conversion, from) = if opcode == InstructionOpcode::Call {
        let call = call_site(instruction)?;
        let name = call.get_called_fn_value()?.get_name().to_string_lossy().into_owned();
        let intrinsic =
            |known: &&Conversion| !known.intrinsic.is_empty() && name.starts_with(known.intrinsic);
        (CONVERSIONS.iter().find(intrinsic)?, argument(call, 0)?)
    } else {
        (CONVERSIONS.iter().find(|known| known.opcode == opcode)?, operand(instruction, 0)?)
    };
    let to = value(instruction)?.get_type();
    let (float, integer) =
        if from.get_type().is_float_type() { (from.get_type(), to) } else { (to, from.get_type()) };
    let (BasicTypeEnum::FloatType(float), BasicTypeEnum::IntType(integer)) = (float, integer) else {
        return None;
    };
    if integer.get_bit_width() != WIDE {
        return None;
    }
    let context = float.get_context();
    let names = conversion.names;
    [(context.f32_type(), names[0]), (context.f64_type(), names[1])]
        .into_iter()
        .find(|(known, _)| *known == float)
        .map(|(_, name)| (name, from))
}

fn call<'ctx>(
    module: &Module<'ctx>,
    instruction: InstructionValue<'ctx>,
    name: &str,
    from: BasicValueEnum<'ctx>,
) -> Built<()> {
    let Some(to) = value(instruction).map(|value| value.get_type()) else { return Ok(()) };
    let kind = to.fn_type(&[from.get_type().into()], false);
    let function = module.get_function(name).unwrap_or_else(|| module.add_function(name, kind, None));
    let builder = module.get_context().create_builder();
    builder.position_before(&instruction);
    let call = builder.build_call(function, &[from.into()], "converted")?;
    replace_uses(instruction, call.try_as_basic_value().unwrap_basic());
    instruction.erase_from_basic_block();
    Ok(())
}
