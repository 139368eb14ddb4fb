//! What the linker step told, as messages in cargo's JSON: editors show them as they show the compiler's.

use crate::report::{Report, program_name};
use cargo_metadata::{Metadata, Package, Target};
use diagnostics::Diagnostic;
use serde_json::json;

/// A message a line, for each warning and error of a program.
pub(crate) fn lines(report: &Report, metadata: &Metadata) -> Vec<String> {
    let name = program_name(&report.program);
    let mut owners = metadata
        .packages
        .iter()
        .flat_map(|package| package.targets.iter().map(move |target| (package, target)));
    let is_owner =
        |(_, target): &(&Package, &Target)| target.name.replace('-', "_") == name.replace('-', "_");
    let Some((package, target)) = owners.find(is_owner) else { return Vec::new() };
    let line = |diagnostic: &Diagnostic| {
        json!({
            "reason": "compiler-message",
            "package_id": package.id,
            "manifest_path": package.manifest_path,
            "target": target,
            "message": diagnostic.to_json(),
        })
        .to_string()
    };
    report.diagnostics.iter().map(line).collect()
}
