//! One entry and one launch for each shape of arguments: so many buffers, so many words. A kernel uses one of them,
//! named in its launch, since the contract wants a direct reference.

use super::contract::*;
use super::kernel::{Geometry, Kernel, Pointers};
use std::mem::MaybeUninit;

/// The most buffers of a kernel.
pub(crate) const MAX_BUFFERS: usize = 8;

/// The most 8-byte words that travel by value; what is larger goes through a buffer of its own.
pub(crate) const MAX_WORDS: usize = 8;

/// An argument's 8 bytes by value.
pub(crate) type Word = MaybeUninit<u64>;

/// A buffer of a launch, as the contract has it.
#[derive(Clone, Copy)]
pub(crate) struct Operand {
    pub(crate) base: *mut u8,
    pub(crate) size: usize,
}

/// What a launch passes.
pub(crate) struct Operands {
    pub(crate) device: i64,
    pub(crate) geometry: Geometry,
    pub(crate) buffers: [Operand; MAX_BUFFERS],
    pub(crate) words: [Word; MAX_WORDS],
}

const BY_VALUE: i64 = abi::MapFlags::BY_VALUE.bits() as i64;

/// The words of the shapes below that `size` bytes need, where they can travel by value.
pub(crate) const fn words_for(size: usize) -> Option<usize> {
    match size.div_ceil(8) {
        0 => Some(0),
        1 => Some(1),
        2 => Some(2),
        3..=4 => Some(4),
        5..=MAX_WORDS => Some(8),
        _ => None,
    }
}

fn address(operand: Operand) -> Base {
    Base(MaybeUninit::new(operand.base))
}

fn value(word: Word) -> Base {
    // SAFETY: both are 8 bytes that may be anything.
    unsafe { std::mem::transmute(word) }
}

macro_rules! shapes {
    ($(($pointers:literal, $words:literal) $entry:ident $launch:ident
        [$($pointer:ident $at:literal)*] [$($word:ident $index:literal)*];)*) => {
        $(
            /// What the device runs for each work item.
            unsafe extern "C-unwind" fn $entry<K: Kernel>($($pointer: *mut u8,)* $($word: Word,)*) {
                let pointers: [*mut u8; $pointers] = [$($pointer,)*];
                let words: [Word; $words] = [$($word,)*];
                // SAFETY: the launch below gives what the kernel's own shape says.
                unsafe { K::on_device(words.as_ptr(), Pointers::new(&pointers)) }
            }
        )*

        /// Offers the launch to the device, by the contract. Gives its status.
        ///
        /// # Safety
        ///
        /// The operands are those of `K`.
        pub(crate) unsafe fn launch<K: Kernel>(operands: &Operands) -> i32 {
            let Operands { device, geometry: Geometry { grid, block, shared_bytes }, buffers, words } = operands;
            // Not a `match`: of these conditions rustc sees, without optimization too, that only one's call remains.
            $(if const { K::POINTERS == $pointers && K::WORDS == $words } {
                // SAFETY: the function is the contract's, and the operands are the caller's to answer for.
                return unsafe {
                    $launch(
                        const { $entry::<K> as *const () }, *device, REQUIRED,
                        grid[0], grid[1], grid[2], block[0], block[1], block[2], *shared_bytes
                        $(, const { K::FLAGS[$at] }, address(buffers[$at]), buffers[$at].size as i64)*
                        $(, BY_VALUE, value(words[$index]), 8)*
                    )
                };
            })*
            unreachable!("`Kernel` has no other shapes")
        }
    };
}

