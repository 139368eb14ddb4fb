//! What one build says when it can't make images, as its linker step says it.

use std::path::{Path, PathBuf};
use tests::{Ran, Run, Scratch, outboard_link, plugin, snapshot, stable};

/// Launches of a kernel, as C's interface has them.
const LAUNCHING: &str = r#"
type Kernel = unsafe extern "C-unwind" fn(*mut u64);
unsafe extern "C-unwind" {
    fn __outboard_launch_1(
        kernel: Kernel, device: i64, options: i32, gx: i32, gy: i32, gz: i32, bx: i32, by: i32, bz: i32, shared: i32,
        flags: u64, base: *const std::ffi::c_void, size: u64,
    ) -> i32;
}

pub fn launch(kernel: impl Fn(u64) -> u64 + Copy) -> u64 {
    let mut number = 1_u64;
    run(kernel, &mut number);
    number
}

fn run<F: Fn(u64) -> u64 + Copy>(_: F, number: &mut u64) -> i32 {
    let base = std::ptr::from_mut(number).cast();
    unsafe { __outboard_launch_1(kernel::<F>, -1, 2, 1, 1, 1, 1, 1, 1, 0, 3, base, 8) }
}

unsafe extern "C-unwind" fn kernel<F: Fn(u64) -> u64>(number: *mut u64) {
    unsafe { *number = std::ptr::NonNull::<F>::dangling().as_ref()(*number) }
}
"#;

/// A workplace of rustc's.
struct Place {
    scratch: Scratch,
}

impl Place {
    fn new() -> Self {
        let place = Self { scratch: Scratch::new() };
        place.library("launching", LAUNCHING, true);
        place
    }

    fn rustc(&self, file: &str, text: &str, with_plugin: bool) -> Run {
        self.scratch.write(file, text);
        let run = Run::new(&stable().rustc).env("RUSTC_BOOTSTRAP", "1").dir(self.scratch.folder());
        let run = run
            .args(["--edition=2024", "-g", "-L", ".", "--extern", "launching=liblaunching.rlib"])
            .arg(file);
        let plugin = format!("-Zllvm-plugins={}", plugin().display());
        if with_plugin { run.arg(plugin).arg("-Cpasses=offload-records") } else { run }
    }

    fn library(&self, name: &str, text: &str, with_plugin: bool) -> PathBuf {
        let file = format!("{name}.rs");
        let run = if name == "launching" {
            self.scratch.write("liblaunching.rlib", "");
            self.rustc(&file, text, with_plugin)
        } else {
            self.rustc(&file, text, with_plugin)
        };
        run.arg("--crate-type=lib").ok();
        self.scratch.path(&format!("lib{name}.rlib"))
    }

    /// Compiles a program, and links it so.
    fn link(&self, text: &str, linker: &Path, arguments: &[&str]) -> Ran {
        let run = self.rustc("main.rs", text, true).arg(format!("-Clinker={}", linker.display()));
        run.args(arguments.iter().map(|argument| format!("-Clink-arg={argument}"))).run()
    }

    /// What the linker step says of a program that it does not link.
    #[track_caller]
    fn refused(&self, text: &str, arguments: &[&str]) -> String {
        let ran = self.link(text, outboard_link(), arguments).failed();
        assert!(!self.scratch.path("main").exists(), "nothing is linked in part");
        self.said(&ran)
    }

    /// The linker step's own words, without what rustc puts around them.
    fn said(&self, ran: &Ran) -> String {
        const FIRST: &str = "  = note: error: ";
        let text =
            ran.stderr.split(FIRST).nth(1).unwrap_or_else(|| panic!("the linker step says nothing:\n{ran}"));
        let lines = text
            .lines()
            .take_while(|line| !line.trim().is_empty())
            .map(|line| line.trim_start_matches("          "));
        let text = format!("error: {}", lines.collect::<Vec<_>>().join("\n"));
        text.replace(&format!("{}/", self.scratch.folder().display()), "")
    }
}

#[test]
fn code_that_a_device_cannot_run() {
    let place = Place::new();
    let refused = |text: &str| place.refused(text, &[]);
    snapshot!(
        "printing",
        refused(
            "fn main() {\n    launching::launch(|n| twice(n));\n    launching::launch(|n| twice(n) + 1);\n}\n\n\
         fn twice(n: u64) -> u64 {\n    println!(\"{n}\");\n    2 * n\n}\n"
        )
    );
    snapshot!(
        "thread_local",
        refused(
            "thread_local! { static CALLS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) }; }\n\
         fn main() {\n    launching::launch(|n| n + CALLS.get());\n}\n"
        )
    );
    snapshot!(
        "mutable_static",
        refused(
            "use std::sync::atomic::{AtomicU64, Ordering};\nstatic CALLS: AtomicU64 = AtomicU64::new(0);\n\
         fn main() {\n    launching::launch(|n| n + CALLS.fetch_add(1, Ordering::Relaxed));\n}\n"
        )
    );
}

