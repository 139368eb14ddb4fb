//! Functions that call themselves, once everything is optimized: OpenCL has no place for what each of them keeps.

use crate::compose::Origins;
use crate::hop::Hop;
use crate::inlining::callees;
use crate::kernels::Kernels;
use crate::problem::Problem;
use crate::reach::in_module;
use crate::target::Target;
use crate::trouble::Trouble;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::FunctionValue;
use std::collections::HashSet;

/// The kernels that reach a function which is on the way to itself, where `target` has no recursion.
///
/// Source: OpenCL SPIR-V Environment Specification, "Common Properties": the static function-call graph for an entry
/// point must not contain cycles. Runtimes size a work item's stack by that, and others write past it.
pub(crate) fn find_recursion(
    module: &Module<'_>,
    kernels: &Kernels,
    origins: &Origins,
    target: Target,
) -> Vec<Problem> {
    if target != Target::Spirv64 {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for (kernel, function) in in_module(module, kernels) {
        let mut path = vec![function];
        let Some(recursive) = find_cycle(&mut path, &mut HashSet::new()) else { continue };
        let symbol = name(recursive);
        let hop = |function: &FunctionValue<'_>| Hop {
            name: name(*function),
            location: None,
            input: origins.module(&name(*function)).map(ToOwned::to_owned),
            inlined: false,
        };
        let chain = path.iter().rev().map(hop).collect();
        let trouble = Trouble::Recursion { symbol, target: target.name() };
        problems.push(Problem { kernel: kernel.name.clone(), trouble, chain });
    }
    problems
}

fn name(function: FunctionValue<'_>) -> String {
    function.get_name().to_string_lossy().into_owned()
}

/// The first function behind the last of `path` that is in `path` already, which then is the way to its call.
fn find_cycle<'ctx>(
    path: &mut Vec<FunctionValue<'ctx>>,
    done: &mut HashSet<FunctionValue<'ctx>>,
) -> Option<FunctionValue<'ctx>> {
    let last = *path.last()?;
    for callee in callees(last) {
        if path.contains(&callee) {
            return Some(callee);
        }
        if done.contains(&callee) {
            continue;
        }
        path.push(callee);
        if let Some(found) = find_cycle(path, done) {
            return Some(found);
        }
        path.pop();
    }
    done.insert(last);
    None
}
