//! A program of one crate that launches what a closure says, compiled and linked by rustc alone: small enough for each
//! error to have its own.

use crate::{Ran, Run, Scratch, outboard_link, plugin, stable};
use std::path::{Path, PathBuf};

/// Launches of a kernel, as C's interface has them.
pub const LAUNCHING: &str = r#"
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
#[derive(Debug)]
pub struct Place {
    /// The folder.
    pub scratch: Scratch,
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}

impl Place {
    /// With a library that launches.
    pub fn new() -> Self {
        let place = Self { scratch: Scratch::new() };
        place.library("launching", LAUNCHING, true);
        place
    }

    /// rustc on a file.
    pub fn rustc(&self, file: &str, text: &str, with_plugin: bool) -> Run {
        self.scratch.write(file, text);
        let run = Run::new(&stable().rustc).env("RUSTC_BOOTSTRAP", "1").dir(self.scratch.folder());
        let run = run
            .args(["--edition=2024", "-g", "-L", ".", "--extern", "launching=liblaunching.rlib"])
            .arg(file);
        let plugin = format!("-Zllvm-plugins={}", plugin().display());
        if with_plugin { run.arg(plugin).arg("-Cpasses=offload-records") } else { run }
    }

    /// Compiles a library.
    pub fn library(&self, name: &str, text: &str, with_plugin: bool) -> PathBuf {
        let file = format!("{name}.rs");
        if name == "launching" {
            self.scratch.write("liblaunching.rlib", "");
        }
        // As cargo has it.
        self.rustc(&file, text, with_plugin).args(["--crate-type=lib", "-Cembed-bitcode=no"]).ok();
        self.scratch.path(&format!("lib{name}.rlib"))
    }

    /// Compiles a library without the plugin, with its bitcode.
    pub fn embedding(&self, name: &str, text: &str) {
        let run = self.rustc(&format!("{name}.rs"), text, false);
        run.args(["--crate-type=lib", "-Copt-level=2", "-Cembed-bitcode=yes"]).ok();
    }

    /// Compiles a program, and links it so.
    pub fn link(&self, text: &str, linker: &Path, arguments: &[&str]) -> Ran {
        self.link_run(text, linker, arguments).run()
    }

    /// The same before it runs.
    pub fn link_run(&self, text: &str, linker: &Path, arguments: &[&str]) -> Run {
        let run = self.rustc("main.rs", text, true).arg(format!("-Clinker={}", linker.display()));
        run.args(arguments.iter().map(|argument| format!("-Clink-arg={argument}")))
    }

    /// What the linker step says of a program that it does not link.
    #[track_caller]
    pub fn refused(&self, text: &str, arguments: &[&str]) -> String {
        let ran = self.link(text, outboard_link(), arguments).failed();
        assert!(!self.scratch.path("main").exists(), "nothing is linked in part");
        self.said(&ran)
    }

    /// The linker step's own words, without what rustc puts around them.
    pub fn said(&self, ran: &Ran) -> String {
        const FIRST: &str = "  = note: error";
        let text =
            ran.stderr.split(FIRST).nth(1).unwrap_or_else(|| panic!("the linker step says nothing:\n{ran}"));
        let lines = text
            .lines()
            .take_while(|line| !line.trim().is_empty())
            .map(|line| line.trim_start_matches("          "));
        let text = format!("error{}", lines.collect::<Vec<_>>().join("\n"));
        text.replace(&format!("{}/", self.scratch.folder().display()), "")
    }
}

/// A program with which nothing is wrong.
pub const SOUND: &str = "fn main() { assert_eq!(launching::launch(|n| n + 1), 2); }\n";
