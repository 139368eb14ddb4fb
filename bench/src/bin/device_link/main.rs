//! What linking device code costs, against clang-linker-wrapper: images for three targets out of one module and out
//! of a hundred, from nothing, from a full cache, and after a change of one module.

mod workload;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use bench::{Better, Contestant, Record, interleave, median_ratio};
use tests::{Run, Scratch, device_link, llvm};
use workload::{TARGETS, Workload};

const UNITS: usize = 100;
const ROUNDS: usize = 3;
const ROUNDS_OF_ONE: usize = 9;

/// Prints the largest memory of a program or one that it started, in KiB.
const PEAK: &str = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); \
                    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";

fn main() {
    let scratch = Scratch::new();
    bench_one(&scratch);
    bench_many(&scratch);
}

/// A single module, for which overhead counts.
fn bench_one(scratch: &Scratch) {
    let one = Workload::new(scratch, 1);
    let mut contestants = [
        Contestant::new("device-link", || seconds(&ours(scratch, &one.bitcode, None))),
        Contestant::new("clang-linker-wrapper", || seconds(&theirs(scratch, &one.objects, 1))),
    ];
    let taken = interleave(&mut contestants, ROUNDS_OF_ONE);
    print("1 module, 3 targets", "clang-linker-wrapper", median_ratio(&taken[0], &taken[1]), Some(0.7));
}

fn bench_many(scratch: &Scratch) {
    let many = Workload::new(scratch, UNITS);
    let cache = scratch.path("cache");
    let change = Cell::new(0);
    let changed = || {
        change.set(change.get() + 1);
        let bitcode = many.changed(scratch, change.get());
        seconds(&ours(scratch, &bitcode, Some(&cache)))
    };
    let mut contestants = [
        Contestant::new("from nothing", || seconds(&ours(scratch, &many.bitcode, None))),
        Contestant::new("nothing changed", || seconds(&ours(scratch, &many.bitcode, Some(&cache)))),
        Contestant::new("one module changed", changed),
        Contestant::new("1 job", || seconds(&theirs(scratch, &many.objects, 1))),
        Contestant::new("3 jobs", || seconds(&theirs(scratch, &many.objects, 3))),
    ];
    let taken = interleave(&mut contestants, ROUNDS);
    drop(contestants);
    let case = |what: &str| format!("{UNITS} modules, 3 targets, {what}");
    let rows = [(0, 3, 1.0 / 1.8), (0, 4, 1.0 / 1.1), (1, 3, 1.0 / 200.0), (2, 3, 1.0 / 40.0)];
    for (us, them, goal) in rows {
        let what = ["from nothing", "nothing changed", "one module changed"][us];
        let against = ["clang-linker-wrapper, 1 job", "clang-linker-wrapper, 3 jobs"][them - 3];
        print(&case(what), against, median_ratio(&taken[us], &taken[them]), Some(goal));
    }
    let memory = peak(ours(scratch, &many.bitcode, None)) / peak(theirs(scratch, &many.objects, 1));
    print(&case("peak memory"), "clang-linker-wrapper, 1 job", memory, None);
}

fn print(case: &str, against: &str, ratio: f64, goal: Option<f64>) {
    bench::print(&Record {
        bench: "device_link".to_owned(),
        case: case.to_owned(),
        against: against.to_owned(),
        ratio,
        goal,
        better: Better::Lower,
    });
}

/// Our command.
fn ours(scratch: &Scratch, bitcode: &[PathBuf], cache: Option<&Path>) -> Vec<String> {
    let mut words = vec![device_link().display().to_string(), "link".to_owned()];
    for (target, ..) in TARGETS {
        words.extend(["--target".to_owned(), target.to_owned()]);
    }
    if let Some(cache) = cache {
        words.extend(["--cache-dir".to_owned(), cache.display().to_string()]);
    }
    words.extend(bitcode.iter().map(|path| path.display().to_string()));
    words.extend(["-o".to_owned(), scratch.path("ours.offload").display().to_string()]);
    words
}

/// clang's. It links the host's objects too, which is a hundredth of it.
fn theirs(scratch: &Scratch, objects: &[PathBuf], jobs: usize) -> Vec<String> {
    let mut words = vec![
        llvm().tool("clang-linker-wrapper").display().to_string(),
        "--host-triple=x86_64-unknown-linux-gnu".to_owned(),
        format!("--linker-path={}", llvm().tool("ld.lld").display()),
        // The linker that clang takes for the host's own triple does not know bitcode.
        "--device-compiler=x86_64-unknown-linux-gnu=-fuse-ld=lld".to_owned(),
        format!("--wrapper-jobs={jobs}"),
        "-shared".to_owned(),
    ];
    words.extend(objects.iter().map(|path| path.display().to_string()));
    words.extend(["-o".to_owned(), scratch.path("theirs.so").display().to_string()]);
    words
}

fn seconds(words: &[String]) -> f64 {
    let start = Instant::now();
    let status = Command::new(&words[0]).args(&words[1..]).status().expect("it is installed");
    let taken = start.elapsed().as_secs_f64();
    assert!(status.success(), "{} failed", words[0]);
    taken
}

fn peak(words: Vec<String>) -> f64 {
    let ran = Run::new("python3").args(["-c", PEAK]).args(words).ok();
    ran.stdout.trim().parse().expect("a number of KiB")
}

#[cfg(test)]
mod contestants {
    use super::{TARGETS, Workload, ours, peak, seconds, theirs};
    use std::path::Path;
    use tests::{Run, Scratch, device_link};

    fn link(scratch: &Scratch, words: &[String]) -> Vec<u8> {
        assert!(seconds(words) > 0.0);
        let container = scratch.path("ours.offload");
        let list = Run::new(device_link()).arg("list").arg(&container).ok();
        assert_eq!(list.stdout.matches("image ").count(), TARGETS.len(), "{list}");
        assert_eq!(list.stdout.matches("kernel1_9(").count(), TARGETS.len(), "{list}");
        read(&container)
    }

    fn read(path: &Path) -> Vec<u8> {
        std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Nothing but the bench gives clang-linker-wrapper its workload.
    #[test]
    fn link_a_small_workload() {
        let scratch = Scratch::new();
        let two = Workload::new(&scratch, 2);
        let cache = scratch.path("cache");
        let first = link(&scratch, &ours(&scratch, &two.bitcode, None));
        for when in ["an empty cache", "a full one"] {
            assert!(link(&scratch, &ours(&scratch, &two.bitcode, Some(&cache))) == first, "{when}");
        }
        let changed = two.changed(&scratch, 1);
        assert!(link(&scratch, &ours(&scratch, &changed, Some(&cache))) != first, "another module");
        assert!(peak(theirs(&scratch, &two.objects, 1)) > 0.0);
        // The images stand in the shared object, each after the first bytes of its container.
        let library = read(&scratch.path("theirs.so"));
        for name in ["kernel0_0.kd", "kernel1_9.kd"] {
            let found = library.windows(name.len()).filter(|bytes| *bytes == name.as_bytes()).count();
            assert!(found >= 2, "{name} is in {found} images");
        }
    }
}
