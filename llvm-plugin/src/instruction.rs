//! Calls and their operands, for `call` and `invoke` alike: inkwell's `CallSiteValue` takes calls only.

use crate::ffi;
use inkwell::builder::{Builder, BuilderError};
use inkwell::llvm_sys::LLVMTypeKind;
use inkwell::llvm_sys::core;
use inkwell::llvm_sys::prelude::{LLVMUseRef, LLVMValueRef};
use inkwell::values::{
    AsValueRef, BasicValueEnum, CallSiteValue, FunctionValue, GlobalValue, InstructionOpcode,
    InstructionValue, IntValue, PointerValue,
};

/// `instruction` as a call site, if it is a call or an invoke.
pub fn call_site<'ctx>(instruction: InstructionValue<'ctx>) -> Option<CallSiteValue<'ctx>> {
    let is_call = matches!(instruction.get_opcode(), InstructionOpcode::Call | InstructionOpcode::Invoke);
    // SAFETY: llvm-c's call functions take calls and invokes.
    is_call.then(|| unsafe { CallSiteValue::new(instruction.as_value_ref()) })
}

/// Argument `index` of a call site.
pub fn argument<'ctx>(call: CallSiteValue<'ctx>, index: u32) -> Option<BasicValueEnum<'ctx>> {
    if index >= call.count_arguments() {
        return None;
    }
    // SAFETY: the operands of a call start with its arguments, and the index is in range. A metadata
    // argument is not a basic value; such a call is an intrinsic's, never one that is asked for here.
    unsafe {
        let value = core::LLVMGetOperand(call.as_value_ref(), index);
        let kind = core::LLVMGetTypeKind(core::LLVMTypeOf(value));
        (kind != LLVMTypeKind::LLVMMetadataTypeKind).then(|| BasicValueEnum::new(value))
    }
}

/// Operand `index` of an instruction, where it is a value with a type that values have.
pub fn operand<'ctx>(instruction: InstructionValue<'ctx>, index: u32) -> Option<BasicValueEnum<'ctx>> {
    if index >= instruction.get_num_operands() {
        return None;
    }
    // SAFETY: the index is in range; blocks and metadata are sorted out by their type.
    unsafe {
        let value = core::LLVMGetOperand(instruction.as_value_ref(), index);
        let kind = core::LLVMGetTypeKind(core::LLVMTypeOf(value));
        let other = matches!(
            kind,
            LLVMTypeKind::LLVMMetadataTypeKind
                | LLVMTypeKind::LLVMLabelTypeKind
                | LLVMTypeKind::LLVMTokenTypeKind
        );
        (!other && core::LLVMIsAInlineAsm(value).is_null()).then(|| BasicValueEnum::new(value))
    }
}

/// Whether `instruction` calls what a pointer points to.
pub fn is_indirect_call(instruction: InstructionValue<'_>) -> bool {
    // SAFETY: a call, as just checked, has a called value, and any live value may be asked.
    call_site(instruction).is_some_and(|call| unsafe {
        let called = core::LLVMGetCalledValue(call.as_value_ref());
        core::LLVMIsAFunction(called).is_null() && core::LLVMIsAInlineAsm(called).is_null()
    })
}

/// The function that `value` is, if it is one directly.
pub fn as_function<'ctx>(value: BasicValueEnum<'ctx>) -> Option<FunctionValue<'ctx>> {
    // SAFETY: `LLVMIsAFunction` gives null for anything else, and `new` None for null.
    unsafe { FunctionValue::new(core::LLVMIsAFunction(value.as_value_ref())) }
}

/// The global variable that `pointer` is, if it is one directly.
pub fn as_global<'ctx>(pointer: PointerValue<'ctx>) -> Option<GlobalValue<'ctx>> {
    // SAFETY: `LLVMIsAGlobalVariable` gives null for anything else.
    unsafe {
        let global = core::LLVMIsAGlobalVariable(pointer.as_value_ref());
        (!global.is_null()).then(|| GlobalValue::new(global))
    }
}

