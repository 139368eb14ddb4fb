//! What can be copied to a device byte for byte.

use super::capture::Capturable;
use std::num::{NonZero, Saturating, Wrapping};

/// Plain data: copied to a device and back byte for byte, since nothing in it is an address and nothing happens
/// when it is dropped. Numbers, `bool`, `char`, `Option`s and arrays of plain data are; structs derive it. Tuples are
/// plain as [elements](Element), as captures of closures, and in other plain data; in a launch a tuple is a list of
/// arguments, which may be plain.
///
/// ```
/// #[derive(Clone, Copy, outboard::Plain)]
/// struct Particle {
///     position: [f32; 3],
///     mass: f32,
///     cell: Option<(u32, u32)>,
/// }
/// ```
///
/// With the features `glam`, `half` and `num-complex` the types of these crates are plain data too.
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

/// What slices that kernels read and change may have for elements: [`Plain`] data, and tuples of it.
///
/// ```
/// use outboard::prelude::*;
///
/// let edges = [(0u32, 0.5f32), (3, 0.25)];
/// let weight = edges.offload().map(|(_, weight)| *weight).sum()?;
/// assert_eq!(weight, 0.75);
/// # Ok::<(), outboard::Error>(())
/// ```
///
/// # Safety
///
/// That of [`Plain`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not plain data and cannot be copied to a device",
    label = "not plain data",
    note = "numbers, arrays and tuples of them are plain; a struct is with `#[derive(Clone, Copy, outboard::Plain)]`",
    note = "what holds addresses (`String`, `Vec`, `Box`, references) means nothing on a device: pass slices as arguments"
)]
pub unsafe trait Element: Copy + Send + Sync + Capturable + 'static {
    /// Whether every pattern of bits is a value.
    const ANY_BITS: bool;
}

#[diagnostic::do_not_recommend]
// SAFETY: the same promise.
unsafe impl<T: Plain> Element for T {
    const ANY_BITS: bool = <T as Plain>::ANY_BITS;
}

macro_rules! plain {
    ($any:literal: $($plain:ty)*) => {
        $(
            #[diagnostic::do_not_recommend]
            // SAFETY: no addresses; and integers and floating-point numbers may have any bits.
            unsafe impl Plain for $plain { const ANY_BITS: bool = $any; }
        )*
    };
}

plain!(true: u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 usize isize f32 f64);
plain!(false: bool char);
plain!(false: NonZero<u8> NonZero<i8> NonZero<u16> NonZero<i16> NonZero<u32> NonZero<i32> NonZero<u64> NonZero<i64>);
plain!(false: NonZero<u128> NonZero<i128> NonZero<usize> NonZero<isize>);

#[diagnostic::do_not_recommend]
// SAFETY: there is nothing.
unsafe impl Plain for () {
    const ANY_BITS: bool = true;
}

// SAFETY: nothing but the elements.
unsafe impl<T: Element, const N: usize> Plain for [T; N] {
    const ANY_BITS: bool = T::ANY_BITS;
}

// SAFETY: host and device code are made of one compiler's work, and agree about where the variant is.
unsafe impl<T: Element> Plain for Option<T> {
    const ANY_BITS: bool = false;
}

#[diagnostic::do_not_recommend]
// SAFETY: nothing but the number.
unsafe impl<T: Plain> Plain for Wrapping<T> {
    const ANY_BITS: bool = <T as Plain>::ANY_BITS;
}

#[diagnostic::do_not_recommend]
// SAFETY: nothing but the number.
unsafe impl<T: Plain> Plain for Saturating<T> {
    const ANY_BITS: bool = <T as Plain>::ANY_BITS;
}

macro_rules! tuples {
    ($(($($part:ident)*))*) => {
        $(
            #[diagnostic::do_not_recommend]
            // SAFETY: nothing but the parts, of whose places host and device code know the same.
            unsafe impl<$($part: Element),*> Element for ($($part,)*) {
                const ANY_BITS: bool = true $(&& $part::ANY_BITS)*;
            }
        )*
    };
}

tuples!((A)(A B)(A B C)(A B C D)(A B C D E)(A B C D E F)(A B C D E F G)(A B C D E F G H));

/// Types of other crates, each behind the feature of the crate's name.
mod foreign {
    #[cfg(any(feature = "glam", feature = "half", feature = "num-complex"))]
    use super::Plain;

    #[cfg(feature = "glam")]
    plain!(true: glam::Vec2 glam::Vec3 glam::Vec3A glam::Vec4 glam::Quat glam::Mat2 glam::Mat3 glam::Mat3A glam::Mat4);
    #[cfg(feature = "glam")]
    plain!(true: glam::Affine2 glam::Affine3A glam::DVec2 glam::DVec3 glam::DVec4 glam::DQuat glam::DMat2 glam::DMat3);
    #[cfg(feature = "glam")]
    plain!(true: glam::DMat4 glam::DAffine2 glam::DAffine3 glam::IVec2 glam::IVec3 glam::IVec4 glam::UVec2 glam::UVec3);
    #[cfg(feature = "glam")]
    plain!(true: glam::UVec4);

    #[cfg(feature = "half")]
    plain!(true: half::f16 half::bf16);

    #[cfg(feature = "num-complex")]
    // Messages about what is not plain are the same with and without the feature.
    #[diagnostic::do_not_recommend]
    // SAFETY: nothing but the two parts.
    unsafe impl<T: Plain> Plain for num_complex::Complex<T> {
        const ANY_BITS: bool = <T as Plain>::ANY_BITS;
    }
}
