//! The functions that a function with barriers becomes: one for what is before any barrier, and one for what is behind
//! each, up to the next. What is kept across barriers they get and leave: what a block has in common as values, what
//! is an item's own in the block's memory.

use super::Built;
use super::flow::{Flow, instructions};
use super::item::Place;
use super::plan::{Barrier, Plan};
use crate::Result;
use crate::entry::builder_bug;
use llvm_plugin::access_group::AccessGroup;
use llvm_plugin::clone::{clone_body, demote_to_stack, remove_unreachable_blocks};
use llvm_plugin::inkwell::AddressSpace;
use llvm_plugin::inkwell::basic_block::BasicBlock;
use llvm_plugin::inkwell::builder::Builder;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::targets::TargetData;
use llvm_plugin::inkwell::types::{BasicMetadataTypeEnum, BasicTypeEnum};
use llvm_plugin::inkwell::values::{
    BasicValueEnum, FunctionValue, InstructionOpcode, InstructionValue, PointerValue,
};
use llvm_plugin::instruction::byte_offset;
use std::collections::HashMap;

/// What a kernel with barriers was made into.
pub(crate) struct Stretches<'ctx> {
    pub(crate) plan: Plan,
    /// In the order of the plan's: what runs first, then what runs behind each barrier. Their parameters are the item
    /// function's, a value for each of the plan's `uniform`, and a pointer to where the new one goes.
    pub(crate) functions: Vec<FunctionValue<'ctx>>,
    /// The types of the plan's `uniform`.
    pub(crate) uniform: Vec<BasicTypeEnum<'ctx>>,
    /// Bytes of the block's memory that an item keeps values in.
    pub(crate) bytes: u64,
    /// What items access that are independent between barriers; none, where they aren't.
    pub(crate) group: Option<AccessGroup<'ctx>>,
}

/// Where the values of all items are, one kind of value behind the other: value `v` of item `i` at
/// `items * before + i * size`.
#[derive(Debug, Clone, Copy)]
struct Slot {
    before: u64,
    size: u64,
}

/// The function of all stretches, while it is being made.
struct Whole<'ctx, 'p> {
    function: FunctionValue<'ctx>,
    builder: Builder<'ctx>,
    plan: &'p Plan,
    /// Its instructions by their numbers in the plan, and its blocks.
    values: Vec<InstructionValue<'ctx>>,
    blocks: Vec<BasicBlock<'ctx>>,
    slots: HashMap<usize, Slot>,
}

/// Makes the stretches of `item`, which is left as it is.
pub(crate) fn emit<'ctx>(
    module: &Module<'ctx>,
    item: FunctionValue<'ctx>,
    flow: &Flow,
    (plan, group): (Plan, Option<AccessGroup<'ctx>>),
    layout: &TargetData,
) -> Result<Stretches<'ctx>> {
    let types = |values: &[usize]| -> Vec<BasicTypeEnum<'ctx>> {
        let all = instructions(item);
        values.iter().filter_map(|value| BasicTypeEnum::try_from(all[*value].get_type()).ok()).collect()
    };
    let (uniform, own) = (types(&plan.uniform), types(&plan.own));
    let (slots, bytes) = lay_out(&plan.own, &own, layout);
    let build = || -> Built<Vec<FunctionValue<'ctx>>> {
        let whole = Whole::declare(module, item, &uniform, &plan, slots);
        whole.cut(flow)?;
        let starts = whole.starts();
        let functions = starts.into_iter().enumerate().map(|(status, start)| {
            let name = format!("{}.{status}", item.get_name().to_string_lossy());
            whole.copy_from(module, &name, start)
        });
        let functions = functions.collect::<Built<Vec<_>>>()?;
        llvm_plugin::module::delete_function(whole.function);
        Ok(functions)
    };
    let functions = build().map_err(|error| builder_bug(&error))?;
    Ok(Stretches { plan, functions, uniform, bytes, group })
}

