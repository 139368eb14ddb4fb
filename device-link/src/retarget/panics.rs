//! Rule 4. Functions of core, alloc and std that never return, and any other that isn't there and doesn't, become
//! a call of the device runtime's panic function with message and location.

use super::{Built, define};
use crate::error::demangled;
use abi::panics::{PANIC, PANIC_WITH_NUMBERS};
use llvm_plugin::function::inline_in_callers;
use llvm_plugin::inkwell::AddressSpace;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::builder::Builder;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::{BasicMetadataTypeEnum, BasicTypeEnum};
use llvm_plugin::inkwell::values::{
    BasicMetadataValueEnum, BasicValueEnum, FunctionValue, IntValue, PointerValue,
};
use llvm_plugin::module::declare_intrinsic;

/// What panics are made to call.
const HOOKS: [&str; 2] = [PANIC, PANIC_WITH_NUMBERS];

/// Its parameters are the index and the length; the message of it.
///
/// Source: `panic_bounds_check`, core/src/panicking.rs (Rust 1.95).
const BOUNDS_CHECK: &str = "panicking::panic_bounds_check";
const OUT_OF_BOUNDS: &str = "index out of bounds: the len is {} but the index is {}";

const LIBRARIES: [&str; 4] = ["core::", "alloc::", "std::", "__rustc::"];

/// What a panic is about, by the end of its function's name, where the name alone doesn't say it.
const MESSAGES: [(&str, &str); 11] = [
    ("slice_index_fail", "slice index out of range"),
    ("panic_const_add_overflow", "attempt to add with overflow"),
    ("panic_const_sub_overflow", "attempt to subtract with overflow"),
    ("panic_const_mul_overflow", "attempt to multiply with overflow"),
    ("panic_const_div_by_zero", "attempt to divide by zero"),
    ("panic_const_rem_by_zero", "attempt to calculate the remainder with a divisor of zero"),
    ("panic_const_div_overflow", "attempt to divide with overflow"),
    ("panic_const_neg_overflow", "attempt to negate with overflow"),
    ("panic_const_shl_overflow", "attempt to shift left with overflow"),
    ("panic_const_shr_overflow", "attempt to shift right with overflow"),
    ("option::unwrap_failed", "called `Option::unwrap()` on a `None` value"),
];

/// Functions whose first two parameters are their message.
const WITH_MESSAGE: [&str; 6] = [
    "core::panicking::panic",
    "core::panicking::panic_nounwind",
    "core::panicking::panic_explicit",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "std::panicking::begin_panic",
];

/// Takes the message in two words: text and twice its length plus one, where there is nothing to format.
const FORMATTED: [&str; 2] = ["core::panicking::panic_fmt", "core::panicking::panic_nounwind_fmt"];

/// Functions that know their caller's location, by the start of their name. Used where the attributes don't tell.
const TRACKED: [&str; 6] =
    ["core::panicking::", "core::option::", "core::result::", "core::slice::", "core::cell::", "core::num::"];

/// Bytes of Rust's `core::panic::Location`.
const LOCATION_SIZE: u64 = 24;

/// Replaces the body of every function that only panics.
pub(super) fn replace(module: &Module<'_>) -> Built<()> {
    let noreturn = Attribute::get_named_enum_kind_id("noreturn");
    for function in module.get_functions().collect::<Vec<_>>() {
        let symbol = function.get_name().to_string_lossy().into_owned();
        let never_returns = function.get_enum_attribute(AttributeLoc::Function, noreturn).is_some();
        if !never_returns || function.get_intrinsic_id() != 0 || HOOKS.contains(&symbol.as_str()) {
            continue;
        }
        let name = without_generics(&demangled(&symbol));
        let in_library = LIBRARIES.iter().any(|library| name.starts_with(library));
        if function.count_basic_blocks() == 0 || in_library {
            inline_in_callers(function);
            let message = message(&name);
            define(module, function, |builder| emit_panic(module, builder, function, &name, message))?;
        }
    }
    Ok(())
}

/// Makes a panic with a fixed message, and ends the block.
pub(super) fn emit_message<'ctx>(module: &Module<'ctx>, builder: &Builder<'ctx>, message: &str) -> Built<()> {
    let pointer = module.get_context().ptr_type(AddressSpace::default());
    let length = module.get_context().i64_type().const_int(message.len() as u64, false);
    let text = text(module, message);
    call_hook(module, builder, (text, length, pointer.const_null()), None)
}

/// Has a panic trap where no device runtime takes it.
pub(super) fn define_trap(module: &Module<'_>) -> Built<()> {
    let hooks = HOOKS.into_iter().filter_map(|hook| module.get_function(hook));
    for function in hooks.filter(|function| function.count_basic_blocks() == 0) {
        define(module, function, |builder| {
            if let Some(trap) = declare_intrinsic(module, "llvm.trap", &[]) {
                builder.build_call(trap, &[], "")?;
            }
            builder.build_unreachable()?;
            Ok(())
        })?;
    }
    Ok(())
}

fn message(name: &str) -> &str {
    MESSAGES.iter().find(|(end, _)| name.ends_with(end)).map_or(name, |(_, message)| message)
}

/// `std::panicking::begin_panic::<&str>` is one function of that name to us.
fn without_generics(name: &str) -> String {
    name.split("::<").next().unwrap_or(name).to_owned()
}

