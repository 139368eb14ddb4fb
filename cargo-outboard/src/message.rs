//! What the linker step told, as messages in cargo's JSON: editors show them as they show the compiler's.

use crate::report::{Report, program_name};
use cargo_metadata::{Metadata, Package, Target};
use serde_json::{Value, json};

/// A message a line, for each warning and error of a program.
pub(crate) fn lines(report: &Report, metadata: &Metadata) -> Vec<String> {
    let warnings = report.warnings.iter().map(|text| ("warning", text.as_str()));
    // Several kernels' errors are one text.
    let errors = report.error.iter().flat_map(|text| text.split("\nerror: ")).map(|text| ("error", text));
    let name = program_name(&report.program);
    let mut owners = metadata
        .packages
        .iter()
        .flat_map(|package| package.targets.iter().map(move |target| (package, target)));
    let is_owner =
        |(_, target): &(&Package, &Target)| target.name.replace('-', "_") == name.replace('-', "_");
    let Some((package, target)) = owners.find(is_owner) else { return Vec::new() };
    let line = |(level, text): (&str, &str)| {
        json!({
            "reason": "compiler-message",
            "package_id": package.id,
            "manifest_path": package.manifest_path,
            "target": target,
            "message": diagnostic(level, text),
        })
        .to_string()
    };
    warnings.chain(errors).map(line).collect()
}

/// rustc's diagnostic for a text: headline, ` --> file:line:column`, and more.
fn diagnostic(level: &str, text: &str) -> Value {
    let mut lines = text.lines();
    let headline = lines.next().unwrap_or_default();
    let mut spans = Vec::new();
    let mut children = Vec::new();
    for line in lines {
        if let Some(place) = line.trim_start().strip_prefix("--> ") {
            spans.extend(span(place));
            continue;
        }
        let line = line.trim_start().trim_start_matches("= ");
        let (level, text) = match line.split_once(": ") {
            Some((level @ ("help" | "note"), text)) => (level, text),
            _ => ("note", line),
        };
        children.push(json!({
            "message": text, "code": null, "level": level, "spans": [], "children": [], "rendered": null,
        }));
    }
    json!({
        "$message_type": "diagnostic",
        "message": headline,
        "code": null,
        "level": level,
        "spans": spans,
        "children": children,
        "rendered": format!("{level}: {text}\n"),
    })
}

/// A place in the source, `file:line:column` or `file:line`, as a span of one character.
fn span(place: &str) -> Option<Value> {
    let (before, last) = place.rsplit_once(':')?;
    let last: u64 = last.parse().ok()?;
    let whole =
        before.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse::<u64>().ok()?, last)));
    let (file, line, column) = whole.unwrap_or((before, last, 1));
    Some(json!({
        "file_name": file, "byte_start": 0, "byte_end": 0, "line_start": line, "line_end": line,
        "column_start": column, "column_end": column + 1, "is_primary": true, "text": [], "label": null,
        "suggested_replacement": null, "suggestion_applicability": null, "expansion": null,
    }))
}

#[cfg(test)]
mod tests {
    use super::{diagnostic, span};

    #[test]
    fn places_have_a_column_or_not() {
        let place = |text: &str| {
            span(text).map(|span| {
                (span["file_name"].clone(), span["line_start"].clone(), span["column_start"].clone())
            })
        };
        assert_eq!(place("src/a.rs:3:7"), Some(("src/a.rs".into(), 3.into(), 7.into())));
        assert_eq!(place("src/a.rs:3"), Some(("src/a.rs".into(), 3.into(), 1.into())));
        assert_eq!(place("src/a.rs"), None);
    }

    #[test]
    fn texts_become_diagnostics() {
        let text = "`app::twice` calls `std::io::_print`, which can't run on a device\n  --> src/main.rs:6:5\n  \
                    = help: keep what runs on a device from calling it\n  = in kernel `k`, launched at src/main.rs:2:9";
        let value = diagnostic("error", text);
        let parsed: cargo_metadata::diagnostic::Diagnostic =
            serde_json::from_value(value).expect("rustc's shape");
        assert_eq!(parsed.message, "`app::twice` calls `std::io::_print`, which can't run on a device");
        let span = &parsed.spans[0];
        assert_eq!((&*span.file_name, span.line_start, span.column_start), ("src/main.rs", 6, 5));
        assert_eq!(parsed.children[0].message, "keep what runs on a device from calling it");
        assert_eq!(parsed.children[1].message, "in kernel `k`, launched at src/main.rs:2:9");
        assert_eq!(parsed.rendered.as_deref(), Some(&*format!("error: {text}\n")));
    }
}
