//! Slices with other arguments: the kernel is a Rust function, with a body on the host that never runs.
//@ since: 1.97
//@ before: rustc maps 0 bytes for argument 1 of kernel `axpy_slices`: the kernel would see nothing
//@ prints: 1 199
//@ moves: 1600 to the device, 800 from it

#[unsafe(no_mangle)]
fn axpy_slices(_x: &[f64], _y: &mut [f64], _a: f64) {
    unreachable!("this is a device's work")
}

pub fn run() {
    let x: Vec<f64> = std::hint::black_box((0..100).map(f64::from).collect());
    let mut y = std::hint::black_box(vec![1.0; 100]);
    core::intrinsics::offload::<_, _, ()>(axpy_slices, [1, 1, 1], [1, 1, 1], (&x[..], &mut y[..], 2.0));
    println!("{} {}", y[0], y[99]);
}