/// ```c
/// outboard_panic(message, length, location);
/// __builtin_unreachable();
/// ```
fn emit_panic<'ctx>(
    module: &Module<'ctx>,
    builder: &Builder<'ctx>,
    function: FunctionValue<'ctx>,
    name: &str,
    message: &str,
) -> Built<()> {
    let integer = module.get_context().i64_type();
    let fixed = (text(module, message), integer.const_int(message.len() as u64, false));
    let parameters = function.get_params();
    let (shown, length) = match parameters.as_slice() {
        [first, second, ..] if first.is_pointer_value() => {
            let given = first.into_pointer_value();
            if WITH_MESSAGE.contains(&name) && second.is_int_value() {
                (given, second.into_int_value())
            } else if FORMATTED.contains(&name) && second.is_pointer_value() {
                unformatted(builder, given, second.into_pointer_value(), fixed)?
            } else {
                fixed
            }
        }
        _ => fixed,
    };
    let null = module.get_context().ptr_type(AddressSpace::default()).const_null();
    let location = location(function, name).unwrap_or(null);
    if name.ends_with(BOUNDS_CHECK)
        && let [BasicValueEnum::IntValue(index), BasicValueEnum::IntValue(bound), ..] = parameters[..]
        && [index, bound].iter().all(|number| number.get_type() == integer)
    {
        let length = integer.const_int(OUT_OF_BOUNDS.len() as u64, false);
        let message = (text(module, OUT_OF_BOUNDS), length, location);
        return call_hook(module, builder, message, Some([bound, index]));
    }
    call_hook(module, builder, (shown, length, location), None)
}

/// Source: `fmt::Arguments::from_str`, core/src/fmt/mod.rs (Rust 1.95).
fn unformatted<'ctx>(
    builder: &Builder<'ctx>,
    template: PointerValue<'ctx>,
    arguments: PointerValue<'ctx>,
    otherwise: (PointerValue<'ctx>, IntValue<'ctx>),
) -> Built<(PointerValue<'ctx>, IntValue<'ctx>)> {
    let integer = otherwise.1.get_type();
    let word = builder.build_ptr_to_int(arguments, integer, "arguments")?;
    let one = integer.const_int(1, false);
    let bit = builder.build_and(word, one, "bit")?;
    let literal = builder.build_int_compare(IntPredicate::EQ, bit, one, "literal")?;
    let length = builder.build_right_shift(word, one, false, "length")?;
    let shown = builder.build_select(literal, template, otherwise.0, "message")?.into_pointer_value();
    let length = builder.build_select(literal, length, otherwise.1, "length")?.into_int_value();
    Ok((shown, length))
}

/// The last parameter, where it is the caller's location.
fn location<'ctx>(function: FunctionValue<'ctx>, name: &str) -> Option<PointerValue<'ctx>> {
    let index = function.count_params().checked_sub(1)?;
    let last = function.get_nth_param(index)?;
    let number = |attribute| {
        let kind = Attribute::get_named_enum_kind_id(attribute);
        let found = function.get_enum_attribute(AttributeLoc::Param(index), kind)?;
        Some(found.get_enum_value())
    };
    let size_fits = match number("dereferenceable") {
        Some(size) => size == LOCATION_SIZE,
        None => TRACKED.iter().any(|start| name.starts_with(start)),
    };
    (last.is_pointer_value() && number("align") == Some(8) && size_fits).then(|| last.into_pointer_value())
}

/// Ends the block with a panic: its message, the message's length, where it is; and the numbers in the message.
fn call_hook<'ctx>(
    module: &Module<'ctx>,
    builder: &Builder<'ctx>,
    (message, length, location): (PointerValue<'ctx>, IntValue<'ctx>, PointerValue<'ctx>),
    numbers: Option<[IntValue<'ctx>; 2]>,
) -> Built<()> {
    let context = module.get_context();
    let symbol = if numbers.is_some() { PANIC_WITH_NUMBERS } else { PANIC };
    let hook = module.get_function(symbol).unwrap_or_else(|| {
        let (pointer, integer) = (context.ptr_type(AddressSpace::default()), context.i64_type());
        let mut parameters: Vec<BasicMetadataTypeEnum<'ctx>> =
            vec![pointer.into(), integer.into(), pointer.into()];
        parameters.extend(numbers.iter().flatten().map(|_| BasicMetadataTypeEnum::from(integer)));
        let hook = module.add_function(symbol, context.void_type().fn_type(&parameters, false), None);
        for attribute in ["noreturn", "nounwind"] {
            let kind = Attribute::get_named_enum_kind_id(attribute);
            hook.add_attribute(AttributeLoc::Function, context.create_enum_attribute(kind, 0));
        }
        hook
    });
    let mut arguments: Vec<BasicMetadataValueEnum<'ctx>> =
        vec![message.into(), length.into(), location.into()];
    arguments.extend(numbers.into_iter().flatten().map(BasicMetadataValueEnum::from));
    builder.build_call(hook, &arguments, "")?;
    builder.build_unreachable()?;
    Ok(())
}

/// The address of `text` in memory.
fn text<'ctx>(module: &Module<'ctx>, text: &str) -> PointerValue<'ctx> {
    let bytes = module.get_context().const_string(text.as_bytes(), false);
    let global = module.add_global(BasicTypeEnum::from(bytes.get_type()), None, "panic.message");
    global.set_initializer(&bytes);
    global.set_constant(true);
    global.set_unnamed_addr(true);
    global.set_linkage(Linkage::Private);
    global.as_pointer_value()
}
