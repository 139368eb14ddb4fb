//! Stack memory of launches: always at the top of the entry block, so that a launch in a loop takes it once.

use crate::cx::Cx;
use inkwell::builder::{Builder, BuilderError};
use inkwell::types::BasicType;
use inkwell::values::{FunctionValue, PointerValue};

/// A builder that stands before the first instruction of `function`.
pub(crate) struct EntryBlock<'ctx>(Builder<'ctx>);

impl<'ctx> EntryBlock<'ctx> {
    pub(crate) fn of(cx: &Cx<'_, 'ctx>, function: FunctionValue<'ctx>) -> Self {
        let builder = cx.context.create_builder();
        let entry = function.get_first_basic_block().expect("a function with a launch has a body");
        match entry.get_first_instruction() {
            Some(first) => builder.position_before(&first),
            None => builder.position_at_end(entry),
        }
        builder.unset_current_debug_location();
        Self(builder)
    }

    pub(crate) fn alloca<T: BasicType<'ctx>>(
        &self,
        ty: T,
        name: &str,
    ) -> Result<PointerValue<'ctx>, BuilderError> {
        self.0.build_alloca(ty, name)
    }
}
