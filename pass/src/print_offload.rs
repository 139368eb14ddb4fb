//! `print<offload;format=text|json|plan>`: what a module launches and embeds, on standard error like LLVM's own
//! printers. The format `plan` is what host-codegen's program takes.

use crate::error::Error;
use crate::find_launches::find_launches;
use crate::options::{self, Options};
use crate::pass_text;
use crate::plan_host::plan_host;
use crate::report::Report;
use abi::{entry_points, names};
use host_codegen::plan::{LaunchPlan, Scalar};
use inkwell::module::Module;
use llvm_plugin::instruction::{self, FunctionUse};
use llvm_plugin::{LlvmModulePass, ModuleAnalysisManager, PreservedAnalyses};
use serde::Serialize;
use std::fmt::Write as _;

const NAME: &str = "print<offload";
const FORMAT: &str = "format";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
    Plan,
}

const FORMATS: [(&str, Format); 3] = [("text", Format::Text), ("json", Format::Json), ("plan", Format::Plan)];

/// The pass.
pub(crate) struct PrintOffload {
    text: String,
    format: Result<(Format, Options), Error>,
}

impl PrintOffload {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let parameters = text.strip_prefix(NAME)?.strip_suffix('>')?;
        if !parameters.is_empty() && !parameters.starts_with(';') {
            return None;
        }
        Some(Self { text: text.to_owned(), format: parse_format(parameters) })
    }
}

/// `format=…`, and for the plan the parameters of offload-host.
fn parse_format(parameters: &str) -> Result<(Format, Options), Error> {
    let (mut format, mut rest) = (Format::Text, Vec::new());
    for (key, value) in pass_text::split(parameters) {
        if key != FORMAT {
            rest.push(format!("{key}={}", pass_text::encode(&value)));
            continue;
        }
        let known = FORMATS.iter().find(|(name, _)| *name == value);
        format = known.map(|(_, format)| *format).ok_or_else(|| Error::BadValue {
            parameter: FORMAT.into(),
            value,
            known: FORMATS.map(|(name, _)| name).join(", "),
        })?;
    }
    let known: &[&str] = if format == Format::Plan { options::HOST } else { &[FORMAT] };
    Options::parse(&rest.join(";"), known).map(|options| (format, options))
}

/// Everything that is printed about a module.
#[derive(Serialize)]
struct Summary {
    module: String,
    /// Launches that are still to be rewritten.
    launches: Vec<LaunchPlan>,
    /// Calls that an earlier run kept as fallbacks, by function.
    fallbacks: Vec<String>,
    /// Runtime calls that launch a kernel, by function.
    runtime_launches: Vec<String>,
    /// Kernels and globals that others entered.
    entries: Vec<Entry>,
    images: Vec<EmbeddedImage>,
}

#[derive(Serialize)]
struct Entry {
    symbol: String,
    size: u64,
}

#[derive(Serialize)]
struct EmbeddedImage {
    container: String,
    triple: String,
    arch: String,
    bytes: u64,
}

fn summarise(module: &Module<'_>) -> Result<Summary, Report> {
    let launches = find_launches(module)?;
    let mut report = Report::default();
    let (plan, _) = plan_host(&launches, &Options::default(), &mut report);
    report.or(())?;
    let fallbacks = launches.iter().filter(|l| l.is_fallback).map(|l| l.function.clone());
    let entries = host_codegen::find_entries(module).into_iter();
    Ok(Summary {
        module: module.get_name().to_string_lossy().into_owned(),
        launches: plan.launches,
        fallbacks: fallbacks.collect(),
        runtime_launches: runtime_launches(module),
        entries: entries.map(|e| Entry { size: e.size(), symbol: e.symbol }).collect(),
        images: embedded_images(module),
    })
}

fn runtime_launches(module: &Module<'_>) -> Vec<String> {
    let Some(function) = module.get_function(entry_points::TARGET_KERNEL) else { return Vec::new() };
    let calls = instruction::uses_of(function).into_iter().filter_map(|used| match used {
        FunctionUse::Callee(call) => call.get_parent()?.get_parent(),
        _ => None,
    });
    let mut callers: Vec<String> = calls.map(|f| f.get_name().to_string_lossy().into_owned()).collect();
    callers.sort();
    callers
}

