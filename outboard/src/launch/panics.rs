//! Panics of kernels on the CPU: caught, with message and place, and given back as values.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

/// A kernel's panic.
#[derive(Debug)]
pub(crate) struct Panicked {
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    pub(crate) item: [usize; 3],
}

thread_local! {
    /// Whether this thread runs a kernel.
    static IN_KERNEL: Cell<bool> = const { Cell::new(false) };
    /// Where the last panic of a kernel on this thread was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs a kernel's work. `item` is asked where it was only after a panic.
pub(crate) fn catch<R>(work: impl FnOnce() -> R, item: impl FnOnce() -> [usize; 3]) -> Result<R, Panicked> {
    watch();
    let outside = IN_KERNEL.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IN_KERNEL.set(outside);
    result.map_err(|payload| Panicked { message: message(&*payload), location: PLACE.take(), item: item() })
}

/// Has panics of kernels be remembered rather than printed: they become errors of the launch.
fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            if IN_KERNEL.get() {
                PLACE.replace(info.location().map(ToString::to_string));
            } else {
                others(info);
            }
        }));
    });
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic whose payload is no text".to_owned())
}
