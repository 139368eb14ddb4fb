//! On x86_64, where a trap would end the program: a kernel whose panic was recorded goes on behind its last work
//! item. The device runtime's `leave_kernel` jumps here.

use crate::Result;
use crate::entry::{builder_bug, call_like};
use crate::host_loops::{blocks_name, range_name};
use crate::kernels::Kernels;
use abi::names::WAY_OUT;
use llvm_plugin::inkwell::AddressSpace;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::builder::BuilderError;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::types::BasicTypeEnum;
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, PointerValue};
use llvm_plugin::inkwell::{GlobalVisibility, IntPredicate};
use llvm_plugin::module::{declare_intrinsic, make_shared};

/// Words of the buffer; the first is the frame, the third the stack.
///
/// Source: "Exception Handling in LLVM", `llvm.eh.sjlj.setjmp` (LLVM 22).
const BUFFER_WORDS: usize = 5;
const FRAME: u32 = 0;
const STACK: u32 = 2;

/// Gives what runs the items of every kernel, in an optimized module in which they can leave in its midst, a guard that
/// they leave to.
pub(crate) fn emit(module: &Module<'_>, kernels: &Kernels) -> Result<()> {
    let Some(variable) = module.get_global(WAY_OUT) else { return Ok(()) };
    // Until now it was for others to see, so that nobody took it for null.
    variable.set_linkage(Linkage::Internal);
    variable.set_visibility(GlobalVisibility::Default);
    make_shared(module);
    for kernel in kernels.iter() {
        let range = module.get_function(&range_name(&kernel.name));
        if let Some(items) = module.get_function(&blocks_name(&kernel.name)).or(range) {
            emit_guard(module, items, variable.as_pointer_value()).map_err(|error| builder_bug(&error))?;
        }
    }
    Ok(())
}

/// ```c
/// void kernel_range(...) {
///     void *here[5], *before = way_out;
///     here[0] = frame, here[2] = stack, way_out = here;
///     if (!setjmp(here))
///         kernel_range_unguarded(...);
///     way_out = before;
/// }
/// ```
fn emit_guard<'ctx>(
    module: &Module<'ctx>,
    items: FunctionValue<'ctx>,
    variable: PointerValue<'ctx>,
) -> std::result::Result<(), BuilderError> {
    let context = module.get_context();
    let name = items.get_name().to_string_lossy().into_owned();
    items.as_global_value().set_name(&format!("{name}.unguarded"));
    let attribute = |name| context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), 0);
    items.add_attribute(AttributeLoc::Function, attribute("noinline"));
    let guard = module.add_function(&name, items.get_type(), None);
    guard.set_linkage(Linkage::Internal);
    guard.set_call_conventions(items.get_call_conventions());
    let by = guard.as_global_value().as_pointer_value();
    items.as_global_value().as_pointer_value().replace_all_uses_with(by);
    guard.add_attribute(AttributeLoc::Function, attribute("nounwind"));

    let builder = context.create_builder();
    let [entry, run, done] = ["entry", "run", "done"].map(|name| context.append_basic_block(guard, name));
    builder.position_at_end(entry);
    let (pointer, integer) = (context.ptr_type(AddressSpace::default()), context.i32_type());
    let words = context.struct_type(&[pointer.into(); BUFFER_WORDS], false);
    let here = builder.build_alloca(words, "here")?;
    let thread_address = intrinsic(module, "llvm.threadlocal.address", &[pointer.into()]);
    let address = builder.build_call(thread_address, &[variable.into()], "way_out")?;
    let address = value(address.try_as_basic_value().basic()).into_pointer_value();
    let before = builder.build_load(pointer, address, "before")?;
    let frame = intrinsic(module, "llvm.frameaddress", &[pointer.into()]);
    let frame = builder.build_call(frame, &[integer.const_zero().into()], "frame")?;
    let stack = intrinsic(module, "llvm.stacksave", &[pointer.into()]);
    let stack = builder.build_call(stack, &[], "stack")?;
    for (index, call) in [(FRAME, frame), (STACK, stack)] {
        let place = builder.build_struct_gep(words, here, index, "place")?;
        builder.build_store(place, value(call.try_as_basic_value().basic()))?;
    }
    builder.build_store(address, here)?;
    let set = intrinsic(module, "llvm.eh.sjlj.setjmp", &[]);
    let back = builder.build_call(set, &[here.into()], "back")?;
    let back = value(back.try_as_basic_value().basic()).into_int_value();
    let first = builder.build_int_compare(IntPredicate::EQ, back, integer.const_zero(), "first")?;
    builder.build_conditional_branch(first, run, done)?;
    builder.position_at_end(run);
    let arguments: Vec<_> = guard.get_params().into_iter().map(Into::into).collect();
    call_like(&builder, items, &arguments)?;
    builder.build_unconditional_branch(done)?;
    builder.position_at_end(done);
    builder.build_store(address, before)?;
    builder.build_return(None)?;
    Ok(())
}

fn intrinsic<'ctx>(module: &Module<'ctx>, name: &str, types: &[BasicTypeEnum<'ctx>]) -> FunctionValue<'ctx> {
    declare_intrinsic(module, name, types).expect("an intrinsic of LLVM 22")
}

fn value(value: Option<BasicValueEnum<'_>>) -> BasicValueEnum<'_> {
    value.expect("these intrinsics return something")
}
