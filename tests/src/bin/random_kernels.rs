//! `cargo xtask random-kernels`: many random kernels on the CPU and on the host device. Exit status 1 when one differs.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

use std::process::ExitCode;

use tests::random_kernels::Program;

fn main() -> ExitCode {
    let numbers: Result<Vec<u64>, _> = std::env::args().skip(1).map(|word| word.parse::<u64>()).collect();
    let numbers = numbers.unwrap_or_default();
    let &[seed, kernels, each] = numbers.as_slice() else {
        eprintln!("error: three numbers are needed: a seed, how many kernels, how many in each program");
        return ExitCode::FAILURE;
    };
    let (kernels, each) =
        (u32::try_from(kernels).unwrap_or(u32::MAX), u32::try_from(each).unwrap_or(1).max(1));
    let mut wrong = 0;
    for first in (0..kernels).step_by(each as usize) {
        let program = Program { seed, kernels: first..(first + each).min(kernels) };
        // Every other program is built without optimisation: device code starts from what rustc writes then.
        let release = (first / each).is_multiple_of(2);
        let ran = program.build(release).run();
        let profile = if release { "release" } else { "dev" };
        println!("kernels {:?}, {profile}: {}", program.kernels, ran.stdout.trim_end());
        wrong += u32::from(ran.code() != Some(0));
    }
    println!("seed {seed}: {kernels} kernels, {wrong} programs with kernels that differ");
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
