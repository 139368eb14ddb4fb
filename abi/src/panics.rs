//! How a panic on a device reaches the device runtime.

/// What every panic of device code calls, and never comes back from:
///
/// ```c
/// _Noreturn void __outboard_dev_panic(const char *message, uint64_t length, const struct location *location);
/// struct location { const char *file; uint64_t file_length; uint32_t line, column; };
/// ```
///
/// The message has no terminator. The location is Rust's `core::panic::Location`, or null where none is known.
/// The device runtime of a target defines it; where it doesn't, a panic is a trap.
pub const PANIC: &str = "__outboard_dev_panic";

/// The same for a message with two numbers, `first` and `second`: each `{}` in it stands for one.
///
/// ```c
/// _Noreturn void __outboard_dev_panic_with_numbers(const char *message, uint64_t length,
///                                                  const struct location *location, uint64_t first, uint64_t second);
/// ```
pub const PANIC_WITH_NUMBERS: &str = "__outboard_dev_panic_with_numbers";
