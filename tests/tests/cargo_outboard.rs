//! `cargo outboard` as a user meets it: a project with the crate outboard, built, run and tested on the host device.

use serde_json::Value;
use tests::outboard_project::Project;
use tests::{Run, cargo_outboard, nightly, snapshot, stable, workspace};

const DEVICE: &str =
    "[1, 4, 9] on a device\ncalled with [], flags of the user: false\nbuild script with flags: false";

#[test]
fn run_on_a_device() {
    let project = Project::new();
    let ran = project.outboard(&["run", "--quiet"]).env("OUTBOARD_REQUIRE", "1").ok();
    ran.prints(DEVICE);
}

#[test]
fn nightly_rust() {
    let Some(nightly) = nightly() else { return };
    let project = Project::new();
    project.append("Cargo.toml", "\n[workspace.metadata.outboard]\nrequire = true\n");
    project.outboard_of(nightly, &["run", "--quiet"]).ok().prints(DEVICE);
}

#[test]
fn arguments_reach_the_program_and_flags_are_added_to_the_users() {
    let project = Project::new();
    let ours_and_the_programs = ["run", "--require", "-q", "--device=host", "--", "--device", "x"];
    let expected = |arguments: &str| {
        format!(
            "[1, 4, 9] on a device\ncalled with {arguments}, flags of the user: true\nbuild script with flags: false"
        )
    };
    let run = project.outboard(&ours_and_the_programs).env("RUSTFLAGS", "--cfg of_the_user");
    run.ok().prints(&expected(r#"["--device", "x"]"#));
    // The same in cargo's configuration, for all targets and for some.
    for table in ["build", "target.'cfg(unix)'"] {
        project.scratch.write(
            "app/.cargo/config.toml",
            format!("[{table}]\nrustflags = [\"--cfg\", \"of_the_user\"]\n"),
        );
        project.outboard(&["run", "--quiet", "--require", "--device", "host"]).ok().prints(&expected("[]"));
    }
}

#[test]
fn tests_of_every_kind() {
    let project = Project::new();
    let ran = project.outboard(&["test"]).env("EXPECTED", "on a device").ok();
    let ran = ran.says("test tests::unit ... ok").says("test src/lib.rs - squares (line 7) ... ok");
    ran.says("Outboard 3 kernels in 3 programs, for x86_64: ");
    project.outboard(&["test", "--doc"]).env("EXPECTED", "on the CPU").fails().says("left: \"on a device\"");
}

#[test]
fn the_summary_tells_what_was_made() {
    let project = Project::new();
    project.append("src/main.rs", "\nconst _: &str = \"another program\";\n");
    let text = project.outboard(&["build"]).ok().stderr;
    let summary = text.lines().last().unwrap_or_default().trim_start();
    assert!(summary.starts_with("Outboard 1 kernel in `app`, for x86_64: "), "{text}");
    project.outboard(&["build", "--quiet"]).ok().says_not("Outboard");
}

/// Code that no device can run.
const PRINTS: &str = "\nfn _prints(y: &mut [u64]) {\n    use outboard::prelude::*;\n    \
    Device::default().over(1).run(each(y), |it, y| { println!(\"{}\", it.index()); *y.of(it) = 1 }).unwrap();\n}\n\n\
    fn no_device_needs_it() {}\n";

#[test]
fn errors_of_kernels_come_last_and_in_cargos_json() {
    let project = Project::new();
    let main = std::fs::read_to_string(project.path("src/main.rs")).expect("the program");
    let calling = main.replace("fn main() {", "fn main() {\n    _prints(&mut [0]);");
    project.scratch.write("app/src/main.rs", calling + PRINTS);
    let ran = project.outboard(&["build"]).fails();
    let last = "for more about this error, try `cargo outboard explain OB0012`";
    assert_eq!(ran.stderr.lines().last(), Some(last), "{ran}");
    let at = ran.stderr.rfind("error[OB0012]: ").unwrap_or_else(|| panic!("no error of ours:\n{ran}"));
    let error = &ran.stderr[at..];
    assert!(error.contains("can't run on a device") && error.contains("--> src/main.rs:"), "{error}");
    let ran = project.outboard(&["build", "--message-format=json"]).fails();
    let messages = ran.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let of_main = messages.filter(|message| message["message"]["spans"][0]["file_name"] == "src/main.rs");
    let (ours, rustcs): (Vec<_>, Vec<_>) =
        of_main.partition(|message| message["message"]["code"]["code"] == "OB0012");
    let ([ours], [rustcs]) = (&*ours, &*rustcs) else { panic!("an error and a warning:\n{ran}") };
    assert_eq!(ours["target"]["name"], "app");
    let explanation = ours["message"]["code"]["explanation"].as_str();
    assert!(explanation.is_some_and(|text| text.starts_with("# OB0012: ")), "{ours}");
    // It has what rustc's own have.
    assert_eq!(keys(ours), keys(rustcs));
    let parts =
        ["/message", "/message/code", "/message/spans/0", "/message/spans/0/text/0", "/message/children/0"];
    for part in parts {
        let keys_of = |message: &Value| message.pointer(part).map(keys);
        assert_eq!(keys_of(ours), keys_of(rustcs), "{part}");
    }
}

/// The keys of an object.
fn keys(object: &Value) -> Vec<String> {
    let mut keys: Vec<_> = object.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    keys.sort();
    keys
}

#[test]
fn warnings_of_links_are_told_as_long_as_they_hold() {
    let project = Project::new();
    project.append(
        "src/lib.rs",
        &PRINTS.replace("fn _prints", "pub fn prints").replace("fn no_device_needs_it() {}\n", ""),
    );
    for status in ["Compiling app", "Finished"] {
        let text = project.outboard(&["build"]).ok().says(status).stderr;
        let warning = "warning[OB0012]: kernel `app::prints::{closure#0}` calls `std::io::stdio::_print`, which can't run on a device\n";
        assert_eq!(text.matches(warning).count(), 1, "{text}");
        let stayed = "; on the host stayed `app::prints::{closure#0}`, which calls `std::io::stdio::_print`, which can't run on a device (OB0012)\n";
        assert!(text.contains(stayed), "{text}");
    }
}

#[test]
fn settings_of_the_project() {
    let project = Project::new();
    project.append("Cargo.toml", "\n[package.metadata.outboard]\nrequire = true\ndevcies = []\n");
    let run = project.outboard(&["run", "--quiet"]).env("OMP_TARGET_OFFLOAD", "DISABLED");
    let ran = run.fails();
    let ran = ran.says(
        "warning[OB0602]: `package.metadata.outboard.devcies` means nothing\nhelp: did you mean `devices`?",
    );
    ran.says(
        "called `Result::unwrap()` on an `Err` value: no device ran the launch: the offload runtime found no device\n\
         help: see whether `OMP_TARGET_OFFLOAD`",
    );
}

#[test]
fn what_a_newcomer_does_wrong() {
    let project = Project::new();
    snapshot!("device", project.refused(project.outboard(&["build", "--device", "host,sm90"])));
    let arguments = ["build", "--target", "aarch64-unknown-linux-gnu"];
    snapshot!("target", project.refused(project.outboard(&arguments)));
    let empty = project.scratch.path("empty");
    snapshot!("no_plugin", project.refused(project.outboard(&["build"]).env("OUTBOARD_TOOLS", &empty)));
    let text = "#!/bin/sh\ncase $1 in\n-vV) printf 'release: 1.91.0\\ncommit-hash: 0\\nLLVM version: 21.1.2\\n';;\nesac\n";
    let other = project.scratch.write("rustc", text);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&other, mode).expect("it is ours");
    snapshot!("other_llvm", project.refused(project.outboard(&["build"]).env("RUSTC", &other)));
}

#[test]
fn a_new_project_runs_at_once() {
    let project = Project::new();
    let outboard = workspace().join("outboard").display().to_string();
    project.outboard(&["new", "first", "--outboard", &outboard]).ok().says("made `first`; run it: cd first");
    let lock = std::fs::read(project.path("Cargo.lock")).expect("just written");
    project.scratch.write("app/first/Cargo.lock", lock);
    // It is no member of the project around it.
    project.append("first/Cargo.toml", "\n[workspace]\n");
    let run = project.outboard(&["run", "--quiet"]).dir(project.path("first"));
    run.ok().prints("y[10] = 21\n1 launches on a device, 0 on the CPU");
    let tested = project.outboard(&["test"]).dir(project.path("first")).env("OUTBOARD_REQUIRE", "1");
    tested.ok().says("test every_element_is_doubled ... ok");
    snapshot!("new_again", project.refused(project.outboard(&["new", "first"])));
    snapshot!("new_misnamed", project.refused(project.outboard(&["new", "1st"])));
}

#[test]
fn the_flags_by_hand() {
    let project = Project::new();
    let configuration = project.outboard(&["env"]).ok().stdout;
    project.scratch.write("app/.cargo/config.toml", &configuration);
    let cargo =
        Run::new(stable().rustc.with_file_name("cargo")).args(["run", "--quiet"]).dir(project.path(""));
    let cargo = cargo
        .env("RUSTC", &stable().rustc)
        .env("CARGO_TARGET_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/cargo_outboard"))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    cargo.env("OMP_TARGET_OFFLOAD", "MANDATORY").ok().prints(DEVICE);
}

