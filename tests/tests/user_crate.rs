//! The crate outboard in one build: its own tests again, with the plugin, on libomptarget's host devices.

use tests::cargo_with_plugin::{built_with_plugin, cargo_with_plugin};
use tests::{Ran, Run};

fn cargo(arguments: &[&str]) -> Run {
    cargo_with_plugin(&[]).env("OMP_TARGET_OFFLOAD", "MANDATORY").args(arguments)
}

/// Every launch that says nothing else has to run on a device.
#[track_caller]
fn check(arguments: &[&str]) {
    let tests = ["test", "-p", "outboard", "--test", "levels", "--test", "scopes", "--test", "pending"];
    let more = ["--test", "printing", "--test", "first_panics", "--lib"];
    let arguments: Vec<_> = tests.iter().chain(&more).chain(arguments).copied().collect();
    cargo(&arguments).env("OUTBOARD_REQUIRE", "1").ok();
}

#[test]
fn dev() {
    check(&[]);
}

#[test]
fn release() {
    check(&["--release"]);
}

#[test]
fn errors() {
    cargo(&["test", "-p", "outboard", "--test", "errors", "--test", "environment"]).ok();
}

#[test]
fn without_a_runtime_everything_runs_on_the_cpu() {
    let arguments = ["run", "--quiet", "-p", "outboard", "--example", "residency"];
    let ran = cargo(&arguments).env("OMP_TARGET_OFFLOAD", "DISABLED").ok();
    ran.prints(
        "without a scope: 0 launches, 20 on the CPU, 0 bytes to the device, 0 from it\n\
         with a scope: 0 launches, 20 on the CPU, 0 bytes to the device, 0 from it\n\
         same results\n",
    );
}

#[test]
fn main_says_why_a_required_device_is_missing() {
    let arguments = ["run", "--quiet", "-p", "outboard", "--example", "residency"];
    let ran = cargo(&arguments).env("OMP_TARGET_OFFLOAD", "DISABLED").env("OUTBOARD_REQUIRE", "1").fails();
    ran.says("Error: no device ran the launch: the offload runtime found no device\nhelp: see whether");
}

/// The sizes of all copies of that direction in the runtime's own report.
fn copied(ran: &Ran, direction: &str) -> u64 {
    let sizes = ran.stderr.lines().filter(|line| line.contains(direction)).filter_map(|line| {
        let (_, size) = line.split_once("Size=")?;
        let digits: String = size.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().ok()
    });
    sizes.sum()
}

#[test]
fn bytes_are_what_the_runtime_copies() {
    // A grid is 400,000 bytes. A launch takes two there and one back; the scope takes one there and back.
    let ran = cargo(&["run", "--quiet", "-p", "outboard", "--example", "residency"])
        .env("OUTBOARD_REQUIRE", "1")
        .env("LIBOMPTARGET_INFO", "32")
        .ok();
    let ran = ran.prints(
        "without a scope: 20 launches, 0 on the CPU, 16000000 bytes to the device, 8000000 from it\n\
         with a scope: 21 launches, 0 on the CPU, 400000 bytes to the device, 400000 from it\n\
         same results\n",
    );
    // The crate's own first launch, which gives the device a buffer for panics, takes nothing there nor back.
    assert_eq!(copied(&ran, "host to device"), 16_000_000 + 400_000);
    assert_eq!(copied(&ran, "device to host"), 8_000_000 + 400_000);
}

#[test]
fn a_program_that_never_launches_has_no_images() {
    for profile in ["--profile=dev", "--release"] {
        let ran = cargo(&["run", "--quiet", "-p", "outboard", "--example", "no_launch", profile]).ok();
        ran.prints("0 devices, default is the CPU: true\nruntime: false\n");
    }
    let program = built_with_plugin("examples/no_launch");
    let sections = Run::new("readelf").args(["-S", "-W"]).arg(&program).ok();
    sections.says(".text").says_not("outboard").says_not("offload");
    let symbols = Run::new("nm").arg(&program).ok();
    let registration = format!(" {}\n", abi::names::PROGRAM_REGISTRATION);
    symbols.says(" main\n").says_not(&registration).says_not(abi::names::REGION_PREFIX);
    Run::new("readelf").arg("-d").arg(&program).ok().says("NEEDED").says_not("libomptarget");
}
