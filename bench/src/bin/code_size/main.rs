//! Bytes of machine code on sm_80: kernels of the suite through device-link, against rustc's own nvptx64 target.
//!
//! Native kernels end at a panic without a word; device-link's do the same here but for what a kernel still has to
//! do to tell of it.

mod native;

use std::path::{Path, PathBuf};

use bench::{Better, Record};
use native::{CPU, Native};
use tests::kernels::{Kernel, Target, all, build};
use tests::{Run, Scratch, llvm, workspace};

/// Kernels that need nothing but core.
const KERNELS: [&str; 27] = [
    "atomic_add",
    "atomic_compare_exchange",
    "axpy",
    "bits",
    "bytes",
    "chars",
    "closure",
    "collatz",
    "complex",
    "const_generics",
    "crc",
    "dot",
    "float_bits",
    "generic",
    "histogram",
    "iterators",
    "local_array",
    "mandelbrot",
    "match_table",
    "matmul",
    "nested_slices",
    "option_enum",
    "overflow",
    "results",
    "scan",
    "stencil",
    "struct_by_reference",
];

fn main() {
    let scratch = Scratch::new();
    let native = Native::new();
    let kernels = named(&KERNELS);
    let modules = bitcode(&scratch, &kernels);
    let mut logarithms = 0.0;
    for kernel in &kernels {
        let ratio = ours(&scratch, &modules, kernel) / theirs(&scratch, &native, kernel);
        logarithms += ratio.ln();
        print(&kernel.name, ratio, None);
    }
    print("geometric mean", (logarithms / kernels.len() as f64).exp(), Some(1.05));
}

fn print(case: &str, ratio: f64, goal: Option<f64>) {
    bench::print(&Record {
        bench: "code_size".to_owned(),
        case: case.to_owned(),
        against: "rustc for nvptx64".to_owned(),
        ratio,
        goal,
        better: Better::Lower,
    });
}

fn named(names: &[&str]) -> Vec<Kernel> {
    let kernels: Vec<_> = all().into_iter().filter(|kernel| names.contains(&kernel.name.as_str())).collect();
    assert_eq!(kernels.len(), names.len(), "a kernel of the list is gone from the suite");
    kernels
}

fn bitcode(scratch: &Scratch, kernels: &[Kernel]) -> Vec<PathBuf> {
    build::bitcode(scratch, kernels, build::Mode::named("no-prepopulate"))
}

/// Bytes of a kernel out of `modules` as device-link makes it.
fn ours(scratch: &Scratch, modules: &[PathBuf], kernel: &Kernel) -> f64 {
    let target = Target { link: "nvptx64:sm_80", ..Target::named("nvptx64").expect("a target") };
    let (ran, container) = build::link(scratch, modules, &[kernel], target, &kernel.name);
    ran.succeeded();
    code_bytes(&build::image(scratch, &container, &kernel.name))
}

/// Bytes of the same kernel as rustc for nvptx64 makes it.
fn theirs(scratch: &Scratch, native: &Native, kernel: &Kernel) -> f64 {
    let cubin = scratch.path(&format!("native/{}.cubin", kernel.name));
    let ptx = native.compile(scratch, &kernel.name, &kernel.source);
    let ptxas = ptxas().expect("`cargo xtask setup` brings ptxas");
    Run::new(ptxas).arg(format!("-arch={CPU}")).arg(ptx).arg("-o").arg(&cubin).ok();
    code_bytes(&cubin)
}

/// The ptxas that `cargo xtask setup` brings.
fn ptxas() -> Option<PathBuf> {
    let pythons = std::fs::read_dir(workspace().join(".venv/lib")).ok()?;
    let program = "site-packages/nvidia/cuda_nvcc/bin/ptxas";
    let mut found = pythons.map(|entry| entry.expect("it can be read").path().join(program));
    found.find(|path| path.exists())
}

/// The bytes of all sections with machine code.
fn code_bytes(cubin: &Path) -> f64 {
    let ran = Run::new(llvm().tool("llvm-size")).arg("-A").arg(cubin).ok();
    let lines = ran.stdout.lines().filter(|line| line.starts_with(".text"));
    let sizes = lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    let total: f64 = sizes.sum();
    assert!(total > 0.0, "no code in {}:\n{ran}", cubin.display());
    total
}

#[cfg(test)]
mod contestants {
    use super::{Native, bitcode, named, ours, ptxas, theirs};
    use tests::Scratch;

    /// Nothing but the bench compiles the suite's kernels for nvptx64 itself.
    #[test]
    fn make_code_of_one_size() {
        if ptxas().is_none() {
            report("left out: `cargo xtask setup` brings ptxas");
            return;
        }
        let (scratch, kernels) = (Scratch::new(), named(&["axpy", "stencil"]));
        let modules = bitcode(&scratch, &kernels);
        let native = Native::built();
        if native.is_none() {
            report("left out in part: `cargo xtask bench code_size` builds the rustc to compare with");
        }
        for kernel in &kernels {
            let ours = ours(&scratch, &modules, kernel);
            assert!((100.0..10_000.0).contains(&ours), "{}: {ours} bytes", kernel.name);
            if let Some(native) = &native {
                let theirs = theirs(&scratch, native, kernel);
                assert!((0.5..2.0).contains(&(ours / theirs)), "{}: {ours} and {theirs} bytes", kernel.name);
            }
        }
    }

    #[expect(clippy::print_stderr, reason = "a test that leaves something out says so")]
    fn report(what: &str) {
        eprintln!("{what}");
    }
}
