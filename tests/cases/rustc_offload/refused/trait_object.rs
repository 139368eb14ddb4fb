//! A trait object maps nothing of its value.
//@ refused: offload-embed[OB0107]: rustc maps 0 bytes for argument 0 of kernel `kernel`: the kernel would see nothing

#![feature(core_intrinsics)]
#![allow(internal_features)]

#[unsafe(no_mangle)]
fn kernel(_x: &dyn std::fmt::Debug) {
    unreachable!("this is a device's work")
}

fn main() {
    let x = std::hint::black_box([1.0f64; 8]);
    core::intrinsics::offload::<_, _, ()>(kernel, [1, 1, 1], [1, 1, 1], (&x as &dyn std::fmt::Debug,));
    println!("{x:?}");
}
