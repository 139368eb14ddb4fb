//! Host bitcode becomes device bitcode. Each rule is a file here; the functions below call them in their order,
//! around what only the linker knows: entries, and the device runtime.

pub(crate) mod address_spaces;
mod allocator;
mod assembly;
pub(crate) mod attributes;
mod builtins;
pub(crate) mod conventions;
pub(crate) mod convergence;
mod layout;
mod leaving;
pub(crate) mod library;
mod math;
mod math_names;
mod panics;
mod wide_integers;

use crate::Result;
use crate::error::Error;
use crate::target::Target;
use bitcode_link::functions_from;
use llvm_plugin::expand;
use llvm_plugin::function::{allow_inlining, drop_unwinding, lower_memory_parameters};
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::TargetMachine;
use llvm_plugin::inkwell::values::FunctionValue;
use llvm_plugin::instruction::call_site;
use llvm_plugin::module::run_generic_passes;
use std::collections::HashSet;
use std::path::PathBuf;

/// What the panic calls took with them: formatting, and all that only it needed.
const CLEANUP: &str =
    "always-inline,function(sroa,early-cse,instcombine<no-verify-fixpoint>,dse,adce,simplifycfg)";

/// Panics no longer lead into std's runtime. Nothing here depends on the target. To be run before anything is
/// looked for that inputs don't define, and again when more of it was linked: what `roots` reach is cleaned up, but
/// what is in `simplified`, which remembers it.
pub(crate) fn simplify(module: &Module<'_>, roots: &[&str], simplified: &mut HashSet<String>) -> Result<()> {
    convergence::mark(module);
    drop_unwinding(module);
    assembly::drop_empty(module);
    panics::replace(module).map_err(|error| builder_bug(&error))?;
    let name = |function: &FunctionValue<'_>| function.get_name().to_string_lossy().into_owned();
    let mut left = HashSet::new();
    for function in functions_from(module, roots) {
        if simplified.insert(name(&function)) || calls_inlined(function) {
            left.insert(function);
        }
    }
    let optnone = Attribute::get_named_enum_kind_id("optnone");
    let passed_over = module.get_context().create_enum_attribute(optnone, 0);
    let mut others = HashSet::new();
    for function in module.get_functions().filter(|function| !left.contains(function)) {
        if function.get_enum_attribute(AttributeLoc::Function, optnone).is_none() {
            function.add_attribute(AttributeLoc::Function, passed_over);
            others.insert(name(&function));
        }
    }
    let result = run_generic_passes(module, CLEANUP);
    // By name: functions that were inlined everywhere are gone.
    for function in module.get_functions().filter(|function| others.contains(&name(function))) {
        function.remove_enum_attribute(AttributeLoc::Function, optnone);
    }
    result.map_err(|text| Error::Llvm { what: "simplify the linked inputs", text })
}

/// Whether the cleanup will inline something into `function`.
fn calls_inlined(function: FunctionValue<'_>) -> bool {
    let always = Attribute::get_named_enum_kind_id("alwaysinline");
    let is_inlined = |callee: FunctionValue<'_>| {
        callee.count_basic_blocks() > 0 && callee.get_enum_attribute(AttributeLoc::Function, always).is_some()
    };
    let instructions = function.get_basic_block_iter().flat_map(|block| block.get_instructions());
    let mut callees = instructions.filter_map(|call| call_site(call)?.get_called_fn_value());
    callees.any(is_inlined)
}

/// Whether targets have a function of their own in place of `function`.
pub(crate) fn is_mathematics(function: FunctionValue<'_>) -> bool {
    function.count_basic_blocks() == 0 && math::opencl_name(function).is_some()
}

/// Drops what nothing in `kept` needs: what it says of the host, its processor and its types, is nobody's concern.
pub(crate) fn drop_unneeded(module: &Module<'_>, kept: &[&str]) -> Result<()> {
    bitcode_link::drop_startup_code(module);
    bitcode_link::internalize_except(module, kept);
    run_generic_passes(module, "globaldce")
        .map_err(|text| Error::Llvm { what: "drop what no kernel needs", text })
}

/// Functions of the host become functions of `target`. Entries are made of them next.
pub(crate) fn retarget(module: &Module<'_>, target: Target, machine: &TargetMachine) -> Result<()> {
    let on_device = target != Target::X86_64;
    allocator::define_all(module, target).map_err(|error| builder_bug(&error))?;
    if on_device {
        math::name_functions(module).map_err(|error| builder_bug(&error))?;
        wide_integers::call_conversions(module).map_err(|error| builder_bug(&error))?;
        builtins::link(module)?;
        attributes::strip(module);
        drop_unwinding(module);
        lower_memory_parameters(module);
        allow_inlining(module);
        if target == Target::Spirv64 {
            // The host's vectors have lengths that SPIR-V doesn't know, and become integers that it doesn't know.
            run_generic_passes(module, "function(scalarizer<load-store>)")
                .map_err(|text| Error::Llvm { what: "take vectors apart", text })?;
        }
    } else {
        convergence::unmark(module);
    }
    layout::set(module, target, machine)
}