/// What `instruction` computes, if anything.
pub fn value<'ctx>(instruction: InstructionValue<'ctx>) -> Option<BasicValueEnum<'ctx>> {
    // SAFETY: an instruction of a first-class type is a value.
    unsafe {
        let value = instruction.as_value_ref();
        let void = core::LLVMGetTypeKind(core::LLVMTypeOf(value)) == LLVMTypeKind::LLVMVoidTypeKind;
        (!void).then(|| BasicValueEnum::new(value))
    }
}

/// Has everything that uses `instruction` use `by` instead.
pub fn replace_uses<'ctx>(instruction: InstructionValue<'ctx>, by: BasicValueEnum<'ctx>) {
    let replaced = value(instruction).map(|value| value.get_type());
    assert_eq!(replaced, Some(by.get_type()), "a value is replaced by one of its type");
    // SAFETY: live values of one type.
    unsafe { core::LLVMReplaceAllUsesWith(instruction.as_value_ref(), by.as_value_ref()) }
}

/// One use of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionUse<'ctx> {
    /// Called directly, by a call or an invoke.
    Callee(InstructionValue<'ctx>),
    /// An operand of some instruction.
    Operand(InstructionValue<'ctx>),
    /// Listed in `llvm.used` or `llvm.compiler.used`.
    Kept,
    /// In a constant or a global's initializer.
    Constant,
}

/// All uses of `function`.
pub fn uses_of<'ctx>(function: FunctionValue<'ctx>) -> Vec<FunctionUse<'ctx>> {
    let mut uses = Vec::new();
    // SAFETY: a walk over the live use list; each question is asked of a value of the right kind.
    unsafe {
        let mut next = core::LLVMGetFirstUse(function.as_value_ref());
        while !next.is_null() {
            let user = core::LLVMGetUser(next);
            uses.push(if core::LLVMIsAInstruction(user).is_null() {
                if is_used_list(user) { FunctionUse::Kept } else { FunctionUse::Constant }
            } else if is_called_operand(user, next) {
                FunctionUse::Callee(InstructionValue::new(user))
            } else {
                FunctionUse::Operand(InstructionValue::new(user))
            });
            next = core::LLVMGetNextUse(next);
        }
    }
    uses
}

/// # Safety
/// `user` is a live instruction and `used` one of its uses.
unsafe fn is_called_operand(user: LLVMValueRef, used: LLVMUseRef) -> bool {
    // SAFETY: by the caller; the called operand of a call or invoke is its last.
    unsafe {
        let is_call = !core::LLVMIsACallInst(user).is_null() || !core::LLVMIsAInvokeInst(user).is_null();
        let last = u32::try_from(core::LLVMGetNumOperands(user) - 1).unwrap_or_default();
        is_call && core::LLVMGetOperandUse(user, last) == used
    }
}

/// Whether `constant` is the initializer of `llvm.used` or `llvm.compiler.used` and of nothing else.
///
/// # Safety
/// `constant` is a live constant.
unsafe fn is_used_list(constant: LLVMValueRef) -> bool {
    // SAFETY: by the caller; the name is `length` bytes owned by the global.
    unsafe {
        let mut next = core::LLVMGetFirstUse(constant);
        while !next.is_null() {
            let global = core::LLVMIsAGlobalVariable(core::LLVMGetUser(next));
            if global.is_null() {
                return false;
            }
            let mut length = 0;
            let name = core::LLVMGetValueName2(global, &raw mut length);
            let name = std::slice::from_raw_parts(name.cast::<u8>(), length);
            if name != b"llvm.used" && name != b"llvm.compiler.used" {
                return false;
            }
            next = core::LLVMGetNextUse(next);
        }
    }
    true
}

/// Marks `instruction` with a number under `kind`, LLVM's word for a sort of metadata. Copies have the mark too.
pub fn mark(instruction: InstructionValue<'_>, kind: &str, number: u64) {
    // SAFETY: a live instruction; the node is made in its context.
    unsafe {
        let value = instruction.as_value_ref();
        let context = core::LLVMGetTypeContext(core::LLVMTypeOf(value));
        let kind = core::LLVMGetMDKindIDInContext(context, kind.as_ptr().cast(), kind.len() as u32);
        let mut number =
            core::LLVMValueAsMetadata(core::LLVMConstInt(core::LLVMInt64TypeInContext(context), number, 0));
        let node = core::LLVMMDNodeInContext2(context, &raw mut number, 1);
        core::LLVMSetMetadata(value, kind, core::LLVMMetadataAsValue(context, node));
    }
}

