//! LLVM's pipelines over the linked module, and the check that kernels survived them.

use crate::Result;
use crate::error::Error;
use crate::host_loops::range_name;
use crate::inlining::inline_small;
use crate::kernels::{Form, Kernels};
use crate::options::{OptLevel, Options, VectorMath};
use crate::problem::Problem;
use crate::reach::{Reached, in_module};
use crate::target::{Target, has_vector_math};
use crate::trouble::Trouble;
use crate::vector_math;
use llvm_plugin::collect::{Collected, CollectedSeverity, collect};
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::passes::PassBuilderOptions;
use llvm_plugin::inkwell::targets::TargetMachine;
use llvm_plugin::inkwell::values::{FunctionValue, InstructionOpcode, InstructionValue};
use llvm_plugin::instruction::call_site;

/// Finds out which pointers to anything point to global, shared or private memory.
const SPACES: &str = "infer-address-spaces";

/// Runs the pipeline of the level of `options`. Where all of the code was `optimized` when it was compiled, and LLVM
/// generates the last code of it, that is the one for such code: the other would do most of its work again.
pub(crate) fn optimize(
    module: &Module<'_>,
    machine: &TargetMachine,
    (target, optimized): (Target, bool),
    options: &Options,
) -> Result<()> {
    let level = options.opt_level;
    // LLVM 22 makes invalid SPIR-V of addresses that nothing has simplified.
    let level = if target == Target::Spirv64 && level == OptLevel::O0 { OptLevel::O1 } else { level };
    // An image is stripped, and what it is made of must not depend on where its source was.
    module.strip_debug_info();
    let what = "optimize the kernels";
    let optimized = optimized && target.is_linked();
    let pipeline = match level {
        OptLevel::O0 => "default<O0>,globaldce",
        OptLevel::O1 => "default<O1>",
        OptLevel::O2 if optimized => "lto<O2>",
        OptLevel::O2 => "default<O2>",
        OptLevel::O3 if optimized => "lto<O3>",
        OptLevel::O3 => "default<O3>",
    };
    if !target.is_gpu() || level == OptLevel::O0 {
        if level != OptLevel::O0 && options.vector_math == VectorMath::Libmvec && has_vector_math() {
            vector_math::offer(module, machine);
        }
        run_passes(module, machine, pipeline, what)?;
        vector_math::withdraw(module);
        return Ok(());
    }
    inline_small(module);
    // What is known of memory depends on where it is; and inlining shows more of that.
    let passes =
        format!("always-inline,function(sroa,{SPACES}),{pipeline},function({SPACES},instsimplify,dce)");
    run_passes(module, machine, &passes, what)
}

/// Inlines what must be inlined.
pub(crate) fn inline_required(module: &Module<'_>, machine: &TargetMachine) -> Result<()> {
    run_passes(module, machine, "always-inline,globaldce", "inline kernels")
}

/// Runs `passes`, in opt's notation. `what` they do stands in the error.
pub(crate) fn run_passes(
    module: &Module<'_>,
    machine: &TargetMachine,
    passes: &str,
    what: &'static str,
) -> Result<()> {
    let options = PassBuilderOptions::create();
    let (result, collected) = collect(&module.get_context(), || module.run_passes(passes, machine, options));
    result.map_err(|text| Error::Llvm { what, text: text.to_string() })?;
    check_collected(collected, what)
}

/// The same for one function, whose passes are of functions.
pub(crate) fn run_passes_on(
    function: FunctionValue<'_>,
    machine: &TargetMachine,
    passes: &str,
    what: &'static str,
) -> Result<()> {
    let (options, context) = (PassBuilderOptions::create(), function.get_type().get_context());
    let (result, collected) = collect(&context, || function.run_passes(passes, machine, options));
    result.map_err(|text| Error::Llvm { what, text: text.to_string() })?;
    check_collected(collected, what)
}

