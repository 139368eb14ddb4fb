//! The device runtime: bitcode made of runtime/*.c, carried in the program. What kernels call of it is
//! linked in, made internal and inlined.

use crate::Result;
use crate::error::Error;
use crate::markers;
use crate::options::PanicMode;
use crate::retarget::attributes;
use crate::target::Target;
use abi::markers::{Marker, PREFIX};
use abi::names::WAY_OUT;
use abi::panics::{PANIC, PANIC_WITH_NUMBERS};
use abi::reports::REPORTS;
use llvm_plugin::atomic::set_scope;
use llvm_plugin::collect::link_modules;
use llvm_plugin::global::erase_unused;
use llvm_plugin::inkwell::AddressSpace;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::memory_buffer::MemoryBuffer;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::PointerType;
use llvm_plugin::inkwell::values::{FunctionValue, PointerValue};
use llvm_plugin::instruction::{FunctionUse, call_site, replace_uses, uses_of};

/// What tells the level of the x86_64 machine that runs it.
pub(crate) const X86_64_LEVEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime-x86_64-level.bc"));

/// Panics, and the functions of the runtime that take their places where panics aren't recorded.
const PANIC_TRAPS: [(&str, &str); 2] =
    [(PANIC, "__outboard_panic_trap"), (PANIC_WITH_NUMBERS, "__outboard_panic_trap_with_numbers")];
/// What the names of the latter begin with.
const PANIC_TRAP: &str = "__outboard_panic_trap";

/// What a panic of x86_64 ends in where its record is written: it ends the kernel.
const LEAVE_KERNEL: &str = "__outboard_leave_kernel";
/// What takes its place in the code of a work item, which it lets go on and return.
const END_ITEM: &str = "__outboard_end_item";

/// What shares a launch of x86_64 out over threads.
const SHARE: &str = "__outboard_share";

/// What kernels of x86_64 need whose items meet. device-link calls these, and [`SHARE`], when it has looked at the
/// kernels.
const OF_BLOCKS: [&str; 5] = [
    "__outboard_block_memory",
    "__outboard_free_block_memory",
    "__outboard_dynamic_memory",
    "__outboard_free_dynamic_memory",
    "__outboard_items_apart",
];

/// What stands before the names of functions of the operating system that the runtime calls.
pub(crate) const SYSTEM: &str = "outboard.system.";

const X86_64: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime-x86_64.bc"));
const NVPTX64: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime-nvptx64.bc"));
const AMDGCN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime-amdgcn.bc"));
const SPIRV64: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime-spirv64.bc"));

/// Memory of the device, where a target has no variables in the address space of plain pointers.
const GLOBAL_SPACE: u16 = 1;

/// Parses one of the modules above.
pub(crate) fn parse<'ctx>(context: &'ctx Context, bitcode: &[u8]) -> Result<Module<'ctx>> {
    let buffer = MemoryBuffer::create_from_memory_range_copy(bitcode, "runtime");
    let bug = |text: String| Error::Bug { after: "compiling the device runtime", text };
    context.create_module_from_ir(buffer).map_err(|text| bug(text.to_string()))
}

/// Links in what `module`, which is made for `target` already, calls of the runtime.
pub(crate) fn link_runtime<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    target: Target,
    panic: PanicMode,
) -> Result<()> {
    let bitcode = match target {
        Target::X86_64 => X86_64,
        Target::Nvptx64 => NVPTX64,
        Target::Amdgcn => AMDGCN,
        Target::Spirv64 => SPIRV64,
    };
    for function in called_markers(module, target) {
        detach_body(module, function);
    }
    // On x86_64 every launch may be shared out.
    if target.is_gpu() && called_markers(module, target).is_empty() {
        return Ok(());
    }
    let runtime = parse(context, bitcode)?;
    attributes::strip(&runtime);
    if target == Target::Nvptx64 {
        set_scopes(&runtime);
    }
    if panic == PanicMode::Trap {
        for (panic, trap) in PANIC_TRAPS {
            swap_names(&runtime, panic, trap);
        }
    }
    runtime.set_triple(&module.get_triple());
    runtime.set_data_layout(&module.get_data_layout());
    let bug = |text| Error::Bug { after: "linking the device runtime", text };
    link_modules(module, runtime).map_err(bug)?;
    for function in module.get_functions().filter(|function| is_runtime(*function)) {
        let name = function.get_name().to_string_lossy().into_owned();
        if name != SHARE && !OF_BLOCKS.contains(&name.as_str()) {
            function.set_linkage(Linkage::Internal);
        }
        align_calls(function);
    }
    Ok(())
}

