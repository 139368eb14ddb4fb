//! What the linker step says on machines that lack something: LLVM, an assembler, a linker, room. Each is a machine as
//! it would be, as far as the programs that run can tell.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use tests::cargo_with_plugin::{built_with_plugin, cargo_with_plugin};
use tests::linked_program::{Place, SOUND};
use tests::one_build::without_llvm;
use tests::{Ran, Run, Scratch, outboard_link, plugin, snapshot, stable, workspace};

/// A copy of the linker step in a folder above which nothing is.
fn linker_step(place: &Place) -> PathBuf {
    let tools = outboard_link().parent().expect("it is in a folder");
    for tool in ["outboard-link", "outboard-register"] {
        std::fs::copy(tools.join(tool), place.scratch.path(tool)).expect("a copy");
    }
    place.scratch.path("outboard-link")
}

/// A linker that does something first.
fn linker_behind(place: &Place, commands: &str) -> PathBuf {
    let script = format!("#!/bin/sh\n{commands} \"{}\" \"$@\"\n", outboard_link().display());
    let path = place.scratch.write("linker", script);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    path
}

/// A link that has to fail, and leaves no program.
#[track_caller]
fn refused(place: &Place, ran: Ran) -> String {
    assert!(!place.scratch.path("main").exists(), "nothing is linked in part");
    place.said(&ran.failed())
}

/// The message without the places that depend on the machine.
fn first_and_help(said: &str) -> String {
    let help = said.lines().find(|line| line.starts_with("help: ")).unwrap_or_default();
    let first = said.lines().next().unwrap_or_default();
    format!("{}\n{help}", first.split("; looked for").next().unwrap_or_default())
}

/// A PATH with a C compiler alone.
fn bare_path(place: &Place) -> PathBuf {
    let bin = place.scratch.path("bin");
    std::fs::create_dir_all(&bin).expect("a folder");
    symlink(xtask::tools::on_path("cc").expect("a C compiler"), bin.join("cc")).expect("a link");
    bin
}

#[test]
fn no_libllvm() {
    let place = Place::new();
    let linker = linker_step(&place);
    without_llvm(&place.scratch.path("outboard-register"));
    snapshot!("no_libllvm", refused(&place, place.link(SOUND, &linker, &[])));
}

#[test]
fn no_assembler() {
    let place = Place::new();
    let linker = linker_step(&place);
    let run = place.link_run(SOUND, &linker, &["--outboard-device=sm_80"]);
    let run = run.env("PATH", bare_path(&place)).env("VIRTUAL_ENV", "").env("CUDA_HOME", "");
    let run = run.env("OUTBOARD_HOME", place.scratch.path("home"));
    snapshot!("no_assembler", first_and_help(&refused(&place, run.run())));
}

#[test]
fn no_linker_of_llvm() {
    let place = Place::new();
    let run = place.link_run(SOUND, outboard_link(), &[]);
    let run = run.env("PATH", bare_path(&place)).env("LLVM_SYS_221_PREFIX", place.scratch.path("llvm"));
    snapshot!("no_lld", first_and_help(&refused(&place, run.run())));
}

/// Files may have this many blocks of 512 bytes; more is an error as on a full disk, and no signal.
fn limited(blocks: u32) -> String {
    format!("trap '' XFSZ; ulimit -f {blocks}; exec")
}

#[test]
fn no_room_for_records() {
    let place = Place::new();
    let rustc = place.rustc("library.rs", "pub fn f() {}\n", true).arg("--crate-type=lib");
    let ran = rustc.under(&["sh", "-c", &format!("{} \"$@\"", limited(2)), "sh"]).fails();
    assert!(!place.scratch.path("liblibrary.rlib").exists(), "no library is left in part");
    ran.says("error: ").says("File too large");
}

