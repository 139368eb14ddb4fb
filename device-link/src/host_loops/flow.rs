//! A function as plain data, for the analyses: blocks with their edges, instructions with their operands, each a
//! number. Every barrier is in a block of its own.

use super::item::PANICKED;
use crate::markers;
use crate::optimize::computes_only;
use abi::markers::Marker;
use llvm_plugin::control_flow::{split_block, successors};
use llvm_plugin::inkwell::basic_block::BasicBlock;
use llvm_plugin::inkwell::values::{
    AsValueRef as _, BasicValueEnum, FunctionValue, InstructionOpcode, InstructionValue, PhiValue,
};
use llvm_plugin::instruction::{call_site, operand};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// A function's blocks and instructions, in its order.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    pub(crate) blocks: Vec<Block>,
    pub(crate) values: Vec<Value>,
}

#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Its instructions.
    pub(crate) values: Range<usize>,
    pub(crate) successors: Vec<usize>,
    pub(crate) predecessors: Vec<usize>,
    /// Whether its instructions are a barrier, and the branch to what comes behind it.
    pub(crate) is_barrier: bool,
    /// Whether the item comes to its end in it: not where it panics or is stopped.
    pub(crate) is_end: bool,
}

/// An instruction.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) block: usize,
    pub(crate) kind: Kind,
    pub(crate) operands: Vec<Operand>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operand {
    Value(usize),
    Parameter(usize),
    /// The same for all work items.
    Constant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its operands come from the predecessors of its block, in the order of [`Flow::incoming`].
    Phi,
    /// Decides where control goes.
    Terminator,
    /// Computes something of its operands alone, in a few cycles, whatever they are.
    Cheap,
    /// Computes something of its operands alone.
    Pure,
    /// Anything else.
    Other,
}

impl Flow {
    /// Puts every barrier of `function` into a block of its own, and writes down what is there then.
    pub(crate) fn of<'ctx>(function: FunctionValue<'ctx>) -> Self {
        separate_barriers(function);
        let blocks = function.get_basic_blocks();
        let numbers: HashMap<BasicBlock<'ctx>, usize> = blocks.iter().copied().zip(0..).collect();
        let handles = instructions(function);
        let known: HashMap<_, usize> = handles.iter().map(|handle| handle.as_value_ref()).zip(0..).collect();
        let parameters: HashMap<_, usize> =
            function.get_param_iter().map(|parameter| parameter.as_value_ref()).zip(0..).collect();
        let operand_of = |value: BasicValueEnum<'ctx>| {
            let value = value.as_value_ref();
            let parameter = || parameters.get(&value).map(|index| Operand::Parameter(*index));
            known
                .get(&value)
                .map(|index| Operand::Value(*index))
                .or_else(parameter)
                .unwrap_or(Operand::Constant)
        };
        let mut flow = Self::default();
        for (number, block) in blocks.iter().enumerate() {
            let start = flow.values.len();
            let mut is_barrier = false;
            for instruction in block.get_instructions() {
                is_barrier |= is_barrier_call(instruction);
                let operands =
                    (0..instruction.get_num_operands()).map(|index| match operand(instruction, index) {
                        Some(value) => operand_of(value),
                        None => Operand::Constant,
                    });
                flow.values.push(Value {
                    block: number,
                    kind: kind(instruction),
                    operands: operands.collect(),
                });
            }
            let edges: BTreeSet<_> =
                successors(*block).iter().filter_map(|block| numbers.get(block).copied()).collect();
            flow.blocks.push(Block {
                values: start..flow.values.len(),
                successors: edges.into_iter().collect(),
                predecessors: Vec::new(),
                is_barrier,
                is_end: block.get_terminator().is_some_and(returns),
            });
        }
        for number in 0..flow.blocks.len() {
            for next in flow.blocks[number].successors.clone() {
                flow.blocks[next].predecessors.push(number);
            }
        }
        flow.order_phis(&handles, &numbers);
        flow
    }

    /// The blocks with barriers, in the function's order.
    pub(crate) fn barriers(&self) -> Vec<usize> {
        (0..self.blocks.len()).filter(|block| self.blocks[*block].is_barrier).collect()
    }

    /// The operand of `phi` that comes from `predecessor`.
    pub(crate) fn incoming(&self, phi: usize, predecessor: usize) -> Operand {
        let value = &self.values[phi];
        let predecessors = &self.blocks[value.block].predecessors;
        let at = predecessors.iter().position(|known| *known == predecessor);
        at.and_then(|at| value.operands.get(at).copied()).unwrap_or(Operand::Constant)
    }

    /// The last instruction of `block`.
    pub(crate) fn terminator(&self, block: usize) -> usize {
        self.blocks[block].values.end - 1
    }

    /// What can be reached from `starts`, and they themselves, on ways that `edges` gives.
    pub(crate) fn reach(&self, starts: &[usize], edges: impl Fn(usize) -> Vec<usize>) -> Vec<bool> {
        let mut reached = vec![false; self.blocks.len()];
        let mut open = starts.to_vec();
        while let Some(block) = open.pop() {
            if !std::mem::replace(&mut reached[block], true) {
                open.extend(edges(block));
            }
        }
        reached
    }

    /// What comes next within a stretch without barriers.
    pub(crate) fn next_without_barrier(&self, block: usize) -> Vec<usize> {
        if self.blocks[block].is_barrier { Vec::new() } else { self.blocks[block].successors.clone() }
    }

    /// Operands of phis in the order of their block's predecessors, each once.
    fn order_phis(&mut self, handles: &[InstructionValue<'_>], numbers: &HashMap<BasicBlock<'_>, usize>) {
        for (index, handle) in handles.iter().enumerate() {
            let Ok(phi) = PhiValue::try_from(*handle) else { continue };
            let from: Vec<_> = phi.get_incomings().map(|(_, block)| numbers.get(&block).copied()).collect();
            let predecessors = &self.blocks[self.values[index].block].predecessors;
            let ordered = predecessors.iter().map(|predecessor| {
                let at = from.iter().position(|block| *block == Some(*predecessor));
                at.map_or(Operand::Constant, |at| self.values[index].operands[at])
            });
            self.values[index].operands = ordered.collect();
        }
    }
}

