//! Typed callers of the runtime's functions, made of abi's table; each is declared on its first call.

use crate::cx::Cx;
use inkwell::AddressSpace;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::builder::{Builder, BuilderError};
use inkwell::types::{BasicMetadataTypeEnum, FunctionType};
use inkwell::values::{BasicMetadataValueEnum, CallSiteValue, FunctionValue, IntValue, PointerValue};

macro_rules! value_type {
    ($lt:lifetime, ptr) => { PointerValue<$lt> };
    ($lt:lifetime, i32) => { IntValue<$lt> };
    ($lt:lifetime, i64) => { IntValue<$lt> };
}

macro_rules! llvm_type {
    ($cx:expr, ptr) => {
        BasicMetadataTypeEnum::from($cx.context.ptr_type(AddressSpace::default()))
    };
    ($cx:expr, i32) => {
        BasicMetadataTypeEnum::from($cx.i32)
    };
    ($cx:expr, i64) => {
        BasicMetadataTypeEnum::from($cx.i64)
    };
}

macro_rules! function_type {
    ($cx:expr, $parameters:expr,) => {
        $cx.context.void_type().fn_type($parameters, false)
    };
    ($cx:expr, $parameters:expr, i32) => {
        $cx.i32.fn_type($parameters, false)
    };
    ($cx:expr, $parameters:expr, i64) => {
        $cx.i64.fn_type($parameters, false)
    };
}

/// The runtime's functions, called where the builder stands.
pub(crate) struct Runtime<'r, 'm, 'ctx> {
    cx: &'r Cx<'m, 'ctx>,
    builder: &'r Builder<'ctx>,
    through: Option<PointerValue<'ctx>>,
}

impl<'r, 'm, 'ctx> Runtime<'r, 'm, 'ctx> {
    /// Called by their names.
    pub(crate) fn new(cx: &'r Cx<'m, 'ctx>, builder: &'r Builder<'ctx>) -> Self {
        Self { cx, builder, through: None }
    }

    /// Called through `pointer`, which the program has of the one that is called.
    pub(crate) fn through(
        cx: &'r Cx<'m, 'ctx>,
        builder: &'r Builder<'ctx>,
        pointer: PointerValue<'ctx>,
    ) -> Self {
        Self { cx, builder, through: Some(pointer) }
    }

    fn call(
        &self,
        symbol: &str,
        function_type: FunctionType<'ctx>,
        arguments: &[BasicMetadataValueEnum<'ctx>],
        name: &str,
    ) -> Result<CallSiteValue<'ctx>, BuilderError> {
        let Some(pointer) = self.through else {
            return self.builder.build_call(declare(self.cx, symbol, function_type), arguments, name);
        };
        let call = self.builder.build_indirect_call(function_type, pointer, arguments, name)?;
        call.add_attribute(AttributeLoc::Function, nounwind(self.cx));
        Ok(call)
    }
}

macro_rules! define_entry_points {
    ($($(#[$doc:meta])* fn $name:ident = $symbol:literal($($parameter:ident: $kind:ident),*) $(-> $result:ident)?;)*) => {
        impl<'ctx> Runtime<'_, '_, 'ctx> {$(
            $(#[$doc])*
            pub(crate) fn $name(
                &self,
                $($parameter: value_type!('ctx, $kind)),*
            ) -> Result<CallSiteValue<'ctx>, BuilderError> {
                let function_type = function_type!(self.cx, &[$(llvm_type!(self.cx, $kind)),*], $($result)?);
                let arguments: &[BasicMetadataValueEnum<'ctx>] = &[$($parameter.into()),*];
                let has_value = function_type.get_return_type().is_some();
                let name = if has_value { concat!("launch.", stringify!($name)) } else { "" };
                self.call($symbol, function_type, arguments, name)
            }
        )*}
    };
}
abi::for_each_entry_point!(define_entry_points);

fn declare<'ctx>(cx: &Cx<'_, 'ctx>, symbol: &str, function_type: FunctionType<'ctx>) -> FunctionValue<'ctx> {
    cx.module.get_function(symbol).unwrap_or_else(|| {
        let function = cx.module.add_function(symbol, function_type, None);
        function.add_attribute(AttributeLoc::Function, nounwind(cx));
        function
    })
}

/// C functions: they end the process, or return.
fn nounwind(cx: &Cx<'_, '_>) -> Attribute {
    cx.context.create_enum_attribute(Attribute::get_named_enum_kind_id("nounwind"), 0)
}
