//! `cargo outboard`: cargo, with kernels that run on devices.

#![forbid(unsafe_code)]

mod args;
mod cargo_config;
mod clean;
mod config;
mod doctor;
mod environment;
mod error;
mod explain;
mod finding;
mod flags;
mod images;
mod inspect;
mod message;
mod nearest;
mod new_project;
mod progress;
mod report;
mod run_cargo;
mod setup;
mod store;
mod toolchain;
mod unchanged;

use anyhow::{Context as _, Result};
use args::{Arguments, Command};
use clap::{CommandFactory as _, Parser as _};
use diagnostics::{Diagnostic, Level};
use error::Error;
use finding::Finding;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (arguments, behind) = args::sorted(std::env::args_os());
    match run(&Arguments::parse_from(arguments), &behind) {
        Ok(code) => code,
        Err(error) => {
            write_error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments, behind: &[OsString]) -> Result<ExitCode> {
    let build = |verb, build| Ok(run_cargo::run(verb, build, behind)?);
    match &arguments.command {
        Command::Build(arguments) => build("build", arguments),
        Command::Run(arguments) => build("run", arguments),
        Command::Test(arguments) => build("test", arguments),
        Command::Bench(arguments) => build("bench", arguments),
        Command::Images(command) => Ok(images::images(command)?),
        Command::Inspect(arguments) => Ok(inspect::inspect(arguments)?),
        Command::Doctor { json } => run_doctor(*json),
        Command::Setup { check, nvidia } => run_setup(*check, *nvidia),
        Command::New { path, outboard } => {
            new_project::make(path, outboard.as_deref())?;
            print(&format!("made `{0}`; run it: cd {0} && cargo outboard run\n", path.display()))
        }
        Command::Env(arguments) => print(&environment::configuration(&arguments.own)?),
        Command::Devices => print(&devices()),
        Command::Clean { store } => {
            let removed = clean::clean(*store)?;
            let lines = removed.iter().map(|folder| format!("removed `{}`\n", folder.display()));
            print(&lines.collect::<String>())
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "cargo-outboard", &mut script);
            print(&String::from_utf8(script).context("the script is no text")?)
        }
        Command::Explain { code } => print(&explain::explain(code.as_deref())?),
        Command::Man => print(&manual()?),
    }
}

fn devices() -> String {
    let devices = doctor::devices();
    if devices.is_empty() {
        return "no devices: programs run on the CPU; `cargo outboard doctor` tells what is missing\n"
            .to_owned();
    }
    devices.iter().map(|(name, what)| format!("{name:<8} {what}\n")).collect()
}

/// Fails where something is missing that building takes.
fn run_doctor(json: bool) -> Result<ExitCode> {
    let findings = doctor::findings();
    let text = if json { serde_json::to_string(&findings)? + "\n" } else { finding::text(&findings) };
    print(&text)?;
    Ok(if findings.iter().any(Finding::is_missing) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The same, and with more than a look what is missing is installed first.
fn run_setup(check: bool, nvidia: bool) -> Result<ExitCode> {
    let findings = if check { doctor::findings() } else { setup::install(nvidia)? };
    print(&finding::text(&findings))?;
    let missing: Vec<_> = findings.iter().filter(|finding| finding.is_missing()).collect();
    if missing.is_empty() {
        return print("everything needed is there\n");
    }
    let names: Vec<_> = missing.iter().map(|finding| finding.what).collect();
    Err(Error::Missing {
        names: names.join(", "),
        can_install: check && missing.iter().any(|finding| finding.package.is_some()),
    }
    .into())
}

/// The manual page: the command's, and behind it one section for each subcommand.
fn manual() -> Result<String> {
    let mut page = Vec::new();
    let mut command = Arguments::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        clap_mangen::Man::new(subcommand.clone()).render(&mut page)?;
    }
    String::from_utf8(page).context("the page is no text")
}

/// Prints a result; a closed pipe is an error, not a panic.
fn print(text: &str) -> Result<ExitCode> {
    std::io::stdout().write_all(text.as_bytes()).context("can't write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "this is the program")]
fn write_error(error: &anyhow::Error) {
    let code = error.downcast_ref::<error::Error>().map(error::Error::code);
    let style = report::Style::find(None).of_messages();
    eprintln!("{}", Diagnostic::of_error(Level::Error, code, error.as_ref()).render(style));
    if let Some(pointer) = diagnostics::pointer(code.as_slice()) {
        eprintln!("{pointer}");
    }
}
