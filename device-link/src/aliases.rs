//! Aliases of functions become functions of their own: compilers merge equal functions that way, and a
//! kernel may be one of them.

use crate::Result;
use crate::entry::{builder_bug, call_like};
use llvm_plugin::global::function_aliases;
use llvm_plugin::inkwell::GlobalVisibility;
use llvm_plugin::inkwell::attributes::AttributeLoc;
use llvm_plugin::inkwell::builder::BuilderError;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::{FunctionValue, GlobalValue};

/// Replaces every alias of a function by a function that calls it.
pub(crate) fn replace_aliases(module: &Module<'_>) -> Result<()> {
    for (alias, function) in function_aliases(module) {
        replace_alias(module, alias, function).map_err(|error| builder_bug(&error))?;
    }
    Ok(())
}

fn replace_alias<'ctx>(
    module: &Module<'ctx>,
    alias: GlobalValue<'ctx>,
    function: FunctionValue<'ctx>,
) -> std::result::Result<(), BuilderError> {
    let name = alias.get_name().to_string_lossy().into_owned();
    let linkage = alias.get_linkage();
    // Unused and internal, it goes with the next cleanup.
    alias.set_name(&format!("{name}.alias"));
    alias.set_linkage(Linkage::Internal);
    alias.set_visibility(GlobalVisibility::Default);

    let own = module.add_function(&name, function.get_type(), Some(linkage));
    own.set_call_conventions(function.get_call_conventions());
    for index in 0..function.count_params() {
        for attribute in function.attributes(AttributeLoc::Param(index)) {
            own.add_attribute(AttributeLoc::Param(index), attribute);
        }
    }
    let context = module.get_context();
    let builder = context.create_builder();
    builder.position_at_end(context.append_basic_block(own, "entry"));
    let arguments: Vec<_> = own.get_params().into_iter().map(Into::into).collect();
    let call = call_like(&builder, function, &arguments)?;
    match call.try_as_basic_value().basic() {
        Some(value) => builder.build_return(Some(&value))?,
        None => builder.build_return(None)?,
    };
    alias.as_pointer_value().replace_all_uses_with(own.as_global_value().as_pointer_value());
    Ok(())
}
