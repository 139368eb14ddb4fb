//! Rows and blocks between barriers whose items part: every item goes its own way, and no check that fails is left out.

use crate::support::{device_link, llvm, printed};
use abi::launch::pack_geometry;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An image of splits.c, and what calls its kernels.
struct Image {
    folder: tempfile::TempDir,
}

const LEVELS: [&str; 2] = ["-O1", "-O3"];
const BLOCKS: [u32; 5] = [1, 2, 16, 67, 256];

impl Image {
    fn new(level: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = |name: &str| -> PathBuf { folder.path().join(name) };
        printed(llvm("clang").args(["-O1", "reporting_driver.c", "-ldl", "-o"]).arg(file("driver")));
        printed(llvm("clang").args(["-O1", "-emit-llvm", "-c", "splits.c", "-o"]).arg(file("k.bc")));
        let mut link = device_link();
        link.args(["link", "--panic=record", level, "--target=x86_64:native"]).arg(file("k.bc"));
        printed(link.arg("-o").arg(file("dev.offload")));
        printed(device_link().arg("extract").arg(file("dev.offload")).arg("-o").arg(file("image.so")));
        Self { folder }
    }

    /// The panic of a launch, if there is one, and what it leaves.
    fn call(
        &self,
        kernel: &str,
        [grid, block]: [[u32; 3]; 2],
        numbers: &[u32],
    ) -> (Option<String>, Vec<u64>) {
        let count = grid.iter().chain(&block).product::<u32>();
        let mut driver = Command::new(self.path("driver"));
        driver.arg(self.path("image.so")).arg(kernel).arg(count.to_string());
        driver.args(pack_geometry(grid, block).map(|slot| slot.to_string()));
        driver.args(numbers.iter().map(ToString::to_string)).arg("p");
        let text = String::from_utf8(printed(&mut driver)).expect("text");
        let mut lines: Vec<_> = text.lines().map(ToOwned::to_owned).collect();
        let buffer = lines.pop().unwrap_or_default();
        (lines.pop(), buffer.split(' ').filter_map(|number| number.parse().ok()).collect())
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(self.folder.path()).join(name)
    }
}

type Takes = fn(u32, u32) -> bool;

const SPLITS: [(&str, Takes); 10] = [
    ("below", |thread, limit| thread < limit),
    ("up_to", |thread, limit| thread <= limit),
    ("above", |thread, limit| thread > limit),
    ("from", |thread, limit| thread >= limit),
    ("below_with_sign", |thread, limit| thread.cast_signed() < limit.cast_signed()),
    ("up_to_with_sign", |thread, limit| thread.cast_signed() <= limit.cast_signed()),
    ("above_with_sign", |thread, limit| thread.cast_signed() > limit.cast_signed()),
    ("from_with_sign", |thread, limit| thread.cast_signed() >= limit.cast_signed()),
    ("at", |thread, limit| thread == limit),
    ("but", |thread, limit| thread != limit),
];

#[test]
fn items_part_at_any_item() {
    for level in LEVELS {
        let image = Image::new(level);
        for (kernel, takes) in SPLITS {
            for block in BLOCKS {
                for limit in [0, 1, block / 2, block - 1, block, block + 1, u32::MAX >> 1, 1 << 31, u32::MAX]
                {
                    let left = image.call(kernel, [[2, 1, 1], [block, 1, 1]], &[limit]);
                    let item = |i: u32| u64::from(i % block + if takes(i % block, limit) { 1000 } else { 0 });
                    let expected = (None, (0..2 * block).map(item).collect());
                    assert_eq!(left, expected, "{level}, {kernel} {limit}, blocks of {block}");
                }
            }
        }
    }
}

