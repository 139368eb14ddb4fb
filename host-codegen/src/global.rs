//! Small, chainable steps for the globals that we emit.

use crate::cx::Cx;
use inkwell::GlobalVisibility;
use inkwell::comdat::Comdat;
use inkwell::module::Linkage;
use inkwell::values::{BasicValue, FunctionValue, GlobalValue, UnnamedAddress};

pub(crate) trait GlobalExt<'ctx>: Sized {
    /// One in the whole program, whatever the number of modules that have it; not visible outside.
    fn shared(self, comdat: Comdat) -> Self;
}

impl<'ctx> GlobalExt<'ctx> for GlobalValue<'ctx> {
    fn shared(self, comdat: Comdat) -> Self {
        self.set_linkage(Linkage::LinkOnceODR);
        self.set_visibility(GlobalVisibility::Hidden);
        self.set_comdat(comdat);
        self
    }
}

impl<'ctx> GlobalExt<'ctx> for FunctionValue<'ctx> {
    fn shared(self, comdat: Comdat) -> Self {
        self.set_linkage(Linkage::LinkOnceODR);
        self.as_global_value().set_visibility(GlobalVisibility::Hidden);
        self.as_global_value().set_comdat(comdat);
        self
    }
}

/// A constant named `name`, with the linkage of a global until something else is said.
pub(crate) fn constant<'ctx>(
    cx: &Cx<'_, 'ctx>,
    name: &str,
    value: &dyn BasicValue<'ctx>,
) -> GlobalValue<'ctx> {
    let value_type = value.as_basic_value_enum().get_type();
    let global = cx.module.add_global(value_type, None, name);
    global.set_initializer(value);
    global.set_constant(true);
    global
}

/// A constant of this module alone, whose address means nothing.
pub(crate) fn private_constant<'ctx>(
    cx: &Cx<'_, 'ctx>,
    name: &str,
    value: &dyn BasicValue<'ctx>,
) -> GlobalValue<'ctx> {
    let global = constant(cx, name, value);
    global.set_linkage(Linkage::Private);
    global.set_unnamed_address(UnnamedAddress::Global);
    global
}
