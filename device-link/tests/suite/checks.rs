//! Checks that are left out where they hold for a whole row: none of those that fail is.

use crate::support::{device_link, llvm, printed};
use abi::launch::pack_geometry;
use std::path::Path;
use std::process::Command;

/// The kernels of checks.c whose items panic from the length on.
const PANICKING: [&str; 7] = ["less", "stepped", "narrow", "with_sign", "both", "backwards", "meeting"];

fn link(folder: &Path, level: &str) {
    let file = |name: &str| folder.join(name);
    printed(llvm("clang").args(["-O1", "reporting_driver.c", "-ldl", "-o"]).arg(file("driver")));
    printed(llvm("clang").args(["-O1", "-emit-llvm", "-c", "checks.c", "-o"]).arg(file("k.bc")));
    let mut link = device_link();
    printed(
        link.args(["link", "--panic=record", level]).arg(file("k.bc")).arg("-o").arg(file("dev.offload")),
    );
    printed(device_link().arg("extract").arg(file("dev.offload")).arg("-o").arg(file("image.so")));
}

/// What a launch of `grid` blocks of `block` items prints.
fn call(folder: &Path, kernel: &str, [grid, block]: [u32; 2], length: u32) -> String {
    let mut driver = Command::new(folder.join("driver"));
    driver.arg(folder.join("image.so")).arg(kernel).arg((grid * block).to_string());
    driver.args(pack_geometry([grid, 1, 1], [block, 1, 1]).map(|slot| slot.to_string()));
    String::from_utf8(printed(driver.arg(length.to_string()).arg("p"))).expect("text")
}

/// The first item that fails is the first, a middle and the last one: of the launch, of a block, of a vector.
#[test]
fn items_fail_from_any_on() {
    for level in ["-O1", "-O3"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        link(folder.path(), level);
        for [grid, block] in [[1, 1], [3, 16], [2, 67], [5, 64]] {
            let count = grid * block;
            let mut lengths = vec![0, 1, block / 2, block - 1, block, block + 1, count / 2, count - 1, count];
            lengths.retain(|length| *length <= count);
            for length in lengths {
                for kernel in PANICKING {
                    check(folder.path(), kernel, [grid, block], length);
                }
                let printed = call(folder.path(), "returning", [grid, block], length);
                assert_eq!(printed, line(count, length), "{level}, {length} of {count}");
                check_sides(folder.path(), [grid, block], length);
            }
        }
    }
}

#[track_caller]
fn check(folder: &Path, kernel: &str, [grid, block]: [u32; 2], length: u32) {
    let count = grid * block;
    let printed = call(folder, kernel, [grid, block], length);
    let (panic, buffer) = printed.split_once('\n').unwrap_or_default();
    let what = format!("{kernel}, {length} of {grid} x {block}");
    if length == count {
        assert_eq!(printed, line(count, length), "{what}");
        return;
    }
    let (at, thread) = (length / block, length % block);
    let expected = format!("1: {kernel}out of bounds, block {at} 0 0, thread {thread} 0 0");
    assert_eq!((panic, buffer), (expected.as_str(), line(count, length).as_str()), "{what}");
}

/// What is in the buffer when all items below `length` have written.
fn line(count: u32, length: u32) -> String {
    let items: Vec<_> = (0..count).map(|item| if item < length { "1" } else { "0" }).collect();
    items.join(" ") + "\n"
}

/// Items at the ends of `length` write 2, others 1, and what is behind 0 where it fails and 2 where it doesn't.
#[track_caller]
fn check_sides(folder: &Path, [grid, block]: [u32; 2], length: u32) {
    for (kernel, behind) in [("sides", "0"), ("long_sides", "2")] {
        let printed = call(folder, kernel, [grid, block], length);
        let item = |item: u32| match item {
            _ if item >= 3 && item + 3 < length => "1",
            _ if item < length => "2",
            _ => behind,
        };
        let items: Vec<_> = (0..grid * block).map(item).collect();
        let buffer = printed.lines().last().unwrap_or_default();
        assert_eq!(buffer, items.join(" "), "{kernel}, {length} of {grid} x {block}");
        let fails = kernel == "sides" && length < grid * block;
        assert_eq!(printed.lines().count(), 1 + usize::from(fails), "{kernel}, {length} of {grid} x {block}");
    }
}

/// A long row, of which pieces are tried, and threads that share it.
#[test]
fn a_long_row_fails_anywhere() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    link(folder.path(), "-O2");
    let [grid, block] = [400, 256];
    let count = grid * block;
    for length in
        [1, 1023, 1024, 1025, count / 2 - 1, count / 2, count / 2 + 1, count - 257, count - 1, count]
    {
        for kernel in ["less", "narrow", "meeting"] {
            let printed = call(folder.path(), kernel, [grid, block], length);
            let buffer = printed.lines().last().unwrap_or_default();
            assert_eq!(format!("{buffer}\n"), line(count, length), "{kernel}, {length} of {count}");
            assert_eq!(printed.lines().count(), if length == count { 1 } else { 2 });
        }
        check_sides(folder.path(), [grid, block], length);
    }
}

/// What tells whether checks hold computes them for items that may not come to them: no poison may decide.
#[test]
fn a_condition_that_no_item_comes_to_decides_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let temps = folder.path().join("temps");
    let mut link = device_link();
    link.args(["link", "unreached_shift.ll"]).arg(format!("--save-temps={}", temps.display()));
    printed(link.arg("-o").arg(folder.path().join("dev.offload")));
    let entries = std::fs::read_to_string(temps.join("entries.ll")).expect("IR of that step");
    let holds = entries.split("\ndefine ").find(|text| text.starts_with("internal i1 @k.item.holds.0("));
    assert!(holds.is_some_and(|text| text.contains(" freeze ")), "{entries}");
}
