//! What a terminal shows: commands after `$ `, each with what it prints. A line of `...` stands for any lines, and
//! `...` in a line for any text.

/// A command, and what a document shows that it prints.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step<'t> {
    pub(crate) command: &'t str,
    pub(crate) printed: Vec<&'t str>,
}

/// The commands of a block. Blank lines mean nothing.
pub(crate) fn steps(text: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step> = Vec::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step { command, printed: Vec::new() }),
            (None, Some(step)) => step.printed.push(line),
            (None, None) => steps.push(Step { command: "true", printed: vec![line] }),
        }
    }
    steps
}

/// In front of what each command prints.
const MARK: &str = "outboard-docs-command";

/// A script of the commands that tells what is whose.
pub(crate) fn script(steps: &[Step]) -> String {
    let marked = steps.iter().map(|step| format!("echo {MARK}\n{}\n", step.command));
    format!("exec 2>&1\n{}", marked.collect::<String>())
}

/// What each command has printed, of those that were run.
pub(crate) fn outputs(printed: &str) -> Vec<&str> {
    printed.split(&format!("{MARK}\n")).skip(1).collect()
}

/// Whether `printed` is what the document shows. Shown nothing, it may be anything.
pub(crate) fn is_shown(shown: &[&str], printed: &str) -> bool {
    let printed: Vec<&str> = printed.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    shown.is_empty() || lines_match(shown, &printed)
}

fn lines_match(shown: &[&str], printed: &[&str]) -> bool {
    match (shown, printed) {
        ([], rest) => rest.is_empty(),
        ([gap, more @ ..], _) if gap.trim() == "..." => {
            (0..=printed.len()).any(|skipped| lines_match(more, &printed[skipped..]))
        }
        ([first, more @ ..], [line, rest @ ..]) => line_matches(first, line) && lines_match(more, rest),
        ([_, ..], []) => false,
    }
}

fn line_matches(shown: &str, line: &str) -> bool {
    let Some((start, pieces)) = shown.split_once("...") else { return shown == line };
    let Some(mut rest) = line.strip_prefix(start) else { return false };
    let mut pieces = pieces.split("...").peekable();
    while let Some(piece) = pieces.next() {
        let at =
            if pieces.peek().is_some() { rest.find(piece) } else { rest.strip_suffix(piece).map(str::len) };
        let Some(at) = at else { return false };
        rest = &rest[at + piece.len().min(rest.len() - at)..];
    }
    true
}

#[test]
fn commands_have_their_lines() {
    let step = |command, printed: &[&'static str]| Step { command, printed: printed.to_vec() };
    assert_eq!(steps("$ a\nb\n\nc \n$ d\n"), [step("a", &["b", "c"]), step("d", &[])]);
    assert_eq!(outputs(&format!("{MARK}\nx\ny\n{MARK}\n")), ["x\ny\n", ""]);
}

#[test]
fn dots_stand_for_anything() {
    let check = |shown: &str, printed: &str, expected: bool| {
        let shown: Vec<&str> = shown.lines().collect();
        assert_eq!(is_shown(&shown, printed), expected, "{shown:?} for {printed:?}");
    };
    check("", "anything", true);
    check("a\nb", "a\n\nb\n", true);
    check("a", "a\nb", false);
    check("a\nb", "a", false);
    check("a\n...", "a\nb\nc", true);
    check("...\nc", "a\nb\nc", true);
    check("...\nb", "a\nb\nc", false);
    check("in ...s", "in 1.5s", true);
    check("in ...s at ...", "in 1.5s at home", true);
    check("in ...s", "in 1.5m", false);
    check("in ...", "on 1", false);
}
