//! Running a program: what it did is kept whole, and an assertion that fails shows all of it.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// Variables that would make a run depend on who starts it.
const CLEARED: [&str; 12] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "LD_LIBRARY_PATH", // cargo points it at rustc's own libraries
    "LIBOMPTARGET_DEBUG",
    "LIBOMPTARGET_INFO",
    "LIBOMPTARGET_JIT_OPT_LEVEL",
    "LIBOMPTARGET_PROFILE",
    "OMP_DEFAULT_DEVICE",
    "OMP_TARGET_OFFLOAD",
    "RUSTC_BOOTSTRAP",
    "RUSTFLAGS",
    "RUST_BACKTRACE",
    "RUST_LOG",
];

/// A program to run.
#[derive(Debug)]
#[must_use]
pub struct Run {
    command: Command,
    input: Option<Vec<u8>>,
}

/// What a program did.
#[derive(Debug)]
pub struct Ran {
    typed: String,
    status: ExitStatus,
    /// What it wrote to standard output, which need not be text.
    pub output: Vec<u8>,
    /// The same as text.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Run {
    /// A program, by name or path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        for variable in CLEARED {
            command.env_remove(variable);
        }
        Self { command, input: None }
    }

    /// One more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// More arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// The same run by other programs, which are given the command behind their own arguments.
    pub fn under(self, words: &[&str]) -> Self {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(self.command.get_program()).args(self.command.get_args());
        for (key, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        if let Some(folder) = self.command.get_current_dir() {
            command.current_dir(folder);
        }
        Self { command, ..self }
    }

    /// Puts a folder in front of the PATH.
    pub fn path_first(self, folder: &Path) -> Self {
        let mut path = OsString::from(folder);
        if let Some(rest) = std::env::var_os("PATH") {
            path.push(":");
            path.push(rest);
        }
        self.env("PATH", path)
    }

    /// The folder to run in.
    pub fn dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// What the program reads from standard input.
    pub fn input(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.input = Some(text.into());
        self
    }

    /// Runs it, whatever comes of it.
    pub fn run(mut self) -> Ran {
        let typed = self.typed();
        let stdin = if self.input.is_some() { Stdio::piped() } else { Stdio::null() };
        self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("cannot run {typed}: {error}"));
        // A thread writes, so that a program which prints before it has read all cannot block both sides.
        let writer = child.stdin.take().zip(self.input).map(|(mut stdin, input)| {
            std::thread::spawn(move || {
                // A program may end without reading its input; what it did tells.
                drop(std::io::Write::write_all(&mut stdin, &input));
            })
        });
        let output = child.wait_with_output().unwrap_or_else(|error| panic!("cannot run {typed}: {error}"));
        if let Some(writer) = writer {
            writer.join().expect("writing to a pipe does not panic");
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Ran { typed, status: output.status, output: output.stdout, stdout, stderr }
    }

    /// Runs it; it must succeed.
    #[track_caller]
    pub fn ok(self) -> Ran {
        self.run().succeeded()
    }

    /// Runs it; it must fail with an exit status of its own, not by a signal.
    #[track_caller]
    pub fn fails(self) -> Ran {
        self.run().failed()
    }

    fn typed(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for (key, value) in self.command.get_envs() {
            if let Some(value) = value.filter(|_| key != "PATH") {
                words.push(format!("{}={}", key.display(), value.display()));
            }
        }
        words.push(self.command.get_program().display().to_string());
        words.extend(self.command.get_args().map(|argument| match argument.to_string_lossy() {
            plain if !plain.contains([' ', ';', '<', '(', '\'']) && !plain.is_empty() => plain.into_owned(),
            odd => format!("'{odd}'"),
        }));
        words.join(" ")
    }
}

impl Ran {
    /// It must have succeeded.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert!(self.status.success(), "this should have succeeded:\n{self}");
        self
    }

    /// It must have failed, with an exit status of its own: a signal is a crash.
    #[track_caller]
    pub fn failed(self) -> Self {
        assert!(self.status.code().is_some_and(|code| code != 0), "this should have failed:\n{self}");
        self
    }

    /// Its exit status; `None` after a signal.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Standard output or standard error must contain the text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(said, "this should have said `{text}`:\n{self}");
        self
    }

    /// Neither standard output nor standard error may contain the text.
    #[track_caller]
    pub fn says_not(self, text: &str) -> Self {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!said, "this should not have said `{text}`:\n{self}");
        self
    }

    /// Standard output must be exactly this, blanks at both ends aside.
    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert_eq!(self.stdout.trim(), text.trim(), "this should have printed something else:\n{self}");
        self
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}", self.typed)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "--- {name}\n{}", text.trim_end())?;
            }
        }
        write!(f, "--- {}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::Run;

    #[test]
    fn what_a_program_did_is_kept() {
        let ran = Run::new("sh").args(["-c", "cat; echo out; echo err >&2; exit 3"]).input("in\n").fails();
        assert_eq!((ran.code(), ran.stdout.as_str(), ran.stderr.as_str()), (Some(3), "in\nout\n", "err\n"));
        assert_eq!(
            ran.to_string(),
            "$ sh -c 'cat; echo out; echo err >&2; exit 3'\n--- stdout\nin\nout\n--- stderr\nerr\n--- exit status: 3"
        );
    }

    #[test]
    #[should_panic(expected = "this should have failed:\n$ sh -c 'kill -SEGV $$'")]
    fn a_crash_is_no_failure() {
        Run::new("sh").args(["-c", "kill -SEGV $$"]).fails();
    }

    #[test]
    fn variables_of_the_caller_are_cleared() {
        Run::new("sh").args(["-c", "echo ${LD_LIBRARY_PATH-unset}"]).ok().prints("unset");
    }
}
