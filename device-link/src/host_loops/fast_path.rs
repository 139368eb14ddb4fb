//! A function of one item without the checks that hold for a whole row, and what tells whether they do.

use super::Built;
use super::checks::{self, Check};
use super::ends::Ends;
use super::flow::{Flow, instructions};
use llvm_plugin::clone::clone_body;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::FunctionValue;

/// What there is beside a function that runs an item with all its checks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FastPath<'ctx> {
    /// The same without the checks of a row.
    pub(crate) unchecked: FunctionValue<'ctx>,
    /// `i1 (parameters for the first item..., i64, i64, i64)`: whether they hold for it and the items behind it, so many
    /// in x, y and z.
    pub(crate) holds: FunctionValue<'ctx>,
}

/// The fast paths of a function for rows of any length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FastPaths<'ctx> {
    /// For rows whose items all stay, if the function has checks for that.
    pub(crate) stay: Option<FastPath<'ctx>>,
    /// For rows whose items all go the same way too, if it has branches for that.
    pub(crate) inner: Option<FastPath<'ctx>>,
}

/// Makes the fast paths of `function`.
pub(crate) fn emit<'ctx>(module: &Module<'ctx>, function: FunctionValue<'ctx>) -> Built<FastPaths<'ctx>> {
    let flow = Flow::of(function);
    let mut checks = checks::find(function, &flow);
    let sides = checks::find_sides(function, &flow);
    let emit = |checks: &[Check<'ctx>], number| emit_one(module, function, &flow, (checks, number));
    let stay = if checks.is_empty() { None } else { Some(emit(&checks, 0)?) };
    let has_sides = !sides.is_empty();
    checks.extend(sides);
    let inner = if has_sides { Some(emit(&checks, 1)?) } else { None };
    Ok(FastPaths { stay, inner })
}

/// The fast path for rows for which `checks` hold, with its number among those of `function`.
fn emit_one<'ctx>(
    module: &Module<'ctx>,
    function: FunctionValue<'ctx>,
    flow: &Flow,
    (checks, number): (&[Check<'ctx>], usize),
) -> Built<FastPath<'ctx>> {
    let name = function.get_name().to_string_lossy().into_owned();
    let decided: Vec<_> = checks.iter().map(|check| (check.branch, check.stays)).collect();
    let unchecked = emit_decided(module, function, &format!("{name}.unchecked.{number}"), &decided);
    let holds = emit_holds(module, (function, flow), &format!("{name}.holds.{number}"), checks)?;
    Ok(FastPath { unchecked, holds })
}

/// A copy of `function` in which the conditions of some branches are known, each by its instruction's number.
pub(super) fn emit_decided<'ctx>(
    module: &Module<'ctx>,
    function: FunctionValue<'ctx>,
    name: &str,
    decided: &[(usize, bool)],
) -> FunctionValue<'ctx> {
    let copy = module.add_function(name, function.get_type(), None);
    clone_body(copy, function);
    copy.set_linkage(Linkage::Internal);
    let own = instructions(copy);
    for (branch, value) in decided {
        let value = module.get_context().bool_type().const_int((*value).into(), false);
        own[*branch].set_operand(0, value);
    }
    copy
}

/// ```c
/// bool holds(first item..., uint64_t behind in x, in y, in z) { return behind < LONGEST_ROW && all requirements; }
/// ```
pub(super) fn emit_holds<'ctx>(
    module: &Module<'ctx>,
    (function, flow): (FunctionValue<'ctx>, &Flow),
    name: &str,
    checks: &[Check<'ctx>],
) -> Built<FunctionValue<'ctx>> {
    let mut ends = Ends::open(module, (function, flow), name, module.get_context().bool_type());
    let mut all = ends.is_short()?;
    for check in checks {
        let one = ends.check(check)?;
        all = ends.builder.build_and(all, one, "holds")?;
    }
    ends.builder.build_return(Some(&all))?;
    Ok(ends.function)
}
