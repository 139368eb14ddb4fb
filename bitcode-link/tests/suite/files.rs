//! Disks that are full: the file and the reason are told, nothing half written stays, and a cache stays whole.

use crate::support::{Files, bitcode_link};
use std::os::unix::fs::FileTypeExt as _;
use std::process::{Command, Output};

/// A library's two modules, a crate and its helpers.
fn with_modules() -> Files {
    let files = Files::new();
    // More code than fits into the small disk below.
    let body: String = (1..1000).map(|n| format!("x = x * {n} ^ helper(x >> {});\n", n % 13)).collect();
    let source = format!("unsigned helper(unsigned);\nunsigned large(unsigned x) {{\n{body}return x; }}\n");
    files.clang(&source, "crate.bc", &["-emit-llvm"]);
    files.clang(&source, "large.o", &["-flto=thin", "-fPIC"]);
    let helper = "unsigned helper(unsigned x) { return x + 3; }\n";
    files.clang(helper, "helpers.bc", &["-emit-llvm"]);
    files.clang(helper, "helper.o", &["-flto=thin", "-fPIC"]);
    std::fs::create_dir(files.path("full")).expect("a new folder");
    files
}

/// Runs `script` with the program as `$@`, where `full` is a disk of so many KiB; nothing, where nobody may mount.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn on_small_disk(files: &Files, kilobytes: usize, script: &str, arguments: &[&str]) -> Option<Output> {
    let mount = format!("mount -t tmpfs -o size={kilobytes}k none full");
    let in_namespace = |script: &str| {
        let mut command = Command::new("sh");
        let unshare = "exec unshare --user --map-root-user --mount sh -c \"$0\" sh \"$@\"";
        command.args(["-c", unshare, script, env!("CARGO_BIN_EXE_bitcode-link")]).args(arguments);
        files.output(&mut command)
    };
    if !in_namespace(&mount).status.success() {
        eprintln!("left out: nobody but root can mount here");
        return None;
    }
    Some(in_namespace(&format!("{mount} && {{ {script}; }}")))
}

