//! x86_64: libomptarget's host device, which loads shared objects with `dlopen`.

use super::{Facts, initialization};
use crate::runtime::SYSTEM;
use crate::vector_math;
use llvm_plugin::inkwell::targets::Target as Backend;
use object::elf;
use std::path::Path;

pub(super) const FACTS: Facts = Facts {
    name: "x86_64",
    // What libomptarget's host plugin, clang and rustc's x86_64 targets stand for.
    triple: "x86_64-unknown-linux-gnu",
    cpus: &CPUS,
    generic_cpu: Some(LEVELS[0]),
    elf_machine: Some(elf::EM_X86_64),
    initialize: || Backend::initialize_x86(&initialization()),
};

/// The levels of the architecture, which an image can tell apart when it runs.
///
/// Source: x86-64 psABI, "Micro-Architecture Levels".
pub(super) const LEVELS: [&str; 4] = ["x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"];

/// Which level `cpu` is, from 1.
pub(crate) fn level(cpu: &str) -> Option<usize> {
    LEVELS.iter().position(|level| *level == cpu).map(|position| position + 1)
}

/// The 64-bit processors of LLVM 22. Source: `llc-22 -march=x86-64 -mcpu=help`.
const CPUS: [&str; 74] = [
    "alderlake",
    "amdfam10",
    "arrowlake",
    "arrowlake-s",
    "athlon-fx",
    "athlon64",
    "athlon64-sse3",
    "atom",
    "barcelona",
    "bdver1",
    "bdver2",
    "bdver3",
    "bdver4",
    "bonnell",
    "broadwell",
    "btver1",
    "btver2",
    "cannonlake",
    "cascadelake",
    "clearwaterforest",
    "cooperlake",
    "core-avx-i",
    "core-avx2",
    "core2",
    "corei7",
    "corei7-avx",
    "diamondrapids",
    "emeraldrapids",
    "goldmont",
    "goldmont-plus",
    "gracemont",
    "grandridge",
    "graniterapids",
    "graniterapids-d",
    "haswell",
    "icelake-client",
    "icelake-server",
    "ivybridge",
    "k8",
    "k8-sse3",
    "knl",
    "knm",
    "lunarlake",
    "meteorlake",
    "nehalem",
    "nocona",
    "novalake",
    "opteron",
    "opteron-sse3",
    "pantherlake",
    "penryn",
    "raptorlake",
    "rocketlake",
    "sandybridge",
    "sapphirerapids",
    "sierraforest",
    "silvermont",
    "skx",
    "skylake",
    "skylake-avx512",
    "slm",
    "tigerlake",
    "tremont",
    "westmere",
    "wildcatlake",
    "x86-64",
    "x86-64-v2",
    "x86-64-v3",
    "x86-64-v4",
    "znver1",
    "znver2",
    "znver3",
    "znver4",
    "znver5",
];

/// The folders in which the dynamic loader finds the C library on the distributions that we know.
const LIBRARY_FOLDERS: [&str; 4] =
    ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64"];

/// By file name, so that the C library's development files aren't needed. libgcc_s has what compilers
/// call for 128-bit integers, and the dynamic linker what they call for thread-local variables.
const LIBRARIES: [&str; 4] = ["libm.so.6", "libc.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"];

/// Functions of the C library that compilers call on their own account.
const MEMORY_FUNCTIONS: [&str; 6] = ["memcpy", "memmove", "memset", "memcmp", "bcmp", "strlen"];

/// C's allocator, which Rust's is made of.
const MEMORY_ALLOCATION: [&str; 5] = ["malloc", "calloc", "realloc", "free", "aligned_alloc"];

/// Functions of libm on `double`; those on `float` have an `f` more.
///
/// Source: ISO C17, 7.12; and `sincos`, `exp10` of glibc, which LLVM makes of pairs and intrinsics.
const MATH_FUNCTIONS: [&str; 58] = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "copysign",
    "cos",
    "cosh",
    "erf",
    "erfc",
    "exp",
    "exp10",
    "exp2",
    "expm1",
    "fabs",
    "fdim",
    "floor",
    "fma",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "hypot",
    "ilogb",
    "ldexp",
    "lgamma",
    "llrint",
    "llround",
    "log",
    "log10",
    "log1p",
    "log2",
    "logb",
    "lrint",
    "lround",
    "modf",
    "nearbyint",
    "nextafter",
    "pow",
    "remainder",
    "remquo",
    "rint",
    "round",
    "roundeven",
    "scalbln",
    "scalbn",
    "sin",
    "sincos",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "tgamma",
    "trunc",
];

/// Whether the libraries that every image is linked with have `symbol`, and kernels or the runtime may call it.
pub(super) fn has_function(symbol: &str) -> bool {
    let is_math = |name: &str| MATH_FUNCTIONS.contains(&name);
    MEMORY_FUNCTIONS.contains(&symbol)
        || MEMORY_ALLOCATION.contains(&symbol)
        || symbol.starts_with(SYSTEM)
        || is_math(symbol)
        || symbol.strip_suffix('f').is_some_and(is_math)
        || vector_math::has_function(symbol)
}

/// Whether this machine's C library has vector math: then so has that of any machine with glibc.
pub(crate) fn has_vector_math() -> bool {
    LIBRARY_FOLDERS.iter().any(|folder| Path::new(folder).join(vector_math::LIBRARY).exists())
}

/// A shared object that calls its own functions directly, needs nothing that isn't there, and comes out
/// the same each time.
pub(super) fn linker_arguments() -> Vec<String> {
    let fixed = [
        "-m",
        "elf_x86_64",
        "-shared",
        "-Bsymbolic",
        "--no-undefined",
        "--build-id=none",
        "--hash-style=gnu",
        "--eh-frame-hdr",
        "-z",
        "noexecstack",
    ];
    let folders = LIBRARY_FOLDERS.iter().map(|folder| format!("-L{folder}"));
    let vector_math = has_vector_math().then_some(vector_math::LIBRARY);
    let libraries = vector_math.into_iter().chain(LIBRARIES).map(|library| format!("-l:{library}"));
    let as_needed = std::iter::once("--as-needed".to_owned());
    fixed.map(ToOwned::to_owned).into_iter().chain(folders).chain(as_needed).chain(libraries).collect()
}
