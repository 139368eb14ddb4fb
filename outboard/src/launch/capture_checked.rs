//! The look into captures, with the plugin: auto traits are no stable Rust yet.

/// What a kernel's body may have captured: no addresses of the host.
///
/// With the plugin (`--cfg outboard`) the compiler looks into the captures themselves. Without it kernels run on the
/// CPU, where an address of the host is as good as any.
#[diagnostic::on_unimplemented(
    message = "a kernel cannot capture `{Self}`",
    label = "holds an address of the host",
    note = "an address of the host means nothing on a device: pass the slice as an argument of the launch"
)]
pub auto trait Capturable {}

mod addresses {
    use super::Capturable;

    impl<T: ?Sized> !Capturable for &T {}
    impl<T: ?Sized> !Capturable for &mut T {}
    impl<T: ?Sized> !Capturable for *const T {}
    impl<T: ?Sized> !Capturable for *mut T {}

    macro_rules! functions {
        ($(($($argument:ident)*))*) => {
            $(
                impl<R, $($argument),*> !Capturable for fn($($argument),*) -> R {}
                impl<R, $($argument),*> !Capturable for unsafe fn($($argument),*) -> R {}
                impl<R, $($argument),*> !Capturable for extern "C" fn($($argument),*) -> R {}
                impl<R, $($argument),*> !Capturable for unsafe extern "C" fn($($argument),*) -> R {}
            )*
        };
    }

    functions!(()(A)(A B)(A B C)(A B C D)(A B C D E)(A B C D E F));
}
