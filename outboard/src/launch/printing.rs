//! Printing from kernels: records in a buffer of the launch's own, which the host prints when the launch is over.
//!
//! The buffer is words: how many were asked for, then records of a size, the texts' bytes and the values, each a
//! kind and its bits.

use super::arguments::{Argument, Sealed, one};
use super::buffers::{Buffers, Moves};
use super::kernel::Pointers;
use super::shapes::MAX_BUFFERS;
use crate::Error;
use std::fmt::Write as _;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Words of the buffer: half a megabyte. Miri is slow.
const CAPACITY: usize = if cfg!(miri) { 256 } else { 64 * 1024 };

/// In a record's head: not the zero of what was asked for and never written.
const WRITTEN: u64 = 1 << 31;

/// A value that kernels can print.
#[derive(Debug, Clone, Copy)]
pub struct Printed {
    kind: u64,
    bits: u64,
}

/// What [`println!`](crate::println) takes.
#[diagnostic::on_unimplemented(
    message = "a kernel cannot print `{Self}`",
    note = "integers of up to 64 bits, `f32`, `f64`, `bool` and `char` can be printed"
)]
pub trait Print: Copy + SealedPrint {
    #[doc(hidden)]
    fn printed(self) -> Printed;
}

/// Keeps the set of printable values closed.
pub trait SealedPrint {}

const UNSIGNED: u64 = 0;
const SIGNED: u64 = 1;
const SINGLE: u64 = 2;
const DOUBLE: u64 = 3;
const TRUTH: u64 = 4;
const CHARACTER: u64 = 5;

macro_rules! print {
    ($($kind:ident: $($type:ty)*, $value:ident => $bits:expr;)*) => {
        $($(
            impl SealedPrint for $type {}
            impl Print for $type {
                #[inline(always)]
                fn printed(self) -> Printed {
                    let $value = self;
                    Printed { kind: $kind, bits: $bits }
                }
            }
        )*)*
    };
}

print! {
    UNSIGNED: u8 u16 u32 u64 usize, value => value as u64;
    SIGNED: i8 i16 i32 i64 isize, value => value as i64 as u64;
    SINGLE: f32, value => u64::from(value.to_bits());
    DOUBLE: f64, value => value.to_bits();
    TRUTH: bool, value => u64::from(value);
    CHARACTER: char, value => u64::from(u32::from(value));
}

/// What a kernel prints with: what [`printer`] is in a kernel.
#[derive(Debug, Clone, Copy)]
pub struct Printer<'k> {
    words: *mut u64,
    kernel: PhantomData<&'k ()>,
}

impl Printer<'_> {
    /// One record; [`println!`](crate::println) calls it.
    #[doc(hidden)]
    #[inline(always)]
    pub fn record(&self, text: &'static str, values: &[Printed]) {
        let text_words = text.len().div_ceil(8);
        let size = 1 + text_words + 2 * values.len();
        // SAFETY: the first word of the buffer, which items use atomically only.
        let used = unsafe { AtomicU64::from_ptr(self.words) };
        let start = 1 + used.fetch_add(size as u64, Relaxed) as usize;
        if start + size > CAPACITY {
            return;
        }
        // SAFETY: these words are inside the buffer, and this record's alone.
        unsafe {
            let record = self.words.add(start);
            record.write((text.len() as u64) << 32 | WRITTEN | values.len() as u64);
            let bytes = record.add(1).cast::<u8>();
            let mut at = 0;
            while at < text.len() {
                bytes.add(at).write(text.as_bytes()[at]);
                at += 1;
            }
            let mut next = record.add(1 + text_words);
            for value in values {
                next.write(value.kind);
                next.add(1).write(value.bits);
                next = next.add(2);
            }
        }
    }
}

/// See [`printer`].
#[derive(Debug)]
pub struct Printing(());

/// An argument with which kernels print. What they print is shown on standard output when the launch is over, in the
/// order in which it came; half a megabyte of it, and how many bytes were lost if it was more.
///
/// ```
/// use outboard::prelude::*;
///
/// let x = [1.5f32, -2.0];
/// Device::default().over(2).run((&x, outboard::printer()), |it, (x, out)| {
///     outboard::println!(out, "item {} has {}", it.index(), x[it.index()]);
/// })?;
/// # Ok::<(), outboard::Error>(())
/// ```
pub fn printer() -> Printing {
    Printing(())
}