#[test]
fn what_is_in_a_program() {
    let project = Project::new();
    project.outboard(&["build"]).ok();
    let list = project.outboard(&["images", "list", "app", "--json"]).ok().stdout;
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(list["images"][0]["triple"], "x86_64-unknown-linux-gnu");
    project.outboard(&["images", "verify"]).ok();
    let image = project.scratch.path("image.so");
    project.outboard(&["images", "extract", "--output"]).arg(&image).ok();
    assert!(std::fs::read(&image).expect("extracted").starts_with(b"\x7fELF"));
    let table = project.outboard(&["inspect", "squares", "--json"]).ok().stdout;
    let table: serde_json::Value = serde_json::from_str(&table).expect("JSON");
    assert_eq!(table["images"][0]["kernels"].as_array().map(Vec::len), Some(1), "{table}");
    let ran = project.outboard(&["inspect", "cubes"]).fails();
    ran.says("error[OB0604]: `app` has no kernel with `cubes` in its name\nhelp: its kernels are\n  app::squares::{closure#0}");
    snapshot!("no_program", project.refused(project.outboard(&["images", "list", "nobody"])));
    let cleaned = project.outboard(&["clean"]).ok().says("/cargo_outboard/outboard`");
    cleaned.says("/cargo_outboard/x86_64-unknown-linux-gnu/outboard-cache`");
    project.outboard(&["images", "list", "app"]).fails();
    // What was removed is made again, and nothing else.
    project.outboard(&["build"]).ok().says("Compiling app").says_not("Compiling outboard");
    project.outboard(&["images", "list", "app"]).ok();
}

#[test]
fn the_doctor_finds_what_is_missing() {
    let project = Project::new();
    let found = |run: Run| {
        let text = run.run().stdout;
        let findings: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let findings = findings.as_array().expect("a list").clone();
        let good = findings.iter().filter(|finding| finding["good"] == true);
        good.map(|finding| finding["what"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let all = found(project.outboard(&["doctor", "--json"]));
    for what in ["rustc", "linker step", "image maker", "plugin", "C linker", "runtime"] {
        assert!(all.iter().any(|good| good == what), "{what} is there: {all:?}");
    }
    let without =
        || project.outboard(&["doctor", "--json"]).env("OUTBOARD_TOOLS", project.scratch.path("empty"));
    assert!(!found(without()).iter().any(|good| good == "plugin"));
    without().fails();
    project.outboard(&["doctor"]).ok().says("     ok  plugin       ");
    project.outboard(&["devices"]).ok().says("host     this machine's own processors");
}

#[test]
fn completions_and_manual() {
    let run = |arguments: &[&str]| Run::new(cargo_outboard()).args(arguments).ok();
    run(&["completions", "bash"]).says("--device");
    run(&["man"]).says(".TH").says("doctor");
}
