//! `cargo xtask book`: the book of docs/, as pages for a browser.

use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::Path;
use std::process::Command;

use crate::run;

/// The version that the book is built with: another one may show warnings, or another picture.
const MDBOOK: &str = "0.5.4";

/// Options of `cargo xtask book`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Show it in the browser
    #[arg(long)]
    open: bool,
}

/// The task.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let tools = run::root().join("target/tools");
    let mdbook = tools.join("bin/mdbook");
    if version(&mdbook).as_deref() != Some(MDBOOK) {
        install(run::cargo(), &tools)?;
    }
    let mut build = run::in_root(&mdbook);
    build.args(["build", "docs"]);
    if arguments.open {
        build.arg("--open");
    }
    println!("$ {}", run::as_typed(&build));
    let (_, log) = run::captured(&mut build)?;
    if log.contains("WARN") {
        bail!("mdbook warns:\n{log}");
    }
    println!("the book: {}", run::root().join("target/book/index.html").display());
    Ok(())
}

/// The version of an mdbook that is there.
fn version(mdbook: &Path) -> Option<String> {
    let (printed, _) = run::captured(Command::new(mdbook).arg("--version")).ok()?;
    Some(printed.trim().strip_prefix("mdbook v")?.to_owned())
}

/// Optimized it would be built for longer than it ever runs.
fn install(mut cargo: Command, tools: &Path) -> Result<()> {
    cargo.args(["install", "--locked", "--debug", "--no-default-features", "--features", "search"]);
    cargo.args(["--version", MDBOOK, "mdbook", "--root"]).arg(tools);
    run::shown(&mut cargo).with_context(|| {
        format!(
            "there is no mdbook {MDBOOK} in {}, and it can't be installed\n\
             help: this takes a network for its first time; the pages of docs/ can be read as they are",
            tools.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{install, version};
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::process::Command;

    #[test]
    fn without_a_network_the_error_says_what_helps() {
        let error = install(Command::new("false"), Path::new("tools")).expect_err("nothing is installed");
        assert_eq!(
            error.to_string(),
            "there is no mdbook 0.5.4 in tools, and it can't be installed\n\
             help: this takes a network for its first time; the pages of docs/ can be read as they are"
        );
    }

    #[test]
    fn versions_are_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mdbook = folder.path().join("mdbook");
        assert_eq!(version(&mdbook), None);
        std::fs::write(&mdbook, "#!/bin/sh\necho mdbook v1.2.3\n").expect("a file");
        std::fs::set_permissions(&mdbook, PermissionsExt::from_mode(0o755)).expect("it is ours");
        assert_eq!(version(&mdbook).as_deref(), Some("1.2.3"));
    }
}
