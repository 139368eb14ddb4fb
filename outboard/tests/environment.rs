//! What the environment says: the exact text of errors about it. Each test starts processes, which Miri cannot.
#![cfg(not(miri))]

use outboard::prelude::*;
use std::process::Command;

/// Runs the test `name` of this program in a process with that environment; it prints what the launch gave.
fn with_environment(variables: &[(&str, &str)]) -> String {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command.args(["--exact", "launch_and_print", "--nocapture"]);
    let output = command.envs(variables.iter().copied()).output().expect("runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let start = text.find("gave: ").expect("the launch printed") + "gave: ".len();
    text[start..text[start..].find(" :end").map_or(text.len(), |end| start + end)].to_owned()
}

#[test]
#[expect(clippy::print_stdout, reason = "it tells the process that started it")]
fn launch_and_print() {
    let mut y = [0u32; 4];
    let result = y.offload_mut().for_each(|y| *y += 1);
    println!("gave: {} :end", result.map_or_else(|error| error.to_string(), |()| format!("{y:?}")));
}

#[test]
fn the_environment_requires_a_device() {
    if !outboard::built_with_plugin() {
        let expected = "no device ran the launch: the program was built without Outboard's plugin\n\
                        help: build it with `cargo outboard build`";
        assert_eq!(with_environment(&[("OUTBOARD_REQUIRE", "1")]), expected);
        assert_eq!(with_environment(&[("OUTBOARD_REQUIRE", "1"), ("OUTBOARD_DEVICE", "cpu")]), expected);
    }
    for value in ["0", ""] {
        assert_eq!(with_environment(&[("OUTBOARD_REQUIRE", value)]), "[1, 1, 1, 1]");
    }
}

#[test]
fn a_required_device_is_missing() {
    if !outboard::built_with_plugin() {
        return;
    }
    let required = ("OUTBOARD_REQUIRE", "1");
    let disabled = with_environment(&[required, ("OMP_TARGET_OFFLOAD", "DISABLED")]);
    let expected = "no device ran the launch: the offload runtime found no device\n\
                    help: see whether `OMP_TARGET_OFFLOAD` or `LIBOMPTARGET_*` is set; `cargo outboard doctor` \
                    tells more";
    assert_eq!(disabled, expected);
    let expected = "no device ran the launch: it is for the CPU\n\
                    help: take `Device::default()`, and unset `OUTBOARD_DEVICE` if it is `cpu`";
    assert_eq!(with_environment(&[required, ("OUTBOARD_DEVICE", "cpu")]), expected);
}

#[test]
fn the_environment_names_the_device() {
    for value in ["cpu", "", "0"] {
        assert_eq!(with_environment(&[("OUTBOARD_DEVICE", value)]), "[1, 1, 1, 1]");
    }
    for value in ["gpu", "-1", "1.5"] {
        let expected = format!(
            "`OUTBOARD_DEVICE` is `{value}`, which is no device\n\
             help: set it to `cpu` or to a device's number, or unset it"
        );
        assert_eq!(with_environment(&[("OUTBOARD_DEVICE", value)]), expected);
    }
}
