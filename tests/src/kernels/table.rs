//! The tables of the matrix: what works where, and a run's results.

use super::build::MODES;
use super::matrix::{Cell, Outcome};
use super::{Kernel, TARGETS, Target};

/// What stands in front of the table in docs/targets.md.
pub const BEGIN: &str = "<!-- table: begin -->";
/// What stands behind it.
pub const END: &str = "<!-- table: end -->";

/// The table of docs/targets.md, out of the manifests that the matrix holds kernels against.
pub fn works_where(kernels: &[Kernel]) -> String {
    let mut lines = vec![
        format!("| kernel | what is in it | {} |", TARGETS.map(|target| target.name).join(" | ")),
        format!("|---|---|{}", "---|".repeat(TARGETS.len())),
    ];
    for kernel in kernels {
        let name = kernel.source.file_name().expect("a file").to_string_lossy();
        let cells = TARGETS.map(|target| match (kernel.refusal(target), target.name) {
            (Some(_), _) => "refused",
            (None, "x86_64" | "spirv64") if kernel.runs(target) => "runs",
            (None, _) => "links",
        });
        lines.push(format!("| {name} | {} | {} |", kernel.summary, cells.join(" | ")));
    }
    lines.join("\n") + "\n"
}

/// How many kernels ran, were linked, refused and went wrong, for each target and mode.
pub fn summary(cells: &[Cell<'_>]) -> String {
    let mut rows = vec![["target", "mode", "ran", "linked", "refused", "wrong"].map(str::to_owned)];
    for target in TARGETS {
        for mode in MODES {
            let of = |wanted: fn(&Outcome) -> bool| {
                let here = cells.iter().filter(|cell| cell.target == target && cell.mode == mode);
                here.filter(|cell| wanted(&cell.outcome)).count()
            };
            let counts = [
                of(|outcome| *outcome == Outcome::Ran),
                of(|outcome| *outcome == Outcome::Linked),
                of(|outcome| *outcome == Outcome::Refused),
                of(|outcome| matches!(outcome, Outcome::Wrong(_))),
            ];
            if counts.iter().any(|count| *count > 0) {
                let [ran, linked, refused, wrong] = counts.map(|count| count.to_string());
                rows.push([target.name.to_owned(), mode.name.to_owned(), ran, linked, refused, wrong]);
            }
        }
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let line = |row: &[String; 6]| {
        let cells: Vec<_> =
            row.iter().enumerate().map(|(column, cell)| format!("{cell:0$}", width(column))).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The cells that went wrong, a line each.
pub fn failures(cells: &[Cell<'_>]) -> Vec<String> {
    let line = |cell: &Cell<'_>| match &cell.outcome {
        Outcome::Wrong(why) => Some(format!("{}: {why}", title(cell.kernel, cell.target, cell.mode.name))),
        _ => None,
    };
    cells.iter().filter_map(line).collect()
}

/// What a cell is called.
pub fn title(kernel: &Kernel, target: Target, mode: &str) -> String {
    format!("{} for {}, {mode}", kernel.name, target.name)
}