/// The instructions of `function`, in its order.
pub(crate) fn instructions<'ctx>(function: FunctionValue<'ctx>) -> Vec<InstructionValue<'ctx>> {
    function.get_basic_block_iter().flat_map(|block| block.get_instructions()).collect()
}

/// Whether `instruction` calls the marker for barriers.
pub(crate) fn is_barrier_call(instruction: InstructionValue<'_>) -> bool {
    let callee = call_site(instruction).and_then(|call| call.get_called_fn_value());
    callee.and_then(markers::of) == Some(Marker::Barrier)
}

/// Whether `terminator` returns that the item has come to its end, or may do so.
fn returns(terminator: InstructionValue<'_>) -> bool {
    let status = operand(terminator, 0).filter(|status| status.is_int_value());
    let known = status.and_then(|status| status.into_int_value().get_zero_extended_constant());
    terminator.get_opcode() == InstructionOpcode::Return && known != Some(PANICKED.into())
}

fn separate_barriers(function: FunctionValue<'_>) {
    for call in instructions(function).into_iter().filter(|instruction| is_barrier_call(*instruction)) {
        split_block(call, "barrier");
        if let Some(next) = call.get_next_instruction() {
            split_block(next, "behind");
        }
    }
}

fn kind(instruction: InstructionValue<'_>) -> Kind {
    use InstructionOpcode as Op;
    if instruction.is_terminator() {
        return Kind::Terminator;
    }
    match instruction.get_opcode() {
        Op::Phi => Kind::Phi,
        Op::Add
        | Op::Sub
        | Op::Mul
        | Op::Shl
        | Op::LShr
        | Op::AShr
        | Op::And
        | Op::Or
        | Op::Xor
        | Op::ICmp
        | Op::Select
        | Op::GetElementPtr
        | Op::Trunc
        | Op::ZExt
        | Op::SExt
        | Op::BitCast
        | Op::PtrToInt
        | Op::IntToPtr
        | Op::AddrSpaceCast
        | Op::SIToFP
        | Op::UIToFP => Kind::Cheap,
        Op::UDiv
        | Op::SDiv
        | Op::URem
        | Op::SRem
        | Op::FAdd
        | Op::FSub
        | Op::FMul
        | Op::FDiv
        | Op::FRem
        | Op::FNeg
        | Op::FCmp
        | Op::FPExt
        | Op::FPTrunc
        | Op::FPToSI
        | Op::FPToUI
        | Op::ExtractElement
        | Op::InsertElement
        | Op::ShuffleVector
        | Op::ExtractValue
        | Op::InsertValue => Kind::Pure,
        Op::Call => kind_of_call(instruction),
        _ => Kind::Other,
    }
}

/// Intrinsics that read no memory compute something of their operands alone.
fn kind_of_call(call: InstructionValue<'_>) -> Kind {
    let Some(callee) = call_site(call).and_then(|call| call.get_called_fn_value()) else {
        return Kind::Other;
    };
    let name = callee.get_name().to_bytes();
    let of_integers = [&b"llvm.umin."[..], b"llvm.umax.", b"llvm.smin.", b"llvm.smax."];
    match callee.get_intrinsic_id() {
        0 => Kind::Other,
        _ if !computes_only(call) => Kind::Other,
        _ if of_integers.iter().any(|prefix| name.starts_with(prefix)) => Kind::Cheap,
        _ => Kind::Pure,
    }
}
