//! Jobs for Ninja: a file to include, and one that says after each thin link which modules are imported from.

use super::build_files::{BuildPlan, shell};
use std::fmt::Write as _;

/// The file that says who imports from whom. Ninja reads it while it builds ("dyndep", since Ninja 1.10).
pub(super) const IMPORTS: &str = "thin.dd";

/// The file.
pub(super) fn text(plan: &BuildPlan<'_>) -> String {
    let imports = path(plan.files.folder.join(IMPORTS).display().to_string());
    let mut text =
        String::from("# Written by `bitcode-link thin --executor=ninja`. Include it with `subninja`.\n");
    let _ = writeln!(text, "ninja_required_version = 1.10\n");
    rule(&mut text, "thin_link", &command(plan.files.command), "thin link");
    // What is as it was is not written, and what is not written concerns nobody.
    text.push_str("  restat = 1\n\n");
    let backend = format!("{} $in --index=$index -o $out", command(&plan.backend));
    rule(&mut text, "thin_backend", &backend, "thin back end $out");
    text.push('\n');
    let inputs = paths(plan.inputs.iter().map(String::as_str));
    let made =
        paths(plan.jobs.iter().map(|job| job.index.as_str()).chain(plan.ready.iter().map(String::as_str)));
    let _ = writeln!(text, "build {imports} | {made}: thin_link {inputs}\n");
    for job in &plan.jobs {
        let (object, module, index) = (path(&job.object), path(&job.module), path(&job.index));
        let _ = writeln!(text, "build {object}: thin_backend {module} | {index} || {imports}");
        let _ = writeln!(
            text,
            "  dyndep = {imports}\n  index = {}\n",
            shell(std::slice::from_ref(&job.index)).replace('$', "$$")
        );
    }
    let objects = paths(plan.objects().into_iter());
    let _ = writeln!(text, "build thin-objects: phony {objects}");
    if let Some((output, words)) = &plan.files.link {
        text.push('\n');
        rule(&mut text, "thin_output", &command(words), "link $out");
        let natives = plan.natives().map(path).collect::<Vec<_>>().join(" ");
        let output = path(output.display().to_string());
        let _ = writeln!(text, "\nbuild {output}: thin_output {objects} {natives}");
    }
    text
}

/// The file that says who imports from whom.
pub(super) fn imports(plan: &BuildPlan<'_>) -> String {
    let mut text = String::from("ninja_dyndep_version = 1\n");
    for job in &plan.jobs {
        let imports = paths(job.imports.iter().map(String::as_str));
        let bar = if imports.is_empty() { "" } else { " | " };
        let _ = writeln!(text, "build {}: dyndep{bar}{imports}", path(&job.object));
    }
    text
}

fn rule(text: &mut String, name: &str, command: &str, description: &str) {
    let _ = writeln!(text, "rule {name}\n  command = {command}\n  description = {description}");
}

/// A command, with what Ninja would take for a variable.
fn command(words: &[String]) -> String {
    shell(words).replace('$', "$$")
}

fn paths<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.map(path).collect::<Vec<_>>().join(" ")
}

/// A path where Ninja reads names of files.
fn path(path: impl AsRef<str>) -> String {
    path.as_ref().replace('$', "$$").replace(' ', "$ ").replace(':', "$:")
}