impl Sealed for Printing {}

impl Argument for Printing {
    type Meta = ();
    type View<'k> = Printer<'k>;
    const BUFFERS: usize = 1;
    const FLAGS: [i64; MAX_BUFFERS] = one(Moves::Both.flags());

    fn lower(self, buffers: &mut Buffers) -> Result<(), Error> {
        buffers.add_prints(vec![0; CAPACITY])
    }

    #[inline(always)]
    unsafe fn raise<'k>((): (), pointers: Pointers<'k>) -> Printer<'k> {
        // SAFETY: there is a buffer.
        Printer { words: unsafe { pointers.get(0) }.cast(), kernel: PhantomData }
    }
}

/// What the records in a launch's buffer say.
pub(crate) fn read(words: &[u64]) -> String {
    let (asked, records) =
        words.split_first().map_or((0, words), |(asked, records)| (*asked as usize, records));
    let mut text = String::new();
    let mut rest = &records[..asked.min(records.len())];
    while let Some((head, tail)) = rest.split_first().filter(|(head, _)| **head & WRITTEN != 0) {
        let (length, count) = ((head >> 32) as usize, (head & (WRITTEN - 1)) as usize);
        let text_words = length.div_ceil(8);
        if tail.len() < text_words + 2 * count {
            break;
        }
        let bytes: Vec<u8> =
            tail[..text_words].iter().flat_map(|word| word.to_ne_bytes()).take(length).collect();
        let values = tail[text_words..][..2 * count].chunks_exact(2);
        fill_in(&mut text, &String::from_utf8_lossy(&bytes), values.map(|pair| (pair[0], pair[1])));
        rest = &tail[text_words + 2 * count..];
    }
    let lost = asked.saturating_sub(records.len());
    if lost > 0 {
        let _ = writeln!(text, "(outboard: the kernel printed about {} bytes more)", 8 * lost);
    }
    text
}

fn fill_in(out: &mut String, text: &str, mut values: impl Iterator<Item = (u64, u64)>) {
    for (index, piece) in text.split("{}").enumerate() {
        if index > 0 {
            let (kind, bits) = values.next().unwrap_or((UNSIGNED, 0));
            // Writing to a string never fails.
            let _ = match kind {
                SIGNED => write!(out, "{}", bits as i64),
                SINGLE => write!(out, "{}", f32::from_bits(bits as u32)),
                DOUBLE => write!(out, "{}", f64::from_bits(bits)),
                TRUTH => write!(out, "{}", bits != 0),
                CHARACTER => {
                    write!(out, "{}", char::from_u32(bits as u32).unwrap_or(char::REPLACEMENT_CHARACTER))
                }
                _ => write!(out, "{bits}"),
            };
        }
        out.push_str(piece);
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Print as _, Printed, Printer, read};
    use std::marker::PhantomData;

    fn check(records: &[(&'static str, &[Printed])], expected: &str) {
        let mut words = vec![0; CAPACITY];
        let printer = Printer { words: words.as_mut_ptr(), kernel: PhantomData };
        for (text, values) in records {
            printer.record(text, values);
        }
        assert_eq!(read(&words), expected);
    }

    #[test]
    fn values_of_all_kinds() {
        check(&[], "");
        check(&[("", &[])], "\n");
        check(
            &[("{}, {}, {}", &[5u8.printed(), (-7i16).printed(), usize::MAX.printed()]), ("nine and é", &[])],
            "5, -7, 18446744073709551615\nnine and é\n",
        );
        check(
            &[("{}{} {} {}", &[0.1f32.printed(), 'ä'.printed(), true.printed(), f64::NAN.printed()])],
            "0.1ä true NaN\n",
        );
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut words = vec![0; CAPACITY];
        let printer = Printer { words: words.as_mut_ptr(), kernel: PhantomData };
        (0..CAPACITY / 4).for_each(|_| printer.record("12345678{}", &[1u8.printed()]));
        let text = read(&words);
        // A record has a head, two words of text, and two of its value.
        let whole = (CAPACITY - 1) / 5;
        assert_eq!(text.lines().count(), whole + 1);
        let lost = 8 * (5 * (CAPACITY / 4) - (CAPACITY - 1));
        assert!(text.ends_with(&format!("(outboard: the kernel printed about {lost} bytes more)\n")));
    }
}
