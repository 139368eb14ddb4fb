//! The example of rust-lang/rust#147936: `*mut [f64; 128]`.
//@ prints: 21 3
//@ moves: 1024 to the device, 1024 from it

unsafe extern "C" {
    fn kernel_1(x: *mut [f64; 128]);
}

pub fn run() {
    let mut x = std::hint::black_box([3.0; 128]);
    core::intrinsics::offload::<_, _, ()>(kernel_1, [256, 1, 1], [32, 1, 1], (&raw mut x,));
    println!("{} {}", x[0], x[1]);
}
