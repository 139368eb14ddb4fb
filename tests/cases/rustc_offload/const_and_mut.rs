//! One array as a mutable and as a constant argument, in this order: mapped once.
//@ prints: 3 4
//@ moves: 1024 to the device, 1024 from it

unsafe extern "C" {
    fn const_and_mut(output: *mut [f64; 128], input: *const [f64; 128]);
}

pub fn run() {
    let mut x = std::hint::black_box([3.0; 128]);
    let x = &raw mut x;
    core::intrinsics::offload::<_, _, ()>(const_and_mut, [1, 1, 1], [1, 1, 1], (x, x.cast_const()));
    // SAFETY: the launch is over.
    unsafe { println!("{} {}", (*x)[0], (*x)[1]) };
}
