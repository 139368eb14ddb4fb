//! `*const [f64; 128]`: to the device only.
//@ prints: 384
//@ moves: 1032 to the device, 8 from it

unsafe extern "C" {
    fn sum_ref(x: *const [f64; 128], sum: *mut [f64; 1]);
}

pub fn run() {
    let x = std::hint::black_box([3.0; 128]);
    let mut sum = std::hint::black_box([0.0]);
    core::intrinsics::offload::<_, _, ()>(sum_ref, [1, 1, 1], [1, 1, 1], (&raw const x, &raw mut sum));
    println!("{}", sum[0]);
}
