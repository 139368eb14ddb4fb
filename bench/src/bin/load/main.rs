//! What the plugin costs where it has nothing to do: rustc on a program without launches, with and without it.

use std::time::Instant;

use bench::{Better, Contestant, Record, interleave, median_ratio};
use tests::{Run, Scratch, plugin, stable};

const ROUNDS: usize = 61;
const GOAL: f64 = 1.08;

fn main() {
    let scratch = Scratch::new();
    let source = scratch.write("hello.rs", "fn main() {\n    println!(\"hello\");\n}\n");
    let load = format!("-Zllvm-plugins={}", plugin().display());
    // Built before the first turn.
    let compile = |options: &[&str]| {
        let start = Instant::now();
        Run::new(&stable().rustc)
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["--edition=2024", "--emit=obj"])
            .args(options)
            .arg("-o")
            .arg(scratch.path("hello.o"))
            .arg(&source)
            .ok();
        start.elapsed().as_secs_f64()
    };
    let mut contestants = [
        Contestant::new("with the plugin", || compile(&[load.as_str()])),
        Contestant::new("plain", || compile(&[])),
    ];
    let taken = interleave(&mut contestants, ROUNDS);
    bench::print(&Record {
        bench: "load".to_owned(),
        case: "hello world, no launches".to_owned(),
        against: "plain rustc".to_owned(),
        ratio: median_ratio(&taken[0], &taken[1]),
        goal: Some(GOAL),
        better: Better::Lower,
    });
}
