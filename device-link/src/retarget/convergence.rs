//! Rule 2. Nothing may put control flow around code that other threads have to reach too.

use abi::markers::Marker;
use llvm_plugin::function::set_convergent;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::instruction::{FunctionUse, call_site, uses_of};
use std::collections::BTreeSet;

/// Marks everything, and leaves it to LLVM to find out what needs no mark.
pub(super) fn mark(module: &Module<'_>) {
    set_convergent(module, true);
}

/// The opposite, for a target that has no threads beside each other.
pub(super) fn unmark(module: &Module<'_>) {
    set_convergent(module, false);
}

/// The markers that threads reach together and that some call in `module`, as it was read, doesn't call
/// `convergent`: its compiler was free to move control flow around them. rustc never marks them.
pub(crate) fn find_unmarked(module: &Module<'_>) -> BTreeSet<String> {
    let convergent = Attribute::get_named_enum_kind_id("convergent");
    let mut unmarked = BTreeSet::new();
    for function in module.get_functions() {
        let symbol = function.get_name().to_string_lossy().into_owned();
        if !Marker::from_symbol(&symbol).is_some_and(Marker::is_convergent) {
            continue;
        }
        let marked = uses_of(function).into_iter().all(|used| match used {
            FunctionUse::Callee(call) => call_site(call)
                .is_some_and(|call| call.get_enum_attribute(AttributeLoc::Function, convergent).is_some()),
            FunctionUse::Operand(_) | FunctionUse::Constant => false,
            FunctionUse::Kept => true,
        });
        if !marked {
            unmarked.insert(symbol);
        }
    }
    unmarked
}
