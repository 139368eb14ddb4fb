//! `bitcode-link -r`: bitcode and objects of any mix to one relocatable object.

use super::inline_helpers::{MakingArguments, finish};
use anyhow::Result;
use bitcode_link::FileError;
use bitcode_link::inlining::{Options, Risk};
use bitcode_link::relocatable::{Combine, CombineError, OptLevel, Pipeline, combine};
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Bitcode, IR text, objects, archives and .rlib files, told apart by their content
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Bitcode of helpers: only what is needed comes along, and nobody else sees it
    #[arg(long = "helpers", value_name = "FILE")]
    helpers: Vec<PathBuf>,
    /// A symbol that others can see; with one of them or a list, nothing else is
    #[arg(long = "export", value_name = "SYMBOL")]
    exports: Vec<String>,
    /// A file with such symbols, one a line
    #[arg(long, value_name = "FILE")]
    export_list: Vec<PathBuf>,
    /// Take all members of archives, needed or not
    #[arg(long)]
    whole_archive: bool,
    #[command(flatten)]
    inlining: HelperArguments,
    #[command(flatten)]
    making: MakingArguments,
}

/// How helpers are linked.
#[derive(Debug, Args)]
pub(crate) struct HelperArguments {
    /// Rewrite attributes that keep helpers from being inlined and on which nobody relies
    #[arg(long)]
    repair: bool,
    /// Inline in spite of a difference that changes what the code does
    #[arg(long, value_name = "RISK,...", value_delimiter = ',', value_parser = risk)]
    allow: Vec<Risk>,
    /// Leave out the helpers' debug info
    #[arg(long)]
    drop_debug_info: bool,
    /// Take helpers for any triple with the same data layout, without a warning
    #[arg(long)]
    any_triple: bool,
    /// Refuse helpers that must stay shared, because they have state, say
    #[arg(long)]
    refuse_shared: bool,
}

impl HelperArguments {
    pub(crate) fn options(&self, making: &MakingArguments, json: bool) -> Options {
        let reported = making.wants_report() || json;
        Options {
            repair: self.repair,
            allow: self.allow.iter().copied().collect(),
            drop_debug_info: self.drop_debug_info,
            any_triple: self.any_triple,
            refuse_shared: self.refuse_shared,
            report_calls: reported,
            mark_calls: reported,
        }
    }
}

/// Which passes run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PipelineArgument {
    /// Inlining and what that shows
    Cleanup,
    /// What compilers leave for the link
    Late,
    /// Everything
    Full,
}

impl From<PipelineArgument> for Pipeline {
    fn from(argument: PipelineArgument) -> Self {
        match argument {
            PipelineArgument::Cleanup => Self::Cleanup,
            PipelineArgument::Late => Self::Late,
            PipelineArgument::Full => Self::Full,
        }
    }
}

pub(crate) fn level(number: u8) -> OptLevel {
    match number {
        0 => OptLevel::O0,
        1 => OptLevel::O1,
        2 => OptLevel::O2,
        _ => OptLevel::O3,
    }
}

fn risk(name: &str) -> Result<Risk, String> {
    Risk::named(name).ok_or_else(|| {
        let known: Vec<_> = Risk::ALL.iter().map(|risk| risk.name()).collect();
        format!("the risks are {}", known.join(", "))
    })
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<()> {
    let making = &arguments.making;
    let job = Combine {
        inputs: arguments.inputs.clone(),
        whole_archives: arguments.whole_archive,
        helpers: arguments.helpers.clone(),
        inlining: arguments.inlining.options(making, json),
        exports: exports(arguments)?,
        level: level(making.opt_level),
        pipeline: making.optimize.map(Into::into),
        sections: !making.no_separate_sections,
        ir: making.emit_ir,
    };
    finish(&combine(&job)?, making, json)
}

/// The symbols that others see, if somebody says which.
fn exports(arguments: &Arguments) -> Result<Option<BTreeSet<String>>> {
    if arguments.exports.is_empty() && arguments.export_list.is_empty() {
        return Ok(None);
    }
    let mut exports: BTreeSet<String> = arguments.exports.iter().cloned().collect();
    for path in &arguments.export_list {
        let text = std::fs::read_to_string(path)
            .map_err(|source| CombineError::File(FileError::reading(path)(source)))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        exports.extend(lines.map(ToOwned::to_owned));
    }
    Ok(Some(exports))
}
