//! Messages as text, in rustc's look.

use crate::{Diagnostic, Level, Span};
use std::fmt::Write as _;

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With the colours of a terminal.
    pub colors: bool,
}

const BLUE: &str = "1;34";

impl Style {
    /// Without anything but text.
    pub const PLAIN: Self = Self { colors: false };

    fn paint(self, color: &str, text: &str) -> String {
        if self.colors && !text.is_empty() { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn color_of(level: Level) -> &'static str {
        match level {
            Level::Error => "1;31",
            Level::Warning => "1;33",
            Level::Note => "1;32",
            Level::Help => "1;36",
        }
    }
}

impl Diagnostic {
    /// The message as text, without an end of line.
    pub fn render(&self, style: Style) -> String {
        let width = self.spans().map(|span| span.line.to_string().len()).max();
        let mut text = headline(self, style);
        let Some(width) = width else {
            for child in &self.children {
                let _ = write!(text, "\n{}", headline(child, style));
            }
            return text;
        };
        let margin = " ".repeat(width);
        let bar = style.paint(BLUE, "|");
        let mut has_bar = false;
        if let Some(span) = &self.span {
            has_bar = place(&mut text, span, &margin, (self.level, style));
        }
        for child in &self.children {
            if let Some(span) = &child.span {
                let _ = write!(text, "\n{}", headline(child, style));
                has_bar = place(&mut text, span, &margin, (child.level, style));
                continue;
            }
            if has_bar {
                let _ = write!(text, "\n{margin} {bar}");
                has_bar = false;
            }
            let indented = child.message.replace('\n', &format!("\n{margin}         "));
            let word = if style.colors {
                format!("\x1b[1m{}\x1b[0m", child.level)
            } else {
                child.level.word().to_owned()
            };
            let _ = write!(text, "\n{margin} {} {word}: {indented}", style.paint(BLUE, "="));
        }
        text
    }
}

/// `error[OB0012]: what`.
fn headline(diagnostic: &Diagnostic, style: Style) -> String {
    let code = diagnostic.code.map(|code| format!("[{code}]")).unwrap_or_default();
    let word = style.paint(Style::color_of(diagnostic.level), &format!("{}{code}", diagnostic.level));
    if style.colors {
        format!("{word}\x1b[1m: {}\x1b[0m", diagnostic.message)
    } else {
        format!("{word}: {}", diagnostic.message)
    }
}

/// Adds where it is, with the line of the source. Gives whether that ends with the line.
fn place(text: &mut String, span: &Span, margin: &str, (level, style): (Level, Style)) -> bool {
    let _ = write!(text, "\n{margin}{} {span}", style.paint(BLUE, "-->"));
    let (Some(line), Some((start, end))) = (span.text(), span.marked()) else { return false };
    let bar = style.paint(BLUE, "|");
    let number = style.paint(BLUE, &format!("{:<width$}", span.line, width = margin.len()));
    let shown = |text: &str| text.replace('\t', "    ");
    let before = shown(&line[..start]).chars().count();
    let marks = "^".repeat(shown(&line[start..end]).chars().count().max(1));
    let marks = style.paint(Style::color_of(level), &marks);
    let _ = write!(text, "\n{margin} {bar}\n{number} {bar} {}", shown(line).trim_end());
    let _ = write!(text, "\n{margin} {bar} {}{marks}", " ".repeat(before));
    true
}

#[cfg(test)]
mod tests {
    use super::Style;
    use crate::{Code, Diagnostic, Level, Span};

    fn example() -> Diagnostic {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/render.rs");
        let at = |line| {
            let mut span = Span::new(file, line, if line == 3 { 5 } else { 0 });
            span.file = "src/render.rs".into();
            Some(span)
        };
        let mut example = Diagnostic::new(Level::Error, Some(Code::OB0012), "`a` calls `b`").at(at(3));
        example.add(Level::Note, "that does", None);
        example.add(Level::Note, "called by `c`", at(15));
        example.add(Level::Note, "called by `d`", Some(Span::new("gone.rs", 7, 1)));
        example.add(Level::Help, "don't\nor do", None);
        example
    }

    #[test]
    fn in_rustcs_look() {
        let expected = "\
error[OB0012]: `a` calls `b`
  --> src/render.rs:3:5
   |
3  | use crate::{Diagnostic, Level, Span};
   |     ^^^^^
   |
   = note: that does
note: called by `c`
  --> src/render.rs:15
   |
15 | impl Style {
   | ^^^^^^^^^^
note: called by `d`
  --> gone.rs:7:1
   = help: don't
           or do";
        assert_eq!(example().render(Style::PLAIN), expected);
    }

    #[test]
    fn without_a_place() {
        let text = Diagnostic::of_text(Level::Warning, None, "a\nhelp: b").render(Style::PLAIN);
        assert_eq!(text, "warning: a\nhelp: b");
    }

    #[test]
    fn colors_change_nothing_else() {
        let colored = example().render(Style { colors: true });
        assert!(colored.starts_with("\x1b[1;31merror[OB0012]\x1b[0m\x1b[1m: `a` calls `b`\x1b[0m\n"));
        let mut plain = String::new();
        for part in colored.split("\x1b[") {
            plain.push_str(if plain.is_empty() && part.is_empty() {
                ""
            } else {
                part.split_once('m').map_or(part, |(_, rest)| rest)
            });
        }
        assert_eq!(plain, example().render(Style::PLAIN));
    }
}
