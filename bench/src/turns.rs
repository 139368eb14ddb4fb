//! A program that takes turns: a line on its standard input is a turn, a number on its standard output what it took.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A program that runs.
#[derive(Debug)]
pub struct Turns {
    child: Child,
    turns: ChildStdin,
    taken: Lines<BufReader<ChildStdout>>,
}

impl Turns {
    /// Starts `program`, whose launches have to run on a device.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start(program: &Path) -> Self {
        Self::start_command(Command::new(program))
    }

    /// Starts a program with what `command` says beside its name.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_command(mut command: Command) -> Self {
        let mut child = command
            .env("OMP_TARGET_OFFLOAD", "MANDATORY")
            .env_remove("LD_LIBRARY_PATH")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()));
        let taken = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let turns = child.stdin.take().expect("it is piped");
        Self { child, turns, taken }
    }

    /// One turn.
    ///
    /// # Panics
    ///
    /// When the program ends, or prints something else than a number.
    pub fn turn(&mut self, line: &str) -> f64 {
        writeln!(self.turns, "{line}").expect("the program listens");
        let line = self.taken.next().expect("the program answers").expect("the program prints text");
        line.parse().unwrap_or_else(|error| panic!("`{line}`: {error}"))
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// When it fails.
    pub fn end(self) {
        let Self { mut child, turns, .. } = self;
        drop(turns);
        let status = child.wait().expect("the program ends");
        assert!(status.success(), "the program failed: {status}");
    }
}
