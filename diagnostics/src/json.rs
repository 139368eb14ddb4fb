//! Messages in rustc's JSON, as cargo hands them on to editors.
//!
//! Source: "JSON Output", The rustc book.

use crate::render::Style;
use crate::{Code, Diagnostic, Span};
use serde_json::{Value, json};

impl Diagnostic {
    /// rustc's diagnostic.
    pub fn to_json(&self) -> Value {
        let rendered = self.render(Style::PLAIN) + "\n\n";
        message(self, Some(&rendered))
    }
}

fn message(diagnostic: &Diagnostic, rendered: Option<&str>) -> Value {
    let children: Vec<_> = diagnostic.children.iter().map(|child| message(child, None)).collect();
    let spans: Vec<_> = diagnostic.span.iter().map(span).collect();
    let mut value = json!({
        "message": diagnostic.message,
        "code": diagnostic.code.map(code),
        "level": diagnostic.level,
        "spans": spans,
        "children": children,
        "rendered": rendered,
    });
    // What stands below a message has no type.
    if rendered.is_some() {
        value["$message_type"] = "diagnostic".into();
    }
    value
}

fn code(code: Code) -> Value {
    json!({ "code": code.to_string(), "explanation": code.explanation() })
}

/// Columns of JSON count characters, from 1.
fn span(span: &Span) -> Value {
    let known = span.text().zip(span.marked());
    let text = known.map(|(line, (start, end))| {
        let column = |byte: usize| line[..byte].chars().count() + 1;
        let (from, to) = (column(start), column(end));
        (json!([{ "text": line, "highlight_start": from, "highlight_end": to }]), (from, to), (start, end))
    });
    let column = span.column.max(1) as usize;
    let (text, (from, to), (start, end)) = text.unwrap_or_else(|| (json!([]), (column, column + 1), (0, 0)));
    json!({
        "file_name": span.file,
        "byte_start": span.offset() + start,
        "byte_end": span.offset() + end,
        "line_start": span.line,
        "line_end": span.line,
        "column_start": from,
        "column_end": to,
        "is_primary": true,
        "text": text,
        "label": null,
        "suggested_replacement": null,
        "suggestion_applicability": null,
        "expansion": null,
    })
}

#[cfg(test)]
mod tests {
    use crate::{Code, Diagnostic, Level, Span};

    #[test]
    fn places_codes_and_children() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/json.rs");
        let mut diagnostic =
            Diagnostic::new(Level::Error, Some(Code::OB0012), "no").at(Some(Span::new(file, 5, 5)));
        diagnostic.add(Level::Help, "yes", None);
        let value = diagnostic.to_json();
        assert_eq!(value["code"]["code"], "OB0012");
        assert_eq!(value["code"]["explanation"], Code::OB0012.explanation());
        let span = &value["spans"][0];
        let source = std::fs::read_to_string(file).expect("this file");
        let byte =
            |key: &str| span[key].as_u64().and_then(|byte| usize::try_from(byte).ok()).expect("a number");
        assert_eq!(&source[byte("byte_start")..byte("byte_end")], "crate::render::Style");
        assert_eq!(span["text"][0]["text"], "use crate::render::Style;");
        assert_eq!(
            (span["column_start"].as_u64(), span["column_end"].as_u64()),
            (Some(5), Some(25)),
            "behind `use `"
        );
        assert_eq!(value["children"][0]["level"], "help");
        assert!(value["rendered"].as_str().is_some_and(|text| text.starts_with("error[OB0012]: no\n --> ")));
    }
}
