//! Plain `cargo` builds, tests and runs a workspace that launches: everything is in `.cargo/config.toml`.

use tests::compile::{offload_host, rustc_flags};
use tests::images::case;
use tests::{Ran, Run, Scratch, images, rustcs};
use xtask::tools::Toolchain;

/// A library that launches, a program that uses it, and its build script, which gets no plugin: flags of
/// `[target]` go to target crates alone once a target is named.
fn write_workspace(scratch: &Scratch) {
    let copy = |name: &str, to: &str| {
        scratch.write(to, std::fs::read(case(name)).expect("the case is there"));
    };
    scratch.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"launching\", \"uses\"]\n");
    let package = |name: &str, rest: &str| {
        let text = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{rest}");
        scratch.write(&format!("{name}/Cargo.toml"), text);
    };
    package("launching", "");
    copy("launching.rs", "launching/src/lib.rs");
    copy("battery.rs", "launching/src/battery.rs");
    copy("launch.rs", "launching/src/launch.rs");
    package("uses", "[dependencies]\nlaunching = { path = \"../launching\" }\n");
    copy("uses_launching.rs", "uses/src/main.rs");
    copy("fallback.rs", "uses/src/fallback.rs");
    copy("launch.rs", "uses/src/launch.rs");
    scratch.write("uses/build.rs", BUILD_SCRIPT);
}

/// Fails if it was compiled with the plugin's flags.
const BUILD_SCRIPT: &str = r#"#![expect(unexpected_cfgs, reason = "known to target crates alone")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    assert!(!cfg!(launches), "the build script was compiled with the flags of the target");
}
"#;

fn write_configuration(scratch: &Scratch, target: &str) {
    let images = images::kernels(scratch);
    let mut flags = rustc_flags(&offload_host(&images));
    flags.retain(|flag| !flag.starts_with("--edition"));
    flags.push("--cfg=launches".into());
    flags.push("--check-cfg=cfg(launches)".into());
    let flags = serde_json::to_string(&flags).expect("strings are JSON, and TOML");
    let text = format!(
        "[env]\nRUSTC_BOOTSTRAP = \"1\"\n\n[build]\ntarget = \"{target}\"\n\n[target.{target}]\nrustflags = {flags}\n"
    );
    scratch.write(".cargo/config.toml", text);
}

fn cargo(scratch: &Scratch, toolchain: &Toolchain) -> Run {
    Run::new(toolchain.rustc.with_file_name("cargo"))
        .env("RUSTC", &toolchain.rustc)
        .env("CARGO_TARGET_DIR", scratch.path(&toolchain.release))
        .env("OMP_TARGET_OFFLOAD", "MANDATORY")
        .env("CARGO_INCREMENTAL", "1")
        .dir(scratch.folder())
        .args(["--config", "net.offline=true"])
}

fn on_a_device(ran: Ran) {
    ran.says("own 42 0\n").says("1413 on a device, 0 on the host, 0 nowhere").says_not("warning");
}

#[test]
fn workspace_of_a_library_and_a_program() {
    let scratch = Scratch::new();
    write_workspace(&scratch);
    write_configuration(&scratch, images::HOST_TRIPLE);
    for toolchain in rustcs() {
        for profile in ["dev", "release"] {
            on_a_device(cargo(&scratch, toolchain).args(["run", "-p", "uses", "--profile", profile]).ok());
        }
        let again = cargo(&scratch, toolchain).args(["build", "--profile", "dev"]).ok();
        again.says_not("Compiling uses");

        // The images' path is part of the flags: another one compiles everything again.
        let path = scratch.path(".cargo/config.toml");
        let configuration = std::fs::read_to_string(&path).expect("just written");
        std::fs::copy(scratch.path("dev.offload"), scratch.path("other.offload")).expect("just written");
        scratch.write(".cargo/config.toml", configuration.replace("dev.offload", "other.offload"));
        on_a_device(cargo(&scratch, toolchain).args(["run", "-p", "uses"]).ok().says("Compiling launching"));
        scratch.write(".cargo/config.toml", configuration);
    }
}
