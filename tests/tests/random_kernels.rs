//! Random kernels: what the host device computes is what the CPU computes. `cargo xtask random-kernels` runs more.

use std::ops::Range;
use tests::random_kernels::Program;

/// These kernels of a seed do the same everywhere.
#[track_caller]
fn check(seed: u64, kernels: Range<u32>, release: bool) {
    let built = Program { seed, kernels }.build(release);
    built.run().succeeded().says(", 0 differ");
}

#[test]
fn as_rustc_optimizes_them() {
    check(1, 0..100, true);
}

#[test]
fn as_rustc_writes_them_down() {
    check(2, 0..100, false);
}

#[test]
fn a_kernel_is_the_same_in_every_program_of_its_seed() {
    let of = |kernels| Program { seed: 3, kernels }.source();
    let (alone, all) = (of(7..8), of(0..20));
    let kernel =
        alone.split("\nfn kernel_7").nth(1).and_then(|rest| rest.split("\n}").next()).expect("its text");
    assert!(all.contains(kernel), "{kernel}");
    assert_ne!(alone, of(8..9));
}
