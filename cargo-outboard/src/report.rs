//! What the linker step has told of programs: the summary of a build, and its errors without rustc's around them.

use diagnostics::{Code, Diagnostic, Level};
use serde::Deserialize;
use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// What is told of one link.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) program: PathBuf,
    pub(crate) kernels: Vec<Kernel>,
    pub(crate) images: Vec<Image>,
    #[serde(default)]
    pub(crate) stayed: Vec<Stayed>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Whether nothing was linked.
    pub(crate) fn failed(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }
}

/// A kernel that no image has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Stayed {
    /// Its Rust name.
    pub(crate) name: String,
    /// Why it runs on the CPU alone.
    pub(crate) reason: String,
    /// What explains that.
    #[serde(default)]
    pub(crate) code: Option<Code>,
}

/// One kernel.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Kernel {
    /// Its Rust name.
    pub(crate) name: String,
    /// Its name in images.
    pub(crate) symbol: String,
}

impl Kernel {
    /// Whether it is the crate outboard's own, by which that finds out whether a device works.
    fn is_probe(&self) -> bool {
        self.name.starts_with("outboard::launch::offer::")
    }
}

/// One image.
#[derive(Debug, Deserialize)]
pub(crate) struct Image {
    pub(crate) triple: String,
    pub(crate) arch: String,
    pub(crate) size: u64,
}

impl Image {
    /// What its triple begins with.
    pub(crate) fn architecture(&self) -> &str {
        self.triple.split('-').next().unwrap_or_default()
    }

    /// `x86_64`, `nvptx64 sm_90`.
    fn device(&self) -> String {
        [self.architecture(), &self.arch].join(" ").trim_end().to_owned()
    }
}

/// The folder of reports in cargo's target folder.
pub(crate) fn folder(target: &Path) -> PathBuf {
    target.join("outboard")
}

/// What the files with images end in.
const CONTAINER: &str = "offload";

/// The reports in a folder, that of a run or that of all, in the order of their names.
pub(crate) fn all(folder: &Path) -> Vec<Report> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_report = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(is_report).collect();
    files.sort();
    let parse = |path: &PathBuf| serde_json::from_slice(&fs::read(path).ok()?).ok();
    files.iter().filter_map(parse).collect()
}

/// The one line at the end of a build; none where nothing was linked that launches.
pub(crate) fn summary(reports: &[Report]) -> Option<String> {
    let made: Vec<_> = reports.iter().filter(|report| !report.failed()).collect();
    let (kernels, size) = made.iter().fold((0, 0), |(kernels, size), report| {
        let images: u64 = report.images.iter().map(|image| image.size).sum();
        (kernels + report.kernels.iter().filter(|kernel| !kernel.is_probe()).count(), size + images)
    });
    let mut devices: Vec<String> = Vec::new();
    for image in made.iter().flat_map(|report| &report.images) {
        if !devices.contains(&image.device()) {
            devices.push(image.device());
        }
    }
    let programs = match &*made {
        [] => return None,
        [one] => format!("`{}`", program_name(&one.program)),
        many => format!("{} programs", many.len()),
    };
    let mut text = match kernels {
        0 => format!("no kernels in {programs}"),
        _ => {
            let plural = if kernels == 1 { "" } else { "s" };
            format!("{kernels} kernel{plural} in {programs}, for {}: {}", devices.join(", "), bytes(size))
        }
    };
    let mut stayed: Vec<String> = Vec::new();
    for Stayed { name, reason, code } in made.iter().flat_map(|report| &report.stayed) {
        let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
        let one = format!("`{name}`, which {reason}{code}");
        if !stayed.contains(&one) {
            stayed.push(one);
        }
    }
    if !stayed.is_empty() {
        text.push_str(&format!("; on the host stayed {}", stayed.join(", ")));
    }
    Some(text)
}

/// A program's name without the hash that cargo gives it.
pub(crate) fn program_name(program: &Path) -> String {
    const HASH: usize = 16;
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    match name.rsplit_once('-') {
        Some((name, hash)) if hash.len() == HASH && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            name.to_owned()
        }
        _ => name.into_owned(),
    }
}

fn bytes(count: u64) -> String {
    const KIB: u64 = 1024;
    if count < KIB {
        return format!("{count} bytes");
    }
    // Tenths, rounded down: figures that are exact are in the report.
    let (unit, tenths) =
        if count < KIB * KIB { ("KiB", count * 10 / KIB) } else { ("MiB", count * 10 / (KIB * KIB)) };
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// The program of that name that was linked last, or simply the last one.
pub(crate) fn latest(folder: &Path, name: Option<&str>) -> Option<(Report, PathBuf)> {
    let entries = fs::read_dir(folder).ok()?;
    let read = |path: PathBuf| {
        let changed = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok()?;
        let report: Report = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
        let container = path.with_extension(CONTAINER);
        let wanted = name.is_none_or(|name| program_name(&report.program) == name);
        (wanted && container.is_file()).then_some((changed, report, container))
    };
    let reports = entries.flatten().map(|entry| entry.path());
    let reports = reports.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let (_, report, container) = reports.filter_map(read).max_by_key(|(changed, ..)| *changed)?;
    Some((report, container))
}

/// Columns of the word in front of cargo's status lines.
pub(crate) const WORD: usize = 12;

/// How status lines are written: as cargo's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) colors: bool,
}

