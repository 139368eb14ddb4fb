//! `bitcode-link` and stock ld.lld with the jobs of a ThinLTO link on a Dask cluster: the same bytes, whatever happens
//! to workers, and errors that say what to do.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use tests::cluster::{Cluster, dask};
use tests::thin_workload::{Machine, Workload};
use tests::{Ran, Run, Scratch, bitcode_link, llvm, snapshot};

/// The Python that has Dask; without it the test is left out.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn python() -> Option<PathBuf> {
    dask().map_err(|why| eprintln!("left out: {why}")).ok()
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
fn same_files(scratch: &Scratch, ours: &str, theirs: &str) {
    assert!(read(&scratch.path(ours)) == read(&scratch.path(theirs)), "{ours} and {theirs} differ");
}

/// `bitcode-link thin` on a cluster.
fn thin(scratch: &Scratch, cluster: &Cluster, python: &Path) -> Run {
    let on = ["thin", "--executor=dask", "--dask-scheduler", cluster.scheduler(), "--shared"];
    Run::new(bitcode_link()).args(on).arg("--python").arg(python).dir(scratch.folder())
}

/// Waits for a line of the child's that has `text`, and gives all lines up to it.
fn wait_for(lines: &mut impl Iterator<Item = std::io::Result<String>>, text: &str) -> String {
    let mut seen = String::new();
    for line in lines {
        let line = line.expect("text");
        seen += &format!("{line}\n");
        if line.contains(text) {
            return seen;
        }
    }
    panic!("`{text}` was not among\n{seen}");
}

/// Soon after the start, and when little is left to do.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn a_worker_in_another_network_dies_and_the_bytes_are_the_same() {
    let Some(python) = python() else { return };
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, Machine::Host, 24, 12).names();
    let lld = Run::new(llvm().tool("ld.lld")).dir(scratch.folder()).args(&names);
    lld.args(["-shared", "-o", "theirs.so", "--lto-obj-path=theirs"]).ok();
    for done in [1, 20] {
        match Cluster::apart(&scratch, &python, 2) {
            Ok(cluster) => check_killed(&scratch, cluster, &python, (&names, done)),
            Err(why) => eprintln!("left out: no networks apart: {why}"),
        }
        for left in ["ours", "worker1.store", "worker2.store"] {
            // Each link from nothing, where there was one.
            let _ = std::fs::remove_dir_all(scratch.path(left));
        }
    }
}

/// Links `names`, and kills one of two workers when `done` jobs are done.
fn check_killed(scratch: &Scratch, mut cluster: Cluster, python: &Path, (names, done): (&[String], usize)) {
    let mut command = cluster.command(bitcode_link());
    command.args(["thin", "--executor=dask", "--shared", "--progress=always", "--objects=ours"]);
    command.args(["--dask-scheduler", cluster.scheduler(), "--python"]).arg(python).args(names);
    let mut link = command.current_dir(scratch.folder()).stderr(Stdio::piped()).spawn().expect("ip runs it");
    let mut lines = BufReader::new(link.stderr.take().expect("a pipe")).lines();
    let mut seen = wait_for(&mut lines, &format!("progress: {done}/24"));
    cluster.kill_worker(0);
    seen += &wait_for(&mut lines, "summary: 24 modules, 24 compiled");
    assert!(link.wait().expect("it ended").success());
    for worker in ["10.77.1.2", "10.77.2.2"] {
        assert!(done == 1 || seen.contains(worker), "{worker} did nothing:\n{seen}");
    }
    for (number, name) in names.iter().enumerate() {
        same_files(
            scratch,
            &format!("ours/{}", name.replace(".o", ".thin.o")),
            &format!("theirs{}", number + 1),
        );
    }
}

/// Stock ld.lld, with and without a distributor.
#[track_caller]
fn check_lld(scratch: &Scratch, names: &[String], mcpu: &[&str], distributor: &[&str]) {
    let lld = || Run::new(llvm().tool("ld.lld")).dir(scratch.folder()).args(names).arg("-shared");
    lld().args(mcpu).args(["-o", "inside"]).ok();
    let compiler = format!("--thinlto-remote-compiler={}", llvm().tool("clang").display());
    let program = format!("--thinlto-distributor={}", bitcode_link().display());
    let words =
        ["distribute"].iter().chain(distributor).map(|word| format!("--thinlto-distributor-arg={word}"));
    // Without the processor, which ld.lld would not pass on.
    lld().args([&program, &compiler]).args(words).args(["-o", "outside"]).ok();
    same_files(scratch, "outside", "inside");
}

