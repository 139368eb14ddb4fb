//! The entries of ordinary kernels: what the runtime calls, with slots instead of parameters.

use crate::Result;
use crate::error::Error;
use crate::kernels::{Form, Kernel, Kernels};
use crate::reach::in_module;
use crate::retarget::{address_spaces, conventions};
use crate::target::Target;
use abi::launch::GEOMETRY_SLOTS;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::builder::{Builder, BuilderError};
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::BasicTypeEnum;
use llvm_plugin::inkwell::values::{
    BasicMetadataValueEnum, BasicValueEnum, CallSiteValue, FunctionValue, IntValue,
};
use llvm_plugin::inkwell::{AddressSpace, GlobalVisibility};
use offload_binary::Slot;

/// Makes an entry for every ordinary kernel of a GPU and exports those that have one. The runtime calls an entry once
/// for each work item, with the kernels' calling convention, and pointers are to global memory.
pub(crate) fn emit_gpu_entries(module: &Module<'_>, kernels: &Kernels, target: Target) -> Result<()> {
    for (kernel, function) in in_module(module, kernels) {
        emit_gpu_entry(module, kernel, function, target).map_err(|error| builder_bug(&error))?;
    }
    Ok(())
}

pub(crate) fn builder_bug(error: &BuilderError) -> Error {
    Error::Bug { after: "building an entry", text: error.to_string() }
}

/// Protected, so that calls inside the image are direct and `dlsym` finds it.
pub(crate) fn export(function: FunctionValue<'_>) {
    function.set_linkage(Linkage::External);
    function.as_global_value().set_visibility(GlobalVisibility::Protected);
}

/// ```c
/// __kernel void kernel(global void *env, uint64_t grid_xy, uint64_t grid_z_block_x, uint64_t block_yz, slot...) {
///     body(argument of slot...);      // an entry of its author's: body(env, slot...), without geometry slots
/// }
/// ```
fn emit_gpu_entry<'ctx>(
    module: &Module<'ctx>,
    kernel: &Kernel,
    body: FunctionValue<'ctx>,
    target: Target,
) -> std::result::Result<(), BuilderError> {
    let context = module.get_context();
    let global = AddressSpace::try_from(address_spaces::GLOBAL).expect("a small number");
    let (pointer, slot) = (context.ptr_type(global), context.i64_type());
    body.as_global_value().set_name(&format!("{}.body", kernel.name));

    let mut parameters: Vec<BasicTypeEnum<'ctx>> = vec![pointer.into()];
    let first_slot = if kernel.form == Form::Ordinary { 1 + GEOMETRY_SLOTS } else { 0 };
    parameters.extend((1..first_slot).map(|_| BasicTypeEnum::from(slot)));
    let slots = kernel.slots.iter().flatten().map(|kind| match kind {
        Slot::Pointer => BasicTypeEnum::from(pointer),
        Slot::Value => slot.into(),
    });
    parameters.extend(slots);
    let parameters: Vec<_> = parameters.into_iter().map(Into::into).collect();
    let entry = module.add_function(&kernel.name, context.void_type().fn_type(&parameters, false), None);
    export(entry);
    entry.set_call_conventions(conventions::of_kernels(target));
    let attribute = |name| context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), 0);
    entry.add_attribute(AttributeLoc::Function, attribute("nounwind"));
    body.add_attribute(AttributeLoc::Function, attribute("alwaysinline"));

    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(entry, "entry"));
    let arguments = entry.get_params()[first_slot..]
        .iter()
        .zip(body.get_params())
        .map(|(slot, parameter)| {
            let slot = match *slot {
                BasicValueEnum::PointerValue(address) => {
                    let plain = context.ptr_type(AddressSpace::default());
                    builder.build_address_space_cast(address, plain, "argument")?.into()
                }
                value => value,
            };
            unpack_slot(&builder, slot, parameter.get_type()).map(BasicMetadataValueEnum::from)
        })
        .collect::<std::result::Result<Vec<_>, _>>()?;
    call_like(&builder, body, &arguments)?;
    builder.build_return(None)?;
    Ok(())
}

/// The value of type `parameter` that a slot carries.
pub(crate) fn unpack_slot<'ctx>(
    builder: &Builder<'ctx>,
    slot: BasicValueEnum<'ctx>,
    parameter: BasicTypeEnum<'ctx>,
) -> std::result::Result<BasicValueEnum<'ctx>, BuilderError> {
    let narrow = |value: IntValue<'ctx>, width: u32| {
        let context = value.get_type().get_context();
        let width = std::num::NonZeroU32::new(width).expect("integers of IR have at least one bit");
        let narrow = context.custom_width_int_type(width).expect("no more than 64 bits");
        builder.build_int_truncate_or_bit_cast(value, narrow, "argument")
    };
    Ok(match (slot, parameter) {
        (BasicValueEnum::IntValue(value), BasicTypeEnum::IntType(integer)) => {
            narrow(value, integer.get_bit_width())?.into()
        }
        (BasicValueEnum::IntValue(value), BasicTypeEnum::FloatType(float)) => {
            let bits = narrow(value, float.get_bit_width())?;
            builder.build_bit_cast(bits, float, "argument")?
        }
        (pointer, _) => pointer,
    })
}

/// Calls `function` as its callers must, with `byval` kept: the callee gets a copy.
pub(crate) fn call_like<'ctx>(
    builder: &Builder<'ctx>,
    function: FunctionValue<'ctx>,
    arguments: &[BasicMetadataValueEnum<'ctx>],
) -> std::result::Result<CallSiteValue<'ctx>, BuilderError> {
    let call = builder.build_call(function, arguments, "")?;
    call.set_call_convention(function.get_call_conventions());
    let byval = Attribute::get_named_enum_kind_id("byval");
    for index in 0..function.count_params() {
        let position = AttributeLoc::Param(index);
        if let Some(attribute) = function.get_enum_attribute(position, byval) {
            call.add_attribute(position, attribute);
        }
    }
    Ok(call)
}
