//! A program of random kernels: its source, and building and running it.

use super::body::{Body, Items};
use super::random::Random;
use crate::cargo_with_plugin::cargo_with_plugin;
use crate::{Ran, Run, Scratch, workspace};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

/// Kernels of one seed, by their numbers.
#[derive(Debug, Clone)]
pub struct Program {
    /// What all kernels hang on.
    pub seed: u64,
    /// Which kernels. A number's kernel is the same in every program of the seed.
    pub kernels: Range<u32>,
}

/// A built program, and its folder.
#[derive(Debug)]
pub struct Built {
    scratch: Scratch,
    binary: PathBuf,
}

/// Sizes of launches in blocks: grid and block, of one, two and three dimensions.
const BLOCKS: [[&str; 4]; 3] = [
    ["1, 1", "3, 7", "2, 32", "5, 33"],
    ["(1, 1), (1, 1)", "(2, 3), (5, 1)", "(1, 2), (4, 8)", "(3, 1), (3, 11)"],
    ["(1, 1, 1), (1, 1, 1)", "(2, 1, 2), (3, 2, 2)", "(1, 2, 1), (2, 2, 8)", "(2, 2, 2), (1, 3, 5)"],
];

/// Sizes of launches over an extent: around the block that the crate takes, and primes.
const EXTENTS: [[&str; 6]; 3] = [
    ["0", "1", "255", "256", "257", "1009"],
    ["(0, 3)", "(1, 1)", "(15, 17)", "(16, 16)", "(17, 31)", "(1, 131)"],
    ["(2, 0, 2)", "(1, 1, 1)", "(7, 5, 3)", "(8, 8, 4)", "(9, 7, 5)", "(1, 2, 67)"],
];

const EXTENT_TYPES: [&str; 3] = ["usize", "(usize, usize)", "(usize, usize, usize)"];

impl Program {
    /// The text of its kernels, and of `all`, which launches them.
    pub fn source(&self) -> String {
        let mut text = "use crate::{Items as _, Runner, bits, mix};\nuse outboard::prelude::*;\n".to_owned();
        let mut launches = String::new();
        for number in self.kernels.clone() {
            let (kernel, launch) = self.kernel(number);
            text += &kernel;
            launches += &launch;
        }
        write!(text, "\npub fn all(runner: &mut Runner) {{\n{launches}}}\n").expect("a string");
        text
    }

    /// A kernel, and its launches.
    fn kernel(&self, number: u32) -> (String, String) {
        let mut random = Random::new(self.seed, u64::from(number));
        let (blocks, panics) = (random.percent(70), random.percent(20));
        let dimensions = random.below(3) as usize;
        let limit = random.below(1000);
        let items = match (blocks, random.percent(50)) {
            (true, _) => Items::InBlocks,
            (false, true) => Items::InRounds,
            (false, false) => Items::Alone,
        };
        let body = Body::write(&mut random, items);
        let body = if panics { with_panic(&body, &mut random) } else { body };
        let parameters = "(out, sums, input, limit): (Own<'k, u32>, Atomics<'k, u32>, &'k [u32], u32)";
        let arguments = "(each(&mut memory.out), atomic(&mut memory.sums), input, limit)";
        let (item, start, end, launch) = if blocks { IN_BLOCKS } else { OVER };
        let kernel = format!(
            "\n#[allow(unused, clippy::all)]\nfn kernel_{number}<'k>(it: {item}, {parameters}) {{\n{start}{body}    {end}\n}}\n"
        );
        let sizes: &[&str] = if blocks { &BLOCKS[dimensions] } else { &EXTENTS[dimensions] };
        let kind = EXTENT_TYPES[dimensions];
        let (sizes_type, items) = if blocks {
            (format!("({kind}, {kind})"), "sizes.0.items() * sizes.1.items()")
        } else {
            (kind.to_owned(), "sizes.items()")
        };
        let of_all = sizes.iter().map(|sizes| format!("({sizes})")).collect::<Vec<_>>().join(", ");
        let launches = format!(
            "    for sizes in [{of_all}] as [{sizes_type}; {}] {{\n        let items = {items};\n        \
             runner.compare({number}, &sizes, items, {limit}, &|device, memory, input, limit| {{\n            \
             {launch}.run({arguments}, kernel_{number})\n        }});\n    }}\n",
            sizes.len()
        );
        (kernel, launches)
    }

