//! `#[derive(Plain)]` of the crate outboard.

mod derive_plain;

use proc_macro::TokenStream;

/// Makes a struct plain data: all its fields must be.
///
/// ```ignore
/// #[derive(Clone, Copy, outboard::Plain)]
/// struct Particle {
///     position: [f32; 3],
///     mass: f32,
/// }
/// ```
#[proc_macro_derive(Plain)]
pub fn derive_plain(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    derive_plain::expand(input).unwrap_or_else(|error| error.to_compile_error()).into()
}
