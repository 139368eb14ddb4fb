//! `println!` for kernels.

/// Prints a line from a kernel that got a [`printer`](crate::printer), with values for the `{}` in the text.
///
/// ```
/// use outboard::prelude::*;
///
/// Device::default().over(3).run(outboard::printer(), |it, out| {
///     outboard::println!(out, "item {} of {}", it.index(), 3);
/// })?;
/// # Ok::<(), outboard::Error>(())
/// ```
///
/// A text with other braces than `{}`, or with more or fewer than there are values, does not compile:
///
/// ```compile_fail
/// # use outboard::prelude::*;
/// Device::default().over(3).run(outboard::printer(), |it, out| {
///     outboard::println!(out, "item {} of {}", it.index());
/// })?;
/// # Ok::<(), outboard::Error>(())
/// ```
#[macro_export]
macro_rules! println {
    ($printer:expr, $text:literal $(, $value:expr)* $(,)?) => {{
        const { $crate::check_text($text, 0 $(+ { let _ = stringify!($value); 1 })*) };
        $printer.record($text, &[$($crate::Print::printed($value)),*])
    }};
}

/// Refuses texts that do not go with so many values.
#[doc(hidden)]
pub const fn check_text(text: &str, values: usize) {
    let bytes = text.as_bytes();
    let (mut at, mut places) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'{' {
            assert!(at + 1 < bytes.len() && bytes[at + 1] == b'}', "kernels print with plain `{{}}` only");
            places += 1;
            at += 1;
        } else {
            assert!(bytes[at] != b'}', "a `}}` without its `{{`");
        }
        at += 1;
    }
    assert!(places == values, "the text needs as many values as it has `{{}}`");
}
