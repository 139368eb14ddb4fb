//! `outboard-link`, in place of the C compiler that links: where something launches, the program's images are made
//! first and linked with it. Where nothing does, the real linker takes over at once.

use anyhow::{Context as _, Result, bail};
use diagnostics::{Diagnostic, Level, Style};
use host_link::Error;
use host_link::command_line::{CommandLine, sysroot_of};
use host_link::job::{Job, Runtime, Trial};
use host_link::scan::{Scan, scan};
use host_link::{dep_info, keep, report, response_file};
use std::ffi::OsString;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use tempfile::TempDir;

/// The program with LLVM, which stands beside this one.
const REGISTER: &str = "outboard-register";

/// Options of ours, one a line: unlike those among a crate's flags, they can change without that all crates are
/// compiled again.
const OPTIONS_VARIABLE: &str = "OUTBOARD_LINK_OPTIONS";
/// The folder in which a run of cargo is told about its links.
const RUN_VARIABLE: &str = "OUTBOARD_LINK_RUN";

/// The exit code of a program that the loader can't start.
///
/// Source: ld.so of glibc 2.36, as that of a shell's command which isn't found.
const NOT_LOADED: i32 = 127;

/// Arguments that one program can be given, in bytes, with room for the environment.
///
/// Source: `MAX_ARG_STRLEN` and the quarter of the stack that arguments may take, execve(2) of Linux.
const MOST_ARGUMENT_BYTES: usize = 1 << 20;

fn main() -> ExitCode {
    let options = std::env::var(OPTIONS_VARIABLE).ok();
    let given = options.as_deref().unwrap_or_default();
    let line = response_file::expand(std::env::args_os().skip(1));
    match line.and_then(|(arguments, _)| CommandLine::parse_with(given, arguments)) {
        Ok(line) => run(&line, options.as_deref()).unwrap_or_else(|error| fail(&error, Some(&line))),
        Err(error) => fail(&error.into(), None),
    }
}

fn run(line: &CommandLine, options: Option<&str>) -> Result<ExitCode> {
    let found = if line.links { scan(&line.inputs)? } else { Scan::default() };
    if line.registration_only {
        return make_registration(line, &found);
    }
    let keeps = line.shared && found.makes_rust_library && !found.sections.is_empty();
    if !found.has_launches() && !keeps {
        // Returns only where it fails.
        let mut command = linker(line, &[], None)?;
        return Err(cannot_run(&line.linker, command.exec()).into());
    }
    let temporary = tempfile::Builder::new()
        .prefix("outboard-link.")
        .tempdir()
        .context("can't make a folder for objects")?;
    let mut first: Vec<OsString> = Vec::new();
    if found.has_launches() {
        dep_info::track(&line.output, OPTIONS_VARIABLE, options)?;
        let object = temporary.path().join("outboard.o");
        if let Some(failed) = register(line, &found, &object)? {
            return Ok(failed);
        }
        // First on the line: GNU ld finds what it needs of the C library behind it.
        first.push(object.into());
        if line.options.runtime == Runtime::Linked {
            let folder = env!("LLVM_LIBDIR");
            first.extend([
                "-lomptarget".into(),
                format!("-L{folder}").into(),
                format!("-Wl,-rpath,{folder}").into(),
            ]);
        }
    }
    if keeps {
        let object = temporary.path().join("outboard-keep.o");
        keep::write(&found.sections, &object, &line.output)?;
        first.push(object.into());
    }
    let status = linker(line, &first, Some(&temporary))?.status();
    let status = status.map_err(|source| cannot_run(&line.linker, source))?;
    Ok(exit_code(status))
}