/// The first item that fails is the first, a middle and the last one of those that come to the check, or none.
#[test]
fn checks_are_for_those_that_come_to_them() {
    for level in LEVELS {
        let image = Image::new(level);
        for block in BLOCKS {
            for step in [0, 1, block / 2, block - 1, block] {
                for fails in [0, 1, step / 2, step.saturating_sub(1), step] {
                    let item = |i: u32| if i < step { 2 * i + step } else { i };
                    let expected = (0..block).map(|i| if i < step && i >= fails { 0 } else { item(i) });
                    let panic = (fails < step).then_some(fails);
                    if 2 * step <= block {
                        check(&image, "tree", block, [step, step + fails], (panic, expected.collect()));
                    }
                }
                let readers = block - step;
                for fails in [0, 1, readers / 2, readers.saturating_sub(1), readers] {
                    let before = |i: u32| if i < step { 1 } else { i - step + 1 };
                    let expected = (0..block).map(|i| if i >= step + fails { 0 } else { before(i) });
                    let panic = (fails < readers).then_some(step + fails);
                    check(&image, "scan", block, [step, fails], (panic, expected.collect()));
                }
            }
        }
    }
}

#[track_caller]
fn check(image: &Image, kernel: &str, block: u32, numbers: [u32; 2], (panic, left): (Option<u32>, Vec<u32>)) {
    let found = image.call(kernel, [[1, 1, 1], [block, 1, 1]], &numbers);
    let panic = panic.map(|thread| format!("1: {kernel}out of bounds, block 0 0 0, thread {thread} 0 0"));
    let expected = (panic, left.into_iter().map(u64::from).collect::<Vec<_>>());
    assert_eq!(found, expected, "{kernel} {numbers:?}, blocks of {block}");
}

/// Where a block isn't inside, its rows are tried by themselves.
#[test]
fn rows_of_a_block_fail_by_themselves() {
    for level in LEVELS {
        let image = Image::new(level);
        for ([columns, rows], [width, height]) in
            [([1, 1], [1, 1]), ([2, 1], [16, 16]), ([2, 3], [5, 3]), ([1, 2], [1, 7])]
        {
            let (row, count) = (columns * width, columns * width * rows * height);
            for length in [0, 1, row - 1, row, row + 1, count / 2, count - row, count - 1, count] {
                let length = length.min(count);
                let (panic, left) = image.call("plane", [[columns, rows, 1], [width, height, 1]], &[length]);
                let mirrored = |i: u32| {
                    let x = i % row;
                    i - x + x / width * width + width - 1 - x % width + 1
                };
                let expected: Vec<_> =
                    (0..count).map(|i| u64::from(if i < length { mirrored(i) } else { 0 })).collect();
                let what = format!("{level}, {length} of {row} x {}", rows * height);
                assert_eq!(left, expected, "{what}");
                assert_eq!(panic.is_some(), length < count, "{what}: {panic:?}");
            }
        }
    }
}

/// Kernels run in blocks of more axes than they ask for, too.
#[test]
fn blocks_have_axes_that_nobody_asks_for() {
    for level in LEVELS {
        let image = Image::new(level);
        for block in [[1, 1, 1], [5, 1, 1], [5, 3, 1], [5, 1, 2], [4, 3, 2], [67, 1, 1], [1, 1, 9]] {
            let [x, y, z] = block;
            for (kernel, grid, places, items) in [("in_rows", 2, 2 * x, y * z), ("in_planes", 1, x * y, z)] {
                let found = image.call(kernel, [[grid, 1, 1], block], &[places]);
                let expected = (0..grid * x * y * z).map(|i| u64::from(if i < places { items } else { 0 }));
                assert_eq!(found, (None, expected.collect()), "{level}, {kernel}, {block:?}");
                // The last place of the first row or plane fails.
                let (panic, _) = image.call(kernel, [[1, 1, 1], block], &[places / grid - 1]);
                let [column, row] = [x - 1, if kernel == "in_planes" { y - 1 } else { 0 }];
                let first = format!("out of bounds, block 0 0 0, thread {column} {row} 0");
                assert!(panic.as_ref().is_some_and(|panic| panic.ends_with(&first)), "{panic:?}, {block:?}");
            }
        }
    }
}
