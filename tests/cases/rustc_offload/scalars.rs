//! Values of all widths travel without a mapping.
//@ since: 1.97
//@ before: rustc passes argument 1 of kernel `scalars`, a value, as a pointer: the kernel would read garbage
//@ prints: [1.5, 7.0, 2.25, 4294967303.0, 1.0, -3.0, 65535.0]
//@ moves: 56 to the device, 56 from it

unsafe extern "C" {
    fn scalars(out: &mut [f64; 7], a: f32, b: u32, c: f64, d: u64, e: bool, f: i8, g: u16);
}

pub fn run() {
    let mut out = std::hint::black_box([0.0; 7]);
    core::intrinsics::offload::<_, _, ()>(
        scalars,
        [1, 1, 1],
        [1, 1, 1],
        (&mut out, 1.5f32, 7u32, 2.25f64, 0x1_0000_0007u64, true, -3i8, 0xffffu16),
    );
    println!("{out:?}");
}
