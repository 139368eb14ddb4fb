//! The device functions that code calls to learn where it runs: found, and checked against what they are.

use crate::Result;
use crate::error::Error;
use abi::markers::{ALL, Marker, PREFIX};
use abi::panics::PANIC;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::types::FunctionType;
use llvm_plugin::inkwell::values::FunctionValue;

/// The marker that `function` is.
pub(crate) fn of(function: FunctionValue<'_>) -> Option<Marker> {
    Marker::from_symbol(&function.get_name().to_string_lossy())
}

/// Checks that every function with a marker's prefix is one and has its type.
pub(crate) fn check_declarations(module: &Module<'_>) -> Result<()> {
    for function in module.get_functions() {
        let symbol = function.get_name().to_string_lossy();
        // The panic function is no marker, and there once panics were replaced.
        if !symbol.starts_with(PREFIX) || symbol == PANIC {
            continue;
        }
        let Some((name, marker)) = ALL.iter().find(|(name, _)| *name == symbol) else {
            let nearest = ALL.iter().map(|(name, _)| *name);
            let nearest = nearest.min_by_key(|name| strsim::damerau_levenshtein(name, &symbol));
            return Err(Error::UnknownMarker { symbol: symbol.into_owned(), nearest });
        };
        let expected = marker_type(*marker, module);
        if function.get_type() != expected {
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

fn marker_type<'ctx>(marker: Marker, module: &Module<'ctx>) -> FunctionType<'ctx> {
    let context = module.get_context();
    match marker {
        Marker::GlobalId(_) => context.i64_type().fn_type(&[], false),
        Marker::ThreadId(_) | Marker::BlockId(_) | Marker::BlockSize(_) | Marker::GridSize(_) => {
            context.i32_type().fn_type(&[], false)
        }
        Marker::Barrier => context.void_type().fn_type(&[], false),
    }
}
