//! `build`, `run`, `test` and `bench`: cargo with our flags added, and what the linker step told.

use crate::args::{BuildArguments, CargoOptions, OwnOptions};
use crate::cargo_config::{CargoConfig, cargo};
use crate::config::Settings;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::report::{self, Report, Style};
use crate::store;
use crate::toolchain::{TARGET, Toolchain};
use crate::{flags, message, unchanged};
use cargo_metadata::{Metadata, MetadataCommand, Package};
use diagnostics::{Code, Diagnostic, Level};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The variable with which stable rustc takes `-Z` flags.
pub(crate) const BOOTSTRAP: &str = "RUSTC_BOOTSTRAP";

/// The folder in which the linker step tells this run how far it is, and what it made.
const RUN: &str = "OUTBOARD_LINK_RUN";

/// All that is known before cargo runs.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) config: CargoConfig,
    pub(crate) settings: Settings,
    pub(crate) warnings: Vec<String>,
    pub(crate) own_flags: Vec<String>,
    pub(crate) link_options: String,
    /// Where reports stay.
    pub(crate) reports: PathBuf,
    pub(crate) metadata: Metadata,
}

impl Plan {
    /// Looks at the project, the configuration and the toolchain.
    pub(crate) fn of(own: &OwnOptions, options: &CargoOptions) -> Result<Self> {
        let line = Settings::of_options(own)?;
        let environment = Settings::of_environment(|name| std::env::var(name).ok())?;
        let config = CargoConfig::read(options)?;
        check_targets(options, &config)?;
        let toolchain = Toolchain::of(&config.rustc())?;
        toolchain.check()?;
        let metadata = metadata(options)?;
        let (project, warnings) = project_settings(&metadata, options)?;
        let settings = line.over(environment).over(project);
        let kept = store::keep(&toolchain)?;
        let reports = report::folder(&target_folder(&metadata, options)?);
        let linker = flags::users_linker(&config);
        let helpers = settings.inline_helpers.iter().flatten().map(|file| store::keep_helpers(file));
        let own_flags = flags::own_flags(&kept, &helpers.collect::<Result<Vec<_>>>()?);
        let link_options = flags::link_options(&settings, linker.as_deref(), &reports);
        Ok(Self { config, settings, warnings, own_flags, link_options, reports, metadata })
    }
}

