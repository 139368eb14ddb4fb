//! Rule 2. Nothing may put control flow around code that other threads have to reach too.

use abi::markers::Marker;
use llvm_plugin::function::set_convergent;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::CallSiteValue;
use llvm_plugin::instruction::{FunctionUse, call_site, uses_of};
use std::collections::BTreeSet;

/// On calls of a marker that their compiler didn't know to be `convergent`.
const UNMARKED: &str = "outboard-unmarked";

/// Marks everything, and leaves it to LLVM to find out what needs no mark. What wasn't marked before and had to
/// be is remembered.
pub(super) fn mark(module: &Module<'_>) {
    let convergent = Attribute::get_named_enum_kind_id("convergent");
    let unmarked = module.get_context().create_string_attribute(UNMARKED, "");
    for call in calls_of_markers(module) {
        if call.get_enum_attribute(AttributeLoc::Function, convergent).is_none() {
            call.add_attribute(AttributeLoc::Function, unmarked);
        }
    }
    set_convergent(module, true);
}

/// The opposite, for a target that has no threads beside each other.
pub(super) fn unmark(module: &Module<'_>) {
    set_convergent(module, false);
}

/// The markers that threads reach together and that some call in `module` didn't call `convergent` when it was
/// read: its compiler was free to put control flow around them. rustc never marks them.
pub(crate) fn find_unmarked(module: &Module<'_>) -> BTreeSet<String> {
    calls_of_markers(module)
        .filter(|call| call.get_string_attribute(AttributeLoc::Function, UNMARKED).is_some())
        .filter_map(|call| call.get_called_fn_value())
        .map(|marker| marker.get_name().to_string_lossy().into_owned())
        .collect()
}

/// The calls of markers that threads reach together.
fn calls_of_markers<'ctx>(module: &Module<'ctx>) -> impl Iterator<Item = CallSiteValue<'ctx>> {
    let markers = module.get_functions().filter(|function| {
        Marker::from_symbol(&function.get_name().to_string_lossy()).is_some_and(Marker::is_convergent)
    });
    markers.flat_map(uses_of).filter_map(|used| match used {
        FunctionUse::Callee(call) => call_site(call),
        FunctionUse::Operand(_) | FunctionUse::Constant | FunctionUse::Kept => None,
    })
}
