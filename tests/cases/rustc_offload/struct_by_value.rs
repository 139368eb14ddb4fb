//! A struct too big for registers: a copy goes to the device.
//@ prints: 9
//@ moves: 80 to the device, 8 from it

#[repr(C)]
#[derive(Clone, Copy)]
pub struct State {
    value: [f64; 9],
}

unsafe extern "C" {
    fn by_value(state: State, sum: &mut [f64; 1]);
}

pub fn run() {
    let state = std::hint::black_box(State { value: [1., 0., 0., 0., 0., 0., 0., 0., 8.] });
    let mut sum = std::hint::black_box([0.0]);
    core::intrinsics::offload::<_, _, ()>(by_value, [1, 1, 1], [1, 1, 1], (state, &mut sum));
    println!("{}", sum[0]);
}
