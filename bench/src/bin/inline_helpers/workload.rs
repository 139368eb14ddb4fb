//! The workload: a crate of many small functions, each of which calls some C helpers, as a driver in a kernel does.

use std::fmt::Write as _;
use std::path::PathBuf;

use tests::{Run, Scratch, llvm, plugin, stable};

/// What a helper does, by its number.
const KINDS: usize = 5;

/// What the crate's functions look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A walk along a list in each. A second optimization of everything finds the loops again, and the code grows by a
    /// fifth: as that did which the goal was measured with.
    Loops,
    /// Branches and no loop. A second optimization changes nothing and takes its time; the rest is code generation, which
    /// both flows do once.
    Straight,
}

/// A crate and its helpers.
pub(crate) struct Workload<'s> {
    scratch: &'s Scratch,
    /// Calls of helpers in the source.
    pub(crate) calls: usize,
}

impl<'s> Workload<'s> {
    /// `functions` of Rust's and `helpers` of C's.
    pub(crate) fn new(scratch: &'s Scratch, shape: Shape, functions: usize, helpers: usize) -> Self {
        scratch.write("helpers.c", c_source(helpers));
        let (source, calls) = rust_source(shape, functions, helpers);
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
fn rust_source(shape: Shape, functions: usize, helpers: usize) -> (String, usize) {
    let mut text = "#![no_std]\n\
        #[repr(C)] pub struct Node { field: [u64; 8], count: u64, next: *mut Node, bytes: *const u8 }\n\
        #[derive(Clone, Copy)] pub struct Ref(*mut Node);\n"
        .to_owned();
    text += &methods(helpers);
    let mut calls = 0;
    for function in 0..functions {
        calls += push_function(&mut text, shape, function, helpers);
    }
    (text, calls)
}

/// Helpers are behind methods, as drivers have them: with a type for the pointer, and a check.
fn methods(helpers: usize) -> String {
    let (mut declared, mut methods) = (String::new(), String::new());
    for index in 0..helpers {
        let (signature, takes, gives, call) = match index % KINDS {
            0 => ("(p: *mut Node) -> u64", "", "u64", "(self.0)"),
            1 => ("(p: *mut Node)", "", "()", "(self.0)"),
            2 => ("(x: u64) -> u64", ", x: u64", "u64", "(x)"),
            3 => ("(p: *mut Node) -> *mut Node", "", "Ref", "(self.0)"),
            _ => ("(p: *mut Node, i: u64) -> u64", ", i: u64", "u64", "(self.0, i)"),
        };
        let made = if gives == "Ref" {
            format!("Ref(helper_{index}{call})")
        } else {
            format!("helper_{index}{call}")
        };
        let _ = writeln!(declared, "    fn helper_{index}{signature};");
        let _ = writeln!(
            methods,
            "    fn do_{index}(self{takes}) -> Option<{gives}> {{ (!self.0.is_null()).then(|| unsafe {{ {made} }}) }}"
        );
    }
    format!("unsafe extern \"C\" {{\n{declared}}}\nimpl Ref {{\n{methods}}}\n")
}

/// A function behind `text`. Gives its calls of helpers.
fn push_function(text: &mut String, shape: Shape, function: usize, helpers: usize) -> usize {
    // A number of a kind, another one for each function.
    let helper = |kind: usize, salt: usize| {
        let of_kind = helpers / KINDS;
        ((function * 7 + salt * 13 + function / 11) % of_kind) * KINDS + kind
    };
    let (first, step, rotate, count, byte, second) =
        (helper(0, 1), helper(3, 2), helper(2, 3), helper(1, 4), helper(4, 5), helper(0, 6));
    let (odd, steps) = (function * 2 + 1, function % 13 + 2);
    let (last, calls) = match function % 2 {
        0 => (format!("at.do_{second}()?"), 6),
        _ => ("sum >> 7".to_owned(), 5),
    };
    let walk = match shape {
        Shape::Straight => format!(
            "let at = if sum & 1 != 0 {{ node.do_{step}()? }} else {{ node }};\n\
             \x20   sum = at.do_{rotate}(sum)?.checked_sub(x >> 3)?;"
        ),
        Shape::Loops => format!(
            "let mut at = node;\n\
             \x20   for _ in 0..x & {steps} {{ at = at.do_{step}()?; sum = at.do_{rotate}(sum)?; }}"
        ),
    };
    let _ = write!(
        text,
        "#[unsafe(no_mangle)] #[inline(never)] pub fn work_{function}(node: Ref, x: u64) -> Option<u64> {{\n\
         \x20   let mut sum = x.checked_mul({odd}).unwrap_or(x);\n\
         \x20   sum = sum.wrapping_add(node.do_{first}()? ^ {odd});\n\
         \x20   {walk}\n\
         \x20   if sum & {odd} != 0 {{ at.do_{count}()? }} else {{ sum ^= at.do_{byte}(sum)? }}\n\
         \x20   if x > sum {{ sum = sum.wrapping_mul(x | 1) ^ ({last}); }}\n\
         \x20   Some(sum)\n\
         }}\n"
    );
    calls
}
