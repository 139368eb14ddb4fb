//! What keeps the command from its work, each with what helps.

use diagnostics::Code;
use std::path::PathBuf;

/// What functions return.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// A failure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("can't run `{program}`\nhelp: {help}")]
    Run { program: String, help: &'static str, source: std::io::Error },
    #[error("`{program}` failed: {text}")]
    Failed { program: String, text: String },
    #[error("can't read `{}`", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("can't write `{}`", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("cargo can't tell about this project")]
    Metadata { source: cargo_metadata::Error },
    #[error("`{program}` printed what can't be read")]
    Json { program: String, source: serde_json::Error },
    #[error(
        "the plugin is for LLVM {wanted}, and rustc {rustc} has LLVM {found}\n\
         help: install a toolchain whose LLVM is {wanted} and name it: `rustup toolchain install 1.95.0`, then \
         `cargo +1.95.0 outboard ...`"
    )]
    OtherLlvm { rustc: String, found: String, wanted: u32 },
    #[error("`{rustc} -vV` does not tell its {what}\nhelp: `RUSTC` and `build.rustc` may name no rustc")]
    NoVersion { rustc: String, what: &'static str },
    #[error(
        "`{file}` is missing: looked in {places}\n\
         help: it belongs beside cargo-outboard; `OUTBOARD_TOOLS` names another folder"
    )]
    NoPart { file: &'static str, places: String },
    #[error(
        "can't start `{}`, as it says itself\n\
         help: it needs LLVM {}: `cargo outboard setup` installs it on Debian", program.display(), crate::toolchain::LLVM_MAJOR
    )]
    NotLoaded { program: PathBuf },
    #[error(transparent)]
    Install(#[from] prerequisites::Error),
    #[error(
        "missing: {names}{}",
        if *can_install { "\nhelp: `cargo outboard setup` installs what Debian has" } else { "" }
    )]
    Missing { names: String, can_install: bool },
    #[error("can't keep what builds use in `{}`\nhelp: make room there, or name another folder in `OUTBOARD_HOME`", path.display())]
    Store { path: PathBuf, source: std::io::Error },
    #[error("there is no folder for caches\nhelp: set `OUTBOARD_HOME` to one")]
    NoStore,
    #[error("there is no device `{name}`\nhelp: {help}")]
    UnknownDevice { name: String, help: String },
    #[error(
        "`{target}` is no target whose programs can launch\n\
         help: build for {known}; for others plain `cargo build` makes programs that run on the CPU",
        known = crate::toolchain::TARGET
    )]
    OtherTarget { target: String },
    #[error(
        "`{name}` can't be a package's name\nhelp: begin with a letter, and use letters, digits, `-` and `_`"
    )]
    ProjectName { name: String },
    #[error("`{}` is there already\nhelp: name another folder", path.display())]
    Exists { path: PathBuf },
    #[error("{what} that launches was linked here: `{}` has no report\nhelp: build it with `cargo outboard build`", folder.display())]
    NoProgram { what: String, folder: PathBuf },
    #[error("`{program}` has no kernel with `{name}` in its name\nhelp: its kernels are{known}")]
    NoKernel { program: String, name: String, known: String },
    #[error("several kernels have that in their names\nhelp: name one of them:{names}")]
    SeveralKernels { names: String },
    #[error("`{program}` has no image for {architecture}\nhelp: build it with `--device {device}`")]
    NoImage { program: String, architecture: &'static str, device: &'static str },
    #[error("`{place}` is {known}, not {found}")]
    BadValue { place: String, known: &'static str, found: String },
    #[error("there is no code `{code}`{}", nearest.as_ref().map_or_else(|| "\nhelp: `cargo outboard explain` lists all".to_owned(), |nearest| format!("\nhelp: did you mean `{nearest}`?")))]
    NoCode { code: String, nearest: Option<String> },
}

impl Error {
    /// What explains it.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Read { .. } | Self::Write { .. } => Code::OB0207,
            Self::UnknownDevice { .. } => Code::OB0401,
            Self::OtherLlvm { .. } => Code::OB0501,
            Self::NoPart { .. } => Code::OB0502,
            Self::Run { .. } | Self::Failed { .. } | Self::Json { .. } | Self::NoVersion { .. } => {
                Code::OB0503
            }
            Self::OtherTarget { .. } => Code::OB0504,
            Self::NoStore | Self::Store { .. } => Code::OB0505,
            Self::NotLoaded { .. } => Code::OB0208,
            Self::Install(_) | Self::Missing { .. } => Code::OB0506,
            Self::Metadata { .. } => Code::OB0601,
            Self::BadValue { .. } => Code::OB0602,
            Self::ProjectName { .. } | Self::Exists { .. } => Code::OB0603,
            Self::NoProgram { .. }
            | Self::NoKernel { .. }
            | Self::SeveralKernels { .. }
            | Self::NoImage { .. } => Code::OB0604,
            Self::NoCode { .. } => Code::OB0605,
        }
    }
}
