//! What a link would do: everything checked that can be before anything is compiled.

use crate::cached::{LinkCache, find_all};
use crate::failure::{Failure, with_warnings};
use crate::options::{Emit, Options};
use crate::ptxas::Ptxas;
use crate::target::{Target, select_all};
use crate::{Result, input, linker, native_members};
use diagnostics::Warning;
use std::fmt::Write as _;
use std::path::PathBuf;

/// What a link would do.
#[derive(Debug)]
pub struct Plan {
    /// It, for people.
    pub text: String,
    /// What is worth saying about the inputs.
    pub warnings: Vec<Warning>,
}

/// Reads and checks `inputs`, and tells for every image what it would be made of and with what.
pub fn plan_link(inputs: &[PathBuf], options: &Options) -> std::result::Result<Plan, Failure> {
    let mut warnings = Vec::new();
    let text = describe(inputs, options, &mut warnings);
    let (text, warnings) = with_warnings(text, warnings)?;
    Ok(Plan { text, warnings })
}

fn describe(inputs: &[PathBuf], options: &Options, warnings: &mut Vec<Warning>) -> Result<String> {
    let selections = select_all(&options.targets)?;
    let files = input::read_files(inputs)?;
    let cache = LinkCache::open(options, &files)?;
    let cached = find_all(cache.as_ref(), &selections, options);
    warnings.extend(cached.warnings);
    let all = input::sort(&files, &selections, options, cache.as_ref(), warnings)?;
    let mut text = String::new();
    for (selection, cached) in selections.iter().zip(&cached.reports) {
        let mut found = all.for_target(selection)?;
        let _ = writeln!(text, "image for {selection}");
        if cached.is_some() {
            let _ = writeln!(text, "  from the cache");
            continue;
        }
        native_members::take(&mut found, options)?;
        let modules = found.modules.iter().chain(&found.own).map(|source| source.origin.to_string());
        for module in modules {
            let _ = writeln!(text, "  module {module}");
        }
        for object in &found.objects {
            let _ = writeln!(text, "  object {}", object.path.display());
        }
        let tool = match selection.target {
            Target::X86_64 | Target::Amdgcn => {
                let given = options.linker.clone();
                Some(given.map_or_else(linker::find_linker, Ok)?.display().to_string())
            }
            Target::Nvptx64 if options.emit == Emit::Image => {
                let cpu = selection.cpus.first().map_or("", String::as_str);
                let ptxas = Ptxas::find(options.ptxas.as_deref(), cpu)?;
                Some(format!("{} (CUDA {})", ptxas.path.display(), ptxas.release))
            }
            Target::Nvptx64 | Target::Spirv64 => None,
        };
        if let Some(tool) = tool {
            let _ = writeln!(text, "  with {tool}");
        }
    }
    Ok(text)
}
