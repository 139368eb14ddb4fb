//! `repr(C)` mirrors of the host structs, as the runtime sees them: for layout checks, and for code
//! that fills them without LLVM.

/// An address in the host process, 8 bytes.
pub type Ptr = u64;
/// x, y, z.
pub type Dims = [u32; 3];

macro_rules! define_mirrors {
    ($($(#[$doc:meta])* struct $name:ident = $llvm_name:literal {
        $($(#[$field_doc:meta])* $field:ident: $kind:ident,)*
    })*) => {
        $(
            $(#[$doc])*
            #[repr(C)]
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
            #[expect(clippy::exhaustive_structs, reason = "the layout is the contract")]
            pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

            impl $name {
                /// Name of the type in LLVM IR.
                pub const LLVM_NAME: &'static str = $llvm_name;
                /// Name and offset in bytes of every field, in order.
                pub const FIELDS: &'static [(&'static str, usize)] =
                    &[$((stringify!($field), std::mem::offset_of!($name, $field)),)*];
            }
        )*

        /// LLVM name, size in bytes and fields of every host struct, in the list's order.
        pub const ALL: &[(&str, usize, &[(&str, usize)])] =
            &[$(($llvm_name, size_of::<$name>(), $name::FIELDS),)*];
    };
}

crate::for_each_host_struct!(define_mirrors);

#[cfg(test)]
mod tests {
    use super::ALL;

    /// Sizes as clang 22 and rustc 1.95 emit them; the full field-by-field comparison with LLVM's
    /// headers is in tests/tests/layouts.rs.
    #[test]
    fn sizes() {
        let sizes: Vec<_> = ALL.iter().map(|(name, size, _)| (*name, *size)).collect();
        assert_eq!(
            sizes,
            [
                ("struct.ident_t", 24),
                ("struct.__tgt_offload_entry", 56),
                ("__tgt_device_image", 32),
                ("__tgt_bin_desc", 32),
                ("struct.__tgt_kernel_arguments", 104),
            ]
        );
    }
}