#[test]
fn lld_has_its_jobs_distributed_and_the_processor_does_not_get_lost() {
    let (host, gpu) = (Scratch::new(), Scratch::new());
    let on_host = Workload::new(&host, Machine::Host, 3, 3).names();
    let on_gpu = Workload::new(&gpu, Machine::Gpu, 3, 3).names();
    let mcpu = ["-plugin-opt=mcpu=gfx90a"];
    check_lld(&host, &on_host, &[], &[]);
    check_lld(&gpu, &on_gpu, &mcpu, &[]);
    let Some(python) = python() else { return };
    let cluster = Cluster::local(&host, &python, 1);
    let python = format!("--python={}", python.display());
    let scheduler = format!("--dask-scheduler={}", cluster.scheduler());
    let on_cluster = ["--executor=dask", &scheduler, &python];
    check_lld(&host, &on_host, &[], &on_cluster);
    check_lld(&gpu, &on_gpu, &mcpu, &on_cluster);
    // What is not named by its place here.
    let absolute: Vec<String> = on_host.iter().map(|name| host.path(name).display().to_string()).collect();
    check_lld(&host, &absolute, &[], &on_cluster);
    // A full cache starts no job, and what the worker has is not sent again.
    let link = || thin(&host, &cluster, Path::new(python.trim_start_matches("--python="))).args(&on_host);
    link().args(["-o", "first"]).ok();
    link().args(["-o", "second", "--cache-dir=cache"]).ok().says("sent 0 of 6 files");
    link()
        .args(["-o", "third", "--cache-dir=cache"])
        .ok()
        .says("0 compiled, 3 from the cache")
        .says_not("sent");
    let threads = Run::new(bitcode_link()).args(["thin", "--shared", "-o", "threads"]).args(&on_host);
    threads.dir(host.folder()).ok();
    for name in ["second", "third", "threads"] {
        same_files(&host, "first", name);
    }
}

/// A program for workers that is none: it knows its version, and does `backend` when it should compile.
fn worker_program(scratch: &Scratch, version: &str, backend: &str) -> String {
    let text = format!("#!/bin/sh\nif [ \"$1\" = --version ]; then echo '{version}'; exit; fi\n{backend}\n");
    let path = scratch.write("worker-program", text);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("our file");
    path.display().to_string()
}

