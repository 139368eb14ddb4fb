//! Eight threads, each with a buffer of its own.
//@ prints: 1600
//@ moves: 1638400 to the device, 1638400 from it

unsafe extern "C" {
    fn add_one(x: &mut [f64; 128]);
}

fn count() -> f64 {
    let mut x = std::hint::black_box([0.0; 128]);
    for _ in 0..200 {
        core::intrinsics::offload::<_, _, ()>(add_one, [1, 1, 1], [1, 1, 1], (&mut x,));
    }
    x[5]
}

pub fn run() {
    let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(count)).collect();
    let total: f64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    println!("{total}");
}
