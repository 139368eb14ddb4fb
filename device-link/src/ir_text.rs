//! IR as text, cut down to what one function needs: it and what it calls first, and behind them all that they
//! refer to, so that what is left is a module still.

use std::collections::{HashMap, HashSet, VecDeque};

/// Where a module's text begins. Several stand one behind the other where an image was compiled in parts.
pub(crate) const MODULE: &str = "; ModuleID = ";

/// One definition of a module.
struct Item<'t> {
    lines: Vec<&'t str>,
    is_function: bool,
}

/// What `function` needs of the module in `text` that defines it; nothing where none does.
pub(crate) fn needed_by(text: &str, function: &str) -> Option<String> {
    let starts: Vec<_> = text.match_indices(MODULE).map(|(start, _)| start).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let modules = starts.iter().zip(ends).map(|(start, end)| &text[*start..end]);
    let whole = starts.is_empty().then_some(text);
    modules.chain(whole).find_map(|module| Module::parse(module).needed_by(function))
}

/// A module's text, taken apart.
struct Module<'t> {
    /// What it says about itself.
    head: Vec<&'t str>,
    items: Vec<Item<'t>>,
    /// Items by their names, each with its sigil.
    names: HashMap<&'t str, usize>,
}

impl<'t> Module<'t> {
    fn parse(text: &'t str) -> Self {
        let mut module = Self { head: Vec::new(), items: Vec::new(), names: HashMap::new() };
        let mut in_function = false;
        for line in text.lines() {
            if in_function {
                if let Some(item) = module.items.last_mut() {
                    item.lines.push(line);
                }
                in_function = line != "}";
                continue;
            }
            let is_head = ["target ", "source_filename", MODULE].iter().any(|start| line.starts_with(start));
            if is_head {
                module.head.push(line);
                continue;
            }
            let is_function = line.starts_with("define ");
            let name = match line.split(' ').next() {
                Some("define" | "declare") => names_in(line).find(|name| name.starts_with('@')),
                Some("attributes") => names_in(line).next(),
                _ => names_in(line).next().filter(|name| line.starts_with(name)),
            };
            let Some(name) = name else { continue };
            module.names.insert(name, module.items.len());
            module.items.push(Item { lines: vec![line], is_function });
            in_function = is_function;
        }
        module
    }

    fn needed_by(&self, function: &str) -> Option<String> {
        let first = ["@{}", "@\"{}\""].map(|form| form.replace("{}", function));
        let first = first.iter().find_map(|name| self.names.get(name.as_str()))?;
        if !self.items[*first].is_function {
            return None;
        }
        let mut found = HashSet::from([*first]);
        let mut open = VecDeque::from([*first]);
        let mut order = Vec::new();
        while let Some(at) = open.pop_front() {
            order.push(at);
            let named = self.items[at].lines.iter().flat_map(|line| names_in(line));
            let comdat =
                |name: &str| self.names.iter().find(|(known, _)| known.strip_prefix('$') == Some(name));
            let names: Vec<_> = named.filter_map(|name| self.names.get(name)).copied().collect();
            let own = names_in(self.items[at].lines[0]).find_map(|name| name.strip_prefix('@'));
            let group = own.and_then(comdat).map(|(_, group)| *group);
            open.extend(names.into_iter().chain(group).filter(|item| found.insert(*item)));
        }
        let (functions, mut others): (Vec<usize>, Vec<usize>) =
            order.into_iter().partition(|item| self.items[*item].is_function);
        others.sort_unstable();
        let mut text = self.head.join("\n") + "\n";
        for item in functions {
            text.push_str(&format!("\n{}\n", self.items[item].lines.join("\n")));
        }
        text.push('\n');
        for item in others {
            text.push_str(&format!("{}\n", self.items[item].lines.join("\n")));
        }
        Some(text)
    }
}

/// The names in a line, each with its sigil: of globals, types, groups of attributes, metadata and comdats. What
/// stands in a text constant is none.
fn names_in(line: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-$._\\".contains(c);
    let mut rest = line;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(['@', '%', '#', '!', '$', '"'])?;
            let (sigil, tail) = rest[start..].split_at(1);
            if sigil == "\"" {
                rest = tail.split_once('"')?.1;
                continue;
            }
            let length = match tail.strip_prefix('"') {
                Some(quoted) => quoted.find('"')? + 2,
                None => tail.find(|c| !is_name(c)).unwrap_or(tail.len()),
            };
            rest = &tail[length..];
            if length > 0 {
                let at = line.len() - rest.len() - length - 1;
                return Some(&line[at..line.len() - rest.len()]);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{names_in, needed_by};

    const TEXT: &str = "; ModuleID = 'other'\ndeclare void @k()\n; ModuleID = 'a'\nsource_filename = \"a\"\n\
        target triple = \"x\"\n\n%T = type { i8 }\n%U = type { i8 }\n$\"a b\" = comdat any\n\
        @text = constant [2 x i8] c\"@z\"\n@z = constant i8 0\n\ndefine void @other() {\n  ret void\n}\n\n\
        define void @\"a b\"() comdat #1 {\n  ret void\n}\n\ndefine void @k(ptr %p) #0 {\n  \
        load %T, ptr @text, !range !3\n  call void @\"a b\"()\n  ret void\n}\n\nattributes #0 = { nounwind }\n\
        attributes #1 = { cold }\nattributes #2 = { hot }\n!3 = !{i8 0, i8 2}\n!4 = !{}\n";

    #[test]
    fn a_function_with_all_that_it_needs() {
        assert_eq!(
            needed_by(TEXT, "k").expect("it is there"),
            "; ModuleID = 'a'\nsource_filename = \"a\"\ntarget triple = \"x\"\n\n\
             define void @k(ptr %p) #0 {\n  load %T, ptr @text, !range !3\n  call void @\"a b\"()\n  ret void\n}\n\n\
             define void @\"a b\"() comdat #1 {\n  ret void\n}\n\n\
             %T = type { i8 }\n@text = constant [2 x i8] c\"@z\"\nattributes #0 = { nounwind }\n\
             attributes #1 = { cold }\n!3 = !{i8 0, i8 2}\n"
                .replace("%T = type { i8 }\n", "%T = type { i8 }\n$\"a b\" = comdat any\n")
        );
        assert_eq!(needed_by(TEXT, "text"), None);
        assert_eq!(needed_by(TEXT, "missing"), None);
    }

    #[test]
    fn names_have_their_sigils() {
        let line = "call @\"a b\"(ptr %x, c\"@no\") #12, !dbg !7 ; $c";
        assert_eq!(names_in(line).collect::<Vec<_>>(), ["@\"a b\"", "%x", "#12", "!dbg", "!7", "$c"]);
    }
}
