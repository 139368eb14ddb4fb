//! The battery as one crate: launches, fallback and tests.

mod battery;
mod fallback;
mod launch;

#[cfg(not(test))]
fn main() {
    battery::run();
}

#[test]
fn battery_runs() {
    battery::run();
}
