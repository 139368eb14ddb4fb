//! Dry runs, and what a link leaves behind where it is asked to.

use crate::support::{device_link, printed};
use std::path::PathBuf;
use std::process::Command;

struct Shelf {
    folder: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Self {
        let shelf = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        let text = "define void @set(ptr %p) {\n  store i32 3, ptr %p\n  ret void\n}\n";
        std::fs::write(shelf.file("input.ll"), text).expect("writable");
        shelf
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn link(&self, flags: &[&str]) -> Command {
        let mut command = device_link();
        command.arg("link").arg(self.file("input.ll")).arg("-o").arg(self.file("dev.offload"));
        command.arg("--cache-dir").arg(self.file("cache"));
        command.args(["--target", "x86_64", "--target", "amdgcn:gfx90a"]).args(flags);
        command
    }
}

#[test]
fn a_dry_run_tells_and_writes_nothing() {
    let shelf = Shelf::new();
    let tell = || {
        let text = String::from_utf8(printed(&mut shelf.link(&["--dry-run"]))).expect("text");
        text.replace(&*shelf.folder.path().to_string_lossy(), "DIR").replace(env!("LLVM_BINDIR"), "LLVM")
    };
    insta::assert_snapshot!(tell(), @"
    image for x86_64-unknown-linux-gnu
      module DIR/input.ll
      with LLVM/ld.lld
    image for amdgcn-amd-amdhsa:gfx90a
      module DIR/input.ll
      with LLVM/ld.lld
    ");
    assert!(!shelf.file("dev.offload").exists());
    printed(&mut shelf.link(&[]));
    insta::assert_snapshot!(tell(), @"
    image for x86_64-unknown-linux-gnu
      from the cache
    image for amdgcn-amd-amdhsa:gfx90a
      from the cache
    ");
}

#[test]
fn times_of_every_phase_and_files_of_every_step() {
    let shelf = Shelf::new();
    printed(&mut shelf.link(&["--time-trace", "--save-temps"]));
    let text = std::fs::read_to_string(shelf.file("dev.offload.trace.json")).expect("written");
    let trace: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let events = trace["traceEvents"].as_array().expect("a list");
    for phase in ["check inputs", "link inputs", "retarget", "optimize", "generate code", "make the image"] {
        let times = if phase == "check inputs" { 1 } else { 2 };
        let found = events.iter().filter(|event| event["name"] == phase && event["ph"] == "X");
        assert_eq!(found.count(), times, "{phase}: {text}");
    }
    let temps = shelf.file("dev.offload.temps/amdgcn-amd-amdhsa:gfx90a");
    for file in ["linked.ll", "entries.ll", "optimized.ll", "kernels.o", "kernels.so"] {
        assert!(temps.join(file).exists(), "{file}");
    }
    let flag = format!("--time-trace={}", shelf.file("times").display());
    printed(&mut shelf.link(&[&flag]));
    assert!(shelf.file("times").exists());
}
