//! A structure with fields of different sizes behind a reference.
//@ launch 2 32
//@ u64 50
//@ in u64 3 wave
//@ inout u64 50 wave

use crate::device::{global_x, own};

#[repr(C)]
pub struct Mix {
    shift: u8,
    flag: bool,
    add: u16,
    xor: u32,
    multiply: u64,
    half: [u16; 4],
}

#[unsafe(no_mangle)]
pub extern "C" fn struct_by_reference(n: usize, mix: *const u64, x: *mut u64) {
    let mix = unsafe { &*(mix as *const [u64; 3]) };
    let bytes = mix[0].to_le_bytes();
    let mix = &Mix {
        shift: bytes[0] % 60,
        flag: bytes[1] & 1 == 1,
        add: u16::from_le_bytes([bytes[2], bytes[3]]),
        xor: (mix[0] >> 32) as u32,
        multiply: mix[1] | 1,
        half: core::array::from_fn(|at| (mix[2] >> (16 * at)) as u16),
    };
    if let Some(x) = own(x, n, global_x()) {
        *x = scramble(mix, *x);
    }
}

#[inline(never)]
fn scramble(mix: &Mix, x: u64) -> u64 {
    let x = (x ^ u64::from(mix.xor)).wrapping_mul(mix.multiply).rotate_left(u32::from(mix.shift));
    let x = if mix.flag { !x } else { x };
    mix.half.iter().fold(x.wrapping_add(u64::from(mix.add)), |x, half| x.wrapping_add(u64::from(*half)))
}
