//! Grid and block may be computed.
//@ prints: 4
//@ moves: 1024 to the device, 1024 from it

unsafe extern "C" {
    fn add_one(x: &mut [f64; 128]);
}

pub fn run() {
    let mut x = std::hint::black_box([3.0; 128]);
    let [blocks, threads] = std::hint::black_box([4, 32]);
    core::intrinsics::offload::<_, _, ()>(add_one, [blocks, 2, 1], [threads, 1, 1], (&mut x,));
    println!("{}", x[0]);
}
