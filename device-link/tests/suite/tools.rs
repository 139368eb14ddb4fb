//! Programs that finish images: missing, too old, failing, or making something that can't be used.

use crate::support::refused;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Writes a program of the shell.
fn program(folder: &Path, name: &str, script: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("writable");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("changeable");
    path.to_string_lossy().into_owned()
}

/// Links names.ll for `target` with `flag` naming `tool`, which must be refused.
fn check(folder: &Path, target: &str, flag: &str, tool: &str) -> String {
    let output = folder.join("never.offload");
    let flags = ["link", "names.ll", "--target", target, flag, tool, "-o", &output.to_string_lossy()];
    refused(&flags, &output, folder)
}

#[test]
fn assemblers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let ptxas = |name: &str, release: &str, rest: &str| {
        let script = format!(
            "[ \"$1\" = --version ] && {{ echo 'Cuda compilation tools, release {release}, V0'; exit; }}\n{rest}"
        );
        program(folder, name, &script)
    };
    let assemble = |target: &str, tool: &str| check(folder, target, "--ptxas", tool);
    insta::assert_snapshot!(assemble("nvptx64:sm_90", &folder.join("nothing").to_string_lossy()), @"error[OB0403]: the ptxas `DIR/nothing` can't be run: No such file or directory (os error 2)");
    insta::assert_snapshot!(assemble("nvptx64:sm_70", &ptxas("new", "13.5", "exit 1")), @r#"
    error[OB0403]: `DIR/new` is of CUDA 13.5, which doesn't know sm_70
    help: give one that does with --ptxas; CUDA 12.9 knows sm_50 to sm_121, CUDA 13 sm_75 and up
    "#);
    insta::assert_snapshot!(assemble("nvptx64:sm_110", &ptxas("old", "12.9", "exit 1")), @r#"
    error[OB0403]: `DIR/old` is of CUDA 12.9, which doesn't know sm_110
    help: give one that does with --ptxas; CUDA 12.9 knows sm_50 to sm_121, CUDA 13 sm_75 and up
    "#);
    insta::assert_snapshot!(assemble("nvptx64:sm_90", &ptxas("failing", "12.9", "echo no room >&2; exit 3")), @r#"
    error[OB0404]: the ptxas failed (exit status: 3): no room
    help: the command was: DIR/failing -arch=sm_90 -O3 -v TMP/kernels.ptx -o TMP/kernels.cubin
    "#);
    insta::assert_snapshot!(assemble("nvptx64:sm_90", &ptxas("idle", "12.9", "exit 0")), @"error[OB0207]: can't read `TMP/kernels.cubin`: No such file or directory (os error 2)");
}

#[test]
fn an_image_for_no_processor_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let linker = concat!(env!("LLVM_BINDIR"), "/ld.lld");
    // The flags of an ELF header are at 48, the version of its ABI is at 8.
    let patched = |name: &str, bytes: &str, at: u32| {
        let script = format!(
            "'{linker}' \"$@\" || exit\nfor last; do :; done\nprintf '{bytes}' | dd of=\"$last\" bs=1 seek={at} conv=notrunc 2>/dev/null"
        );
        program(folder, name, &script)
    };
    let link = |tool: &str| check(folder, "amdgcn:gfx90a", "--linker", tool);
    insta::assert_snapshot!(link(&patched("flagless", "\\0\\0\\0\\0", 48)), @"error[OB0404]: the image for amdgcn can't be used: its ELF flags are 0, so it is for no processor, and was to be for gfx90a");
    insta::assert_snapshot!(link(&patched("old", "\\3", 8)), @"error[OB0404]: the image for amdgcn can't be used: its ELF ABI version is 3, not 4 (code object version 6)");
}
