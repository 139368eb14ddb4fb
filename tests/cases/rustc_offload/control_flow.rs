//! Several kernels, in a loop and in a branch: every launch moves its data.
//@ prints: 22
//@ moves: 7168 to the device, 7168 from it

unsafe extern "C" {
    fn add_one(x: &mut [f64; 128]);
    fn double_it(x: &mut [f64; 128]);
}

pub fn run() {
    let mut x = std::hint::black_box([0.0; 128]);
    for turn in 0..std::hint::black_box(4) {
        core::intrinsics::offload::<_, _, ()>(add_one, [1, 1, 1], [1, 1, 1], (&mut x,));
        if turn > 0 {
            core::intrinsics::offload::<_, _, ()>(double_it, [1, 1, 1], [1, 1, 1], (&mut x,));
        }
    }
    println!("{}", x[127]);
}
