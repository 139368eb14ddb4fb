//! The program `bitcode-link`.

mod commands;
mod interrupt;

use clap::{Parser, Subcommand, ValueEnum};
use commands::{backend, distribute, inline_helpers, relocatable, thin};
// To be linked: LLVM's threads allocate small pieces all the time.
use mimalloc as _;
use std::process::ExitCode;
use std::sync::LazyLock;

/// The version, with that of LLVM: what the workers of a cluster are asked for.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    format!("{} (LLVM {})", env!("CARGO_PKG_VERSION"), bitcode_link::thin::executor::llvm_version())
});

/// Links bitcode: helpers inlined without LTO, one relocatable object of any mix, ThinLTO on many machines.
#[derive(Debug, Parser)]
#[command(name = "bitcode-link", version = VERSION.as_str())]
struct Arguments {
    /// Errors and results as text for people, or as one JSON object a line
    #[arg(long, global = true, value_enum, default_value_t)]
    message_format: MessageFormat,
    #[command(subcommand)]
    command: Command,
}

/// How results and errors are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum MessageFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Inline helpers into a module, and compile it
    InlineHelpers(inline_helpers::Arguments),
    /// Combine bitcode and objects of any mix into one relocatable object
    #[command(short_flag = 'r')]
    Relocatable(relocatable::Arguments),
    /// Link with ThinLTO, whose jobs run in threads, in a build system or on a cluster
    Thin(Box<thin::Arguments>),
    /// Compile one module with its part of a ThinLTO index
    Backend(backend::Arguments),
    /// Run a list of ThinLTO jobs, as the distributor of ld.lld
    Distribute(distribute::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    llvm_plugin::fatal::exit_on_fatal_error();
    let json = arguments.message_format == MessageFormat::Json;
    interrupt::clean_up_when_cancelled(json);
    let result = match &arguments.command {
        Command::InlineHelpers(arguments) => inline_helpers::run(arguments, json),
        Command::Relocatable(arguments) => relocatable::run(arguments, json),
        Command::Thin(arguments) => thin::run(arguments, json),
        Command::Backend(arguments) => backend::run(arguments, json),
        Command::Distribute(arguments) => distribute::run(arguments, json),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::report(&error, json);
            ExitCode::FAILURE
        }
    }
}
