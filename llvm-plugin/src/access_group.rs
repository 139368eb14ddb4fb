//! What LLVM can't see of loops: accesses of memory that no other round depends on, and how few rounds there are.

use crate::ffi;
use inkwell::context::AsContextRef;
use inkwell::llvm_sys::prelude::LLVMMetadataRef;
use inkwell::values::{AsValueRef, InstructionValue};
use std::marker::PhantomData;

/// A group of accesses.
#[derive(Debug, Clone, Copy)]
pub struct AccessGroup<'ctx> {
    node: LLVMMetadataRef,
    context: PhantomData<&'ctx ()>,
}

impl<'ctx> AccessGroup<'ctx> {
    /// A new one.
    pub fn new(context: &impl AsContextRef<'ctx>) -> Self {
        // SAFETY: a live context, which the node lives as long as.
        let node = unsafe { ffi::outboard_access_group(context.as_ctx_ref()) };
        Self { node, context: PhantomData }
    }

    /// Puts `access`, which reads or writes memory, into the group.
    pub fn add(self, access: InstructionValue<'ctx>) {
        // SAFETY: a live instruction and a node of its context.
        unsafe { ffi::outboard_add_access(access.as_value_ref(), self.node) }
    }
}

/// What is known of a loop.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoopFacts<'ctx> {
    /// Accesses, of which those in one round don't depend on those in another.
    pub parallel: Option<AccessGroup<'ctx>>,
    /// Whether it has few rounds: as many as a vector has elements, or less.
    pub narrow: bool,
    /// How many rounds at a time are to be one of vector code, if that is to be so whatever it costs.
    pub lanes: Option<u32>,
}

impl<'ctx> LoopFacts<'ctx> {
    /// Tells LLVM of the loop that `branch` closes.
    pub fn describe(self, branch: InstructionValue<'ctx>) {
        let group = self.parallel.map_or(std::ptr::null_mut(), |group| group.node);
        let lanes = self.lanes.unwrap_or(0);
        if !group.is_null() || self.narrow || lanes > 0 {
            // SAFETY: a live instruction, and a node of its context or none.
            unsafe { ffi::outboard_describe_loop(branch.as_value_ref(), group, self.narrow, lanes) }
        }
    }
}
