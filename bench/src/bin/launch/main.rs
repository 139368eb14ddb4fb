//! What a launch costs on libomptarget's host device with 0, 1, 4 and 16 buffers of 64 bytes: ours, rustc's
//! built-in offload, and clang's OpenMP with pointer sections.

use std::cell::RefCell;

use bench::launch_contestants::build_driver;
use bench::{Better, Contestant, Record, Turns, interleave, median_ratio};
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

fn main() {
    let scratch = Scratch::new();
    let driver = RefCell::new(Turns::start(&build_driver(&scratch)));

    let builtin = format!("rustc {} built-in", stable().release);
    let names = ["ours", builtin.as_str(), "clang OpenMP"];
    for (case, (name, goals)) in CASES.into_iter().enumerate() {
        let driver = &driver;
        let mut contestants = [0, 1, 2].map(|who| {
            Contestant::new(names[who], move || driver.borrow_mut().turn(&format!("{who} {case}")))
        });
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
    driver.into_inner().end();
}
