//! Running other programs: the command is printed first, and a failure names it.

use crate::error::{Error, Result};
use std::path::Path;
use std::process::Command;

/// The command as one would type it.
pub fn as_typed(command: &Command) -> String {
    let mut text = String::new();
    let path = std::env::var("PATH").unwrap_or_default();
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            let mut value = value.to_string_lossy().into_owned();
            if key == "PATH" && !path.is_empty() {
                value = value.replace(&path, "$PATH");
            }
            text.push_str(&format!("{}={} ", key.display(), quoted(&value)));
        }
    }
    let program = Path::new(command.get_program());
    let cargo = program.file_stem().is_some_and(|stem| stem == "cargo");
    text.push_str(&if cargo { "cargo".into() } else { quoted(&program.to_string_lossy()) });
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&quoted(&argument.to_string_lossy()));
    }
    text
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:+@,%~$".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

/// Prints the command and runs it with our terminal.
///
/// # Errors
/// It can't be run, or failed.
pub fn shown(command: &mut Command) -> Result<()> {
    let typed = as_typed(command);
    say(&format!("$ {typed}"));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Failed { command: typed, status }),
        Err(source) => Err(Error::Run { command: typed, source }),
    }
}

#[expect(clippy::print_stdout, reason = "who installs something sees each command")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::{Command, as_typed};

    #[test]
    fn commands_read_as_typed() {
        let mut command = Command::new("/usr/bin/sudo");
        command.args(["apt-get", "install", "llvm-22=1:22.1.8-1~deb12u1", ""]).env("A", "b c");
        assert_eq!(as_typed(&command), "A='b c' /usr/bin/sudo apt-get install llvm-22=1:22.1.8-1~deb12u1 ''");
        let path = std::env::var("PATH").expect("tests have one");
        let mut command = Command::new("cargo");
        command.env("PATH", format!("target/release:{path}"));
        assert_eq!(as_typed(&command), "PATH=target/release:$PATH cargo");
    }
}