/// What it says, without what differs each time.
fn said(scratch: &Scratch, cluster: &Cluster, ran: &Ran) -> String {
    let text = ran.stderr.replace(&scratch.folder().display().to_string(), "DIR");
    let text = text.replace(cluster.scheduler(), "SCHEDULER").replace(llvm().version(), "LLVM_VERSION");
    let mut lines = Vec::new();
    for line in text.lines() {
        lines.push(match line.split_once("tcp://127.0.0.1:") {
            Some((before, after)) => {
                format!("{before}WORKER{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            None => line.to_owned(),
        });
    }
    lines.join("\n")
}

#[test]
fn what_goes_wrong_on_a_cluster_is_told() {
    let Some(python) = python() else { return };
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, Machine::Host, 1, 1).names();
    let mut cluster = Cluster::local(&scratch, &python, 1);
    let mut texts = Vec::new();
    let version = format!("LLVM {}", llvm().version());
    for (what, version, backend) in [
        ("another LLVM", "clang version 21.1.0", "exit 0"),
        ("no compiler", "nothing to see", "exit 0"),
        ("a compiler that fails", &version, "echo 'out of disk' >&2; exit 3"),
        ("a compiler that crashes", &version, "kill -SEGV $$"),
        ("a compiler that writes nothing", &version, "exit 0"),
        ("a compiler that takes its time", &version, "exec sleep 30"),
    ] {
        let program = worker_program(&scratch, version, backend);
        let link = thin(&scratch, &cluster, &python).args(&names).args(["-o", "out.so", "--job-timeout=1"]);
        // Workers remember what a program is, so that each has its own name.
        let own = scratch.path(&format!("{}-program", texts.len()));
        std::fs::rename(&program, &own).expect("in one folder");
        let ran = link.arg("--worker-program").arg(own).fails();
        texts.push(format!("{what}:\n{}", said(&scratch, &cluster, &ran)));
        assert!(!scratch.path("out.so").exists());
    }
    texts.push(format!("no place for an object:\n{}", no_place(&scratch, &cluster, &python, &names)));
    let cancelled = cancel(&scratch, &cluster, &python, &names);
    texts.push(format!("cancelled:\n{cancelled}"));
    let without = scratch.write("python", "#!/bin/sh\nexec python3 -I -S \"$@\"\n");
    std::fs::set_permissions(&without, std::fs::Permissions::from_mode(0o755)).expect("our file");
    let own_python = Run::new(bitcode_link()).args(["thin", "--executor=dask", "--shared", "-o", "out.so"]);
    let own_python = own_python.args(["--dask-scheduler", cluster.scheduler(), "--python"]).arg(without);
    let ran = own_python.args(&names).dir(scratch.folder()).fails();
    texts.push(format!("no Dask:\n{}", said(&scratch, &cluster, &ran)));
    cluster.kill_worker(0);
    let ran =
        thin(&scratch, &cluster, &python).args(&names).args(["-o", "out.so", "--worker-timeout=2"]).fails();
    texts.push(format!("no worker:\n{}", said(&scratch, &cluster, &ran)));
    snapshot!(texts.join("\n\n"));
}

/// What is said of a list of jobs for a folder that isn't there.
fn no_place(scratch: &Scratch, cluster: &Cluster, python: &Path, names: &[String]) -> String {
    let run = |command: &str| Run::new(bitcode_link()).dir(scratch.folder()).arg(command);
    run("thin").args(names).args(["--shared", "--executor=make", "--objects=build"]).ok();
    let list = std::fs::read_to_string(scratch.path("build/jobs.json")).expect("it was written");
    scratch.write("jobs.json", list.replace("build/m00.thin.o", "nowhere/m00.thin.o"));
    let on = ["jobs.json", "--executor=dask", "--dask-scheduler", cluster.scheduler(), "--python"];
    said(scratch, cluster, &run("distribute").args(on).arg(python).fails())
}

/// Cancels a link while a worker compiles, and gives what it says. Nothing is left of it.
fn cancel(scratch: &Scratch, cluster: &Cluster, python: &Path, names: &[String]) -> String {
    let version = format!("LLVM {}", llvm().version());
    let started = scratch.path("started");
    let program = worker_program(scratch, &version, &format!("touch {}; exec sleep 30", started.display()));
    let temporary = scratch.path("tmp");
    std::fs::create_dir(&temporary).expect("a new folder");
    let mut command = cluster.command(bitcode_link());
    command.args(["thin", "--executor=dask", "--shared", "-o", "out.so", "--worker-program", &program]);
    command.args(["--dask-scheduler", cluster.scheduler(), "--python"]).arg(python).args(names);
    command.env("TMPDIR", &temporary).current_dir(scratch.folder()).stderr(Stdio::piped());
    let link = command.spawn().expect("it was built");
    while !started.exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let text = interrupt(link);
    let left: Vec<_> = std::fs::read_dir(&temporary).expect("the folder").collect();
    assert!(left.is_empty(), "{left:?}");
    text
}

/// The shell has a `kill` of its own, where no package has brought one.
fn send_interrupt(process: &Child) {
    Run::new("sh").args(["-c", &format!("kill -INT {}", process.id())]).ok();
}

/// Sends SIGINT, and gives what the process said before it ended with 130.
fn interrupt(link: Child) -> String {
    send_interrupt(&link);
    let output = link.wait_with_output().expect("it ended");
    assert_eq!(output.status.code(), Some(130));
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

#[test]
fn a_cancelled_link_leaves_nothing() {
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, Machine::Host, 24, 12).names();
    let before = scratch.names();
    let mut command = std::process::Command::new(bitcode_link());
    command
        .args(["thin", "--shared", "-j1", "--progress=always", "-o", "out.so", "--objects=objects"])
        .args(&names);
    let mut link =
        command.current_dir(scratch.folder()).stderr(Stdio::piped()).spawn().expect("it was built");
    let mut lines = BufReader::new(link.stderr.take().expect("a pipe")).lines();
    wait_for(&mut lines, "progress: 2/24");
    send_interrupt(&link);
    wait_for(&mut lines, "error: cancelled");
    assert_eq!(link.wait().expect("it ended").code(), Some(130));
    assert_eq!(scratch.names(), before);
}
