//! Rule 12. Functions of device code go into their callers: a call costs a GPU more than its instructions do, and keeps
//! what it is given in memory.

use crate::markers;
use llvm_plugin::function::instruction_count;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::FunctionValue;
use llvm_plugin::instruction::{FunctionUse, call_site, uses_of};
use std::collections::{HashMap, HashSet};

/// Instructions of the largest function that is inlined wherever it is called, with all that is inlined into it.
const LARGEST: usize = 3000;

/// What is known of a function while callers are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// It is on the way to itself.
    Recursive,
    /// Its instructions once its callees are in it, and whether it is inlined.
    Known { instructions: usize, inlined: bool },
}

/// Has every function of `module` that is no more than [`LARGEST`] instructions inlined, but for those that call
/// themselves. Callees come first: many small functions in one are a large one.
pub(crate) fn inline_small(module: &Module<'_>) {
    let kind = Attribute::get_named_enum_kind_id("alwaysinline");
    for function in small(module, &|_| true) {
        let attribute = module.get_context().create_enum_attribute(kind, 0);
        function.add_attribute(AttributeLoc::Function, attribute);
    }
}

/// The functions to inline for what reports on x86_64: only the kernel knows which of its items it is at.
pub(crate) fn find_reporting<'ctx>(module: &Module<'ctx>) -> Vec<FunctionValue<'ctx>> {
    let mut pending: Vec<_> =
        module.get_functions().filter(|function| markers::item_of(*function).is_some()).collect();
    let mut reporting = HashSet::new();
    while let Some(function) = pending.pop() {
        for used in uses_of(function) {
            let FunctionUse::Callee(call) = used else { continue };
            let caller = call.get_parent().and_then(|block| block.get_parent());
            pending.extend(caller.filter(|caller| reporting.insert(*caller)));
        }
    }
    if reporting.is_empty() {
        return Vec::new();
    }
    small(module, &|function| reporting.contains(&function))
}

/// Of the functions that are `eligible`, those of no more than [`LARGEST`] instructions that do not call themselves.
fn small<'ctx>(
    module: &Module<'ctx>,
    eligible: &dyn Fn(FunctionValue<'ctx>) -> bool,
) -> Vec<FunctionValue<'ctx>> {
    let mut sizes = HashMap::new();
    for function in module.get_functions().filter(|function| function.count_basic_blocks() > 0) {
        measure(function, &mut sizes, eligible);
    }
    let inlined = |function: &FunctionValue<'ctx>| {
        matches!(sizes.get(function), Some(Size::Known { inlined: true, .. }))
    };
    module.get_functions().filter(inlined).collect()
}

/// The size of `function`, once those of its callees are known.
fn measure<'ctx>(
    function: FunctionValue<'ctx>,
    sizes: &mut HashMap<FunctionValue<'ctx>, Size>,
    eligible: &dyn Fn(FunctionValue<'ctx>) -> bool,
) -> Size {
    if let Some(known) = sizes.get(&function) {
        return *known;
    }
    sizes.insert(function, Size::Recursive);
    let mut instructions = instruction_count(function);
    let mut recursive = false;
    for callee in callees(function) {
        match measure(callee, sizes, eligible) {
            Size::Known { instructions: more, inlined: true } => {
                instructions = instructions.saturating_add(more);
            }
            Size::Known { .. } => {}
            Size::Recursive => recursive = true,
        }
    }
    let own = function.get_linkage() == Linkage::Internal && eligible(function);
    let inlined = own && !recursive && instructions <= LARGEST;
    let size = Size::Known { instructions, inlined };
    sizes.insert(function, size);
    size
}

/// The functions with bodies that `function` calls, one for each call.
pub(crate) fn callees<'ctx>(function: FunctionValue<'ctx>) -> Vec<FunctionValue<'ctx>> {
    let instructions = function.get_basic_block_iter().flat_map(|block| block.get_instructions());
    let called = instructions.filter_map(|instruction| call_site(instruction)?.get_called_fn_value());
    called.filter(|callee| callee.count_basic_blocks() > 0).collect()
}
