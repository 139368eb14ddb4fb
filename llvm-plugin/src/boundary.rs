//! Where LLVM calls Rust: nothing unwinds past it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// Message and place of the panic that is being caught on this thread.
    static LAST_PANIC: Cell<Option<String>> = const { Cell::new(None) };
}

/// Keeps a panic's message and place for [`catch`], in place of printing them. Only this library's
/// standard library is affected: a plugin has one of its own.
pub(crate) fn keep_panic_messages() {
    std::panic::set_hook(Box::new(|info| LAST_PANIC.set(Some(info.to_string()))));
}

/// `call`'s value, or what it panicked with.
pub(crate) fn catch<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("a panic without a message");
        LAST_PANIC.take().unwrap_or_else(|| text.to_owned())
    })
}