#[test]
fn no_room_for_images() {
    let place = Place::new();
    let ran = place.link(SOUND, &linker_behind(&place, &limited(4)), &[]);
    let said = refused(&place, ran);
    let (before, path) = said.split_once('`').expect("a file is named");
    let (_, after) = path.split_once('`').expect("a file is named");
    assert_eq!(
        format!("{before}`FILE`{after}"),
        "error[OB0207]: can't write `FILE`: File too large (os error 27)"
    );
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn no_room_for_the_cache() {
    let place = Place::new();
    let cache = place.scratch.path("cache");
    std::fs::create_dir(&cache).expect("a folder");
    let mount = format!("mount -t tmpfs -o size=4k none '{}'", cache.display());
    let own = ["--user", "--map-root-user", "--mount"];
    if Run::new("unshare").args(own).args(["sh", "-c", &mount]).run().code() != Some(0) {
        eprintln!("left out: nobody but root can mount here");
        return;
    }
    let linker = linker_behind(
        &place,
        &format!("exec unshare {} sh -c \"{mount}; exec \\\"\\$0\\\" \\\"\\$@\\\"\"", own.join(" ")),
    );
    let arguments = [format!("--outboard-cache={}", cache.display()), "--outboard-report=reports".to_owned()];
    place.link(SOUND, &linker, &arguments.each_ref().map(String::as_str)).succeeded();
    let report = std::fs::read_to_string(place.scratch.path("reports/main.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let warnings: Vec<_> = report["diagnostics"].as_array().into_iter().flatten().collect();
    let full = |warning: &&&serde_json::Value| {
        warning["message"].as_str().is_some_and(|text| {
            text.starts_with("the image for x86_64-unknown-linux-gnu can't be kept in the cache: ")
                && text.contains("No space left on device")
        })
    };
    assert_eq!(warnings.iter().filter(full).count(), 1, "{warnings:?}");
    Run::new(place.scratch.path("main")).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok();
}

/// Two builds of the plugin in one compiler, as when one is configured by hand and another by the command.
#[test]
fn two_plugins() {
    let place = Place::new();
    let other = place.scratch.path("liboutboard_pass_of_another_build.so");
    std::fs::copy(plugin(), &other).expect("a copy");
    let run = place.link_run(SOUND, outboard_link(), &[]);
    run.arg(format!("-Zllvm-plugins={}", other.display())).arg("-Cpasses=offload-records").ok();
    Run::new(place.scratch.path("main")).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok();
    let one = records(&place.scratch.path("liblaunching.rlib"));
    let run = place.rustc("launching.rs", tests::linked_program::LAUNCHING, true).arg("--crate-type=lib");
    run.arg(format!("-Zllvm-plugins={}", other.display())).arg("-Cpasses=offload-records").ok();
    assert_eq!(records(&place.scratch.path("liblaunching.rlib")), one, "a record is stored once");
}

/// The crate's example, compiled with the plugin and linked so, on a machine where every launch has to run on a device.
#[track_caller]
fn required(flags: &[&str], variable: (&str, &str)) -> String {
    let example = ["rustc", "--quiet", "-p", "outboard", "--example", "residency", "--"];
    cargo_with_plugin(&[]).args(example).args(flags).ok();
    let run = Run::new(built_with_plugin("examples/residency")).env("OUTBOARD_REQUIRE", "1");
    run.env(variable.0, variable.1).fails().stderr
}

#[test]
fn launches_that_no_device_can_take() {
    let nothing = ("LIBOMPTARGET_INFO", "0");
    // Another linker does not know the options of ours.
    let scratch = Scratch::new();
    let text = "#!/bin/sh\nfor a do\n  shift\n  case $a in\n  --outboard-*) ;;\n  *) set -- \"$@\" \"$a\" ;;\n  esac\ndone\n\
                exec cc \"$@\"\n";
    let linker = scratch.write("linker", text);
    std::fs::set_permissions(&linker, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    let linker = format!("-Clinker={}", linker.display());
    snapshot!("plugin_without_linker", required(&[&linker], nothing));
    let no_file = "-Clink-arg=--outboard-runtime-file=libomptarget-of-nobody.so";
    snapshot!("no_runtime", required(&[no_file], nothing));
    snapshot!("no_device", required(&[], ("OMP_TARGET_OFFLOAD", "DISABLED")));
    let plain = Run::new(stable().rustc.with_file_name("cargo")).env("RUSTC", &stable().rustc);
    let plain = plain.dir(workspace()).args(["run", "--quiet", "-p", "outboard", "--example", "residency"]);
    snapshot!("linker_without_plugin", plain.env("OUTBOARD_REQUIRE", "1").fails().stderr);
}

/// A run of cargo is told what went wrong before there was anything to report.
#[test]
fn failures_reach_the_run() {
    let place = Place::new();
    let run = place.link_run(SOUND, outboard_link(), &["--outboard-linker=no-such-linker"]);
    run.env("OUTBOARD_LINK_RUN", place.scratch.folder()).fails();
    let report = std::fs::read_to_string(place.scratch.path("main.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let told = report["diagnostics"].as_array().map_or(&[][..], Vec::as_slice);
    let error = told.first().map(ToString::to_string).unwrap_or_default();
    assert!(told.len() == 1 && error.contains("can't run `no-such-linker`: "), "{report}");
    assert_eq!(report["program"], place.scratch.path("main").display().to_string());
}

/// How many records a file has.
fn records(file: &Path) -> usize {
    memchr::memmem::find_iter(&std::fs::read(file).expect("just built"), b"OBRECORD").count()
}
