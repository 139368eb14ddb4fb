//! A shell in the folder of a document, with the tools under the names that users know.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tests::{
    Run, Scratch, bitcode_link, cargo_outboard, device_link, llvm, outboard_link, plugin, stable, workspace,
};
use xtask::tools::DEBIAN_PREFIX;

use crate::transcript;

/// Where everything that documents build with cargo is built. The tests of cargo outboard build the crate outboard
/// there, too, with the same flags.
pub(crate) const TARGET: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cargo_outboard");

/// `sh -e` in that folder. Tools and the repository's folders are found in the scratch folder.
pub(crate) fn shell(scratch: &Scratch, folder: &Path, script: &str) -> Run {
    let bin = scratch.path("bin");
    if !bin.exists() {
        fill(scratch, &bin);
    }
    let script = script.replace(DEBIAN_PREFIX, &llvm().prefix().to_string_lossy());
    let run = Run::new("sh").args(["-e", "-c", &script]).dir(folder).path_first(&bin);
    run.env("RUSTC", &stable().rustc)
        .env("CARGO_TARGET_DIR", TARGET)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .env("OUTBOARD_HOME", format!("{TARGET}_home"))
        .env("OUTBOARD_STORE", format!("{TARGET}_home/files"))
        .env("OUTBOARD_TOOLS", cargo_outboard().parent().expect("it is in a folder"))
}

fn fill(scratch: &Scratch, bin: &Path) {
    let release = scratch.path("target/release");
    for folder in [bin, &release] {
        std::fs::create_dir_all(folder).expect("a folder in the scratch folder");
    }
    let link = |to: &Path, at: PathBuf| symlink(to, at).expect("a link in the scratch folder");
    link(plugin(), release.join("liboutboard_pass.so"));
    link(bitcode_link(), release.join("bitcode-link"));
    link(device_link(), release.join("device-link"));
    link(outboard_link(), release.join("outboard-link"));
    // What users have cloned, where they have done so.
    link(workspace(), scratch.path("outboard"));
    link(&workspace().join("examples"), scratch.path("examples"));
    link(&workspace().join(".venv"), scratch.path(".venv"));
    link(&stable().rustc, bin.join("rustc"));
    link(&stable().rustc.with_file_name("cargo"), bin.join("cargo"));
    link(cargo_outboard(), bin.join("cargo-outboard"));
    for name in ["opt", "clang", "ld.lld", "llc", "llvm-nm", "llvm-offload-binary"] {
        link(&llvm().tool(name), bin.join(format!("{name}-22")));
    }
}

/// Runs the commands of a block, and compares what each prints with what the block shows. With `fails`, the last
/// command has to fail.
pub(crate) fn check_console(scratch: &Scratch, folder: &Path, text: &str, fails: bool) -> Result<(), String> {
    let steps = transcript::steps(text);
    let ran = shell(scratch, folder, &transcript::script(&steps)).run();
    let outputs = transcript::outputs(&ran.stdout);
    let as_expected = match ran.code() {
        Some(0) => !fails,
        Some(_) => fails && outputs.len() == steps.len(),
        None => false,
    };
    if !as_expected {
        let wanted = if fails { "the last command should fail" } else { "no command should fail" };
        return Err(format!("{wanted}:\n{ran}"));
    }
    for (step, printed) in steps.iter().zip(outputs) {
        if !transcript::is_shown(&step.printed, printed) {
            let shown = step.printed.join("\n");
            return Err(format!("$ {}\n--- shown\n{shown}\n--- printed\n{printed}", step.command));
        }
    }
    Ok(())
}
