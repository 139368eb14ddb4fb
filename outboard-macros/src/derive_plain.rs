//! What `#[derive(Plain)]` becomes: the marker, and a check that every field has it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Type, parse_quote};

/// ```text
/// unsafe impl<T: Plain> Plain for Particle<T>
/// where
///     T: 'static
/// {
///     const ANY_BITS: bool = <[T; 3] as Element>::ANY_BITS && <f32 as Element>::ANY_BITS;
/// }
/// ```
pub(crate) fn expand(mut input: DeriveInput) -> syn::Result<TokenStream> {
    let fields: Vec<Type> = match &input.data {
        Data::Struct(data) => data.fields.iter().map(|field| field.ty.clone()).collect(),
        Data::Enum(data) => {
            let message = "an enum is not plain data: a device could write bits that no variant has; use an integer, \
                           and `match` on it";
            return Err(Error::new(data.enum_token.span, message));
        }
        Data::Union(data) => {
            let message = "a union is not plain data: nobody knows which of its fields is there";
            return Err(Error::new(data.union_token.span, message));
        }
    };
    for parameter in input.generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(::outboard::Plain));
    }
    let (name, generics) = (&input.ident, &input.generics);
    let (impl_generics, type_generics, conditions) = generics.split_for_impl();
    let checks =
        fields.iter().map(|field| quote_spanned!(field.span()=> <#field as ::outboard::Element>::ANY_BITS));
    Ok(quote! {
        // SAFETY: all fields are plain data, as `ANY_BITS` asks of each.
        unsafe impl #impl_generics ::outboard::Plain for #name #type_generics #conditions {
            const ANY_BITS: bool = true #(&& #checks)*;
        }
    })
}
