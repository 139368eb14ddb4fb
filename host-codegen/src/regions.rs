//! Where a launch finds its kernel's key and the function that launches: in this module's own registration, or in
//! that of a program which is linked later and may have none.

use crate::cx::Cx;
use crate::registration::Registered;
use abi::names::REGION_PREFIX;
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::builder::{Builder, BuilderError};
use inkwell::module::Linkage;
use inkwell::values::{BasicValue as _, InstructionValue, IntValue, PointerValue};
use inkwell::{AtomicOrdering, GlobalVisibility};
use llvm_plugin::control_flow;
use std::collections::HashMap;

/// Alignment of the pointer that a region holds.
const POINTER_ALIGNMENT: u32 = 8;

/// Where the launches of a module find their kernels.
pub(crate) enum Regions<'r, 'ctx> {
    /// In the module itself.
    Here(&'r Registered<'ctx>),
    /// In the program, by these names for the kernels.
    InProgram(&'r HashMap<String, String>),
}

/// A branch around a launch whose kernel the program may not have.
pub(crate) struct Guard<'ctx> {
    before: BasicBlock<'ctx>,
    device: BasicBlock<'ctx>,
    present: IntValue<'ctx>,
}

impl<'ctx> Regions<'_, 'ctx> {
    /// The key by which the runtime finds `kernel`.
    pub(crate) fn region_id(&self, cx: &Cx<'_, 'ctx>, kernel: &str) -> PointerValue<'ctx> {
        match self {
            Self::Here(registered) => registered.region_id(kernel),
            Self::InProgram(names) => weak_region(cx, names.get(kernel).map_or(kernel, String::as_str)),
        }
    }

    /// `if (&region != NULL) { ... launch ... }`: makes the block in which `launch` then stands, the last one
    /// of its function that is reached without the program's having the kernel being known.
    pub(crate) fn emit_guard(
        &self,
        cx: &Cx<'_, 'ctx>,
        kernel: &str,
        launch: InstructionValue<'ctx>,
    ) -> Result<Option<Guard<'ctx>>, BuilderError> {
        if let Self::Here(_) = self {
            return Ok(None);
        }
        let builder = cx.context.create_builder();
        builder.position_before(&launch);
        let region = self.region_id(cx, kernel);
        let present = builder.build_int_compare(IntPredicate::NE, region, cx.null(), "launch.has_kernel")?;
        let before = launch.get_parent().expect("a launch stands in a block");
        let device = control_flow::split_block(launch, "launch.device");
        Ok(Some(Guard { before, device, present }))
    }

    /// The function that launches, where that is no function of its own name: what the region holds.
    pub(crate) fn emit_launcher(
        &self,
        cx: &Cx<'_, 'ctx>,
        builder: &Builder<'ctx>,
        kernel: &str,
    ) -> Result<Option<PointerValue<'ctx>>, BuilderError> {
        if let Self::Here(_) = self {
            return Ok(None);
        }
        let launcher = builder.build_load(cx.ptr, self.region_id(cx, kernel), "launch.launcher")?;
        // Another thread may be opening the runtime, and change it.
        let load = launcher.as_instruction_value().expect("a load is an instruction");
        load.set_atomic_ordering(AtomicOrdering::Acquire).expect("a load may be atomic");
        load.set_alignment(POINTER_ALIGNMENT).expect("a power of two");
        Ok(Some(launcher.into_pointer_value()))
    }
}

impl<'ctx> Guard<'ctx> {
    /// The block that is left when there is no such kernel.
    pub(crate) fn before(&self) -> BasicBlock<'ctx> {
        self.before
    }

    /// Has control go to `absent` when there is no such kernel.
    pub(crate) fn close(&self, cx: &Cx<'_, 'ctx>, absent: BasicBlock<'ctx>) -> Result<(), BuilderError> {
        let branch = self.before.get_terminator().expect("split_block leaves a branch");
        let builder = cx.context.create_builder();
        builder.position_before(&branch);
        builder.build_conditional_branch(self.present, self.device, absent)?;
        branch.erase_from_basic_block();
        Ok(())
    }
}

/// `extern __attribute__((weak)) launcher *__outboard_region.<kernel>;`
fn weak_region<'ctx>(cx: &Cx<'_, 'ctx>, kernel: &str) -> PointerValue<'ctx> {
    let name = format!("{REGION_PREFIX}{kernel}");
    let region = cx.module.get_global(&name).unwrap_or_else(|| {
        let region = cx.module.add_global(cx.ptr, None, &name);
        region.set_linkage(Linkage::ExternalWeak);
        region.set_visibility(GlobalVisibility::Default);
        region
    });
    region.as_pointer_value()
}
