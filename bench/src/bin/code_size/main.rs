//! Bytes of machine code on sm_80: kernels of the suite through device-link, against rustc's own nvptx64 target.
//!
//! Native kernels end at a panic without a word; device-link's do the same here but for what a kernel still has to
//! do to tell of it.

mod native;

use std::path::{Path, PathBuf};

use bench::{Better, Record};
use native::{CPU, Native};
use tests::kernels::{Target, all, build};
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
    let kernels: Vec<_> =
        all().into_iter().filter(|kernel| KERNELS.contains(&kernel.name.as_str())).collect();
    assert_eq!(kernels.len(), KERNELS.len(), "a kernel of the list is gone from the suite");
    let target = Target { link: "nvptx64:sm_80", ..Target::named("nvptx64").expect("a target") };
    let modules = build::bitcode(&scratch, &kernels, build::Mode::named("no-prepopulate"));
    let mut logarithms = 0.0;
    for kernel in &kernels {
        let (ran, container) = build::link(&scratch, &modules, &[kernel], target, &kernel.name);
        ran.succeeded();
        let ours = code_bytes(&build::image(&scratch, &container, &kernel.name));
        let cubin = scratch.path(&format!("native/{}.cubin", kernel.name));
        let ptx = native.compile(&scratch, &kernel.name, &kernel.source);
        Run::new(ptxas()).arg(format!("-arch={CPU}")).arg(ptx).arg("-o").arg(&cubin).ok();
        let ratio = ours / code_bytes(&cubin);
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

/// The ptxas that `cargo xtask setup` brings.
fn ptxas() -> PathBuf {
    let libraries = workspace().join(".venv/lib");
    let pythons = std::fs::read_dir(&libraries).expect("`cargo xtask setup` makes .venv");
    let program = "site-packages/nvidia/cuda_nvcc/bin/ptxas";
    let mut found = pythons.map(|entry| entry.expect("it can be read").path().join(program));
    found.find(|path| path.exists()).expect("`cargo xtask setup` brings ptxas")
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
