//! Memory that kernels may change.

use super::buffers::{Buffers, Moves};
use super::plain::Element;
use crate::Error;
use crate::scope::MappedMut;

/// Memory that a kernel may change: a host's slice, or what a scope holds on the device.
#[diagnostic::on_unimplemented(
    message = "a kernel cannot change `{Self}`",
    label = "neither a `&mut` slice nor a mutable mapping",
    note = "`each`, `each_chunk` and `atomic` take `&mut` of a slice, `Vec` or array of plain data, or of what \
            `tofrom`, `from` and `alloc` of a scope gave"
)]
pub trait Writable: sealed::Sealed {
    /// The elements.
    type Element: Element;
    #[doc(hidden)]
    const RESIDENT: bool;
    #[doc(hidden)]
    fn count(&self) -> usize;
    #[doc(hidden)]
    fn add(self, buffers: &mut Buffers, count: usize, moves: Moves) -> Result<(), Error>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! writable {
    ($(($($generics:tt)*) $type:ty;)*) => {
        $(
            impl<$($generics)*> sealed::Sealed for $type {}

            #[diagnostic::do_not_recommend]
            impl<$($generics)*> Writable for $type {
                type Element = T;
                const RESIDENT: bool = false;

                fn count(&self) -> usize {
                    (**self).len()
                }

                fn add(self, buffers: &mut Buffers, count: usize, moves: Moves) -> Result<(), Error> {
                    buffers.add_written(&mut self[..count], moves)
                }
            }
        )*
    };
}

writable! {
    ('a, T: Element) &'a mut [T];
    ('a, T: Element) &'a mut Vec<T>;
    ('a, T: Element, const N: usize) &'a mut [T; N];
}

impl<T: Element> sealed::Sealed for &mut MappedMut<'_, T> {}

#[diagnostic::do_not_recommend]
impl<T: Element> Writable for &mut MappedMut<'_, T> {
    type Element = T;
    const RESIDENT: bool = true;

    fn count(&self) -> usize {
        MappedMut::len(self)
    }

    fn add(self, buffers: &mut Buffers, _: usize, _: Moves) -> Result<(), Error> {
        buffers.add_mapped(self.memory(), Moves::Both).map(|_| ())
    }
}
