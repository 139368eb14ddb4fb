//! `&S` goes to the device, `&mut S` comes back too.
//@ prints: 8 9
//@ moves: 152 to the device, 80 from it

#[repr(C)]
pub struct State {
    value: [f64; 9],
}

unsafe extern "C" {
    fn read_struct(state: &State, value: &mut [f64; 1]);
    fn write_struct(state: &mut State);
}

pub fn run() {
    let mut state = std::hint::black_box(State { value: [1., 0., 0., 0., 0., 0., 0., 0., 8.] });
    let mut value = std::hint::black_box([0.0]);
    core::intrinsics::offload::<_, _, ()>(read_struct, [1, 1, 1], [1, 1, 1], (&state, &mut value));
    core::intrinsics::offload::<_, _, ()>(write_struct, [1, 1, 1], [1, 1, 1], (&mut state,));
    println!("{} {}", value[0], state.value[8]);
}
