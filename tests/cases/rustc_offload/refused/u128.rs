//! rustc widens a u128 to 64 bits: not even valid IR.
//@ since: 1.97
//@ refused: came as invalid IR: Type too small for ZExt

#![feature(core_intrinsics)]
#![allow(internal_features)]

unsafe extern "C" {
    fn kernel(x: u128, y: *mut [f64; 1]);
}

fn main() {
    let (x, mut y) = (std::hint::black_box(7u128), [0.0f64]);
    core::intrinsics::offload::<_, _, ()>(kernel, [1, 1, 1], [1, 1, 1], (x, &raw mut y));
    println!("{y:?}");
}
