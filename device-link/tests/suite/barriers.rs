//! Kernels whose items meet, on x86_64: what they compute, what becomes of items that end early or fail, and what is
//! refused.

use crate::support::{device_link, llvm, printed};
use abi::launch::pack_geometry;
use std::path::PathBuf;

/// What a launch leaves: the first panic, and the buffer.
struct Left {
    panic: Option<String>,
    buffer: Vec<u64>,
}

/// An image of barriers.c, and what calls its kernels.
struct Image {
    folder: tempfile::TempDir,
}

impl Image {
    fn new(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = |name: &str| -> PathBuf { folder.path().join(name) };
        printed(llvm("clang").args(["-O1", "reporting_driver.c", "-ldl", "-o"]).arg(file("driver")));
        printed(llvm("clang").args(["-O1", "-emit-llvm", "-c", "barriers.c", "-o"]).arg(file("k.bc")));
        let mut link = device_link();
        link.args(["link", "--panic=record"]).args(flags).arg(file("k.bc"));
        printed(link.arg("-o").arg(file("dev.offload")));
        printed(device_link().arg("extract").arg(file("dev.offload")).arg("-o").arg(file("image.so")));
        Self { folder }
    }

    fn call(&self, kernel: &str, [grid, block]: [u32; 2], slots: &[&str]) -> Left {
        let mut driver = std::process::Command::new(self.folder.path().join("driver"));
        driver.arg(self.folder.path().join("image.so")).arg(kernel).arg((grid * block).to_string());
        driver.args(pack_geometry([grid, 1, 1], [block, 1, 1]).map(|slot| slot.to_string())).args(slots);
        let text = String::from_utf8(printed(&mut driver)).expect("text");
        let mut lines: Vec<_> = text.lines().collect();
        let buffer = lines.pop().unwrap_or_default().split(' ').filter_map(|number| number.parse().ok());
        Left { buffer: buffer.collect(), panic: lines.pop().map(ToOwned::to_owned) }
    }
}

const LEVELS: [&str; 3] = ["-O0", "-O2", "-O3"];

/// Odd sizes: empty, one, and around what vectors and blocks hold.
const BLOCKS: [u32; 9] = [1, 2, 7, 16, 31, 64, 127, 256, 257];

#[test]
fn items_that_return_before_others() {
    for level in LEVELS {
        let image = Image::new(&[level]);
        for block in BLOCKS {
            let left = image.call("leaving", [3, block], &["p"]);
            let rounds = |thread: u32| thread % 5 + 1;
            let here = |round| (0..block).filter(|thread| rounds(*thread) > round).count() as u64;
            let sum = |thread: u32| (0..rounds(thread)).map(here).sum::<u64>();
            let expected: Vec<_> = (0..3 * block).map(|item| sum(item % block)).collect();
            assert_eq!(left.buffer, expected, "{level}, blocks of {block}");
            assert_eq!(left.panic, None);
        }
    }
}

#[test]
fn items_past_the_end_return() {
    for level in LEVELS {
        let image = Image::new(&[level]);
        for block in BLOCKS {
            for n in [0, 1, block - 1, block, block + 1, 2 * block - 1, 2 * block] {
                let left = image.call("guarded", [2, block], &[&n.to_string(), "p"]);
                let item = |i: u32| {
                    let first = 3 * u64::from(i / block * block) + 1 + u64::from(n);
                    let own = if i.is_multiple_of(block) { first } else { 3 * u64::from(i) + 1 };
                    if i < n { own + first } else { 0 }
                };
                let expected: Vec<_> = (0..2 * block).map(item).collect();
                assert_eq!(left.buffer, expected, "{level}, {n} items in blocks of {block}");
            }
        }
    }
}

/// The item that fails is the first, a middle and the last one, of the launch and of a block.
#[test]
fn an_item_that_fails() {
    for level in LEVELS {
        let image = Image::new(&[level]);
        for (kernel, block) in
            [("failing", 16), ("failing_alone", 16), ("failing_in_blocks", 16), ("failing", 67)]
        {
            let count = 3 * block;
            for bad in [0, 1, block - 1, block, block + block / 2, 2 * block - 1, 2 * block, count - 1, count]
            {
                let left = image.call(kernel, [3, block], &[&bad.to_string(), "p"]);
                let expected: Vec<_> =
                    (0..count).map(|i| u64::from(item_of(kernel, block, bad, i))).collect();
                assert_eq!(left.buffer, expected, "{level}, {kernel}, item {bad} of blocks of {block}");
                let (at, thread) = (bad / block, bad % block);
                let panic = format!("1: {kernel}this one, block {at} 0 0, thread {thread} 0 0");
                assert_eq!(left.panic, (bad < count).then_some(panic), "{level}");
            }
        }
    }
}

/// What `kernel` leaves of item `i`.
fn item_of(kernel: &str, block: u32, bad: u32, i: u32) -> u32 {
    match kernel {
        "failing" if i == bad => 1,
        "failing" if i / block == bad / block => 2,
        "failing" => 3 + i / block * block + (block - 1 - i % block),
        "failing_alone" if i == bad => 1,
        _ if i == bad => 0,
        _ => 2 + i,
    }
}

#[test]
fn items_that_wait_at_different_barriers() {
    let image = Image::new(&[]);
    let left = image.call("apart", [2, 4], &["a"]);
    assert_eq!(left.buffer, [20, 10, 20, 10, 20, 10, 20, 10]);
    let panic = "1: apartthe items of a block wait at different barriers, block 0 0 0, thread -1 -1 -1";
    assert_eq!(left.panic.as_deref(), Some(panic));
    let left = image.call("apart", [2, 1], &["a"]);
    assert_eq!((left.buffer, left.panic), (vec![21, 11], None), "alone in its block, an item waits for none");
}
