//! The device functions that code calls to learn where it runs: found, and checked against what they are.

use crate::Result;
use crate::error::Error;
use abi::markers::{ALL, Marker, PREFIX, Signature, Type};
use llvm_plugin::inkwell::AddressSpace;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::types::{BasicType as _, BasicTypeEnum, FunctionType};
use llvm_plugin::inkwell::values::FunctionValue;

/// The marker that `function` is.
pub(crate) fn of(function: FunctionValue<'_>) -> Option<Marker> {
    Marker::from_symbol(&function.get_name().to_string_lossy())
}

/// The marker that `function` is, if the loops over work items answer it.
pub(crate) fn position_of(function: FunctionValue<'_>) -> Option<Marker> {
    of(function).filter(|marker| marker.is_position() || marker.is_of_block())
}

/// The marker that `function` is, if it asks for the item that reports.
pub(crate) fn item_of(function: FunctionValue<'_>) -> Option<Marker> {
    of(function).filter(|marker| matches!(marker, Marker::Item(_)))
}

/// Checks that every function with a marker's prefix is one and has its type.
pub(crate) fn check_declarations(module: &Module<'_>) -> Result<()> {
    for function in module.get_functions() {
        let symbol = function.get_name().to_string_lossy();
        if !symbol.starts_with(PREFIX) {
            continue;
        }
        let Some((name, marker)) = ALL.iter().find(|(name, _)| *name == symbol) else {
            let nearest = ALL.iter().map(|(name, _)| *name);
            let nearest = nearest.min_by_key(|name| strsim::damerau_levenshtein(name, &symbol));
            return Err(Error::UnknownMarker { symbol: symbol.into_owned(), nearest });
        };
        let expected = marker_type(*marker, module);
        if !same_type(function.get_type(), expected) {
            let print = |kind: FunctionType<'_>| kind.print_to_string().to_string();
            return Err(Error::MarkerType {
                symbol: name,
                found: print(function.get_type()),
                expected: print(expected),
            });
        }
    }
    Ok(())
}

/// Whether the types are the same, whatever address space pointers are in: SPIR-V has no other than the
/// generic one for those to any memory.
fn same_type<'ctx>(found: FunctionType<'ctx>, expected: FunctionType<'ctx>) -> bool {
    let plain = |kind: Option<BasicTypeEnum<'ctx>>| match kind {
        Some(BasicTypeEnum::PointerType(pointer)) => {
            Some(pointer.get_context().ptr_type(AddressSpace::default()).into())
        }
        other => other,
    };
    let parts = |kind: FunctionType<'ctx>| {
        let parameters = kind.get_param_types().into_iter().map(|kind| BasicTypeEnum::try_from(kind).ok());
        std::iter::once(kind.get_return_type()).chain(parameters).map(plain).collect::<Vec<_>>()
    };
    found.is_var_arg() == expected.is_var_arg() && parts(found) == parts(expected)
}

fn marker_type<'ctx>(marker: Marker, module: &Module<'ctx>) -> FunctionType<'ctx> {
    let context = module.get_context();
    let Signature { result, parameters } = marker.signature();
    let plain = |kind: Type| -> BasicTypeEnum<'ctx> {
        match kind {
            Type::I32 => context.i32_type().into(),
            Type::I64 => context.i64_type().into(),
            Type::Pointer => context.ptr_type(AddressSpace::default()).into(),
        }
    };
    let parameters: Vec<_> = parameters.iter().map(|kind| plain(*kind).into()).collect();
    match result {
        Some(kind) => plain(kind).fn_type(&parameters, false),
        None => context.void_type().fn_type(&parameters, false),
    }
}
