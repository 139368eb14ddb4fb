//! The battery as a library crate: it launches, whoever uses it has the fallback.

pub mod battery;
mod launch;
