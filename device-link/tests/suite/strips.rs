//! Items that go through loops together: each has its own result, and fails by itself.

use crate::support::{device_link, llvm, printed};
use abi::launch::pack_geometry;
use std::path::Path;
use std::process::Command;

const KERNELS: [&str; 4] = ["rounds", "common", "guarded", "of_threads"];
const LEVELS: [&str; 3] = ["x86_64:x86-64", "x86_64:x86-64-v3", "x86_64:native"];

/// Makes an image of strips.c in `folder`; gives the optimized IR.
fn link(folder: &Path, target: &str) -> String {
    let file = |name: &str| folder.join(name);
    printed(llvm("clang").args(["-O1", "reporting_driver.c", "-ldl", "-o"]).arg(file("driver")));
    printed(
        llvm("clang")
            .args(["-O1", "-Xclang", "-disable-llvm-passes", "-emit-llvm", "-c", "strips.c", "-o"])
            .arg(file("k.bc")),
    );
    let mut link = device_link();
    link.args(["link", "--panic=record", "--embed-ir", "--target", target]).arg(file("k.bc"));
    printed(link.arg("-o").arg(file("dev.offload")));
    printed(device_link().arg("extract").arg(file("dev.offload")).arg("-o").arg(file("image.so")));
    let text = printed(device_link().args(["inspect", "--ir"]).arg(file("dev.offload")));
    String::from_utf8(text).expect("text")
}

/// The item that panics, if one does, and what the launch leaves.
fn call(folder: &Path, kernel: &str, [grid, block]: [u32; 2], numbers: [u32; 2]) -> (Option<u32>, Vec<u64>) {
    let mut driver = Command::new(folder.join("driver"));
    driver.arg(folder.join("image.so")).arg(kernel).arg((grid * block).to_string());
    driver.args(pack_geometry([grid, 1, 1], [block, 1, 1]).map(|slot| slot.to_string()));
    driver.args(numbers.map(|number| number.to_string())).arg("p");
    let text = String::from_utf8(printed(&mut driver)).expect("text");
    let mut lines: Vec<_> = text.lines().collect();
    let left = lines.pop().unwrap_or_default().split(' ').filter_map(|number| number.parse().ok());
    let place = |line: &str| {
        let mut numbers =
            line.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse::<u32>().ok());
        let (_, block_x, _, _, thread) =
            (numbers.next(), numbers.next()?, numbers.next(), numbers.next(), numbers.next()?);
        Some(block_x * block + thread)
    };
    (lines.pop().and_then(place), left.collect())
}

/// What item `i` sums up. All numbers on the way are exact, so that fused operations give the same.
fn sum(i: u32, count: u32) -> u64 {
    let sum = (0..count).fold(i as f32, |sum, k| sum * 0.5 + (i + k) as f32);
    (sum * 256.0) as u64
}

#[test]
fn items_go_through_rounds_together() {
    for target in LEVELS {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ir = link(folder.path(), target);
        for kernel in KERNELS {
            assert!(ir.contains(&format!("@{kernel}.strip(")), "{target}: {kernel} has no strips");
        }
        for [grid, block] in [[1, 1], [3, 16], [2, 67], [1, 256]] {
            let items = grid * block;
            for count in [0, 1, 2, 8] {
                let mut lengths =
                    vec![0, 1, 8, 31, 32, 33, items / 2, items - 1, items, items + 1, items + 8];
                lengths.retain(|length| *length <= items + 8);
                for length in lengths {
                    check(folder.path(), [grid, block], [count, length]);
                }
            }
        }
    }
}

#[track_caller]
fn check(folder: &Path, [grid, block]: [u32; 2], [count, length]: [u32; 2]) {
    for kernel in KERNELS {
        let stays = |item: u32| match kernel {
            "rounds" => count == 0 || item + count <= length,
            "common" => count <= length,
            "guarded" => item < length,
            _ => item % block < length,
        };
        let start = |item: u32| if kernel == "of_threads" { item % block } else { item };
        let expected = (0..grid * block).map(|item| if stays(item) { sum(start(item), count) } else { 0 });
        let panics = matches!(kernel, "rounds" | "common");
        let panic = (0..grid * block).find(|item| panics && !stays(*item));
        let found = call(folder, kernel, [grid, block], [count, length]);
        assert_eq!(
            found,
            (panic, expected.collect()),
            "{kernel}, {grid} x {block}, {count} rounds, {length}"
        );
    }
}
