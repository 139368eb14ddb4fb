//! What one build says when it can't make images, as its linker step says it.

use std::path::{Path, PathBuf};
use tests::linked_program::{LAUNCHING, Place, SOUND};
use tests::{Run, outboard_link, snapshot};

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

/// Functions for kernels, of which the first calls another module's.
const HELPERS: &str = r#"
#[inline(never)]
pub fn triple(n: u64) -> u64 { inner::sum([n, n, n]) }

mod inner {
    #[inline(never)]
    pub fn sum(all: [u64; 3]) -> u64 { all.iter().fold(0, |sum, n| sum ^ n ^ (sum & n) << 1 ) }
}
"#;

#[test]
fn a_crate_without_the_plugin_that_embeds_its_bitcode() {
    let place = Place::new();
    place.embedding("plain", HELPERS);
    let text = "fn main() { assert_eq!(launching::launch(|n| plain::triple(n)), plain::triple(1)); }\n";
    place.link(&format!("extern crate plain;\n{text}"), outboard_link(), &[]).succeeded();
    // A launch that no device takes leaves the number as it was.
    Run::new(place.scratch.path("main")).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok();
}

#[test]
fn embedded_bitcode_is_no_source_of_kernels_and_barriers() {
    let place = Place::new();
    place.embedding(
        "plain",
        "#[inline(never)]\npub unsafe extern \"C-unwind\" fn kernel(number: *mut u64) { unsafe { *number += 1 } }\n",
    );
    let launch = LAUNCHING.replace("kernel::<F>", "plain::kernel").replace("pub fn", "fn");
    let text = format!("extern crate plain;\n{launch}\nfn main() {{ launch(|n| n); }}\n");
    snapshot!("embedded_kernel", place.refused(&text, &[]));

    place.embedding(
        "plain",
        "unsafe extern \"C\" {\n    fn __outboard_dev_barrier();\n}\n\
         #[inline(never)]\npub fn meet(n: u64) -> u64 {\n    unsafe { __outboard_dev_barrier() };\n    n\n}\n",
    );
    let text = "extern crate plain;\nfn main() { launching::launch(|n| plain::meet(n)); }\n";
    snapshot!("embedded_barrier", place.refused(text, &[]));
}

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
            "OB0202",
            ": the record at 0 has version 3, and this program reads version 2\nhelp: build all crates with the plugin that belongs to this program",
        ),
        (
            12,
            "OB0203",
            ": the record at 0 is of LLVM 23, and this program reads that of LLVM 22\nhelp: build all crates with a toolchain whose LLVM is 22",
        ),
        (70, "OB0204", ": the record at 0 is damaged: its content is not what its checksum says"),
    ];
    let place = Place::new();
    for (at, code, expected) in cases {
        damage(&place.library("removed", LIBRARY, true), at);
        let said = place.refused("fn main() { removed::go(); }\nextern crate removed;\n", &[]);
        assert!(
            said.starts_with(&format!("error[{code}]: `./libremoved.rlib(")) && said.ends_with(expected),
            "{said}"
        );
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
        said.starts_with("error[OB0206]: unknown option `--outboard-devices=host`\nhelp: the options are "),
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

/// The entries of a cache.
fn entries(cache: &Path) -> Vec<PathBuf> {
    let files = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("readable").path()).collect::<Vec<_>>()
    };
    let folders = files(cache).into_iter().filter(|path| path.is_dir());
    let mut entries: Vec<_> = folders.flat_map(|path| files(&path)).collect();
    entries.sort();
    entries
}

#[test]
fn programs_with_the_same_kernels_share_their_image() {
    let place = Place::new();
    place.library("removed", LIBRARY, true);
    let cache = place.scratch.path("cache");
    let argument = format!("--outboard-cache={}", cache.display());
    let link = |text: &str| {
        place.link(text, outboard_link(), &[&argument]).succeeded();
        Run::new(place.scratch.path("main")).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok();
        entries(&cache)
    };
    let made = link("extern crate removed;\nfn main() { assert_eq!(removed::go(), 2); }\n");
    let found = link("extern crate removed;\nfn main() { assert_eq!(removed::go() + removed::go(), 4); }\n");
    assert_eq!((made.len(), found), (1, made.clone()), "the second program's image was there");
}

#[test]
fn a_damaged_cache_is_no_reason_to_fail() {
    let place = Place::new();
    let cache = place.scratch.path("cache");
    let argument = format!("--outboard-cache={}", cache.display());
    let link = || place.link(SOUND, outboard_link(), &[&argument]).succeeded();
    link();
    let entries = entries(&cache);
    assert_eq!(entries.len(), 1, "{entries:?}");
    let made = std::fs::read(&entries[0]).expect("an image");
    std::fs::write(&entries[0], &made[..made.len() / 2]).expect("writable");
    link();
    let anew = std::fs::read(&entries[0]).expect("an image");
    assert!(anew.len() > made.len() / 2, "it was made anew: {} bytes", anew.len());
    Run::new(place.scratch.path("main")).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok();
}

/// A library with a kernel that no device can run, in a function that others need not call.
const PRINTING: &str = "pub fn sound() -> u64 {\n    launching::launch(|n| n + 1)\n}\n\n\
    pub fn printing() -> u64 {\n    launching::launch(|n| {\n        println!(\"{n}\");\n        n\n    })\n}\n";

#[test]
fn a_bad_kernel_that_nothing_launches_is_a_warning() {
    let place = Place::new();
    place.library("printing", PRINTING, true);
    let lonely = PRINTING.replace("n + 1", "{ print!(\"{n}\"); n }") + "pub static TWO: u64 = 2;\n";
    place.library("lonely", &lonely, true);
    for linker in ["bfd", "lld"] {
        let arguments = ["--outboard-report=reports", &format!("-fuse-ld={linker}")];
        let link = |library: &str, program: &str| {
            let text = format!("extern crate {library};\nfn main() {{ assert_eq!({program}, 2); }}\n");
            let ran = place.link(&text, outboard_link(), &arguments);
            let report = std::fs::read_to_string(place.scratch.path("reports/main.json")).expect("a report");
            let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
            (ran, report)
        };
        let (ran, report) = link("printing", "printing::sound()");
        ran.succeeded();
        assert_eq!(report["diagnostics"][0]["level"], "warning", "{report}");
        assert_eq!(report["diagnostics"][0]["code"], "OB0012", "{report}");
        assert_eq!(report["kernels"][0]["name"], "printing::sound::{closure#0}", "{report}");
        assert_eq!(report["stayed"][0]["name"], "printing::printing::{closure#0}", "{report}");
        let reason = "calls `std::io::stdio::_print`, which can't run on a device";
        assert_eq!(report["stayed"][0]["reason"], reason, "{report}");
        Run::new(place.scratch.path("main")).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok();

        // Where no kernel is left, there are no images.
        let (ran, report) = link("lonely", "lonely::TWO");
        ran.succeeded();
        assert_eq!(report["images"], serde_json::json!([]), "{report}");
        Run::new(place.scratch.path("main")).ok();

        let (ran, report) = link("printing", "printing::sound() + printing::printing()");
        ran.failed();
        assert_eq!(report["diagnostics"][0]["level"], "error", "{report}");
    }
}
