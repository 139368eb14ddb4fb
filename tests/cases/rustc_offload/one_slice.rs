//! A slice alone: its length travels as a value.
//@ since: 1.97
//@ before: rustc maps 0 bytes for argument 0 of kernel `fill_slice`: the kernel would see nothing
//@ prints: 1 100
//@ moves: 800 to the device, 800 from it

unsafe extern "C" {
    fn fill_slice(x: &mut [f64]);
}

pub fn run() {
    let mut x = std::hint::black_box(vec![0.0; 100]);
    core::intrinsics::offload::<_, _, ()>(fill_slice, [1, 1, 1], [1, 1, 1], (&mut x[..],));
    println!("{} {}", x[0], x[99]);
}