impl Style {
    /// What cargo would do: `--color`, `CARGO_TERM_COLOR`, `NO_COLOR`, and whether somebody looks.
    pub(crate) fn find(option: Option<&str>) -> Self {
        let variable = std::env::var("CARGO_TERM_COLOR").ok();
        let colors = match option.or(variable.as_deref()) {
            Some("always") => true,
            Some("never") => false,
            _ => std::env::var_os("NO_COLOR").is_none() && std::io::stderr().is_terminal(),
        };
        Self { colors }
    }

    /// A line with a word in front, in cargo's columns.
    pub(crate) fn status(self, word: &str, text: &str) -> String {
        if self.colors {
            format!("\x1b[1;32m{word:>WORD$}\x1b[0m {text}")
        } else {
            format!("{word:>WORD$} {text}")
        }
    }

    /// The same for what is not done yet, in the color of cargo's own.
    pub(crate) fn progress(self, word: &str, text: &str) -> String {
        if self.colors {
            format!("\x1b[1;36m{word:>WORD$}\x1b[0m {text}")
        } else {
            format!("{word:>WORD$} {text}")
        }
    }

    /// For messages.
    pub(crate) fn of_messages(self) -> diagnostics::Style {
        diagnostics::Style { colors: self.colors }
    }
}

#[cfg(test)]
mod tests {
    use super::{Image, Kernel, Report, Stayed, Style, bytes, summary};
    use diagnostics::{Code, Diagnostic, Level};

    fn report(program: &str, kernels: usize, images: &[(&str, &str, u64)]) -> Report {
        let image = |&(triple, arch, size): &(&str, &str, u64)| Image {
            triple: triple.into(),
            arch: arch.into(),
            size,
        };
        let kernel = Kernel { name: "app::k".into(), symbol: "k".into() };
        Report {
            program: program.into(),
            kernels: vec![kernel; kernels],
            images: images.iter().map(image).collect(),
            stayed: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    #[test]
    fn the_summary_is_one_line() {
        let host = ("x86_64-unknown-linux-gnu", "", 2048);
        let one = report("target/deps/app-0123456789abcdef", 1, &[host]);
        assert_eq!(summary(&[one]).as_deref(), Some("1 kernel in `app`, for x86_64: 2.0 KiB"));
        let gpu = ("nvptx64-nvidia-cuda", "sm_90", 100);
        let many = [report("a", 2, &[host, gpu]), report("b", 3, &[host])];
        assert_eq!(
            summary(&many).as_deref(),
            Some("5 kernels in 2 programs, for x86_64, nvptx64 sm_90: 4.0 KiB")
        );
        let error = Diagnostic::new(Level::Error, None, "no");
        let failed = Report { diagnostics: vec![error], ..report("a", 0, &[]) };
        assert_eq!(summary(&[failed]), None);
    }

    #[test]
    fn the_summary_tells_what_stayed_on_the_host() {
        let stayed =
            |name: &str| Stayed { name: name.into(), reason: "prints".into(), code: Some(Code::OB0012) };
        let host = ("x86_64-unknown-linux-gnu", "", 2048);
        let some = Report { stayed: vec![stayed("dep::f")], ..report("a", 1, &[host]) };
        let text = "1 kernel in `a`, for x86_64: 2.0 KiB; on the host stayed `dep::f`, which prints (OB0012)";
        assert_eq!(summary(&[some]).as_deref(), Some(text));
        let none = Report { stayed: vec![stayed("f"), stayed("g"), stayed("f")], ..report("a", 0, &[]) };
        let text =
            "no kernels in `a`; on the host stayed `f`, which prints (OB0012), `g`, which prints (OB0012)";
        assert_eq!(summary(&[none]).as_deref(), Some(text));
    }

    #[test]
    fn sizes() {
        assert_eq!(bytes(1023), "1023 bytes");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(3 << 20), "3.0 MiB");
    }

    #[test]
    fn lines_look_like_cargos() {
        assert_eq!(Style { colors: false }.status("Outboard", "x"), "    Outboard x");
        assert_eq!(Style { colors: true }.status("Outboard", "x"), "\x1b[1;32m    Outboard\x1b[0m x");
    }
}
