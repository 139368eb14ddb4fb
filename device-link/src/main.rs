//! The program `device-link`.

mod args;

use anyhow::{Context as _, Result};
use args::{Arguments, Command, InspectArguments, LinkArguments, MessageFormat};
use clap::{CommandFactory as _, Parser as _};
use device_link::{Error, Failure, Refusal, container, link_device, plan_link, write_file};
use diagnostics::{Diagnostic, Level, Style, Warning};
// To be linked: LLVM's threads allocate small pieces all the time.
use mimalloc as _;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    llvm_plugin::fatal::exit_on_fatal_error();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error, arguments.message_format);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.command {
        Command::Link(link) => run_link(link, arguments.message_format),
        Command::Pack { images, output } => {
            let images: Vec<_> = images
                .iter()
                .map(|text| container::image_of_argument(text))
                .collect::<device_link::Result<_>>()?;
            Ok(write_file(output, &container::pack(&images)?)?)
        }
        Command::List { file, json } => {
            let listing = container::list(&container::read(file)?);
            if *json || arguments.message_format == MessageFormat::Json {
                print(&format!("{}\n", serde_json::to_string(&listing)?))
            } else {
                print(&listing.to_string())
            }
        }
        Command::Extract { file, triple, arch, output } => {
            extract(file, triple.as_deref(), arch.as_deref(), output)
        }
        Command::Inspect(inspect) => run_inspect(inspect, arguments.message_format),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "device-link", &mut script);
            print(&String::from_utf8(script).context("the script is no text")?)
        }
        Command::Man => print(&manual()?),
        Command::Verify { file } => {
            for note in container::verify(&container::read(file)?)? {
                print(&format!("note: {note}\n"))?;
            }
            Ok(())
        }
    }
}

fn run_link(link: &LinkArguments, format: MessageFormat) -> Result<()> {
    if link.dry_run {
        let plan = plan_link(&link.inputs, &link.options()).map_err(|failure| warned(failure, format))?;
        warn(&plan.warnings, format);
        return print(&plan.text);
    }
    let report = link_device(&link.inputs, &link.options()).map_err(|failure| warned(failure, format))?;
    warn(&report.warnings, format);
    if let Some(file) = link.trace_file() {
        write_file(&file, report.trace.as_bytes())?;
    }
    let commands: Vec<_> = report.images.iter().map(|image| image.commands.clone()).collect();
    let images: Vec<_> = report.images.into_iter().map(|image| image.image).collect();
    warn(&container::missing_kernels(&images), format);
    write_file(&link.output, &container::pack(&images)?)?;
    if format == MessageFormat::Json {
        let linked = serde_json::to_string(&Linked {
            reason: "linked",
            output: &link.output,
            listing: container::list(&images),
            commands: &commands,
        })?;
        return print(&format!("{linked}\n"));
    }
    if link.verbose {
        let commands = commands.concat().into_iter().map(|command| format!("command: {command}\n"));
        print(&format!("{}{}", container::list(&images), commands.collect::<String>()))?;
    }
    Ok(())
}

fn run_inspect(inspect: &InspectArguments, format: MessageFormat) -> Result<()> {
    let images = container::read(&inspect.file)?;
    let found = container::find(&images, inspect.triple.as_deref(), inspect.arch.as_deref())?;
    let images: Vec<_> = found.into_iter().map(|(_, image)| image.clone()).collect();
    let kernel = inspect.kernel.as_deref();
    let table = device_link::inspect::inspect(&images, kernel)?;
    if let Some(view) = inspect.view() {
        for image in &images {
            print(&device_link::inspect::view(image, kernel, view)?)?;
        }
        return Ok(());
    }
    if inspect.json || format == MessageFormat::Json {
        print(&format!("{}\n", serde_json::to_string(&table)?))
    } else {
        print(&table.to_string())
    }
}

/// The manual page: the program's, and behind it one section for each command.
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

/// What a link made, as JSON.
#[derive(serde::Serialize)]
struct Linked<'a> {
    reason: &'static str,
    output: &'a Path,
    #[serde(flatten)]
    listing: container::Listing,
    /// The commands of other programs, for each image.
    commands: &'a [Vec<String>],
}

fn extract(file: &Path, triple: Option<&str>, arch: Option<&str>, output: &Path) -> Result<()> {
    let images = container::read(file)?;
    let found = container::find(&images, triple, arch)?;
    if output.is_dir() {
        for (name, image) in found {
            write_file(&output.join(name), &image.bytes)?;
        }
        return Ok(());
    }
    match found.as_slice() {
        [(_, image)] => Ok(write_file(output, &image.bytes)?),
        _ => Err(Error::SeveralToExtract { count: found.len(), path: output.to_owned() }.into()),
    }
}

/// Prints a result; a closed pipe is an error, not a panic.
fn print(text: &str) -> Result<()> {
    use std::io::Write as _;
    std::io::stdout().lock().write_all(text.as_bytes()).context("can't print")
}

/// The error, once what may explain it was told.
fn warned(failure: Failure, format: MessageFormat) -> Error {
    warn(&failure.warnings, format);
    *failure.error
}

fn warn(warnings: &[Warning], format: MessageFormat) {
    for warning in warnings {
        let diagnostic = Diagnostic::from(warning.clone());
        write_error(&match format {
            MessageFormat::Text => diagnostic.render(Style::PLAIN),
            MessageFormat::Json => message("warning", &diagnostic, None),
        });
    }
}

/// Prints an error: kernels' problems one by one.
fn report(error: &anyhow::Error, format: MessageFormat) {
    let error = error.downcast_ref::<Error>().map_or_else(
        || vec![(Diagnostic::of_error(Level::Error, None, error.as_ref()), None)],
        diagnostics_of,
    );
    for (diagnostic, kernel) in error {
        let line = match format {
            MessageFormat::Text => diagnostic.render(Style::PLAIN),
            MessageFormat::Json => message("error", &diagnostic, kernel),
        };
        write_error(&line);
    }
}

/// What is wrong, with the kernel that it is about.
fn diagnostics_of(error: &Error) -> Vec<(Diagnostic, Option<&str>)> {
    let Error::Kernels(refusals) = error else {
        return vec![(Diagnostic::of_error(Level::Error, error.code(), error), None)];
    };
    let of_refusal = |refusal: &Refusal| {
        Diagnostic::of_text(Level::Error, Some(refusal.problem.code()), &refusal.to_string())
    };
    refusals.iter().map(|refusal| (of_refusal(refusal), Some(refusal.problem.kernel.as_str()))).collect()
}

/// A message as JSON, in a line.
fn message(reason: &str, diagnostic: &Diagnostic, kernel: Option<&str>) -> String {
    let rendered = diagnostic.render(Style::PLAIN);
    let text = rendered.split_once(": ").map_or(&*rendered, |(_, text)| text);
    serde_json::json!({ "reason": reason, "code": diagnostic.code, "message": text, "kernel": kernel })
        .to_string()
}

#[expect(clippy::print_stderr, reason = "this is the program")]
fn write_error(line: &str) {
    eprintln!("{line}");
}
