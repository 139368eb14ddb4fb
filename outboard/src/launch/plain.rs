//! What can be copied to a device byte for byte.

use super::capture::Capturable;

/// Plain data: copied to a device and back byte for byte, since nothing in it is an address and nothing happens
/// when it is dropped. Numbers, `bool`, `char` and arrays of them are; structs derive it.
///
/// ```
/// #[derive(Clone, Copy, outboard::Plain)]
/// struct Particle {
///     position: [f32; 3],
///     mass: f32,
/// }
/// ```
///
/// # Safety
///
/// The type has no pointer, reference or other address in it, and no interior mutability. `ANY_BITS` is true only if
/// every pattern of bits is a value of the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not plain data and cannot be copied to a device",
    label = "not plain data",
    note = "numbers and arrays of them are plain; a struct is with `#[derive(Clone, Copy, outboard::Plain)]`",
    note = "what holds addresses (`String`, `Vec`, `Box`, references) means nothing on a device: pass slices as arguments"
)]
pub unsafe trait Plain: Copy + Send + Sync + Capturable + 'static {
    /// Whether every pattern of bits is a value, so that memory which a device has written may be anything.
    const ANY_BITS: bool;
}

macro_rules! plain {
    ($any:literal: $($plain:ty)*) => {
        // SAFETY: no addresses; and integers and floating-point numbers may have any bits.
        $(unsafe impl Plain for $plain { const ANY_BITS: bool = $any; })*
    };
}

plain!(true: u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 usize isize f32 f64);
plain!(false: bool char);

// SAFETY: there is nothing.
unsafe impl Plain for () {
    const ANY_BITS: bool = true;
}

// SAFETY: nothing but the elements.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {
    const ANY_BITS: bool = T::ANY_BITS;
}
