//! What Rust makes of the same work without a device, compiled for this machine: serial loops, and rayon's.

mod parallel;
mod serial;

/// What `mul`, `triad` and `axpy` multiply with.
const SCALAR: f64 = 0.4;

/// Functions as the driver calls them: `n` elements each of what is written and of two inputs.
macro_rules! contestants {
    ($($name:ident($out:ident, $a:ident, $b:ident: $number:ty) $body:block)*) => {
        $(
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(out: *mut $number, a: *const $number, b: *const $number, n: usize) {
                fn run($out: &mut [$number], $a: &[$number], $b: &[$number]) $body
                // SAFETY: the driver passes three arrays of `n` elements, none twice.
                let (out, a, b) = unsafe {
                    (
                        std::slice::from_raw_parts_mut(out, n),
                        std::slice::from_raw_parts(a, n),
                        std::slice::from_raw_parts(b, n),
                    )
                };
                run(out, a, b);
            }
        )*
    };
}

use contestants;
