//! The host structs of `abi` as LLVM types, made of the one list that fixes their layout. A struct is built by
//! naming all its fields; it becomes a constant, or stores with named addresses.

use crate::cx::Cx;
use inkwell::builder::{Builder, BuilderError};
use inkwell::types::{ArrayType, BasicTypeEnum, StructType};
use inkwell::values::{BasicValueEnum, IntValue, PointerValue, StructValue};
use llvm_plugin::constant;

/// A field's value, of the one LLVM type that the list gives it.
trait Field<'ctx>: Copy {
    fn llvm_type(cx: &Cx<'_, 'ctx>) -> BasicTypeEnum<'ctx>;
    fn constant(self, cx: &Cx<'_, 'ctx>) -> BasicValueEnum<'ctx>;
    fn store(
        self,
        cx: &Cx<'_, 'ctx>,
        builder: &Builder<'ctx>,
        at: PointerValue<'ctx>,
    ) -> Result<(), BuilderError>;
}

/// The list's field kinds, by the list's names, as types of values.
#[expect(non_camel_case_types, reason = "the names of the list")]
pub(crate) mod kind {
    use super::{IntValue, PointerValue};

    macro_rules! integer {
        ($($name:ident = $bits:literal),*) => {$(
            #[doc = concat!("An integer of ", $bits, " bits.")]
            #[derive(Clone, Copy)]
            pub(crate) struct $name<'ctx>(pub(crate) IntValue<'ctx>);

            impl<'ctx> super::Field<'ctx> for $name<'ctx> {
                fn llvm_type(cx: &super::Cx<'_, 'ctx>) -> super::BasicTypeEnum<'ctx> {
                    cx.context.custom_width_int_type(std::num::NonZero::new($bits).expect("not zero")).expect("a legal width").into()
                }
                fn constant(self, cx: &super::Cx<'_, 'ctx>) -> super::BasicValueEnum<'ctx> {
                    assert_eq!(super::BasicTypeEnum::from(self.0.get_type()), Self::llvm_type(cx), "width of a field");
                    self.0.into()
                }
                fn store(
                    self,
                    cx: &super::Cx<'_, 'ctx>,
                    builder: &super::Builder<'ctx>,
                    at: PointerValue<'ctx>,
                ) -> Result<(), super::BuilderError> {
                    builder.build_store(at, self.constant(cx)).map(drop)
                }
            }
        )*};
    }
    integer!(u16 = 16, u32 = 32, u64 = 64);

    /// An address.
    #[derive(Clone, Copy)]
    pub(crate) struct Ptr<'ctx>(pub(crate) PointerValue<'ctx>);
    /// x, y and z, 32 bits each.
    #[derive(Clone, Copy)]
    pub(crate) struct Dims<'ctx>(pub(crate) [IntValue<'ctx>; 3]);
}

impl<'ctx> Field<'ctx> for kind::Ptr<'ctx> {
    fn llvm_type(cx: &Cx<'_, 'ctx>) -> BasicTypeEnum<'ctx> {
        cx.ptr.into()
    }
    fn constant(self, _: &Cx<'_, 'ctx>) -> BasicValueEnum<'ctx> {
        self.0.into()
    }
    fn store(
        self,
        _: &Cx<'_, 'ctx>,
        builder: &Builder<'ctx>,
        at: PointerValue<'ctx>,
    ) -> Result<(), BuilderError> {
        builder.build_store(at, self.0).map(drop)
    }
}

impl<'ctx> kind::Dims<'ctx> {
    fn array_type(cx: &Cx<'_, 'ctx>) -> ArrayType<'ctx> {
        cx.i32.array_type(3)
    }
}

impl<'ctx> Field<'ctx> for kind::Dims<'ctx> {
    fn llvm_type(cx: &Cx<'_, 'ctx>) -> BasicTypeEnum<'ctx> {
        Self::array_type(cx).into()
    }
    fn constant(self, cx: &Cx<'_, 'ctx>) -> BasicValueEnum<'ctx> {
        cx.i32.const_array(&self.0).into()
    }
    fn store(
        self,
        cx: &Cx<'_, 'ctx>,
        builder: &Builder<'ctx>,
        at: PointerValue<'ctx>,
    ) -> Result<(), BuilderError> {
        for (index, (value, name)) in (0u32..).zip(self.0.into_iter().zip(["x", "y", "z"])) {
            let element =
                constant::build_element_address(builder, Self::array_type(cx), at, (cx.i32, index), name)?;
            builder.build_store(element, value)?;
        }
        Ok(())
    }
}

/// A host struct, by its fields.
pub(crate) trait HostStruct<'ctx>: Sized {
    fn llvm_type(cx: &Cx<'_, 'ctx>) -> StructType<'ctx>;
    fn constant(self, cx: &Cx<'_, 'ctx>) -> StructValue<'ctx>;
    /// Stores every field to the struct at `at`.
    fn store(
        self,
        cx: &Cx<'_, 'ctx>,
        builder: &Builder<'ctx>,
        at: PointerValue<'ctx>,
    ) -> Result<(), BuilderError>;
}

macro_rules! define_ir_structs {
    ($($(#[$doc:meta])* struct $name:ident = $llvm_name:literal {
        $($(#[$field_doc:meta])* $field:ident: $kind:ident,)*
    })*) => {$(
        #[derive(Clone, Copy)]
        pub(crate) struct $name<'ctx> { $(pub(crate) $field: kind::$kind<'ctx>,)* }

        impl<'ctx> HostStruct<'ctx> for $name<'ctx> {
            fn llvm_type(cx: &Cx<'_, 'ctx>) -> StructType<'ctx> {
                named_struct(cx, $llvm_name, &[$(<kind::$kind<'ctx> as Field>::llvm_type(cx)),*])
            }

            fn constant(self, cx: &Cx<'_, 'ctx>) -> StructValue<'ctx> {
                Self::llvm_type(cx).const_named_struct(&[$(self.$field.constant(cx)),*])
            }

            fn store(
                self,
                cx: &Cx<'_, 'ctx>,
                builder: &Builder<'ctx>,
                at: PointerValue<'ctx>,
            ) -> Result<(), BuilderError> {
                let Self { $($field),* } = self;
                let llvm_type = Self::llvm_type(cx);
                let mut index = 0;
                $(
                    let address = builder.build_struct_gep(llvm_type, at, index, stringify!($field))?;
                    $field.store(cx, builder, address)?;
                    index += 1;
                )*
                debug_assert_eq!(index, llvm_type.count_fields());
                Ok(())
            }
        }
    )*};
}
abi::for_each_host_struct!(define_ir_structs);

/// The struct type `name`; another front end's type of that name is used if it has the same fields.
fn named_struct<'ctx>(cx: &Cx<'_, 'ctx>, name: &str, fields: &[BasicTypeEnum<'ctx>]) -> StructType<'ctx> {
    if let Some(known) = cx.context.get_struct_type(name)
        && known.get_field_types() == fields
    {
        return known;
    }
    let new = cx.context.opaque_struct_type(name);
    new.set_body(fields, false);
    new
}
