//! The program `bitcode-link`.

mod commands;

use clap::{Parser, Subcommand, ValueEnum};
use commands::{inline_helpers, relocatable};
use std::process::ExitCode;

/// Links bitcode: helpers inlined without LTO, one relocatable object of any mix.
#[derive(Debug, Parser)]
#[command(name = "bitcode-link", version)]
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
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    llvm_plugin::fatal::exit_on_fatal_error();
    let json = arguments.message_format == MessageFormat::Json;
    let result = match &arguments.command {
        Command::InlineHelpers(arguments) => inline_helpers::run(arguments, json),
        Command::Relocatable(arguments) => relocatable::run(arguments, json),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::report(&error, json);
            ExitCode::FAILURE
        }
    }
}
