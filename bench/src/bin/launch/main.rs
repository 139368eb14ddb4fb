//! What a launch costs on libomptarget's host device with 0, 1, 4 and 16 buffers of 64 bytes: ours, rustc's
//! built-in offload, and clang's OpenMP with pointer sections.

mod build;

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use bench::{Better, Contestant, Record, interleave, median_ratio};
use tests::{Scratch, stable};

const ROUNDS: usize = 301;

/// Number of arguments, and the goals against rustc's built-in offload and clang's OpenMP.
///
/// Without arguments there is nothing that ours could save over clang, and the geometry still travels.
const CASES: [(&str, [f64; 2]); 4] = [
    ("0 arguments", [0.70, 1.20]),
    ("1 argument", [0.68, 0.84]),
    ("4 arguments", [0.68, 0.75]),
    ("16 arguments", [0.70, 0.74]),
];

/// The driver's two ends of the conversation.
struct Driver {
    turns: ChildStdin,
    times: Lines<BufReader<ChildStdout>>,
}

impl Driver {
    /// One turn of a contestant: nanoseconds a launch.
    fn turn(&mut self, contestant: usize, case: usize) -> f64 {
        writeln!(self.turns, "{contestant} {case}").expect("the driver listens");
        let line = self.times.next().expect("the driver answers").expect("the driver prints text");
        line.parse().expect("the driver prints nanoseconds")
    }
}

fn main() {
    let scratch = Scratch::new();
    let mut driver = Command::new(build::build_driver(&scratch))
        .env("OMP_TARGET_OFFLOAD", "MANDATORY")
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the driver runs");
    let times = BufReader::new(driver.stdout.take().expect("it is piped")).lines();
    let ends = RefCell::new(Driver { turns: driver.stdin.take().expect("it is piped"), times });

    let builtin = format!("rustc {} built-in", stable().release);
    let names = ["ours", builtin.as_str(), "clang OpenMP"];
    for (case, (name, goals)) in CASES.into_iter().enumerate() {
        let driver = &ends;
        let mut contestants =
            [0, 1, 2].map(|who| Contestant::new(names[who], move || driver.borrow_mut().turn(who, case)));
        let taken = interleave(&mut contestants, ROUNDS);
        for (theirs, goal) in [1, 2].into_iter().zip(goals) {
            bench::print(&Record {
                bench: "launch".to_owned(),
                case: name.to_owned(),
                against: names[theirs].to_owned(),
                ratio: median_ratio(&taken[0], &taken[theirs]),
                goal: Some(goal),
                better: Better::Lower,
            });
        }
    }
    drop(ends);
    let status = driver.wait().expect("the driver ends");
    assert!(status.success(), "the driver failed: {status}");
}
