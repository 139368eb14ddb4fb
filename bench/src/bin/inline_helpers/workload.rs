//! The workload: a crate of many small functions, each of which calls some C helpers, as a driver in a kernel does.

use std::fmt::Write as _;
use std::path::PathBuf;

use tests::{Run, Scratch, llvm, plugin, stable};

/// What a helper does, by its number.
const KINDS: usize = 5;

/// A crate and its helpers.
pub(crate) struct Workload<'s> {
    scratch: &'s Scratch,
    /// Calls of helpers in the source.
    pub(crate) calls: usize,
}

impl<'s> Workload<'s> {
    /// `functions` of Rust's and `helpers` of C's.
    pub(crate) fn new(scratch: &'s Scratch, functions: usize, helpers: usize) -> Self {
        scratch.write("helpers.c", c_source(helpers));
        let (source, calls) = rust_source(functions, helpers);
        scratch.write("crate.rs", source);
        Self { scratch, calls }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.scratch.path(name)
    }

    /// clang on the helpers.
    pub(crate) fn clang(&self, output: &str, flags: &[&str]) {
        let clang = Run::new(llvm().tool("clang")).args(["-O2", "-c"]).args(flags);
        clang.arg(self.path("helpers.c")).arg("-o").arg(self.path(output)).ok();
    }

    /// rustc on the crate, as one codegen unit.
    pub(crate) fn rustc(&self, output: &str, flags: &[&str]) {
        let rustc = Run::new(&stable().rustc)
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["--edition=2024", "--crate-type=lib"]);
        let rustc = rustc.args(["-Copt-level=2", "-Ccodegen-units=1", "-Cpanic=abort"]).args(flags);
        rustc.arg(self.path("crate.rs")).arg("-o").arg(self.path(output)).ok();
    }

    /// The plugin's flags.
    pub(crate) fn plugin_flags(&self) -> [String; 2] {
        let bitcode = self.path("helpers.bc");
        [
            format!("-Zllvm-plugins={}", plugin().display()),
            format!("-Cpasses=inline-helpers<bitcode={}>", bitcode.display()),
        ]
    }
}

/// Reads of fields, atomic counts, rotations, steps of a list, reads of bytes.
fn c_source(helpers: usize) -> String {
    let mut text = "#include <stdint.h>\n\
        struct node { uint64_t field[8]; uint64_t count; struct node *next; const uint8_t *bytes; };\n"
        .to_owned();
    for index in 0..helpers {
        let (field, shift) = (index % 8, 1 + index % 31);
        let function = match index % KINDS {
            0 => format!("uint64_t helper_{index}(struct node *p) {{ return p->field[{field}]; }}"),
            1 => format!(
                "void helper_{index}(struct node *p) {{ __atomic_fetch_add(&p->count, {shift}, __ATOMIC_RELAXED); }}"
            ),
            2 => format!(
                "uint64_t helper_{index}(uint64_t x) {{ return x << {shift} | x >> {}; }}",
                64 - shift
            ),
            3 => format!("struct node *helper_{index}(struct node *p) {{ return p->next; }}"),
            _ => format!(
                "uint64_t helper_{index}(struct node *p, uint64_t i) {{ return p->bytes[i & {shift}]; }}"
            ),
        };
        let _ = writeln!(text, "{function}");
    }
    text
}

/// The source, and how many calls of helpers it has.
fn rust_source(functions: usize, helpers: usize) -> (String, usize) {
    let mut text = "#![no_std]\n#[repr(C)] pub struct Node { field: [u64; 8], count: u64, next: *mut Node, bytes: *const u8 }\n\
        unsafe extern \"C\" {\n"
        .to_owned();
    for index in 0..helpers {
        let signature = match index % KINDS {
            0 => "(p: *mut Node) -> u64",
            1 => "(p: *mut Node)",
            2 => "(x: u64) -> u64",
            3 => "(p: *mut Node) -> *mut Node",
            _ => "(p: *mut Node, i: u64) -> u64",
        };
        let _ = writeln!(text, "    fn helper_{index}{signature};");
    }
    text += "}\n";
    let mut calls = 0;
    for function in 0..functions {
        // A number of a kind, another one for each function.
        let helper = |kind: usize, salt: usize| {
            let of_kind = helpers / KINDS;
            ((function * 7 + salt * 13 + function / 11) % of_kind) * KINDS + kind
        };
        let (first, step, rotate, count, byte, second) =
            (helper(0, 1), helper(3, 2), helper(2, 3), helper(1, 4), helper(4, 5), helper(0, 6));
        let odd = function * 2 + 1;
        let last = if function % 2 == 0 {
            calls += 1;
            format!("helper_{second}(at)")
        } else {
            "sum >> 7".to_owned()
        };
        calls += 5;
        let _ = write!(
            text,
            "#[unsafe(no_mangle)] #[inline(never)] pub unsafe fn work_{function}(node: *mut Node, x: u64) -> u64 {{ unsafe {{\n\
             \x20   let (mut sum, mut at) = (x.wrapping_mul({odd}), node);\n\
             \x20   for turn in 0..(x & 15) {{\n\
             \x20       sum = sum.wrapping_add(helper_{first}(at) ^ turn.wrapping_mul({odd}));\n\
             \x20       at = helper_{step}(at);\n\
             \x20   }}\n\
             \x20   sum = helper_{rotate}(sum);\n\
             \x20   if sum & {odd} != 0 {{ helper_{count}(at) }} else {{ sum ^= helper_{byte}(at, sum) }}\n\
             \x20   sum ^ {last}\n\
             }} }}\n"
        );
    }
    (text, calls)
}
