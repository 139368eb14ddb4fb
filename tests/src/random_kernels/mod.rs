//! Programs of random kernels with the crate outboard: each kernel runs on the CPU and on a device, over several
//! sizes, and has to give the same bytes or the same panic.

mod body;
mod expression;
mod program;
mod random;

pub use program::{Built, Program};
