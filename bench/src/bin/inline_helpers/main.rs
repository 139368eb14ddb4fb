//! What inlining C helpers into Rust costs and gains without LTO: against separate objects, and against the flow of
//! Linux's RUST_INLINE_HELPERS, which optimizes everything twice.

mod workload;

use std::path::Path;
use std::time::Instant;

use bench::{Better, Contestant, Record, interleave, median_ratio};
use tests::{Run, Scratch, bitcode_link, llvm};
use workload::{Shape, Workload};

const FUNCTIONS: usize = 3000;
const HELPERS: usize = 200;
const ROUNDS: usize = 2;

/// A way to the crate's object, which has this name then.
type Flow = (&'static str, fn(&Workload<'_>));

const SEPARATE: Flow = ("separate", |work| {
    work.clang("helpers.o", &[]);
    work.rustc("separate", &["--emit=obj"]);
});
/// rustc, llvm-link, and clang over all that.
const KERNEL: Flow = ("kernel", |work| {
    work.clang("helpers.bc", &["-emit-llvm"]);
    work.rustc("kernel.bc", &["--emit=llvm-bc"]);
    let link = Run::new(llvm().tool("llvm-link")).args(["--internalize", "--suppress-warnings"]);
    let link = link.arg(work.path("kernel.bc")).arg(work.path("helpers.bc")).arg("-o");
    link.arg(work.path("linked.bc")).ok();
    let clang =
        Run::new(llvm().tool("clang")).args(["-O2", "-c", "-Wno-override-module", "-ffunction-sections"]);
    clang.arg(work.path("linked.bc")).arg("-o").arg(work.path("kernel")).ok();
});
const PLUGIN: Flow = ("plugin", |work| {
    work.clang("helpers.bc", &["-emit-llvm"]);
    let [plugin, pass] = work.plugin_flags();
    work.rustc("plugin", &["--emit=obj", &plugin, &pass]);
});
const OUTSIDE: Flow = ("outside", |work| {
    work.clang("helpers.bc", &["-emit-llvm"]);
    work.rustc("outside.bc", &["--emit=llvm-bc"]);
    let link = Run::new(bitcode_link()).arg("inline-helpers").arg(work.path("outside.bc"));
    link.arg(work.path("helpers.bc")).arg("-o").arg(work.path("outside")).ok();
});
const COMBINED: Flow = ("combined", |work| {
    work.clang("helpers.bc", &["-emit-llvm"]);
    work.rustc("combined.bc", &["--emit=llvm-bc"]);
    let link = Run::new(bitcode_link()).args(["-r", "--helpers"]).arg(work.path("helpers.bc"));
    link.arg(work.path("combined.bc")).arg("-o").arg(work.path("combined")).ok();
});
/// What rustc leaves for the link is done in the link.
const LATE: Flow = ("late", |work| {
    work.clang("helpers.bc", &["-emit-llvm"]);
    work.rustc("late.bc", &["--emit=obj", "-Clinker-plugin-lto"]);
    let link =
        Run::new(bitcode_link()).args(["-r", "--optimize=late", "--helpers"]).arg(work.path("helpers.bc"));
    link.arg(work.path("late.bc")).arg("-o").arg(work.path("late")).ok();
});
const FLOWS: [Flow; 6] = [SEPARATE, KERNEL, PLUGIN, OUTSIDE, COMBINED, LATE];

fn main() {
    let scratch = Scratch::new();
    let work = Workload::new(&scratch, Shape::Loops, FUNCTIONS, HELPERS);
    let taken = times(&work, &FLOWS);
    let of = |name: &str| FLOWS.iter().position(|(known, _)| *known == name).expect("a flow");
    let ratio = |ours: &str, theirs: &str| median_ratio(&taken[of(ours)], &taken[of(theirs)]);
    print("in rustc, time", "separate objects", ratio("plugin", "separate"), Some(1.05));
    print("outside rustc, loops, time", "the kernel's flow", ratio("outside", "kernel"), Some(0.75));
    print("-r, time", "separate objects", ratio("combined", "separate"), Some(1.44));
    print("-r after -C linker-plugin-lto, time", "separate objects", ratio("late", "separate"), None);
    print_sizes(&work);
    let scratch = Scratch::new();
    let straight = Workload::new(&scratch, Shape::Straight, FUNCTIONS, HELPERS);
    let taken = times(&straight, &[OUTSIDE, KERNEL]);
    let ratio = median_ratio(&taken[0], &taken[1]);
    print("outside rustc, straight code, time", "the kernel's flow", ratio, None);
    let twice = code_bytes(&straight.path("outside")) as f64 / code_bytes(&straight.path("kernel")) as f64;
    print("outside, straight code, code", "the kernel's flow", twice, None);
}

