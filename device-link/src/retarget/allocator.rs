//! Rule 11. Rust's allocator: the device's own where there is one, a panic elsewhere.

use super::{Built, define, panics};
use crate::error::demangled;
use crate::target::Target;
use llvm_plugin::inkwell::AddressSpace;
use llvm_plugin::inkwell::IntPredicate;
use llvm_plugin::inkwell::builder::Builder;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::values::{BasicValueEnum, FunctionValue, IntValue, PointerValue};

/// The message of a panic for want of memory.
const NO_ALLOCATOR: &str = "no allocator on this target";

/// What device mallocs align to.
///
/// Source: CUDA C++ Programming Guide, "Dynamic Global Memory Allocation and Operations".
const ALIGNMENT: u64 = 16;

/// C's allocator, which C code calls and Rust's is made of.
const C_FUNCTIONS: [&str; 5] = ["malloc", "calloc", "realloc", "free", "aligned_alloc"];

/// Rust's functions, by the end of their name.
#[derive(Clone, Copy)]
enum Function {
    Allocate,
    AllocateZeroed,
    Deallocate,
    Reallocate,
    /// Keeps a binary without an allocator from being linked.
    Shim,
}

const RUST_FUNCTIONS: [(&str, Function); 5] = [
    ("__rust_alloc", Function::Allocate),
    ("__rust_alloc_zeroed", Function::AllocateZeroed),
    ("__rust_dealloc", Function::Deallocate),
    ("__rust_realloc", Function::Reallocate),
    ("__rust_no_alloc_shim_is_unstable_v2", Function::Shim),
];

/// Defines the functions of the allocator that `module` uses.
pub(super) fn define_all(module: &Module<'_>, target: Target) -> Built<()> {
    let has_allocator = matches!(target, Target::X86_64 | Target::Nvptx64);
    for function in module.get_functions().collect::<Vec<_>>() {
        let symbol = function.get_name().to_string_lossy().into_owned();
        let name = demangled(&symbol);
        let name = name.rsplit("::").next().unwrap_or_default();
        if let Some((_, kind)) = RUST_FUNCTIONS.iter().find(|(known, _)| *known == name) {
            define(module, function, |builder| emit(module, builder, function, *kind, target))?;
        } else if !has_allocator && C_FUNCTIONS.contains(&name) && function.count_basic_blocks() == 0 {
            define(module, function, |builder| panics::emit_message(module, builder, NO_ALLOCATOR))?;
        }
    }
    Ok(())
}

fn emit<'ctx>(
    module: &Module<'ctx>,
    builder: &Builder<'ctx>,
    function: FunctionValue<'ctx>,
    kind: Function,
    target: Target,
) -> Built<()> {
    let has_allocator = matches!(target, Target::X86_64 | Target::Nvptx64);
    let parameters = function.get_params();
    let memory = Memory { module, builder, target };
    match (kind, parameters.as_slice()) {
        (Function::Shim, _) => builder.build_return(None).map(|_| ()),
        _ if !has_allocator => panics::emit_message(module, builder, NO_ALLOCATOR),
        (Function::Allocate, [size, align]) => {
            let address = memory.allocate(size.into_int_value(), align.into_int_value())?;
            builder.build_return(Some(&address)).map(|_| ())
        }
        (Function::AllocateZeroed, [size, align]) => memory.allocate_zeroed(function, *size, *align),
        (Function::Deallocate, [address, ..]) => {
            memory.free(address.into_pointer_value())?;
            builder.build_return(None).map(|_| ())
        }
        (Function::Reallocate, [address, old, align, new]) => {
            memory.reallocate(function, [*address, *old, *align, *new])
        }
        _ => panics::emit_message(module, builder, NO_ALLOCATOR),
    }
}

/// Calls of C's allocator.
struct Memory<'a, 'ctx> {
    module: &'a Module<'ctx>,
    builder: &'a Builder<'ctx>,
    target: Target,
}