/// LLVM reports some failures as diagnostics alone.
pub(crate) fn check_collected(collected: Vec<Collected>, what: &'static str) -> Result<()> {
    let error = collected.into_iter().find(|diagnostic| diagnostic.severity == CollectedSeverity::Error);
    error.map_or(Ok(()), |diagnostic| Err(Error::Llvm { what, text: diagnostic.text }))
}

/// Finds kernels of which optimization left nothing.
pub(crate) fn find_empty(
    module: &Module<'_>,
    kernels: &Kernels,
    reached: &Reached,
    target: Target,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (kernel, entry) in in_module(module, kernels) {
        // On x86_64 the entry only has others do the work. These are gone if they do nothing.
        let with_loops = !target.is_gpu() && kernel.form == Form::Ordinary;
        let work = if with_loops { module.get_function(&range_name(&kernel.name)) } else { Some(entry) };
        if work.is_some_and(has_effect) {
            continue;
        }
        let only_panics = work.is_some_and(|work| calls_any(work, &TRAPS));
        problems.push(Problem {
            kernel: kernel.name.clone(),
            trouble: if only_panics { Trouble::OnlyPanics } else { Trouble::Empty },
            chain: reached.start(&kernel.name),
        });
    }
    problems
}

/// What panics come to where nobody records them.
const TRAPS: [&str; 2] = ["llvm.trap", "llvm.ubsantrap"];

/// What is left of the loops over work items around a kernel that does nothing.
const LENGTH_OF_ROW: &str = "llvm.umin.i64";

/// Intrinsics that only tell the optimizer something.
const HINTS: [&str; 3] = ["llvm.assume", "llvm.lifetime.", "llvm.experimental.noalias."];

fn instructions<'ctx>(function: FunctionValue<'ctx>) -> impl Iterator<Item = InstructionValue<'ctx>> {
    function.get_basic_block_iter().flat_map(|block| block.get_instructions())
}

fn calls_any(function: FunctionValue<'_>, names: &[&str]) -> bool {
    instructions(function).any(|instruction| is_call_of(instruction, names))
}

/// Whether `instruction` calls a function whose name starts with one of `names`.
fn is_call_of(instruction: InstructionValue<'_>, names: &[&str]) -> bool {
    let callee = call_site(instruction).and_then(|call| call.get_called_fn_value());
    callee.is_some_and(|callee| {
        let callee = callee.get_name().to_string_lossy();
        names.iter().any(|name| callee.starts_with(name))
    })
}

fn has_effect(function: FunctionValue<'_>) -> bool {
    instructions(function).any(changes_memory)
}

fn changes_memory(instruction: InstructionValue<'_>) -> bool {
    match instruction.get_opcode() {
        InstructionOpcode::Store | InstructionOpcode::AtomicRMW | InstructionOpcode::AtomicCmpXchg => true,
        InstructionOpcode::Call => {
            !is_call_of(instruction, &TRAPS)
                && !is_call_of(instruction, &HINTS)
                && !is_call_of(instruction, &[LENGTH_OF_ROW])
        }
        _ => false,
    }
}

/// Whether `instruction` only tells the optimizer something.
pub(crate) fn is_hint(instruction: InstructionValue<'_>) -> bool {
    instruction.get_opcode() == InstructionOpcode::Call && is_call_of(instruction, &HINTS)
}

/// Whether `call` is of an intrinsic that accesses no memory.
pub(crate) fn computes_only(call: InstructionValue<'_>) -> bool {
    let callee = call_site(call).and_then(|call| call.get_called_fn_value());
    let memory = Attribute::get_named_enum_kind_id("memory");
    callee.filter(|callee| callee.get_intrinsic_id() != 0).is_some_and(|callee| {
        let attribute = callee.get_enum_attribute(AttributeLoc::Function, memory);
        attribute.is_some_and(|attribute| attribute.get_enum_value() == 0)
    })
}
