//! Addresses of elements, as constants and as instructions: inkwell's versions are unsafe, for they take any
//! index of any type. These take an array and an index that is in it, or one past its end.

use inkwell::builder::{Builder, BuilderError};
use inkwell::types::{ArrayType, BasicType, IntType};
use inkwell::values::{ArrayValue, AsValueRef, BasicValueEnum, GlobalValue, PointerValue};

/// The address of element `index` of `global`, whose value is an `array`. One past the end is allowed.
pub fn element_address<'ctx>(
    global: GlobalValue<'ctx>,
    array: ArrayType<'ctx>,
    index_type: IntType<'ctx>,
    index: u32,
) -> PointerValue<'ctx> {
    assert!(index <= array.len(), "element {index} of an array of {}", array.len());
    let index = index_type.const_int(u64::from(index), false);
    // SAFETY: a global's address is a constant pointer; the indices are constants, and in bounds.
    unsafe { global.as_pointer_value().const_in_bounds_gep(array, &[index_type.const_zero(), index]) }
}

/// The address of element `index` of the `array` at `pointer`, computed where `builder` stands.
pub fn build_element_address<'ctx>(
    builder: &Builder<'ctx>,
    array: ArrayType<'ctx>,
    pointer: PointerValue<'ctx>,
    index: (IntType<'ctx>, u32),
    name: &str,
) -> Result<PointerValue<'ctx>, BuilderError> {
    let (index_type, index) = index;
    assert!(index < array.len(), "element {index} of an array of {}", array.len());
    let index = index_type.const_int(u64::from(index), false);
    // SAFETY: the indices are in bounds of the array.
    unsafe { builder.build_in_bounds_gep(array, pointer, &[index_type.const_zero(), index], name) }
}

/// An array constant of any constants of type `element`.
pub fn array<'ctx, T: BasicType<'ctx>>(element: &T, values: &[BasicValueEnum<'ctx>]) -> ArrayValue<'ctx> {
    for value in values {
        assert_eq!(value.get_type(), element.as_basic_type_enum(), "an array constant has one element type");
    }
    // SAFETY: the values are constants of the element type, as just checked.
    unsafe { ArrayValue::new_const_array(element, values) }
}

/// Element `index` of a constant array, if it has that many.
pub fn element<'ctx>(array: ArrayValue<'ctx>, index: u32) -> Option<BasicValueEnum<'ctx>> {
    // SAFETY: a live constant; null means that there is no such element.
    unsafe {
        let element = inkwell::llvm_sys::core::LLVMGetAggregateElement(array.as_value_ref(), index);
        (!element.is_null()).then(|| BasicValueEnum::new(element))
    }
}

/// Whether `value` is a constant (an instruction or an argument is not).
pub fn is_constant(value: BasicValueEnum<'_>) -> bool {
    // SAFETY: any live value may be asked.
    unsafe { inkwell::llvm_sys::core::LLVMIsConstant(value.as_value_ref()) != 0 }
}
