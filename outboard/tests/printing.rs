//! What kernels print comes out of the program.

use outboard::prelude::*;
#[cfg(not(miri))]
use std::process::Command;

/// What the test `name` of this program prints, run in a process of its own, which Miri cannot start; between the
/// harness's lines.
#[cfg(not(miri))]
fn output_of(name: &str) -> Vec<String> {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).args(["--exact", name, "--nocapture"]).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter(|line| line.starts_with("item ")).map(str::to_owned).collect()
}

#[test]
fn a_kernel_prints() {
    let x = [1.5f32, -2.0, 1e10];
    let launch = Device::default().over(3).run((&x, outboard::printer()), |it, (x, out)| {
        let value = x[it.index()];
        outboard::println!(out, "item {} has {}, {}", it.index(), value, value > 0.0);
        if value < 0.0 {
            outboard::println!(out, "item {} is {}", it.index(), 'ß');
        }
    });
    assert!(launch.is_ok(), "{launch:?}");
}

#[cfg(not(miri))]
#[test]
fn what_a_kernel_prints_comes_out() {
    let mut lines = output_of("a_kernel_prints");
    // Items are in no order.
    lines.sort();
    assert_eq!(
        lines,
        ["item 0 has 1.5, true", "item 1 has -2, false", "item 1 is ß", "item 2 has 10000000000, true"]
    );
}

#[test]
fn a_kernel_prints_and_panics() {
    let launch = Device::cpu().over(3).run(outboard::printer(), |it, out| {
        outboard::println!(out, "item {}", it.index());
        assert!(it.index() != 1, "stop");
    });
    assert!(launch.is_err());
}

#[cfg(not(miri))]
#[test]
fn what_a_kernel_prints_before_a_panic_comes_out() {
    assert_eq!(output_of("a_kernel_prints_and_panics"), ["item 0", "item 1"]);
}
