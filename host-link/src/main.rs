//! `outboard-link`, in place of the C compiler that links: where something launches, the program's images are made
//! first and linked with it. Where nothing does, the real linker takes over at once.

use anyhow::{Context as _, Result, anyhow, bail};
use host_link::command_line::{CommandLine, sysroot_of};
use host_link::job::{Job, Runtime};
use host_link::scan::{Scan, scan};
use host_link::{dep_info, keep, response_file};
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
    let mut output = PathBuf::from("program");
    match run(&mut output) {
        Ok(code) => code,
        Err(error) => {
            let text = format!("{error:#}");
            write_line(&format!("error: {text}"));
            tell_run(&output, &text);
            ExitCode::FAILURE
        }
    }
}

/// Links; `output` is what, as soon as that is known.
fn run(output: &mut PathBuf) -> Result<ExitCode> {
    let (arguments, _) = response_file::expand(std::env::args_os().skip(1))?;
    let options = std::env::var(OPTIONS_VARIABLE).ok();
    let line = CommandLine::parse_with(options.as_deref().unwrap_or_default(), arguments)?;
    output.clone_from(&line.output);
    let found = if line.links { scan(&line.inputs)? } else { Scan::default() };
    if line.registration_only {
        return make_registration(&line, &found);
    }
    let keeps = line.shared && found.makes_rust_library && !found.sections.is_empty();
    if !found.has_launches() && !keeps {
        // Returns only where it fails.
        let mut command = linker(&line, &[], None)?;
        let error = command.exec();
        bail!(cannot_run(&line.linker, &error));
    }
    let temporary = tempfile::Builder::new()
        .prefix("outboard-link.")
        .tempdir()
        .context("can't make a folder for objects")?;
    let mut first: Vec<OsString> = Vec::new();
    if found.has_launches() {
        dep_info::track(&line.output, OPTIONS_VARIABLE, options.as_deref())?;
        let object = temporary.path().join("outboard.o");
        if let Some(failed) = register(&line, &found, &object)? {
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
    let status = linker(&line, &first, Some(&temporary))?.status();
    let status = status.map_err(|error| anyhow!(cannot_run(&line.linker, &error)))?;
    Ok(exit_code(status))
}

/// Writes the object that registers images, and nothing else; an empty one where nothing launches.
fn make_registration(line: &CommandLine, found: &Scan) -> Result<ExitCode> {
    let folder =
        line.output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = || format!("can't write `{}`", line.output.display());
    let temporary =
        tempfile::Builder::new().prefix(".outboard-link.").tempdir_in(folder).with_context(failed)?;
    let object = temporary.path().join("outboard.o");
    if found.has_launches() {
        if let Some(exit) = register(line, found, &object)? {
            return Ok(exit);
        }
    } else {
        keep::write(&[], &object, &line.output)?;
    }
    std::fs::rename(&object, &line.output).with_context(failed)?;
    Ok(ExitCode::SUCCESS)
}

fn cannot_run(program: &Path, error: &std::io::Error) -> String {
    format!(
        "can't run the linker `{}`: {error}\nhelp: install it, or name another with --outboard-linker",
        program.display()
    )
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
    std::fs::write(&path, response_file::write(&arguments))
        .with_context(|| format!("can't write `{}`", path.display()))?;
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
        options,
        run: run_folder(),
    };
    let path = object.with_file_name("job.json");
    let text = serde_json::to_vec(&job).context("a path is not UTF-8")?;
    std::fs::write(&path, text).with_context(|| format!("can't write `{}`", path.display()))?;
    let program =
        std::env::current_exe().context("can't tell where this program is")?.with_file_name(REGISTER);
    let output = Command::new(&program).arg(&path).stdout(Stdio::inherit()).output();
    let output = output.map_err(|error| {
        anyhow!("can't run `{}`: {error}\nhelp: it belongs beside outboard-link", program.display())
    })?;
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(NOT_LOADED) => bail!(
            "can't start `{}`: {}\nhelp: it needs LLVM 22.1: `cargo outboard setup` installs it on Debian",
            program.display(),
            said.trim().rsplit("error while loading shared libraries: ").next().unwrap_or_default()
        ),
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

/// Has the run of cargo know of a failure, which rustc shows at the end of a long command line.
fn tell_run(output: &Path, error: &str) {
    let Some(folder) = run_folder() else { return };
    let program = std::path::absolute(output).unwrap_or_else(|_| output.to_owned());
    let report = serde_json::json!({
        "program": program, "kernels": [], "images": [], "warnings": [], "error": error,
    });
    let name = program.file_name().unwrap_or_default();
    // It is on standard error too.
    drop(std::fs::write(beside(&folder.join(name), ".json"), report.to_string()));
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

#[expect(clippy::print_stderr, reason = "this is the program")]
fn write_line(line: &str) {
    if !line.is_empty() {
        eprintln!("{line}");
    }
}