/// The largest alignment first, so that every kind starts aligned.
fn lay_out(
    values: &[usize],
    types: &[BasicTypeEnum<'_>],
    layout: &TargetData,
) -> (HashMap<usize, Slot>, u64) {
    let mut order: Vec<_> = values.iter().zip(types).collect();
    order.sort_by_key(|(_, kind)| std::cmp::Reverse(layout.get_abi_alignment(*kind)));
    let (mut slots, mut before) = (HashMap::new(), 0);
    for (value, kind) in order {
        let size = layout.get_abi_size(kind);
        slots.insert(*value, Slot { before, size });
        before += size;
    }
    (slots, before)
}

impl<'ctx, 'p> Whole<'ctx, 'p> {
    fn declare(
        module: &Module<'ctx>,
        item: FunctionValue<'ctx>,
        uniform: &[BasicTypeEnum<'ctx>],
        plan: &'p Plan,
        slots: HashMap<usize, Slot>,
    ) -> Self {
        let context = module.get_context();
        let mut parameters = item.get_type().get_param_types();
        parameters.extend(uniform.iter().map(|kind| BasicMetadataTypeEnum::from(*kind)));
        let pointer = context.ptr_type(AddressSpace::default());
        parameters.extend(uniform.iter().map(|_| BasicMetadataTypeEnum::from(pointer)));
        let name = format!("{}.all", item.get_name().to_string_lossy());
        let function = module.add_function(&name, context.i32_type().fn_type(&parameters, false), None);
        clone_body(function, item);
        function.set_linkage(Linkage::Internal);
        let (values, blocks) = (instructions(function), function.get_basic_blocks());
        Self { function, builder: context.create_builder(), plan, values, blocks, slots }
    }

    /// Ends every way at the barrier that it comes to, and makes a block for each barrier that starts behind it.
    fn cut(&self, flow: &Flow) -> Built<()> {
        let mut resumed = Vec::new();
        for barrier in &self.plan.barriers {
            let block = self.function.get_type().get_context().append_basic_block(self.function, "resume");
            self.builder.position_at_end(block);
            resumed.push((block, self.restore(barrier, flow)?));
        }
        let all = self.plan.barriers.iter().flat_map(|barrier| barrier.used.iter().chain(&barrier.kept));
        let mut variables: HashMap<usize, PointerValue<'ctx>> = HashMap::new();
        for value in all {
            if !variables.contains_key(value)
                && let Some(variable) = demote_to_stack(self.values[*value])
            {
                variables.insert(*value, variable);
            }
        }
        for (status, (barrier, (block, values))) in (1..).zip(self.plan.barriers.iter().zip(resumed)) {
            self.builder.position_at_end(block);
            for value in &barrier.used {
                if let (Some(variable), Some(restored)) = (variables.get(value), values.get(value)) {
                    self.builder.build_store(*variable, *restored)?;
                }
            }
            let call = self.blocks[barrier.block].get_first_instruction();
            let (Some(call), Some(behind)) =
                (call, llvm_plugin::control_flow::successors(self.blocks[barrier.block]).pop())
            else {
                continue;
            };
            self.builder.build_unconditional_branch(behind)?;
            self.builder.position_before(&call);
            self.keep(barrier, &variables)?;
            let status = self.function.get_type().get_context().i32_type().const_int(status, false);
            self.builder.build_return(Some(&status))?;
            if let Some(branch) = call.get_next_instruction() {
                branch.erase_from_basic_block();
            }
            call.erase_from_basic_block();
        }
        Ok(())
    }

    /// What is used behind `barrier`, read or computed anew.
    fn restore(&self, barrier: &Barrier, flow: &Flow) -> Built<HashMap<usize, BasicValueEnum<'ctx>>> {
        let mut restored = HashMap::new();
        for value in &barrier.kept {
            let kept = match self.plan.uniform.iter().position(|known| known == value) {
                Some(at) => self.uniform_parameters(at).0,
                None => self.read(*value)?,
            };
            restored.insert(*value, kept);
        }
        for value in &barrier.anew {
            let anew = self.values[*value].explicit_clone();
            for (index, operand) in (0..).zip(&flow.values[*value].operands) {
                if let Some(operand) = operand.value().and_then(|operand| restored.get(&operand)) {
                    anew.set_operand(index, *operand);
                }
            }
            self.builder.insert_instruction(&anew, None);
            restored.extend(llvm_plugin::instruction::value(anew).map(|anew| (*value, anew)));
        }
        Ok(restored)
    }

    /// Writes down what is needed behind `barrier`.
    fn keep(&self, barrier: &Barrier, variables: &HashMap<usize, PointerValue<'ctx>>) -> Built<()> {
        for value in &barrier.kept {
            let Some(variable) = variables.get(value) else { continue };
            let Ok(kind) = BasicTypeEnum::try_from(self.values[*value].get_type()) else { continue };
            let now = self.builder.build_load(kind, *variable, "now")?;
            match self.plan.uniform.iter().position(|known| known == value) {
                Some(at) => self.builder.build_store(self.uniform_parameters(at).1, now)?,
                None => self.write(*value, now)?,
            };
        }
        Ok(())
    }

    /// The parameters for the plan's uniform value `at`: what it was, and where it is to be written.
    fn uniform_parameters(&self, at: usize) -> (BasicValueEnum<'ctx>, PointerValue<'ctx>) {
        let count = self.plan.uniform.len();
        let first = self.function.count_params() as usize - 2 * count;
        let parameters = self.function.get_params();
        (parameters[first + at], parameters[first + count + at].into_pointer_value())
    }

    fn place(&self, place: Place) -> BasicValueEnum<'ctx> {
        self.function.get_params()[place as usize]
    }

    /// Where the item keeps `value`.
    fn address(&self, value: usize) -> Built<PointerValue<'ctx>> {
        let slot = self.slots[&value];
        let (items, index) =
            (self.place(Place::Items).into_int_value(), self.place(Place::Index).into_int_value());
        let number = |number: u64| items.get_type().const_int(number, false);
        let start = self.builder.build_int_nuw_mul(items, number(slot.before), "start")?;
        let kept = self.place(Place::Kept).into_pointer_value();
        let kind = byte_offset(&self.builder, kept, start)?;
        let at = self.builder.build_int_nuw_mul(index, number(slot.size), "at")?;
        byte_offset(&self.builder, kind, at)
    }

    fn read(&self, value: usize) -> Built<BasicValueEnum<'ctx>> {
        let address = self.address(value)?;
        let Ok(kind) = BasicTypeEnum::try_from(self.values[value].get_type()) else {
            return Ok(address.into());
        };
        // Vectors of bits aren't laid out as arrays of them are.
        if let BasicTypeEnum::IntType(bit) = kind
            && bit.get_bit_width() == 1
        {
            let byte = bit.get_context().i8_type();
            let byte = self.builder.build_load(byte, address, "kept")?.into_int_value();
            return Ok(self.builder.build_int_truncate(byte, bit, "kept")?.into());
        }
        self.builder.build_load(kind, address, "kept")
    }

    fn write(&self, value: usize, now: BasicValueEnum<'ctx>) -> Built<InstructionValue<'ctx>> {
        let address = self.address(value)?;
        let now = match now {
            BasicValueEnum::IntValue(bit) if bit.get_type().get_bit_width() == 1 => {
                let byte = bit.get_type().get_context().i8_type();
                self.builder.build_int_z_extend(bit, byte, "byte")?.into()
            }
            other => other,
        };
        self.builder.build_store(address, now)
    }

    /// The blocks in which the stretches start, by their place in the function.
    fn starts(&self) -> Vec<usize> {
        let count = self.function.count_basic_blocks() as usize;
        let resumed = count - self.plan.barriers.len()..count;
        std::iter::once(0).chain(resumed).collect()
    }

    /// A copy that starts with block `start` and has nothing but what that leads to.
    fn copy_from(&self, module: &Module<'ctx>, name: &str, start: usize) -> Built<FunctionValue<'ctx>> {
        let copy = module.add_function(name, self.function.get_type(), None);
        clone_body(copy, self.function);
        copy.set_linkage(Linkage::Internal);
        let blocks = copy.get_basic_blocks();
        if start != 0 {
            let first = module.get_context().prepend_basic_block(blocks[0], "start");
            self.builder.position_at_end(first);
            for variable in blocks[0].get_instructions().collect::<Vec<_>>() {
                if variable.get_opcode() == InstructionOpcode::Alloca {
                    variable.remove_from_basic_block();
                    self.builder.insert_instruction(&variable, None);
                }
            }
            self.builder.build_unconditional_branch(blocks[start])?;
        }
        remove_unreachable_blocks(copy);
        Ok(copy)
    }
}