impl<'ctx> Memory<'_, 'ctx> {
    /// ```c
    /// aligned_alloc(align, size)                   // on x86_64
    /// align <= 16 ? malloc(size) : malloc(-1)      // elsewhere: fails for alignments that malloc doesn't know
    /// ```
    fn allocate(&self, size: IntValue<'ctx>, align: IntValue<'ctx>) -> Built<PointerValue<'ctx>> {
        let context = self.module.get_context();
        let (pointer, integer) = (context.ptr_type(AddressSpace::default()), context.i64_type());
        let (name, arguments) = if self.target == Target::X86_64 {
            ("aligned_alloc", vec![align.into(), size.into()])
        } else {
            let limit = integer.const_int(ALIGNMENT, false);
            let known = self.builder.build_int_compare(IntPredicate::ULE, align, limit, "aligned")?;
            let wanted = self.builder.build_select(known, size, integer.const_all_ones(), "size")?;
            ("malloc", vec![wanted.into_int_value().into()])
        };
        let kinds = vec![integer.into(); arguments.len()];
        let allocate = self.declare(name, pointer.fn_type(&kinds, false));
        let call = self.builder.build_call(allocate, &arguments, "memory")?;
        Ok(call.try_as_basic_value().unwrap_basic().into_pointer_value())
    }

    fn free(&self, address: PointerValue<'ctx>) -> Built<()> {
        let context = self.module.get_context();
        let kind = context.void_type().fn_type(&[address.get_type().into()], false);
        self.builder.build_call(self.declare("free", kind), &[address.into()], "").map(|_| ())
    }

    fn declare(
        &self,
        name: &str,
        kind: llvm_plugin::inkwell::types::FunctionType<'ctx>,
    ) -> FunctionValue<'ctx> {
        self.module.get_function(name).unwrap_or_else(|| self.module.add_function(name, kind, None))
    }

    /// ```c
    /// void *memory = allocate(size, align);
    /// if (memory) memset(memory, 0, size);
    /// return memory;
    /// ```
    fn allocate_zeroed(
        &self,
        function: FunctionValue<'ctx>,
        size: BasicValueEnum<'ctx>,
        align: BasicValueEnum<'ctx>,
    ) -> Built<()> {
        let size = size.into_int_value();
        let address = self.allocate(size, align.into_int_value())?;
        self.unless_null(function, address, || {
            let zero = self.module.get_context().i8_type().const_zero();
            self.builder.build_memset(address, 1, zero, size).map(|_| ())
        })?;
        self.builder.build_return(Some(&address)).map(|_| ())
    }

    /// ```c
    /// void *memory = allocate(new, align);
    /// if (memory) { memcpy(memory, address, old < new ? old : new); free(address); }
    /// return memory;
    /// ```
    fn reallocate(
        &self,
        function: FunctionValue<'ctx>,
        [before, old, align, new]: [BasicValueEnum<'ctx>; 4],
    ) -> Built<()> {
        let (old, new) = (old.into_int_value(), new.into_int_value());
        let address = self.allocate(new, align.into_int_value())?;
        self.unless_null(function, address, || {
            let grows = self.builder.build_int_compare(IntPredicate::ULT, old, new, "grows")?;
            let size = self.builder.build_select(grows, old, new, "size")?.into_int_value();
            let before = before.into_pointer_value();
            self.builder.build_memcpy(address, 1, before, 1, size)?;
            self.free(before)
        })?;
        self.builder.build_return(Some(&address)).map(|_| ())
    }

    /// The builder stands behind the branch afterwards.
    fn unless_null(
        &self,
        function: FunctionValue<'ctx>,
        address: PointerValue<'ctx>,
        emit: impl FnOnce() -> Built<()>,
    ) -> Built<()> {
        let context = self.module.get_context();
        let (then, end) =
            (context.append_basic_block(function, "memory"), context.append_basic_block(function, "end"));
        let failed = self.builder.build_is_null(address, "failed")?;
        self.builder.build_conditional_branch(failed, end, then)?;
        self.builder.position_at_end(then);
        emit()?;
        self.builder.build_unconditional_branch(end)?;
        self.builder.position_at_end(end);
        Ok(())
    }
}
