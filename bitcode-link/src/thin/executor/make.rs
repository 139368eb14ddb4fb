//! Jobs for GNU make: a file to include, which make writes again when a module changes.

use super::build_files::{BuildPlan, shell};
use std::fmt::Write as _;

/// The file.
pub(super) fn text(plan: &BuildPlan<'_>) -> String {
    let mut text = String::from(
        "# Written by `bitcode-link thin --executor=make`. Include it at the end of a makefile, or run it by itself:\n\
         # make writes it again when a module has changed, and runs the back ends of what that concerns.\n",
    );
    let objects: Vec<String> = plan.objects().into_iter().map(path).collect();
    let _ = writeln!(text, "THIN_OBJECTS := {}\n\n.PHONY: thin-objects", objects.join(" "));
    let _ = writeln!(text, "thin-objects: $(THIN_OBJECTS)\n");
    let inputs: Vec<String> = plan.inputs.iter().map(path).collect();
    let thin_link = command(plan.files.command);
    let _ = writeln!(text, "{}: {}\n\t{thin_link}\n", path(&plan.main_file), inputs.join(" "));
    for job in &plan.jobs {
        // Without prerequisites: made only where somebody has removed it.
        let _ = writeln!(text, "{}:\n\t{thin_link}\n", path(&job.index));
        let needs: Vec<String> =
            [&job.module, &job.index].into_iter().chain(&job.imports).map(path).collect();
        let mut words = plan.backend.clone();
        words.extend([job.module.clone(), format!("--index={}", job.index)]);
        words.extend(["-o".to_owned(), job.object.clone()]);
        let _ = writeln!(text, "{}: {}\n\t{}\n", path(&job.object), needs.join(" "), command(&words));
    }
    if let Some((output, words)) = &plan.files.link {
        let output = path(output.display().to_string());
        let natives: Vec<String> = plan.natives().map(path).collect();
        let needs = ["$(THIN_OBJECTS)".to_owned()].into_iter().chain(natives).collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "{output}: {needs}\n\t{}", command(words));
    }
    text
}

/// A command, with what make would take for a variable.
fn command(words: &[String]) -> String {
    shell(words).replace('$', "$$")
}

/// A path where make reads names of files.
fn path(path: impl AsRef<str>) -> String {
    let mut quoted = String::new();
    for c in path.as_ref().chars() {
        match c {
            '$' => quoted.push_str("$$"),
            ' ' | '#' | ':' | '%' | '\\' => quoted.extend(['\\', c]),
            _ => quoted.push(c),
        }
    }
    quoted
}
