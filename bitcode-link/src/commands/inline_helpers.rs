//! `bitcode-link inline-helpers`: helpers inlined into a module that some compiler has made, and its object.

use super::relocatable::{HelperArguments, PipelineArgument, level};
use anyhow::Result;
use bitcode_link::output::Outputs;
use bitcode_link::relocatable::{Combine, CombineError, Combined, combine};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The module: bitcode or IR, of rustc --emit=llvm-bc, say
    #[arg(value_name = "MODULE")]
    module: PathBuf,
    /// Bitcode of helpers, of clang -emit-llvm -c, say
    #[arg(required = true, value_name = "HELPERS")]
    helpers: Vec<PathBuf>,
    #[command(flatten)]
    inlining: HelperArguments,
    #[command(flatten)]
    making: MakingArguments,
}

/// How the object is made.
#[derive(Debug, Args)]
pub(crate) struct MakingArguments {
    /// The object
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// How hard LLVM tries, 0 to 3
    #[arg(short = 'O', long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) opt_level: u8,
    /// The passes that run [default: as far as the compilers of the modules left something to do]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) optimize: Option<PipelineArgument>,
    /// Do not give each function and variable a section of its own
    #[arg(long)]
    pub(crate) no_separate_sections: bool,
    /// Write IR as text in place of an object
    #[arg(long)]
    pub(crate) emit_ir: bool,
    /// Write what became of each call of a helper, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Print the same as text
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

impl MakingArguments {
    pub(crate) fn wants_report(&self) -> bool {
        self.report.is_some() || self.verbose
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<()> {
    let making = &arguments.making;
    let job = Combine {
        inputs: vec![arguments.module.clone()],
        whole_archives: true,
        helpers: arguments.helpers.clone(),
        inlining: arguments.inlining.options(making, json),
        exports: None,
        level: level(making.opt_level),
        pipeline: making.optimize.map(Into::into),
        sections: !making.no_separate_sections,
        ir: making.emit_ir,
    };
    finish(&combine(&job)?, making, json)
}

/// Tells what was made, and writes it.
pub(crate) fn finish(made: &Combined, making: &MakingArguments, json: bool) -> Result<()> {
    for warning in made.warnings.iter().chain(&made.report.warnings) {
        super::warn(warning, json);
    }
    write(made, making)?;
    if json {
        let linked = serde_json::json!({
            "reason": "linked", "output": making.output, "pipeline": made.pipeline, "helpers": made.report,
        });
        return super::print(&format!("{linked}\n"));
    }
    if making.verbose { super::print(&made.report.to_string()) } else { Ok(()) }
}

/// Both files, or none.
fn write(made: &Combined, making: &MakingArguments) -> Result<()> {
    let mut outputs = Outputs::default();
    if let Some(file) = &making.report {
        let text = serde_json::to_string_pretty(&made.report)?;
        outputs.add(file, text.as_bytes()).map_err(CombineError::File)?;
    }
    outputs.add(&making.output, &made.bytes).map_err(CombineError::File)?;
    Ok(outputs.persist().map_err(CombineError::File)?)
}