#[rustfmt::skip]
shapes! {
    (0, 0) entry_0_0 __outboard_launch_0 [] [];
    (0, 1) entry_0_1 __outboard_launch_1 [] [w0 0];
    (0, 2) entry_0_2 __outboard_launch_2 [] [w0 0 w1 1];
    (0, 4) entry_0_4 __outboard_launch_4 [] [w0 0 w1 1 w2 2 w3 3];
    (0, 8) entry_0_8 __outboard_launch_8 [] [w0 0 w1 1 w2 2 w3 3 w4 4 w5 5 w6 6 w7 7];
    (1, 0) entry_1_0 __outboard_launch_1 [p0 0] [];
    (1, 1) entry_1_1 __outboard_launch_2 [p0 0] [w0 0];
    (1, 2) entry_1_2 __outboard_launch_3 [p0 0] [w0 0 w1 1];
    (1, 4) entry_1_4 __outboard_launch_5 [p0 0] [w0 0 w1 1 w2 2 w3 3];
    (1, 8) entry_1_8 __outboard_launch_9 [p0 0] [w0 0 w1 1 w2 2 w3 3 w4 4 w5 5 w6 6 w7 7];
    (2, 0) entry_2_0 __outboard_launch_2 [p0 0 p1 1] [];
    (2, 1) entry_2_1 __outboard_launch_3 [p0 0 p1 1] [w0 0];
    (2, 2) entry_2_2 __outboard_launch_4 [p0 0 p1 1] [w0 0 w1 1];
    (2, 4) entry_2_4 __outboard_launch_6 [p0 0 p1 1] [w0 0 w1 1 w2 2 w3 3];
    (2, 8) entry_2_8 __outboard_launch_10 [p0 0 p1 1] [w0 0 w1 1 w2 2 w3 3 w4 4 w5 5 w6 6 w7 7];
    (3, 0) entry_3_0 __outboard_launch_3 [p0 0 p1 1 p2 2] [];
    (3, 1) entry_3_1 __outboard_launch_4 [p0 0 p1 1 p2 2] [w0 0];
    (3, 2) entry_3_2 __outboard_launch_5 [p0 0 p1 1 p2 2] [w0 0 w1 1];
    (3, 4) entry_3_4 __outboard_launch_7 [p0 0 p1 1 p2 2] [w0 0 w1 1 w2 2 w3 3];
    (3, 8) entry_3_8 __outboard_launch_11 [p0 0 p1 1 p2 2] [w0 0 w1 1 w2 2 w3 3 w4 4 w5 5 w6 6 w7 7];
    (4, 0) entry_4_0 __outboard_launch_4 [p0 0 p1 1 p2 2 p3 3] [];
    (4, 1) entry_4_1 __outboard_launch_5 [p0 0 p1 1 p2 2 p3 3] [w0 0];
    (4, 2) entry_4_2 __outboard_launch_6 [p0 0 p1 1 p2 2 p3 3] [w0 0 w1 1];
    (4, 4) entry_4_4 __outboard_launch_8 [p0 0 p1 1 p2 2 p3 3] [w0 0 w1 1 w2 2 w3 3];
    (4, 8) entry_4_8 __outboard_launch_12 [p0 0 p1 1 p2 2 p3 3] [w0 0 w1 1 w2 2 w3 3 w4 4 w5 5 w6 6 w7 7];
    (5, 0) entry_5_0 __outboard_launch_5 [p0 0 p1 1 p2 2 p3 3 p4 4] [];
    (5, 1) entry_5_1 __outboard_launch_6 [p0 0 p1 1 p2 2 p3 3 p4 4] [w0 0];
    (5, 2) entry_5_2 __outboard_launch_7 [p0 0 p1 1 p2 2 p3 3 p4 4] [w0 0 w1 1];
    (5, 4) entry_5_4 __outboard_launch_9 [p0 0 p1 1 p2 2 p3 3 p4 4] [w0 0 w1 1 w2 2 w3 3];
    (5, 8) entry_5_8 __outboard_launch_13 [p0 0 p1 1 p2 2 p3 3 p4 4] [w0 0 w1 1 w2 2 w3 3 w4 4 w5 5 w6 6 w7 7];
    (6, 0) entry_6_0 __outboard_launch_6 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5] [];
    (6, 1) entry_6_1 __outboard_launch_7 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5] [w0 0];
    (6, 2) entry_6_2 __outboard_launch_8 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5] [w0 0 w1 1];
    (6, 4) entry_6_4 __outboard_launch_10 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5] [w0 0 w1 1 w2 2 w3 3];
    (6, 8) entry_6_8 __outboard_launch_14 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5] [w0 0 w1 1 w2 2 w3 3 w4 4 w5 5 w6 6 w7 7];
    (7, 0) entry_7_0 __outboard_launch_7 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6] [];
    (7, 1) entry_7_1 __outboard_launch_8 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6] [w0 0];
    (7, 2) entry_7_2 __outboard_launch_9 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6] [w0 0 w1 1];
    (7, 4) entry_7_4 __outboard_launch_11 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6] [w0 0 w1 1 w2 2 w3 3];
    (7, 8) entry_7_8 __outboard_launch_15 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6] [w0 0 w1 1 w2 2 w3 3 w4 4 w5 5 w6 6 w7 7];
    (8, 0) entry_8_0 __outboard_launch_8 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6 p7 7] [];
    (8, 1) entry_8_1 __outboard_launch_9 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6 p7 7] [w0 0];
    (8, 2) entry_8_2 __outboard_launch_10 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6 p7 7] [w0 0 w1 1];
    (8, 4) entry_8_4 __outboard_launch_12 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6 p7 7] [w0 0 w1 1 w2 2 w3 3];
    (8, 8) entry_8_8 __outboard_launch_16 [p0 0 p1 1 p2 2 p3 3 p4 4 p5 5 p6 6 p7 7] [w0 0 w1 1 w2 2 w3 3 w4 4 w5 5 w6 6 w7 7];
}
