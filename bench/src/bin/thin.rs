//! What a ThinLTO link costs against ld.lld in its own process: with threads, on two Dask workers of this machine, and
//! with a full cache; and its thin link against the time that it may take.

use std::time::Instant;

use bench::{Better, Contestant, Record, interleave, median, median_ratio};
use tests::cluster::{Cluster, dask};
use tests::thin_workload::{Machine, Workload};
use tests::{Run, Scratch, bitcode_link, llvm};

const MODULES: usize = 24;
const FUNCTIONS: usize = 120;
const ROUNDS: usize = 3;
const JOBS: &str = "2";
/// What the thin link may take, in seconds.
const THIN_LINK: f64 = 0.02;

fn main() {
    bench_machine(Machine::Host, MODULES, FUNCTIONS);
    bench_machine(Machine::Gpu, MODULES, FUNCTIONS);
}

/// All ways to link one workload. Workers of a cluster only where there is Dask, which is said otherwise.
fn bench_machine(machine: Machine, modules: usize, functions: usize) {
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, machine, modules, functions).names();
    let cluster = cluster(&scratch);
    ours(&scratch, &names).arg("--cache-dir=cache").ok();
    let mut thin_links = Vec::new();
    let mut contestants = vec![
        Contestant::new("ld.lld", || seconds(theirs(&scratch, &names, machine))),
        Contestant::new("threads", || {
            let (taken, thin_link) = timed(ours(&scratch, &names));
            thin_links.push(thin_link);
            taken
        }),
        Contestant::new("full cache", || seconds(ours(&scratch, &names).arg("--cache-dir=cache"))),
    ];
    if let Some((cluster, python)) = &cluster {
        let (scratch, names) = (&scratch, &names);
        contestants.push(Contestant::new("Dask", move || {
            forget_files(scratch);
            let on = ["--executor=dask", "--dask-scheduler", cluster.scheduler(), "--python"];
            seconds(ours(scratch, names).args(on).arg(python))
        }));
    }
    let taken = interleave(&mut contestants, ROUNDS);
    drop(contestants);
    let what = |how: &str| format!("{modules} modules, {machine:?}, {how}");
    print(&what("threads"), "ld.lld", median_ratio(&taken[1], &taken[0]), Some(1.05));
    print(&what("full cache"), "from nothing", median_ratio(&taken[2], &taken[1]), Some(0.05));
    if let Some(dask) = taken.get(3) {
        print(&what("2 Dask workers"), "ld.lld", median_ratio(dask, &taken[0]), Some(1.45));
    }
    print(&what("thin link"), "0.02 s", median(thin_links) / THIN_LINK, Some(1.0));
}

/// Two workers on this machine's own network, of one thread each.
#[expect(clippy::print_stderr, reason = "a contestant that is left out is said to be")]
fn cluster(scratch: &Scratch) -> Option<(Cluster, std::path::PathBuf)> {
    match dask() {
        Ok(python) => Some((Cluster::local(scratch, &python, 2), python)),
        Err(why) => {
            eprintln!("left out: {why}");
            None
        }
    }
}

/// Workers keep what they were sent; a link from nothing sends all.
fn forget_files(scratch: &Scratch) {
    for worker in 0..2 {
        // There is none before the first link.
        let _ = std::fs::remove_dir_all(scratch.path(&format!("worker{worker}.store")));
    }
}

fn ours(scratch: &Scratch, names: &[String]) -> Run {
    let on = ["thin", "--shared", "-j", JOBS, "-o", "ours.so"];
    Run::new(bitcode_link()).dir(scratch.folder()).args(on).args(names)
}

fn theirs(scratch: &Scratch, names: &[String], machine: Machine) -> Run {
    let mcpu = (machine == Machine::Gpu).then_some("-plugin-opt=mcpu=gfx90a");
    let jobs = format!("--thinlto-jobs={JOBS}");
    let lld = Run::new(llvm().tool("ld.lld")).dir(scratch.folder()).args(mcpu).arg(jobs);
    lld.args(["-shared", "-o", "theirs.so"]).args(names)
}

fn seconds(run: Run) -> f64 {
    timed(run).0
}

/// How long it took, and how much of it our thin link says that it took.
fn timed(run: Run) -> (f64, f64) {
    let start = Instant::now();
    let ran = run.ok();
    let taken = start.elapsed().as_secs_f64();
    let told = ran.stderr.split("thin link ").nth(1).and_then(|rest| rest.split(" s").next());
    (taken, told.and_then(|number| number.parse().ok()).unwrap_or(0.0))
}

fn print(case: &str, against: &str, ratio: f64, goal: Option<f64>) {
    bench::print(&Record {
        bench: "thin".to_owned(),
        case: case.to_owned(),
        against: against.to_owned(),
        ratio,
        goal,
        better: Better::Lower,
    });
}

#[cfg(test)]
mod contestants {
    use super::{Machine, Scratch, Workload, ours, theirs, timed};
    use std::path::Path;

    /// Nothing but the bench reads the time of the thin link, nor links for GPUs with these flags.
    #[test]
    fn link_a_small_workload() {
        let scratch = Scratch::new();
        let names = Workload::new(&scratch, Machine::Gpu, 2, 1).names();
        let (taken, thin_link) = timed(ours(&scratch, &names));
        assert!(thin_link > 0.0 && thin_link < taken, "{thin_link} of {taken}");
        assert!(timed(theirs(&scratch, &names, Machine::Gpu)).0 > 0.0);
        let size = |path: &Path| std::fs::metadata(path).expect("it was linked").len();
        assert_eq!(size(&scratch.path("ours.so")), size(&scratch.path("theirs.so")));
    }
}
