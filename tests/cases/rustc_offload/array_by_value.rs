//! `[f64; 8]` by value: a copy goes to the device.
//@ prints: 9
//@ moves: 72 to the device, 8 from it

unsafe extern "C" {
    fn array_by_value(array: [f64; 8], sum: &mut [f64; 1]);
}

pub fn run() {
    let array = std::hint::black_box([1., 0., 0., 0., 0., 0., 0., 8.]);
    let mut sum = std::hint::black_box([0.0]);
    core::intrinsics::offload::<_, _, ()>(array_by_value, [1, 1, 1], [1, 1, 1], (array, &mut sum));
    println!("{}", sum[0]);
}