/// clang writes every atomic operation for nvptx64 as one that everybody sees. The runtime's functions say in
/// their names who has to.
///
/// Source: `NVPTXScopes`, llvm/lib/Target/NVPTX/NVPTXUtilities.cpp (LLVM 22.1).
fn set_scopes(runtime: &Module<'_>) {
    for function in runtime.get_functions() {
        let name = function.get_name().to_string_lossy().into_owned();
        let Some(scope) = ["block", "device"].into_iter().find(|scope| name.ends_with(&format!("_{scope}")))
        else {
            continue;
        };
        for instruction in function.get_basic_block_iter().flat_map(|block| block.get_instructions()) {
            set_scope(runtime, instruction, scope);
        }
    }
}

/// Gives the function `a` the name of `b` and the other way round.
fn swap_names(module: &Module<'_>, a: &str, b: &str) {
    if let (Some(first), Some(second)) = (module.get_function(a), module.get_function(b)) {
        first.as_global_value().set_name("swapped");
        second.as_global_value().set_name(a);
        first.as_global_value().set_name(b);
    }
}

/// The markers of the runtime that something in `module` uses.
fn called_markers<'ctx>(module: &Module<'ctx>, target: Target) -> Vec<FunctionValue<'ctx>> {
    let of_runtime = |function: &FunctionValue<'ctx>| match markers::of(*function) {
        None | Some(Marker::StaticShared | Marker::KernelName | Marker::Item(_) | Marker::LeaveItem) => false,
        Some(marker) => target.is_gpu() || matches!(marker, Marker::Runtime(_)) || marker.is_of_block(),
    };
    let used = |function: &FunctionValue<'ctx>| !uses_of(*function).is_empty();
    module.get_functions().filter(of_runtime).filter(used).collect()
}

fn is_runtime(function: FunctionValue<'_>) -> bool {
    function.count_basic_blocks() > 0
        && [PREFIX, PANIC_TRAP, SHARE]
            .iter()
            .chain(&OF_BLOCKS)
            .any(|prefix| function.get_name().to_bytes().starts_with(prefix.as_bytes()))
}

/// The functions of [`OF_BLOCKS`], for one kernel.
pub(crate) struct BlockRuntime<'ctx> {
    /// The address of its name.
    pub(crate) kernel_name: PointerValue<'ctx>,
    pub(crate) memory: FunctionValue<'ctx>,
    pub(crate) free_memory: FunctionValue<'ctx>,
    pub(crate) dynamic_memory: FunctionValue<'ctx>,
    pub(crate) free_dynamic_memory: FunctionValue<'ctx>,
    pub(crate) items_apart: FunctionValue<'ctx>,
}

impl<'ctx> BlockRuntime<'ctx> {
    /// Of the runtime that is linked into `module`.
    pub(crate) fn of(context: &'ctx Context, module: &Module<'ctx>, kernel: &str) -> Result<Self> {
        let [memory, free_memory, dynamic_memory, free_dynamic_memory, items_apart] = OF_BLOCKS.map(|name| {
            let text = format!("the device runtime has no `{name}`");
            module.get_function(name).ok_or(Error::Bug { after: "linking the device runtime", text })
        });
        let pointer = context.ptr_type(AddressSpace::default());
        Ok(Self {
            kernel_name: name_of(context, module, kernel, pointer),
            memory: memory?,
            free_memory: free_memory?,
            dynamic_memory: dynamic_memory?,
            free_dynamic_memory: free_dynamic_memory?,
            items_apart: items_apart?,
        })
    }
}