/// Has cargo do `verb`. The exit code is cargo's.
pub(crate) fn run(verb: &str, build: &BuildArguments, behind: &[OsString]) -> Result<ExitCode> {
    let options = CargoOptions::of(&build.cargo);
    let plan = Plan::of(&build.own, &options)?;
    let style = Style::find(options.color.as_deref());
    for warning in &plan.warnings {
        print_line(
            &Diagnostic::of_text(Level::Warning, Some(Code::OB0602), warning).render(style.of_messages()),
        );
    }
    let mut command = cargo_for(&plan, &options, verb, &build.cargo);
    command.args(behind);
    // Of this run alone: others may build into the same target folder at the same time.
    let told = tempfile::Builder::new().prefix("outboard.").tempdir();
    let told = told.map_err(|source| Error::Write { path: std::env::temp_dir(), source })?;
    command.env(RUN, told.path());
    let progress = Progress::start(told.path(), (&options, &plan.config), style);
    let status = command.status();
    drop(progress);
    let help = "install Rust with cargo";
    let status = status.map_err(|source| Error::Run { program: "cargo".into(), help, source })?;
    let mut reports = report::all(told.path());
    if status.success() {
        reports.extend(unchanged::reports(&plan.reports, &reports, || {
            let (verb, arguments) = unchanged::arguments(verb, &build.cargo);
            cargo_for(&plan, &options, verb, &arguments)
        }));
    }
    let as_json = options.message_format.as_deref().is_some_and(|format| format.starts_with("json"));
    if as_json {
        print_messages(&reports, &plan.metadata);
    }
    tell(&reports, &options, style);
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// cargo with our flags added to `arguments`.
fn cargo_for(plan: &Plan, options: &CargoOptions, verb: &str, arguments: &[OsString]) -> Command {
    let added = flags::additions(&plan.config, &plan.own_flags);
    let mut command = Command::new(cargo());
    command.arg(verb).args(&added.arguments);
    if options.targets.is_empty() && plan.config.targets().is_empty() {
        // With a target named, build scripts and macros get none of the flags.
        command.args(["--target", TARGET]);
    }
    command.args(arguments).envs(added.variables);
    if std::env::var_os(BOOTSTRAP).is_none_or(|value| value.is_empty()) {
        command.env(BOOTSTRAP, "1");
    }
    if plan.settings.require == Some(true) {
        command.env("OUTBOARD_REQUIRE", "1");
    }
    command.env(flags::LINK_OPTIONS, with_users(&plan.link_options));
    command
}

/// Options for the linker step that the user has set by hand, and ours.
fn with_users(options: &str) -> String {
    match std::env::var(flags::LINK_OPTIONS) {
        Ok(users) => format!("{users}\n{options}"),
        Err(_) => options.to_owned(),
    }
}

/// What the linker step told, which rustc hides where all went well, and buries where not.
fn tell(reports: &[Report], options: &CargoOptions, style: Style) {
    let mut told: Vec<&Diagnostic> = Vec::new();
    for diagnostic in reports.iter().flat_map(|report| &report.diagnostics) {
        // Tests of a crate link the same kernels again and again.
        if !told.contains(&diagnostic) {
            print_line(&(diagnostic.render(style.of_messages()) + "\n"));
            told.push(diagnostic);
        }
    }
    if let Some(summary) = report::summary(reports).filter(|_| !options.quiet) {
        print_line(&style.status("Outboard", &summary));
    }
    let mut codes: Vec<_> = told.iter().filter_map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    if let Some(pointer) = diagnostics::pointer(&codes) {
        print_line(&pointer);
    }
}

#[expect(clippy::print_stdout, reason = "cargo's messages are on standard output")]
fn print_messages(reports: &[Report], metadata: &Metadata) {
    for line in reports.iter().flat_map(|report| message::lines(report, metadata)) {
        println!("{line}");
    }
}

#[expect(clippy::print_stderr, reason = "this is the program")]
fn print_line(line: &str) {
    eprintln!("{line}");
}

/// Whether cargo's name of a target is that of ours: on this machine, the host's is.
fn names_target(name: &str) -> bool {
    name == TARGET || name == "host-tuple"
}

fn check_targets(options: &CargoOptions, config: &CargoConfig) -> Result<()> {
    let configured = config.targets();
    let targets = if options.targets.is_empty() { &configured } else { &options.targets };
    match targets.iter().find(|target| !names_target(target)) {
        Some(target) => Err(Error::OtherTarget { target: target.clone() }),
        None => Ok(()),
    }
}

pub(crate) fn metadata(options: &CargoOptions) -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.cargo_path(cargo()).no_deps();
    if let Some(manifest) = &options.manifest {
        command.manifest_path(manifest);
    }
    let lock = options.lock.iter().filter_map(|option| option.to_str().map(ToOwned::to_owned));
    command.other_options(lock.collect::<Vec<_>>());
    command.exec().map_err(|source| Error::Metadata { source })
}

/// What the package that is built and its workspace want.
fn project_settings(metadata: &Metadata, options: &CargoOptions) -> Result<(Settings, Vec<String>)> {
    let root = metadata.workspace_root.as_std_path();
    let (workspace, mut warnings) =
        Settings::of_metadata(&metadata.workspace_metadata, "workspace.metadata", root)?;
    let named = |package: &&&Package| Some(package.name.as_str()) == options.package.as_deref();
    let members = metadata.workspace_packages();
    let package = members.iter().find(named).copied().or_else(|| metadata.root_package());
    let Some(package) = package else { return Ok((workspace, warnings)) };
    let folder = package.manifest_path.parent().map_or(root, |folder| folder.as_std_path());
    let (package, more) = Settings::of_metadata(&package.metadata, "package.metadata", folder)?;
    warnings.extend(more);
    Ok((package.over(workspace), warnings))
}

pub(crate) fn target_folder(metadata: &Metadata, options: &CargoOptions) -> Result<PathBuf> {
    let folder = options.target_dir.as_deref().unwrap_or(metadata.target_directory.as_std_path());
    absolute(folder)
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}