/// Takes the mark of `kind` from `instruction`; the number that it had.
pub fn take_mark(instruction: InstructionValue<'_>, kind: &str) -> Option<u64> {
    // SAFETY: a live instruction; a mark is a node of one constant, and anything else is null on the way.
    unsafe {
        let value = instruction.as_value_ref();
        let context = core::LLVMGetTypeContext(core::LLVMTypeOf(value));
        let kind = core::LLVMGetMDKindIDInContext(context, kind.as_ptr().cast(), kind.len() as u32);
        let node = core::LLVMGetMetadata(value, kind);
        if node.is_null() || core::LLVMGetMDNodeNumOperands(node) != 1 {
            return None;
        }
        let mut number = std::ptr::null_mut();
        core::LLVMGetMDNodeOperands(node, &raw mut number);
        core::LLVMSetMetadata(value, kind, std::ptr::null_mut());
        let is_number = !number.is_null() && !core::LLVMIsAConstantInt(number).is_null();
        is_number.then(|| core::LLVMConstIntGetZExtValue(number))
    }
}

/// Takes all metadata of `kind` from `instruction`.
pub fn drop_metadata(instruction: InstructionValue<'_>, kind: &str) {
    // SAFETY: a live instruction; null takes the metadata away.
    unsafe {
        let value = instruction.as_value_ref();
        let context = core::LLVMGetTypeContext(core::LLVMTypeOf(value));
        let kind = core::LLVMGetMDKindIDInContext(context, kind.as_ptr().cast(), kind.len() as u32);
        core::LLVMSetMetadata(value, kind, std::ptr::null_mut());
    }
}

/// The address `bytes` behind `base`, in the same object.
pub fn byte_offset<'ctx>(
    builder: &Builder<'ctx>,
    base: PointerValue<'ctx>,
    bytes: IntValue<'ctx>,
) -> Result<PointerValue<'ctx>, BuilderError> {
    let byte = bytes.get_type().get_context().i8_type();
    // SAFETY: a byte array has any number of elements; that the address is in the object is the caller's promise to
    // LLVM, which this builds no access with.
    unsafe { builder.build_in_bounds_gep(byte, base, &[bytes], "at") }
}

/// The instruction that `value` is, if it is one.
pub fn as_instruction<'ctx>(value: BasicValueEnum<'ctx>) -> Option<InstructionValue<'ctx>> {
    // SAFETY: `LLVMIsAInstruction` gives null for anything else.
    unsafe {
        let instruction = core::LLVMIsAInstruction(value.as_value_ref());
        (!instruction.is_null()).then(|| InstructionValue::new(instruction))
    }
}

/// Which parameter of its function `value` is, if it is one.
pub fn parameter_index(value: BasicValueEnum<'_>) -> Option<usize> {
    // SAFETY: `LLVMIsAArgument` gives null for anything else, and a parameter is one of its function's.
    unsafe {
        let argument = core::LLVMIsAArgument(value.as_value_ref());
        if argument.is_null() {
            return None;
        }
        let function = core::LLVMGetParamParent(argument);
        (0..core::LLVMCountParams(function)).position(|index| core::LLVMGetParam(function, index) == argument)
    }
}

/// Has `instruction` compute something wherever it stands: takes away its promises about its operands.
pub fn drop_poison_flags(instruction: InstructionValue<'_>) {
    // SAFETY: a live instruction.
    unsafe { ffi::outboard_drop_poison_flags(instruction.as_value_ref()) }
}

/// `value`, or any one value where it would be poison.
pub fn freeze<'ctx>(builder: &Builder<'ctx>, value: IntValue<'ctx>) -> IntValue<'ctx> {
    // SAFETY: a live builder that stands in a block, and a live value of its context.
    unsafe {
        IntValue::new(core::LLVMBuildFreeze(builder.as_mut_ptr(), value.as_value_ref(), c"known".as_ptr()))
    }
}