/// What shares a launch out over threads: `void (void (*)(i64 begin, i64 end, ptr), ptr, i64 units, i64 grain)`.
pub(crate) fn share<'ctx>(module: &Module<'ctx>) -> Result<FunctionValue<'ctx>> {
    let text = format!("the device runtime has no `{SHARE}`");
    module.get_function(SHARE).ok_or(Error::Bug { after: "linking the device runtime", text })
}

/// What panics end in, and what is to take its place; none, where no panic is recorded.
pub(crate) fn panic_ends<'ctx>(module: &Module<'ctx>) -> Option<(FunctionValue<'ctx>, FunctionValue<'ctx>)> {
    module.get_function(LEAVE_KERNEL).zip(module.get_function(END_ITEM))
}

/// A body that the inputs give a marker is for the host: its callers get the declaration back.
fn detach_body<'ctx>(module: &Module<'ctx>, function: FunctionValue<'ctx>) {
    if function.count_basic_blocks() == 0 {
        return;
    }
    let name = function.get_name().to_string_lossy().into_owned();
    let global = function.as_global_value();
    global.set_name(&format!("{name}.host"));
    let declaration = module.add_function(&name, function.get_type(), None);
    declaration.set_call_conventions(function.get_call_conventions());
    let by = declaration.as_global_value().as_pointer_value();
    global.as_pointer_value().replace_all_uses_with(by);
}

/// Calls were made when the runtime's conventions weren't known.
fn align_calls(function: FunctionValue<'_>) {
    let noinline = Attribute::get_named_enum_kind_id("noinline");
    for used in uses_of(function) {
        if let FunctionUse::Callee(instruction) = used
            && let Some(call) = call_site(instruction)
        {
            call.set_call_convention(function.get_call_conventions());
            call.remove_enum_attribute(AttributeLoc::Function, noinline);
        }
    }
}

/// Tells the runtime in which kernel it is, now that it is inlined into `inlined` of the kernels; and takes away what
/// nothing uses.
pub(crate) fn name_kernels<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    inlined: &[(String, FunctionValue<'ctx>)],
) {
    let Some((symbol, _)) = abi::markers::ALL.iter().find(|(_, marker)| *marker == Marker::KernelName) else {
        return;
    };
    let Some(function) = module.get_function(symbol) else { return };
    let Some(pointer) = function.get_type().get_return_type() else { return };
    let pointer = pointer.into_pointer_type();
    for used in uses_of(function) {
        let FunctionUse::Callee(call) = used else { continue };
        let inside = call.get_parent().and_then(|block| block.get_parent());
        let kernel = inlined.iter().find(|(_, function)| Some(*function) == inside);
        let answer = match kernel {
            Some((kernel, _)) => name_of(context, module, kernel, pointer),
            None => pointer.const_null(),
        };
        replace_uses(call, answer.into());
        call.erase_from_basic_block();
    }
}

/// Takes the variables for reports out of an optimized image that makes none.
pub(crate) fn drop_unused(module: &Module<'_>) {
    for variable in [REPORTS, WAY_OUT] {
        // Where it is used it stays, which is no failure.
        erase_unused(module, variable);
    }
}

/// Gives the functions of the operating system that the runtime calls their names: until now they had others, so that
/// no kernel could call them as the runtime does.
pub(crate) fn name_system_functions(module: &Module<'_>) {
    for function in module.get_functions() {
        let name = function.get_name().to_string_lossy().into_owned();
        if let Some(of_system) = name.strip_prefix(SYSTEM) {
            function.as_global_value().set_name(of_system);
        }
    }
}

/// The address of `kernel`'s name, with a terminator.
fn name_of<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    kernel: &str,
    pointer: PointerType<'ctx>,
) -> PointerValue<'ctx> {
    let symbol = format!("{kernel}.name");
    let space = if pointer.get_address_space() == AddressSpace::default() { 0 } else { GLOBAL_SPACE };
    let global = module.get_global(&symbol).unwrap_or_else(|| {
        let text = context.const_string(kernel.as_bytes(), true);
        let global = module.add_global(text.get_type(), Some(AddressSpace::from(space)), &symbol);
        global.set_initializer(&text);
        global.set_constant(true);
        global.set_linkage(Linkage::Private);
        global
    });
    let address = global.as_pointer_value();
    if address.get_type() == pointer { address } else { address.const_address_space_cast(pointer) }
}
