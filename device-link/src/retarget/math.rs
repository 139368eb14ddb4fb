//! Rule 10. Mathematics of the host by OpenCL's names.

use super::Built;
use super::math_names::{FUNCTIONS, MathFunction, Parameters, mangled};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::types::{BasicTypeEnum, FloatType};
use llvm_plugin::inkwell::values::{FunctionValue, InstructionOpcode, InstructionValue};
use llvm_plugin::instruction::{operand, replace_uses, value};

/// Vectors that OpenCL has functions for.
const LANES: [u32; 6] = [1, 2, 3, 4, 8, 16];

/// Has everything call OpenCL's functions.
pub(super) fn name_functions(module: &Module<'_>) -> Built<()> {
    for function in module.get_functions().collect::<Vec<_>>() {
        if function.count_basic_blocks() == 0
            && let Some(name) = opencl_name(function)
        {
            rename(module, function, &name);
        }
    }
    for function in module.get_functions().collect::<Vec<_>>() {
        for block in function.get_basic_block_iter() {
            for instruction in block.get_instructions().collect::<Vec<_>>() {
                if instruction.get_opcode() == InstructionOpcode::FRem {
                    call_fmod(module, instruction)?;
                }
            }
        }
    }
    Ok(())
}

fn rename<'ctx>(module: &Module<'ctx>, function: FunctionValue<'ctx>, name: &str) {
    let named =
        module.get_function(name).unwrap_or_else(|| module.add_function(name, function.get_type(), None));
    let pointer = |function: FunctionValue<'ctx>| function.as_global_value().as_pointer_value();
    pointer(function).replace_all_uses_with(pointer(named));
}

/// OpenCL's name for the function that `function` declares, if the table has it.
pub(super) fn opencl_name(function: FunctionValue<'_>) -> Option<String> {
    let symbol = function.get_name().to_string_lossy().into_owned();
    let (element, lanes) = element_of(function.get_type().get_return_type()?)?;
    let found = if let Some(intrinsic) = symbol.strip_prefix("llvm.") {
        let name = intrinsic.split('.').next()?;
        FUNCTIONS.iter().find(|known| known.intrinsic == Some(name))?
    } else {
        FUNCTIONS.iter().find(|known| is_libm(known, &symbol, element))?
    };
    parameters_fit(function, found.parameters)
        .then(|| mangled(found.opencl, found.parameters, element, lanes))
}

fn is_libm(known: &MathFunction, symbol: &str, element: char) -> bool {
    known.libm.is_some_and(|name| match element {
        'f' => symbol.strip_suffix('f') == Some(name),
        _ => symbol == name,
    })
}

/// A function of the program's own may have a name of libm's.
fn parameters_fit(function: FunctionValue<'_>, parameters: Parameters) -> bool {
    let Some(result) = function.get_type().get_return_type() else { return false };
    let kinds = function.get_type().get_param_types();
    let is_result = |index: usize| {
        kinds
            .get(index)
            .and_then(|kind| BasicTypeEnum::try_from(*kind).ok())
            .is_some_and(|kind| kind == result)
    };
    let is_integer = |index: usize| {
        kinds.get(index).is_some_and(|kind| kind.is_int_type() && kind.into_int_type().get_bit_width() == 32)
    };
    match parameters {
        Parameters::One => kinds.len() == 1 && is_result(0),
        Parameters::Two => kinds.len() == 2 && is_result(0) && is_result(1),
        Parameters::Three => kinds.len() == 3 && (0..3).all(is_result),
        Parameters::WithInteger => kinds.len() == 2 && is_result(0) && is_integer(1),
    }
}

/// `f` or `d`, and how many.
fn element_of(kind: BasicTypeEnum<'_>) -> Option<(char, u32)> {
    let (float, lanes) = match kind {
        BasicTypeEnum::FloatType(float) => (float, 1),
        BasicTypeEnum::VectorType(vector) => match vector.get_element_type() {
            BasicTypeEnum::FloatType(float) => (float, vector.get_size()),
            _ => return None,
        },
        _ => return None,
    };
    LANES.contains(&lanes).then_some(())?;
    Some((letter(float)?, lanes))
}

fn letter(float: FloatType<'_>) -> Option<char> {
    let context = float.get_context();
    let known = [(context.f32_type(), 'f'), (context.f64_type(), 'd')];
    known.into_iter().find(|(kind, _)| *kind == float).map(|(_, letter)| letter)
}

/// The remainder of a division has no instruction on any GPU.
fn call_fmod<'ctx>(module: &Module<'ctx>, remainder: InstructionValue<'ctx>) -> Built<()> {
    let (Some(result), Some(left), Some(right)) =
        (value(remainder), operand(remainder, 0), operand(remainder, 1))
    else {
        return Ok(());
    };
    let Some((element, lanes)) = element_of(result.get_type()) else { return Ok(()) };
    let name = mangled("fmod", Parameters::Two, element, lanes);
    let kind = function_of_two(result.get_type());
    let function = module.get_function(&name).unwrap_or_else(|| module.add_function(&name, kind, None));
    let builder = module.get_context().create_builder();
    builder.position_before(&remainder);
    let call = builder.build_call(function, &[left.into(), right.into()], "remainder")?;
    replace_uses(remainder, call.try_as_basic_value().unwrap_basic());
    remainder.erase_from_basic_block();
    Ok(())
}

fn function_of_two(kind: BasicTypeEnum<'_>) -> llvm_plugin::inkwell::types::FunctionType<'_> {
    use llvm_plugin::inkwell::types::BasicType as _;
    kind.fn_type(&[kind.into(), kind.into()], false)
}