fn embedded_images(module: &Module<'_>) -> Vec<EmbeddedImage> {
    let image = |node: inkwell::values::MetadataValue<'_>| {
        let values = node.get_node_values().unwrap_or_default();
        let string = |index: usize| -> Option<String> {
            let value = values.get(index)?;
            let text = value.is_metadata_value().then(|| value.into_metadata_value())?;
            Some(String::from_utf8_lossy(text.get_string_value()?).into_owned())
        };
        let bytes =
            values.get(3).filter(|v| v.is_int_value())?.into_int_value().get_zero_extended_constant()?;
        Some(EmbeddedImage { container: string(0)?, triple: string(1)?, arch: string(2)?, bytes })
    };
    module.get_global_metadata(names::EMBEDDED_METADATA).into_iter().filter_map(image).collect()
}

impl Summary {
    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        writeln!(text, "offload of module '{}':", self.module)?;
        for launch in &self.launches {
            write_launch(&mut text, launch)?;
        }
        for function in &self.fallbacks {
            writeln!(text, "  fallback in @{function}")?;
        }
        for function in &self.runtime_launches {
            writeln!(text, "  runtime launch in @{function}")?;
        }
        for Entry { symbol, size } in &self.entries {
            writeln!(text, "  entry {symbol}{}", if *size == 0 { " (kernel)" } else { "" })?;
        }
        for EmbeddedImage { container, triple, arch, bytes } in &self.images {
            let arch = if arch.is_empty() { "any" } else { arch };
            writeln!(text, "  image {triple} ({arch}), {bytes} bytes, in {container}")?;
        }
        Ok(text)
    }
}

fn write_launch(text: &mut String, launch: &LaunchPlan) -> std::fmt::Result {
    let scalar = |s: Scalar| match s {
        Scalar::Constant(value) => value.to_string(),
        Scalar::Operand { operand } => format!("operand {operand}"),
    };
    let dims = |d: [Scalar; 3]| d.map(scalar).join(" x ");
    write!(text, "  launch of {} in @{}", launch.kernel, launch.site.function)?;
    if let Some(at) = &launch.location {
        write!(text, " at {}:{}:{}", at.file, at.line, at.column)?;
    }
    writeln!(
        text,
        ": device {}, grid {}, block {}, {} shared bytes",
        scalar(launch.device),
        dims(launch.grid),
        dims(launch.block),
        scalar(launch.shared_bytes)
    )?;
    for (index, argument) in launch.arguments.iter().enumerate() {
        writeln!(text, "    argument {index}: {}, {} bytes", argument.map, scalar(argument.size))?;
    }
    Ok(())
}

impl PrintOffload {
    fn render(&self, module: &Module<'_>) -> Result<String, Report> {
        let (format, options) = self.format.as_ref().map_err(Report::error)?;
        match format {
            Format::Text => summarise(module)?.text().map_err(Report::error),
            Format::Json => to_json(&summarise(module)?),
            Format::Plan => {
                let mut report = Report::default();
                let (plan, _) = plan_host(&find_launches(module)?, options, &mut report);
                report.or(())?;
                to_json(&plan)
            }
        }
    }
}

fn to_json(value: &impl Serialize) -> Result<String, Report> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(Report::error)
}

impl LlvmModulePass for PrintOffload {
    #[expect(clippy::print_stderr, reason = "it is a printer, and LLVM's printers write there")]
    fn run_pass(&self, module: &mut Module<'_>, _: &ModuleAnalysisManager) -> PreservedAnalyses {
        match self.render(module) {
            Ok(text) => eprint!("{text}"),
            Err(report) => report.emit(module, "print<offload>"),
        }
        PreservedAnalyses::All
    }

    fn pipeline_text(&self) -> String {
        self.text.clone()
    }
}