#[test]
fn a_barrier_that_the_compiler_may_have_moved() {
    let text = "unsafe extern \"C\" {\n    fn __outboard_dev_barrier();\n}\nfn main() {\n    launching::launch(meet);\n}\n\n\
         fn meet(n: u64) -> u64 {\n    unsafe { __outboard_dev_barrier() };\n    n\n}\n";
    snapshot!("barrier", Place::new().refused(text, &["--outboard-device=sm_80"]));
}

#[test]
fn a_crate_without_the_plugin() {
    let place = Place::new();
    place.library("plain", "#[inline(never)]\npub fn triple(n: u64) -> u64 { 3 * n }\n", false);
    let text = "fn main() { launching::launch(|n| plain::triple(n)); }\n";
    snapshot!("crate_without_plugin", place.refused(&format!("extern crate plain;\n{text}"), &[]));
}

const SOUND: &str = "fn main() { assert_eq!(launching::launch(|n| n + 1), 2); }\n";

/// Changes a byte of the first record in `file`, so many bytes behind its start.
fn damage(file: &Path, at: usize) {
    let mut bytes = std::fs::read(file).expect("just built");
    let start = memchr::memmem::find(&bytes, b"OBRECORD").expect("it has a record");
    bytes[start + at] += 1;
    std::fs::write(file, bytes).expect("writable");
}

#[test]
fn records_that_cannot_be_used() {
    let cases = [
        (
            8,
            ": the record at 0 has version 2, and this program reads version 1\nhelp: build all crates with the plugin that belongs to this program",
        ),
        (
            12,
            ": the record at 0 is of LLVM 23, and this program reads that of LLVM 22\nhelp: build all crates with a toolchain whose LLVM is 22",
        ),
        (70, ": the record at 0 is damaged: its content is not what its checksum says"),
    ];
    let place = Place::new();
    for (at, expected) in cases {
        damage(&place.library("removed", LIBRARY, true), at);
        let said = place.refused("fn main() { removed::go(); }\nextern crate removed;\n", &[]);
        assert!(said.starts_with("error: `./libremoved.rlib(") && said.ends_with(expected), "{said}");
    }
}

/// A library that launches.
const LIBRARY: &str = "pub fn go() -> u64 {\n    launching::launch(|n| n + 1)\n}\n";

#[test]
fn a_launch_whose_record_was_removed() {
    let place = Place::new();
    place.library("removed", LIBRARY, true);
    Run::new("objcopy")
        .args(["--remove-section=.outboard.records"])
        .arg(place.scratch.path("libremoved.rlib"))
        .ok();
    let said = place.refused("fn main() { removed::go(); }\nextern crate removed;\n", &[]);
    assert!(
        said.contains("launches kernel `launching::kernel::<removed::go::{closure#0}>`, but has no record"),
        "{said}"
    );
}

#[test]
fn options_and_programs_that_are_not_there() {
    let place = Place::new();
    let said = place.refused(SOUND, &["--outboard-devices=host"]);
    assert!(
        said.starts_with("error: unknown option `--outboard-devices=host`\nhelp: the options are "),
        "{said}"
    );
    let said = place.refused(SOUND, &["--outboard-device=sparc"]);
    snapshot!("unknown_device", said);
    let said = place.refused(SOUND, &["--outboard-linker=no-such-linker"]);
    snapshot!("no_linker", said);
    let said = place.refused(SOUND, &["--outboard-cache=/dev/null/cache"]);
    snapshot!("no_cache", said);

    // Without the program that it runs.
    let lonely = place.scratch.path("outboard-link");
    std::fs::copy(outboard_link(), &lonely).expect("a copy");
    let ran = place.link(SOUND, &lonely, &[]).failed();
    snapshot!("no_register", place.said(&ran));
}

#[test]
fn a_damaged_cache_is_no_reason_to_fail() {
    let place = Place::new();
    let cache = place.scratch.path("cache");
    let argument = format!("--outboard-cache={}", cache.display());
    let link = || place.link(SOUND, outboard_link(), &[&argument]).succeeded();
    link();
    let files = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("readable").path()).collect::<Vec<_>>()
    };
    let entries: Vec<_> =
        files(&cache).into_iter().filter(|path| path.is_dir()).flat_map(|path| files(&path)).collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let made = std::fs::read(&entries[0]).expect("an image");
    std::fs::write(&entries[0], &made[..made.len() / 2]).expect("writable");
    link();
    let anew = std::fs::read(&entries[0]).expect("an image");
    assert!(anew.len() > made.len() / 2, "it was made anew: {} bytes", anew.len());
    Run::new(place.scratch.path("main")).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok();
}