/// Entries are there, and memory goes where the target has it. All functions that are known by their handles
/// have to be looked up again.
pub(crate) fn place_memory(module: &Module<'_>, target: Target) -> Result<()> {
    run_generic_passes(module, "globaldce")
        .map_err(|text| Error::Llvm { what: "drop what no kernel needs", text })?;
    conventions::unify(module, target)?;
    address_spaces::place(module, target);
    Ok(())
}

/// The device runtime is linked. Links what mathematics it and the kernels need, and checks how everything is
/// called.
pub(crate) fn link_libraries(module: &Module<'_>, target: Target, folder: Option<&PathBuf>) -> Result<()> {
    panics::define_trap(module).map_err(|error| builder_bug(&error))?;
    library::link(module, target, folder)?;
    conventions::unify(module, target)?;
    if target != Target::X86_64 {
        convergence::mark(module);
    }
    Ok(())
}

/// Optimization is over, and may have made what the back end doesn't take.
pub(crate) fn legalize(module: &Module<'_>, target: Target) -> Result<()> {
    leaving::resolve(module, target).map_err(|error| builder_bug(&error))?;
    if target != Target::Spirv64 {
        return Ok(());
    }
    expand::expand_atomics(module);
    expand::widen_atomics(module);
    expand::expand_arithmetic(module);
    expand::define_initializers(module);
    expand::split_aggregates(module);
    expand::compare_addresses(module);
    // Nothing here puts aggregates together again, as instcombine does.
    run_generic_passes(module, "function(instsimplify,early-cse,dce),globaldce")
        .map_err(|text| Error::Llvm { what: "clean up after legalization", text })
}

fn builder_bug(error: &llvm_plugin::inkwell::builder::BuilderError) -> Error {
    Error::Bug { after: "retargeting", text: error.to_string() }
}

/// A function of its own with the body that `emit` builds: internal and inlined wherever it is called.
fn define<'ctx>(
    module: &Module<'ctx>,
    function: FunctionValue<'ctx>,
    emit: impl FnOnce(&llvm_plugin::inkwell::builder::Builder<'ctx>) -> Built<()>,
) -> Built<()> {
    use llvm_plugin::inkwell::GlobalVisibility;
    use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
    use llvm_plugin::inkwell::module::Linkage;
    llvm_plugin::function::delete_body(function);
    llvm_plugin::global::remove_comdat(function.as_global_value());
    function.as_global_value().set_visibility(GlobalVisibility::Default);
    function.set_linkage(Linkage::Internal);
    let kind = Attribute::get_named_enum_kind_id;
    for unwanted in ["noinline", "cold", "minsize", "optsize", "optnone", "naked"] {
        function.remove_enum_attribute(AttributeLoc::Function, kind(unwanted));
    }
    for wanted in ["alwaysinline", "nounwind"] {
        let attribute = module.get_context().create_enum_attribute(kind(wanted), 0);
        function.add_attribute(AttributeLoc::Function, attribute);
    }
    let builder = module.get_context().create_builder();
    builder.position_at_end(module.get_context().append_basic_block(function, "entry"));
    emit(&builder)
}

/// A result of the builder's.
type Built<T> = std::result::Result<T, llvm_plugin::inkwell::builder::BuilderError>;

#[cfg(test)]
mod tests {
    use super::simplify;
    use bitcode_link::undefined_from;
    use llvm_plugin::collect::link_modules;
    use llvm_plugin::inkwell::context::Context;
    use llvm_plugin::inkwell::memory_buffer::MemoryBuffer;
    use llvm_plugin::module::parse_ir;
    use std::collections::HashSet;

    const KERNEL: &str = "
        define void @kernel() { call void @late() ret void }
        declare void @late()
        define void @other() { %x = alloca i32 ret void }";

    /// What `missing` is called for only shows to be nothing once it is inlined and cleaned up.
    const LATE: &str = "
        define void @late() alwaysinline {
          %no = alloca i1
          store i1 false, ptr %no
          %is = load i1, ptr %no
          br i1 %is, label %yes, label %end
        yes:
          call void @missing()
          br label %end
        end:
          ret void
        }
        declare void @missing()";

    #[test]
    fn what_calls_inlined_functions_is_cleaned_up_again() {
        let context = Context::create();
        let parse = |text: &str| {
            let text = MemoryBuffer::create_from_memory_range_copy(text.as_bytes(), "test");
            parse_ir(&context, text).expect("valid")
        };
        let (module, roots, mut simplified) = (parse(KERNEL), ["kernel"], HashSet::new());
        simplify(&module, &roots, &mut simplified).expect("nothing fails");
        assert_eq!(undefined_from(&module, &roots), ["late"]);
        link_modules(&module, parse(LATE)).expect("they go together");
        simplify(&module, &roots, &mut simplified).expect("nothing fails");
        assert_eq!(undefined_from(&module, &roots), [""; 0]);
        let text = module.print_to_string().to_string();
        assert!(!text.contains("optnone"), "{text}");
        assert!(text.contains("%x = alloca"), "what no kernel reaches stays as it is: {text}");
    }
}