/// Writes the object that registers images, and nothing else; an empty one where nothing launches.
fn make_registration(line: &CommandLine, found: &Scan) -> Result<ExitCode> {
    let folder =
        line.output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |source| Error::Write { path: line.output.clone(), source };
    let temporary = tempfile::Builder::new().prefix(".outboard-link.").tempdir_in(folder).map_err(failed)?;
    let object = temporary.path().join("outboard.o");
    if found.has_launches() {
        if let Some(exit) = register(line, found, &object)? {
            return Ok(exit);
        }
    } else {
        keep::write(&[], &object, &line.output)?;
    }
    std::fs::rename(&object, &line.output).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

fn cannot_run(program: &Path, source: std::io::Error) -> Error {
    let help = "it is the linker: install it, or name another with --outboard-linker";
    Error::Run { program: program.to_owned(), help, source }
}

/// The real linker, with `first` in front of what it was called with.
fn linker(line: &CommandLine, first: &[OsString], temporary: Option<&TempDir>) -> Result<Command> {
    let mut command = Command::new(&line.linker);
    let arguments: Vec<_> = first.iter().chain(&line.others).cloned().collect();
    if arguments.iter().map(|argument| argument.len() + 1).sum::<usize>() < MOST_ARGUMENT_BYTES {
        command.args(arguments);
        return Ok(command);
    }
    let path = match temporary {
        Some(folder) => folder.path().join("arguments"),
        // Nobody is left to remove it when the linker has taken this process over; beside the output it is
        // written over by the next link.
        None => beside(&line.output, ".outboard.arguments"),
    };
    let written = std::fs::write(&path, response_file::write(&arguments));
    written.map_err(|source| Error::Write { path: path.clone(), source })?;
    let mut argument = OsString::from("@");
    argument.push(path);
    command.arg(argument);
    Ok(command)
}

fn beside(output: &Path, end: &str) -> PathBuf {
    let mut path = OsString::from(output);
    path.push(end);
    path.into()
}

/// Has the images made, and the object that registers them. The exit code where that failed.
fn register(line: &CommandLine, found: &Scan, object: &Path) -> Result<Option<ExitCode>> {
    let mut options = line.options.clone();
    options.sysroot = options.sysroot.or_else(|| line.inputs.iter().find_map(|input| sysroot_of(input)));
    options.cache = options.cache.or_else(|| cache_beside(&line.output));
    let job = Job {
        object: object.to_owned(),
        program: line.output.clone(),
        sections: found.sections.clone(),
        bitcode: found.bitcode.clone(),
        embedded: found.embedded.clone(),
        options,
        trial: (!line.registration_only)
            .then(|| Trial { linker: line.linker.clone(), arguments: line.others.clone() }),
        run: run_folder(),
    };
    let path = object.with_file_name("job.json");
    let text = serde_json::to_vec(&job).context("a path is not UTF-8")?;
    std::fs::write(&path, text).map_err(|source| Error::Write { path: path.clone(), source })?;
    let program =
        std::env::current_exe().context("can't tell where this program is")?.with_file_name(REGISTER);
    let output = Command::new(&program).arg(&path).stdout(Stdio::inherit()).output();
    let help = "it belongs beside outboard-link";
    let output = output.map_err(|source| Error::Run { program: program.clone(), help, source })?;
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(NOT_LOADED) => {
            let text = said.trim().rsplit("error while loading shared libraries: ").next();
            Err(Error::NotStarted { program, text: text.unwrap_or_default().to_owned() }.into())
        }
        code => {
            write_line(said.trim_end());
            match (code, output.status.signal()) {
                (Some(0), _) => Ok(None),
                (_, Some(signal)) => bail!("`{}` was ended by signal {signal}", program.display()),
                _ => Ok(Some(exit_code(output.status))),
            }
        }
    }
}

/// A folder in which a run of cargo is told about its links.
fn run_folder() -> Option<PathBuf> {
    std::env::var_os(RUN_VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// A folder of cargo's, which `cargo clean` removes: the nearest above the output that is marked as one.
fn cache_beside(output: &Path) -> Option<PathBuf> {
    let output = std::path::absolute(output).ok()?;
    let folder = output.ancestors().skip(1).find(|folder| folder.join("CACHEDIR.TAG").is_file())?;
    Some(folder.join("outboard-cache"))
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Tells why nothing was linked: on standard error, and in the report if one is wanted.
fn fail(error: &anyhow::Error, line: Option<&CommandLine>) -> ExitCode {
    let code = error.downcast_ref::<Error>().and_then(Error::code);
    let diagnostic = Diagnostic::of_error(Level::Error, code, error.as_ref());
    write_line(&diagnostic.render(Style::PLAIN));
    let output = line.map_or(Path::new("program"), |line| &line.output);
    for folder in line.and_then(|line| line.options.report.clone()).into_iter().chain(run_folder()) {
        // Whoever reads it has the text above too.
        let _ = report::write_failed(&folder, output, std::slice::from_ref(&diagnostic));
    }
    ExitCode::FAILURE
}

#[expect(clippy::print_stderr, reason = "this is the program")]
fn write_line(line: &str) {
    if !line.is_empty() {
        eprintln!("{line}");
    }
}
