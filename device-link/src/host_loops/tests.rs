//! What the analyses find in small functions: `cases/*.ll`, in which ITEM stands for the parameters that every item
//! function has.

use super::checks::{self, Check, Over, Requirement};
use super::flow::{Flow, instructions};
use super::item::{FIRST_ARGUMENT, POSITIONS, Place, differs, own_parameters, position};
use super::plan::Plan;
use super::uniformity::{Divergence, has_divergent_barrier};
use super::{implicit_barriers, splits, stretch_checks};
use abi::markers::Marker;
use llvm_plugin::inkwell::context::{Context, ContextRef};
use llvm_plugin::inkwell::memory_buffer::MemoryBuffer;
use llvm_plugin::inkwell::values::{AnyValue as _, BasicValueEnum, FunctionValue, InstructionValue};
use llvm_plugin::instruction::as_instruction;
use std::fmt::Write as _;

/// Positions as the cases call them; the others are numbered.
fn name_of(index: usize) -> String {
    match position(index) {
        Some(Marker::GlobalId(0)) => "global".to_owned(),
        Some(Marker::ThreadId(0)) => "thread".to_owned(),
        Some(Marker::BlockId(0)) => "block".to_owned(),
        Some(Marker::BlockSize(0)) => "size".to_owned(),
        _ if index == Place::Shared as usize => "shared".to_owned(),
        _ => format!("p{index}"),
    }
}

fn parameters(context: ContextRef<'_>) -> String {
    let types = own_parameters(context).into_iter().enumerate();
    let texts =
        types.map(|(index, kind)| format!("{} %{}", kind.print_to_string().to_string(), name_of(index)));
    texts.collect::<Vec<_>>().join(", ")
}

fn shown(value: BasicValueEnum<'_>) -> String {
    match as_instruction(value) {
        Some(instruction) => named(instruction),
        None => value.print_to_string().to_string().rsplit(' ').next().unwrap_or_default().to_owned(),
    }
}

/// The name of what an instruction computes, or else the instruction.
fn named(instruction: InstructionValue<'_>) -> String {
    let text = instruction.print_to_string().to_string();
    let text = text.trim();
    text.split_once(" = ").map_or(text, |(name, _)| name).to_owned()
}

fn requirement(requirement: &Requirement<'_>) -> String {
    match *requirement {
        Requirement::Is { condition, wanted } => format!("{} is {wanted}", shown(condition)),
        Requirement::Compares { grown, predicate, limit } => {
            format!("{} {predicate:?} {}", shown(grown), shown(limit))
        }
        Requirement::Grows { grown, signed } => {
            format!("{} grows{}", shown(grown), if signed { " with its sign" } else { "" })
        }
        Requirement::Small { factor } => format!("{} is small", shown(factor)),
    }
}

/// All that is found, one line each.
fn found(function: FunctionValue<'_>) -> String {
    let flow = Flow::of(function);
    let all = instructions(function);
    let names = |values: &mut dyn Iterator<Item = usize>| {
        values.map(|value| named(all[value])).collect::<Vec<_>>().join(" ")
    };
    let mut text = String::new();
    let mut line = |what: &str, found: String| {
        let _ = writeln!(text, "{}", format!("{what}: {found}").trim_end());
    };
    let divergence = Divergence::of(&flow, differs);
    let computes = |value: &usize| all[*value].print_to_string().to_string().contains(" = ");
    let divergent = |value: &usize| divergence.is_divergent(*value);
    line("divergent", names(&mut (0..all.len()).filter(computes).filter(divergent)));
    let splits: Vec<_> = splits::find(function, &flow).into_iter().map(|(split, _)| split).collect();
    let between = |over| stretch_checks::find_between_barriers(function, &flow, (&splits, over));
    let block_of = |branch: usize| {
        let block = flow.values[branch].block;
        function.get_basic_blocks()[block].get_name().to_string_lossy().into_owned()
    };
    for (what, checks) in [
        ("check", checks::find(function, &flow)),
        ("side", checks::find_sides(function, &flow)),
        ("common way", stretch_checks::find_common_ways(function, &flow, Over::Row)),
        ("common way of the block", stretch_checks::find_common_ways(function, &flow, Over::Block)),
        ("check of those that come", between(Over::Row)),
        ("check of the block", between(Over::Block)),
    ] {
        for Check { branch, stays, requirements, within } in checks {
            let requirements: Vec<_> = requirements.iter().map(requirement).collect();
            let part =
                within.map(|part| format!(", where {} goes {}", block_of(part.split.branch), part.value));
            let part = part.unwrap_or_default();
            line(what, format!("{} goes {stays} if {}{part}", block_of(branch), requirements.join(", ")));
        }
    }
    for split in &splits {
        let (grown, limit) = (shown(split.grown), shown(split.limit));
        let merges = if split.merges_values(&flow) { ", and merges values" } else { "" };
        line("split", format!("{} at {grown} {:?} {limit}{merges}", block_of(split.branch), split.predicate));
    }
    if flow.barriers().is_empty() {
        let blocks = function.get_basic_blocks();
        let rounds = implicit_barriers::find(function, &flow).into_iter();
        let names: Vec<_> =
            rounds.map(|block| blocks[block].get_name().to_string_lossy().into_owned()).collect();
        line("implicit barriers in", names.join(" "));
        return text;
    }
    line("divergent barrier", has_divergent_barrier(&flow, differs).to_string());
    let plan = Plan::of(&flow, &divergence);
    for (status, barrier) in (1..).zip(&plan.barriers) {
        line(&format!("barrier {status} keeps"), names(&mut barrier.kept.iter().copied()));
        line(&format!("barrier {status} computes anew"), names(&mut barrier.anew.iter().copied()));
    }
    line("kept for the block", names(&mut plan.uniform.iter().copied()));
    line("kept for each item", names(&mut plan.own.iter().copied()));
    for (from, stretch) in plan.stretches.iter().enumerate() {
        let ends = if stretch.may_end { ", and the end" } else { "" };
        line(&format!("stretch {from} comes to"), format!("{:?}{ends}", stretch.next));
    }
    text
}

const CASES: [(&str, &str); 10] = [
    ("stretch", include_str!("cases/stretch.ll")),
    ("plane", include_str!("cases/plane.ll")),
    ("guard", include_str!("cases/guard.ll")),
    ("stencil", include_str!("cases/stencil.ll")),
    ("shapes", include_str!("cases/shapes.ll")),
    ("rounds", include_str!("cases/rounds.ll")),
    ("seen_rounds", include_str!("cases/seen_rounds.ll")),
    ("tree", include_str!("cases/tree.ll")),
    ("kept", include_str!("cases/kept.ll")),
    ("divergent_barrier", include_str!("cases/divergent_barrier.ll")),
];

#[test]
fn what_the_analyses_find() {
    assert_eq!((POSITIONS, FIRST_ARGUMENT), (15, 21), "the cases count so");
    for (name, text) in CASES {
        let context = Context::create();
        let text = text.replace("ITEM", &parameters(context.i32_type().get_context()));
        let buffer = MemoryBuffer::create_from_memory_range_copy(text.as_bytes(), name);
        let module = context.create_module_from_ir(buffer).unwrap_or_else(|error| panic!("{name}: {error}"));
        let function = module.get_function("item").expect("a case defines it");
        insta::assert_snapshot!(name, found(function));
    }
}
