//! Which closures and functions can run on a device.

#[cfg(outboard)]
pub use super::capture_checked::Capturable;

/// What a kernel's body may have captured: no addresses of the host.
///
/// With the plugin (`--cfg outboard`) the compiler looks into the captures themselves. Without it kernels run on the
/// CPU, where an address of the host is as good as any.
#[cfg(not(outboard))]
pub trait Capturable {}

#[cfg(not(outboard))]
impl<T: ?Sized> Capturable for T {}

/// What can be a kernel: a function, or a closure that captures plain values by copy (`move`).
#[diagnostic::on_unimplemented(
    message = "this closure cannot run on a device",
    label = "captures something that cannot be copied to a device",
    note = "a kernel's closure is `move` and captures numbers and other plain values only",
    note = "pass slices and vectors as arguments of the launch: `(each(&mut y), &x)`, or `y.offload_mut().zip(&x)`"
)]
pub trait Body: Copy + Send + Capturable + 'static {}

#[diagnostic::do_not_recommend]
impl<F: Copy + Send + Capturable + 'static> Body for F {}
