//! What one build costs: time and bytes of a build of 90 packages and of the examples, against the same without the
//! plugin and the linker step; the start of a program that could launch; a link with nothing to do; a launch.
//! Arguments choose among `launches`, `starts`, `graph` and `examples`.

use std::cell::RefCell;
use std::path::Path;
use std::time::Instant;

use bench::builds::{Package, Profile, With, bytes, user_time};
use bench::launch_contestants::build_driver;
use bench::{Better, Contestant, Record, Turns, interleave, median_ratio};
use tests::{Run, Scratch, outboard_link};

/// Rounds of builds, of starts and links, and of launches.
const BUILDS: usize = 3;
const STARTS: usize = 51;
const LAUNCHES: usize = 301;

/// Starts of a program in one turn.
const STARTS_A_TURN: usize = 20;

/// What a link with nothing to do may take longer, in seconds.
const MOST_ADDED: f64 = 0.005;

/// A part of the bench that can be run alone.
type Section = (&'static str, fn(&Scratch));

fn main() {
    say_state();
    let scratch = Scratch::new();
    let only: Vec<String> = std::env::args().skip(1).collect();
    let sections: [Section; 4] =
        [("launches", launches), ("starts", starts), ("graph", graph), ("examples", examples)];
    for (name, section) in sections {
        if only.is_empty() || only.iter().any(|only| only == name) {
            section(&scratch);
        }
    }
    say_state();
}

/// How busy the machine is: times of a busy one are worth less.
#[expect(clippy::print_stderr, reason = "records alone are on standard output")]
fn say_state() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    eprintln!("load {} on {processors} processors", load.split(' ').next().unwrap_or_default());
}

fn print(case: &str, against: &str, ratio: f64, goal: Option<f64>) {
    let [bench, case, against] = ["one_build", case, against].map(str::to_owned);
    bench::print(&Record { bench, case, against, ratio, goal, better: Better::Lower });
}

/// The median ratio of the first contestant's and the second's.
fn compare(rounds: usize, ours: &mut dyn FnMut() -> f64, theirs: &mut dyn FnMut() -> f64) -> f64 {
    let taken = interleave(&mut [Contestant::new("ours", ours), Contestant::new("theirs", theirs)], rounds);
    median_ratio(&taken[0], &taken[1])
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// User time and libraries of many crates of which none launches.
fn graph(scratch: &Scratch) {
    let graph = Package::of_bench(scratch, "one_build", "graph", &[]);
    for (profile, most_bytes) in Profile::BOTH.into_iter().zip([1.05, 1.08]) {
        let build = |with| {
            graph.clean(with);
            user_time(|| graph.build(with, profile, &[]))
        };
        let ratio = compare(BUILDS, &mut || build(With::Outboard), &mut || build(With::Nothing));
        print(&format!("90 packages, {}: user time", profile.name()), "plain cargo", ratio, Some(1.08));
        let [ours, theirs] = With::BOTH.map(|with| bytes(&graph.libraries(with, profile)));
        print(
            &format!("90 packages, {}: libraries", profile.name()),
            "plain cargo",
            ours / theirs,
            Some(most_bytes),
        );
        if profile == Profile::Dev {
            link(scratch, &graph);
        }
    }
}

/// A link of a program with all these crates, of which it takes nothing: the linker step looks at all of them.
fn link(scratch: &Scratch, graph: &Package) {
    let source = scratch.write("main.c", "int main(void) { return 0; }\n");
    let object = scratch.path("main.o");
    Run::new("cc").arg("-c").arg(source).arg("-o").arg(&object).ok();
    let libraries = graph.libraries(With::Outboard, Profile::Dev);
    let link = |linker: &Path| {
        let run = Run::new(linker).arg(&object).args(&libraries).arg("-o").arg(scratch.path("main"));
        seconds(|| drop(run.ok()))
    };
    let mut contestants = [
        Contestant::new("outboard-link", || link(outboard_link())),
        Contestant::new("cc", || link(Path::new("cc"))),
    ];
    let taken = interleave(&mut contestants, STARTS);
    let added = taken[0].iter().zip(&taken[1]).map(|(ours, theirs)| (ours - theirs) / MOST_ADDED);
    print("link with nothing to do: added time", "5 ms", bench::median(added.collect()), Some(1.0));
}

/// Builds of all examples from nothing.
fn examples(scratch: &Scratch) {
    let examples = Package::of_workspace(scratch, "examples/programs");
    for profile in Profile::BOTH {
        let build = |with| {
            examples.clean(with);
            seconds(|| examples.build(with, profile, &[]))
        };
        let ratio = compare(BUILDS, &mut || build(With::Outboard), &mut || build(With::Nothing));
        print(&format!("examples, {}: cold build", profile.name()), "plain cargo", ratio, Some(1.3));
    }
}

fn contestants(scratch: &Scratch) -> Package {
    Package::of_bench(scratch, "one_build", "programs", &["bin/plain.rs", "bin/idle.rs", "bin/resident.rs"])
}

/// Starts of a program that could launch and doesn't.
fn starts(scratch: &Scratch) {
    let programs = contestants(scratch);
    for with in With::BOTH {
        programs.build(with, Profile::Release, &["--bin", "idle", "--bin", "plain"]);
    }
    let start = |with, name: &str| {
        let program = programs.made(with, Profile::Release, name);
        seconds(|| (0..STARTS_A_TURN).for_each(|_| drop(Run::new(&program).ok())))
    };
    for (against, name) in [("plain program", "plain"), ("itself without the plugin", "idle")] {
        let mut ours = || start(With::Outboard, "idle");
        let ratio = compare(STARTS, &mut ours, &mut || start(With::Nothing, name));
        print("start of a program that does not launch", against, ratio, Some(1.1));
    }
}

/// Launches of resident data by the crate, against launches of the contract that move theirs.
fn launches(scratch: &Scratch) {
    let programs = contestants(scratch);
    programs.build(With::Outboard, Profile::Release, &["--bin", "resident"]);
    let ours = RefCell::new(Turns::start(&programs.made(With::Outboard, Profile::Release, "resident")));
    let theirs = RefCell::new(Turns::start(&build_driver(scratch)));
    for (number, arguments) in ["0", "1", "4", "16"].into_iter().enumerate() {
        let ratio = compare(
            LAUNCHES,
            &mut || ours.borrow_mut().turn(arguments),
            // The driver's first contestant.
            &mut || theirs.borrow_mut().turn(&format!("0 {number}")),
        );
        let case = format!("resident launch with {arguments} arguments");
        print(&case, "bench launch, ours", ratio, Some(1.0));
    }
    ours.into_inner().end();
    theirs.into_inner().end();
}

#[cfg(test)]
mod tests_of_contestants {
    use super::{Profile, Turns, With, contestants};
    use tests::{Run, Scratch};

    /// Nothing but the bench builds its programs. The graph is not built: its crates are others' own.
    #[test]
    fn build_and_run() {
        let scratch = Scratch::new();
        let package = contestants(&scratch);
        package.build(With::Outboard, Profile::Dev, &[]);
        Run::new(package.made(With::Outboard, Profile::Dev, "idle")).arg("launch").ok().prints("done");
        let mut resident = Turns::start(&package.made(With::Outboard, Profile::Dev, "resident"));
        assert!(["0", "1", "4", "16"].into_iter().all(|case| resident.turn(case) > 0.0));
        resident.end();
    }
}
