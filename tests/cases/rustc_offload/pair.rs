//! A struct of two scalars by value: two values.
//@ since: 1.97
//@ before: kernel `pair` takes 3 arguments, but rustc launches it with 2
//@ prints: 3.75
//@ moves: 8 to the device, 8 from it

pub struct Pair {
    pub x: f64,
    pub y: f64,
}

#[unsafe(no_mangle)]
fn pair(Pair { x, y }: Pair, _sum: &mut [f64; 1]) {
    unreachable!("adding {x} and {y} is a device's work")
}

pub fn run() {
    let mut sum = std::hint::black_box([0.0]);
    let pair_of = std::hint::black_box(Pair { x: 1.5, y: 2.25 });
    core::intrinsics::offload::<_, _, ()>(pair, [1, 1, 1], [1, 1, 1], (pair_of, &mut sum));
    println!("{}", sum[0]);
}
