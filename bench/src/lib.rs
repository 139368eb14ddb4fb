//! What every bench is made of: contestants that run interleaved, and records of their ratios.
//!
//! A bench is a program in `src/bin`. It prints one [`Record`] a line on standard output, as JSON, and
//! nothing else there; `cargo xtask bench` finds it by its name.

#![forbid(unsafe_code)]

pub mod builds;
mod interleave;
pub mod launch_contestants;
mod turns;

pub use interleave::{Contestant, interleave, median, median_ratio};
pub use turns::Turns;
pub use xtask::record::{Better, Record};

/// Prints a record for `cargo xtask bench`.
#[expect(clippy::print_stdout, reason = "records are what a bench is for")]
pub fn print(record: &Record) {
    println!("{}", record.line());
}