/// What the program says, with its status behind it, and what lies on the disk then.
fn on_full_disk(files: &Files, kilobytes: usize, arguments: &[&str]) -> Option<(String, String)> {
    let script = "\"$@\"; status=$?; find full -type f; exit $status";
    let output = on_small_disk(files, kilobytes, script, arguments)?;
    let status = output.status.code().expect("no signal ends a shell");
    let said =
        format!("{}\nstatus {status}", files.masked(String::from_utf8_lossy(&output.stderr).trim_end()));
    Some((said, String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// Commands whose output is too large: bitcode, objects, libraries, the files of build systems.
#[test]
fn no_room_for_the_output() {
    let files = with_modules();
    let thin = ["thin", "large.o", "helper.o"];
    for (arguments, file) in [
        (&["inline-helpers", "crate.bc", "helpers.bc", "-o", "full/out.o"][..], "full/out.o"),
        (&["inline-helpers", "crate.bc", "helpers.bc", "-o", "out.o", "--report=full/report"], "full/report"),
        (&["-r", "crate.bc", "--helpers=helpers.bc", "-o", "full/out.o"], "full/out.o"),
        (&[&thin[..], &["--shared", "-o", "full/out.so"]].concat(), "full/out.so"),
        (&[&thin[..], &["--objects=full/objects"]].concat(), "full/objects/large.thin.o"),
        (&[&thin[..], &["--executor=make", "--objects=full"]].concat(), "full/helper.thinlto.bc"),
        (&[&thin[..], &["--executor=ninja", "--objects=full"]].concat(), "full/helper.thinlto.bc"),
    ] {
        let Some((said, left)) = on_full_disk(&files, 4, arguments) else { return };
        let expected =
            format!("error[OB0207]: can't write `{file}`: No space left on device (os error 28)\nstatus 1");
        assert_eq!(said, expected, "{arguments:?}");
        assert_eq!(left, "", "{arguments:?}");
        assert!(!files.path("out.o").exists(), "one of two files that belong together");
    }
}

/// What is linked goes through files of a temporary folder.
#[test]
fn no_room_for_a_link() {
    let files = with_modules();
    let arguments = ["env", "TMPDIR=full", env!("CARGO_BIN_EXE_bitcode-link"), "thin", "large.o", "helper.o"];
    let script = "shift; \"$@\"; status=$?; find full -mindepth 1; exit $status";
    let mut texts = Vec::new();
    for kilobytes in [4, 24] {
        let arguments = [&arguments[..], &["--shared", "-o", "out.so"]].concat();
        let Some(output) = on_small_disk(&files, kilobytes, script, &arguments) else { return };
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        assert!(!files.path("out.so").exists());
        let said =
            files.masked(&String::from_utf8_lossy(&output.stderr)).replace(env!("LLVM_BINDIR"), "LLVM");
        let (before, after) = said.split_once("bitcode-link-").unwrap_or((&said, ""));
        let after = after.split_once('/').map_or("", |(_, after)| after);
        texts.push(format!("{before}{after}"));
    }
    insta::assert_snapshot!(texts.join("\n"), @r"
    error[OB0207]: can't write `DIR/full/large.thin.o`: No space left on device (os error 28)

    error[OB0706]: the linker `LLVM/ld.lld` failed (signal: 7 (SIGBUS)): no space left on device
    help: it writes to `full`; TMPDIR names another folder
    ");
}

#[test]
fn no_room_in_the_cache() {
    let files = with_modules();
    let link = ["thin", "large.o", "helper.o", "--shared", "--cache-dir=full"];
    let script = "\"$@\" -o 1.so && \"$@\" -o 2.so && mount -o remount,size=1m full && \"$@\" -o 3.so \
                  && \"$@\" -o 4.so && cd full && find . -name '*.new.*'";
    let Some(output) = on_small_disk(&files, 4, script, &link) else { return };
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "nothing is left in part");
    // The times differ.
    let said = String::from_utf8_lossy(&output.stderr);
    let said: Vec<_> = said.lines().map(|line| line.split(';').next().unwrap_or_default()).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    warning: the cache `full` can't keep 1 of 2 objects: No space left on device (os error 28)
    summary: 2 modules, 2 compiled, 0 from the cache
    warning: the cache `full` can't keep 1 of 1 objects: No space left on device (os error 28)
    summary: 2 modules, 1 compiled, 1 from the cache
    summary: 2 modules, 1 compiled, 1 from the cache
    summary: 2 modules, 0 compiled, 2 from the cache
    ");
    for name in ["2.so", "3.so", "4.so"] {
        assert_eq!(files.bytes("1.so"), files.bytes(name), "{name}");
    }
}

#[test]
fn no_room_for_the_object_of_a_job_in_the_cache() {
    let files = with_modules();
    let mut plan = bitcode_link();
    files.printed(plan.args(["thin", "large.o", "helper.o", "--executor=make", "--objects=build"]));
    let index = "--index=build/large.thinlto.bc";
    let job = ["backend", "large.o", index, "--cache-dir=full", "-o", "out.o"];
    let Some((said, left)) = on_full_disk(&files, 4, &job) else { return };
    insta::assert_snapshot!(said + &left, @r"
    warning: the cache `full` can't keep the object of `large.o`: No space left on device (os error 28)
    status 0
    ");
    assert!(files.path("out.o").is_file());
}

/// A device is written to, and stays a device.
#[test]
fn devices() {
    let files = with_modules();
    let inline = |output: &str| {
        let mut command = bitcode_link();
        command.args(["inline-helpers", "crate.bc", "helpers.bc", "-o", output]);
        command
    };
    insta::assert_snapshot!(files.refused(&mut inline("/dev/full")), @"error[OB0207]: can't write `/dev/full`: No space left on device (os error 28)");
    files.printed(&mut inline("/dev/null"));
    for device in ["/dev/full", "/dev/null"] {
        let kind = std::fs::metadata(device).expect("every Linux has it").file_type();
        assert!(kind.is_char_device(), "{device}");
    }
    let piped = files.output(&mut inline("/dev/stdout"));
    files.printed(&mut inline("out.o"));
    assert_eq!(piped.stdout, files.bytes("out.o"));
}