    /// Builds it with the plugin for the host device, optimised or not.
    pub fn build(&self, release: bool) -> Built {
        let case = workspace().join("tests/cases/random_kernels");
        let read = |file: &str| std::fs::read_to_string(case.join(file)).expect("the case is there");
        let scratch = Scratch::new();
        let crate_outboard = workspace().join("outboard");
        scratch
            .write("Cargo.toml", read("Cargo.toml").replace("OUTBOARD", &crate_outboard.to_string_lossy()));
        scratch.write("src/main.rs", read("src/main.rs"));
        scratch.write("src/kernels.rs", self.source());
        let lock = std::fs::read(workspace().join("Cargo.lock")).expect("a lock file");
        scratch.write("Cargo.lock", lock);
        let target = scratch.path("target");
        let mut cargo = cargo_with_plugin(&[]).dir(scratch.folder()).env("CARGO_TARGET_DIR", &target);
        cargo = cargo.args(["build", "--quiet"]);
        if release {
            // The widest vectors that run here, and no code for other machines.
            cargo = cargo.arg("--release").env("OUTBOARD_LINK_OPTIONS", "--outboard-device=x86_64:native");
        }
        cargo.ok();
        let profile = if release { "release" } else { "debug" };
        let binary = target.join("x86_64-unknown-linux-gnu").join(profile).join("random_kernels");
        Built { scratch, binary }
    }
}

impl Built {
    /// Runs it: status 0 when all kernels do the same everywhere.
    pub fn run(&self) -> Ran {
        Run::new(&self.binary).dir(self.scratch.folder()).env("OMP_TARGET_OFFLOAD", "MANDATORY").run()
    }
}

/// Item type, start of the body, end of the body, and the launch before its `run`.
type Shape = (&'static str, &'static str, &'static str, &'static str);

const IN_BLOCKS: Shape = (
    "BlockItem<'k>",
    "    let (items, me) = (it.block_items() as u32, it.thread_index() as u32);
    let block = ((it.block_z() * it.grid_height() + it.block_y()) * it.grid_width() + it.block_x()) as u32;
    let shared = outboard::shared!(it, [u32; 64]);
    let floats = outboard::shared!(it, [f32; 64]);
",
    "*out.of(*it) = v0 ^ v1.rotate_left(7) ^ v2.rotate_left(13) ^ v3 ^ bits(f0) ^ bits(f1) ^ u0 ^ u1 ^ u2;",
    "device.blocks(sizes.0, sizes.1)",
);

const OVER: Shape = (
    "Item<'k>",
    "    let (items, me, block) = ((it.width() * it.height() * it.depth()) as u32, it.index() as u32, 3u32);
",
    "*out.of(it) = v0 ^ v1.rotate_left(7) ^ v2.rotate_left(13) ^ v3 ^ bits(f0) ^ bits(f1) ^ u0 ^ u1 ^ u2;",
    "device.over(sizes)",
);

/// The body with an index out of bounds in one item, the first, a middle or the last, somewhere on its way.
fn with_panic(body: &str, random: &mut Random) -> String {
    let which = random.of(&["0", "items / 2", "items - 1"]);
    let lines: Vec<&str> = body.lines().collect();
    // Between statements of the body itself, after its variables.
    let tops: Vec<usize> =
        (0..=lines.len()).filter(|&at| lines.get(at).is_none_or(|line| starts_statement(line))).collect();
    let after_variables =
        lines.iter().rposition(|line| line.starts_with("    let mut v")).map_or(0, |at| at + 1);
    let tops: Vec<usize> = tops.into_iter().filter(|&at| at >= after_variables).collect();
    let at = tops[random.below(u32::try_from(tops.len()).expect("few")) as usize];
    let failing = format!("    if me == {which} {{ v0 = input[input.len() + (v1 & 3) as usize]; }}");
    let (before, after) = lines.split_at(at);
    let mut text = before.join("\n");
    for line in std::iter::once(failing.as_str()).chain(after.iter().copied()) {
        text += "\n";
        text += line;
    }
    text + "\n"
}

fn starts_statement(line: &str) -> bool {
    line.starts_with("    ") && !line.starts_with("     ") && !line.starts_with("    }")
}