/// What each flow takes, a list for each.
fn times(work: &Workload<'_>, flows: &[Flow]) -> Vec<Vec<f64>> {
    let contestant = |&(name, flow): &Flow| Contestant::new(name, move || seconds(work, flow));
    interleave(&mut flows.iter().map(contestant).collect::<Vec<_>>(), ROUNDS)
}

fn print_sizes(work: &Workload<'_>) {
    let size = |name: &str, what: fn(&Path) -> u64| what(&work.path(name)) as f64;
    for (name, text_goal, file_goal) in [
        ("plugin", Some(0.85), Some(0.7)),
        ("outside", None, None),
        ("combined", None, None),
        ("late", None, None),
    ] {
        let text = size(name, code_bytes) / size("separate", code_bytes);
        let file = size(name, file_bytes) / size("separate", file_bytes);
        print(&format!("{name}, code"), "separate objects", text, text_goal);
        print(&format!("{name}, object"), "separate objects", file, file_goal);
        let left = calls_left(&work.path(name)) as f64 / work.calls as f64;
        print(&format!("{name}, calls left"), "all calls", left, Some(0.0));
    }
    let twice = size("outside", code_bytes) / size("kernel", code_bytes);
    print("outside, loops, code", "the kernel's flow", twice, None);
}

fn seconds(work: &Workload<'_>, flow: fn(&Workload<'_>)) -> f64 {
    let start = Instant::now();
    flow(work);
    start.elapsed().as_secs_f64()
}

fn print(case: &str, against: &str, ratio: f64, goal: Option<f64>) {
    bench::print(&Record {
        bench: "inline_helpers".to_owned(),
        case: case.to_owned(),
        against: against.to_owned(),
        ratio,
        goal,
        better: Better::Lower,
    });
}

fn file_bytes(object: &Path) -> u64 {
    std::fs::metadata(object).expect("the flow made it").len()
}

/// Bytes of machine code.
fn code_bytes(object: &Path) -> u64 {
    let listed = Run::new(llvm().tool("llvm-size")).arg("-A").arg(object).ok();
    let sections = listed.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let code = sections.filter(|words| words.first().is_some_and(|name| name.starts_with(".text")));
    code.filter_map(|words| words.get(1)?.parse::<u64>().ok()).sum()
}

/// References to helpers, wherever they are.
fn calls_left(object: &Path) -> usize {
    let listed = Run::new(llvm().tool("llvm-objdump")).arg("-r").arg(object).ok();
    listed.stdout.lines().filter(|line| line.contains("helper_")).count()
}

#[cfg(test)]
mod contestants {
    use super::{FLOWS, KERNEL, OUTSIDE, calls_left, code_bytes, seconds};
    use crate::workload::{Shape, Workload};
    use tests::Scratch;

    #[test]
    fn make_the_same_of_a_small_workload() {
        for (shape, flows) in [(Shape::Loops, &FLOWS[..]), (Shape::Straight, &[KERNEL, OUTSIDE])] {
            let scratch = Scratch::new();
            let work = Workload::new(&scratch, shape, 40, 10);
            for (name, flow) in flows {
                assert!(seconds(&work, *flow) > 0.0);
                let object = work.path(name);
                assert!(code_bytes(&object) > 1000, "{name} has code");
                let left = calls_left(&object);
                assert_eq!(left == 0, *name != "separate", "{name}: {left} of {} calls left", work.calls);
            }
        }
    }
}
