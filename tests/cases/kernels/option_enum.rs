//! `Option` of an enum with data, and a static table of them.
//@ launch 2 32
//@ u64 64
//@ in u32 64 wave
//@ inout i32 64 small

use crate::device::{global_x, input, own};

#[derive(Clone, Copy)]
enum Operation {
    Add(i32),
    Scale { by: i16, shift: u8 },
    Negate,
}

static TABLE: [Option<Operation>; 5] = [
    Some(Operation::Add(-17)),
    None,
    Some(Operation::Scale { by: 5, shift: 1 }),
    Some(Operation::Negate),
    Some(Operation::Add(100_000)),
];

#[inline(never)]
fn pick(which: u32) -> Option<Operation> {
    TABLE.get(which as usize % 6).copied().flatten()
}

#[unsafe(no_mangle)]
pub extern "C" fn option_enum(n: usize, which: *const u32, x: *mut i32) {
    let which = input(which, n);
    let i = global_x();
    if let Some(x) = own(x, n, i) {
        *x = match pick(which[i]) {
            Some(Operation::Add(number)) => *x + number,
            Some(Operation::Scale { by, shift }) => (*x * i32::from(by)) >> shift,
            Some(Operation::Negate) => -*x,
            None => i32::MIN,
        };
    }
}
