//! `cargo outboard setup` and `doctor` on machines that lack something: each has a PATH, an LLVM or a loader's answer
//! of its own.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use tests::{Run, Scratch, cargo_outboard, snapshot, stable};
use xtask::tools::on_path;

/// A machine: its programs, and nothing of LLVM.
struct Machine {
    scratch: Scratch,
}

impl Machine {
    /// With these of this machine's programs, and rustc.
    fn with(programs: &[&str]) -> Self {
        let machine = Self { scratch: Scratch::new() };
        std::fs::create_dir(machine.bin()).expect("a folder");
        std::fs::create_dir(machine.scratch.path("llvm")).expect("a folder");
        for program in programs {
            let real = on_path(program).unwrap_or_else(|| panic!("no {program} on the PATH"));
            symlink(real, machine.bin().join(program)).expect("a link");
        }
        machine
    }

    fn bin(&self) -> PathBuf {
        self.scratch.path("bin")
    }

    /// A program of its own.
    fn script(&self, name: &str, text: &str) {
        let path = self.scratch.write(&format!("bin/{name}"), format!("#!/bin/sh\n{text}\n"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    }

    fn outboard(&self, arguments: &[&str]) -> Run {
        let run = Run::new(cargo_outboard()).arg("outboard").args(arguments).dir(self.scratch.folder());
        run.env("PATH", self.bin())
            .env("CARGO", stable().rustc.with_file_name("cargo"))
            .env("RUSTC", &stable().rustc)
            .env("LLVM_SYS_221_PREFIX", self.scratch.path("llvm"))
            .env("OUTBOARD_HOME", self.scratch.path("kept"))
            .env("VIRTUAL_ENV", "")
    }

    fn normal(&self, text: &str) -> String {
        let tools = cargo_outboard().parent().expect("it is in a folder").display().to_string();
        text.replace(&tools, "$TOOLS").replace(&self.scratch.folder().display().to_string(), "$DIR")
    }

    /// The lines of `doctor` about `what`.
    fn doctor(&self, run: Run, what: &str) -> String {
        let text = run.run().stdout;
        let mut lines = text.lines().skip_while(|line| !line.contains(&format!("  {what} ")));
        let first = lines.next().unwrap_or_default();
        let more = lines.take_while(|line| line.starts_with("          "));
        self.normal(&std::iter::once(first).chain(more).collect::<Vec<_>>().join("\n"))
    }
}

#[test]
fn a_system_without_apt() {
    let machine = Machine::with(&["cc", "id"]);
    let ran = machine.outboard(&["setup"]).fails();
    snapshot!("no_apt", machine.normal(&ran.stderr));
    let ran = machine.outboard(&["setup", "--check"]).fails();
    snapshot!("check", machine.normal(&ran.stderr));
}

#[test]
fn root_is_asked_for_first() {
    let machine = Machine::with(&["cc"]);
    machine.script("id", "echo 1000");
    machine.script("apt-get", "echo nobody may run this >&2; exit 1");
    let ran = machine.outboard(&["setup"]).fails();
    snapshot!("needs_root", machine.normal(&ran.stderr));
}

#[test]
fn commands_are_shown_and_run() {
    let machine = Machine::with(&["cc"]);
    machine.script("id", "echo 0");
    machine.script("apt-cache", "echo ' llvm-22 | 1:22.1.8-1~deb12u1 | a mirror'");
    machine.script(
        "apt-get",
        &format!(
            "echo \"ran $DEBIAN_FRONTEND $@\"; [ $1 = update ] || : > {}/ld.lld; exit 0",
            machine.bin().display()
        ),
    );
    let ran = machine.outboard(&["setup"]).ok();
    let shown: Vec<_> = ran.stdout.lines().take_while(|line| !line.contains("  rustc  ")).collect();
    snapshot!("commands", shown.join("\n"));
    assert!(ran.stdout.ends_with("everything needed is there\n"), "{ran}");
    // apt that has another LLVM on offer is of no use.
    let other = Machine::with(&["cc"]);
    other.script("id", "echo 0");
    other.script("apt-get", "exit 0");
    other.script("apt-cache", "echo ' llvm-22 | 1:22.9.0-1 | a mirror'");
    snapshot!("no_version", other.normal(&other.outboard(&["setup"]).fails().stderr));
    other.script("apt-get", "exit 100");
    snapshot!("failed", other.normal(&other.outboard(&["setup"]).fails().stderr));
}

#[test]
fn what_the_doctor_misses() {
    let machine = Machine::with(&[]);
    let doctor = |what: &str| machine.doctor(machine.outboard(&["doctor"]), what);
    snapshot!("doctor_nothing", ["C linker", "ld.lld", "ptxas"].map(doctor).join("\n"));
    // A runtime that is not there: the machine has one, and a program finds it in no other way.
    let without = machine.outboard(&["doctor"]).env("OUTBOARD_TOOLS", machine.scratch.path("none"));
    snapshot!("doctor_no_tools", machine.doctor(without, "plugin"));
    machine.script("rustc", "printf 'release: 1.91.0\\ncommit-hash: 0\\nLLVM version: 21.1.2\\n'");
    let other = machine.outboard(&["doctor"]).env("RUSTC", machine.bin().join("rustc"));
    snapshot!("doctor_other_llvm", machine.doctor(other, "rustc"));
}

/// A project with nothing in it: building it does not come so far.
fn with_project(machine: &Machine) {
    machine.scratch.write("Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n\n[workspace]\n");
    machine.scratch.write("src/main.rs", "fn main() {}\n");
}

#[test]
fn no_rust() {
    let machine = Machine::with(&["cc"]);
    with_project(&machine);
    let nothing = machine.scratch.path("nothing");
    let refused =
        |variable| machine.normal(&machine.outboard(&["build"]).env(variable, &nothing).fails().stderr);
    snapshot!("no_cargo", refused("CARGO"));
    snapshot!("no_rustc", refused("RUSTC"));
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn no_room_for_what_builds_use() {
    let machine = Machine::with(&["cc"]);
    with_project(&machine);
    let file = machine.scratch.write("file", "");
    let run = machine.outboard(&["build"]).env("OUTBOARD_HOME", file.join("kept"));
    // The file's name is a hash.
    let without_name = |said: &str, folder: &str| {
        let (before, after) = said.split_once(folder).expect("a path");
        let (_, after) = after.split_once('`').expect("a path");
        format!("{before}{folder}...`{after}")
    };
    snapshot!("no_folder", without_name(&machine.normal(&run.fails().stderr), "$DIR/file/kept/"));

    let store = machine.scratch.path("kept");
    std::fs::create_dir(&store).expect("a folder");
    let mount = format!("mount -t tmpfs -o size=64k none '{}'", store.display());
    let own = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"];
    if Run::new(own[0]).args(&own[1..]).arg(&mount).run().code() != Some(0) {
        eprintln!("left out: nobody but root can mount here");
        return;
    }
    let mount = format!(
        "PATH=/usr/bin:/bin {mount}; \"$@\"; status=$?; (PATH=/usr/bin:/bin; find kept | wc -l); exit $status"
    );
    let unshare = on_path("unshare").expect("it has just run").display().to_string();
    let shell = on_path("sh").expect("every machine has one").display().to_string();
    let words = [&unshare, own[1], own[2], own[3], &shell, "-c", &mount, "sh"];
    let ran = machine.outboard(&["build"]).under(&words).fails();
    snapshot!("no_room", without_name(&machine.normal(&ran.stderr), "$DIR/kept/"));
    // The folder of the toolchain and what is known of files are all that is left.
    assert!(ran.stdout.trim().parse::<usize>().is_ok_and(|left| left <= 4), "{ran}");
}

#[test]
fn what_is_not_ours_stays_in_the_folder() {
    let machine = Machine::with(&[]);
    for file in ["kept/known/a", "kept/59807616e1fa2540/b/outboard-link", "kept/photos/c"] {
        machine.scratch.write(file, "");
    }
    let ran = machine.outboard(&["clean", "--store"]).ok();
    assert_eq!(
        machine.normal(&ran.stdout),
        "removed `$DIR/kept/59807616e1fa2540`\nremoved `$DIR/kept/known`\n"
    );
    assert!(machine.scratch.path("kept/photos/c").is_file());
}

/// Copies of the tools, of which one asks the loader for an LLVM that is not there.
fn tools_without_llvm(folder: &Path) {
    let tools = cargo_outboard().parent().expect("it is in a folder");
    std::fs::create_dir(folder).expect("a folder");
    for tool in ["liboutboard_pass.so", "outboard-link", "outboard-register", "device-link"] {
        std::fs::copy(tools.join(tool), folder.join(tool)).expect("a copy");
    }
    for program in ["outboard-register", "device-link"] {
        tests::one_build::without_llvm(&folder.join(program));
    }
}

#[test]
fn a_machine_without_libllvm() {
    let machine = Machine::with(&["cc"]);
    let tools = machine.scratch.path("tools");
    tools_without_llvm(&tools);
    let run = machine.outboard(&["doctor"]).env("OUTBOARD_TOOLS", &tools);
    snapshot!("doctor_no_libllvm", machine.doctor(run, "image maker"));
    // Any file will do: nobody reads it.
    let file = machine.scratch.write("images", "").display().to_string();
    let run = machine.outboard(&["images", "list", &file]).env("OUTBOARD_TOOLS", &tools);
    snapshot!("no_libllvm", machine.normal(&run.fails().stderr));
}
