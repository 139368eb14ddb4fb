//! The generator without the pass: a plan (JSON) and a module (IR or bitcode) in, the module with host code out.
//!
//! `cargo run -p host-codegen --example emit_plan -- plan.json in.ll -o out.ll`

use anyhow::{Context as _, Result, anyhow};
use clap::Parser;
use host_codegen::{Container, HostPlan};
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use std::path::PathBuf;

/// Emits the host code of a plan.
#[derive(Parser)]
struct Arguments {
    /// The plan, as `opt -passes='print<offload;format=plan;images=FILE>'` prints it.
    plan: PathBuf,
    /// The module that the plan is for.
    module: PathBuf,
    /// Where the IR goes.
    #[arg(short, long)]
    output: PathBuf,
}

fn main() -> Result<()> {
    let Arguments { plan, module, output } = Arguments::parse();
    let text = std::fs::read_to_string(&plan).with_context(|| format!("cannot read {}", plan.display()))?;
    let plan: HostPlan = serde_json::from_str(&text).with_context(|| format!("{}", plan.display()))?;

    let mut images = Vec::new();
    for path in &plan.containers {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        images.extend(offload_binary::decode(&bytes).with_context(|| format!("{}", path.display()))?);
    }
    let container = Container::new(images)?;

    let context = Context::create();
    let buffer = MemoryBuffer::create_from_file(&module).map_err(|e| anyhow!("{e}"))?;
    let module = context.create_module_from_ir(buffer).map_err(|e| anyhow!("{e}"))?;
    host_codegen::emit_host(&module, &plan, &container)?;
    module.print_to_file(&output).map_err(|e| anyhow!("{e}"))
}
