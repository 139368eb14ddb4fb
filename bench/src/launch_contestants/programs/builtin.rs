//! Launches of rustc's own offload.

#![feature(core_intrinsics)]
#![allow(internal_features)]

type Buffer = *mut [u8; 64];

macro_rules! launch {
    ($name:ident, $kernel:ident, $($index:literal $base:ident)*) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(buffers: *const Buffer) {
            unsafe extern "C" {
                fn $kernel($($base: Buffer),*);
            }
            // SAFETY: the driver passes that many buffers of 64 bytes.
            unsafe {
                $(let $base = *buffers.add($index);)*
                core::intrinsics::offload::<_, _, ()>($kernel, [1, 1, 1], [1, 1, 1], ($($base,)*));
                let _ = buffers;
            }
        }
    };
}

launch!(launch_builtin_0, builtin_0,);
launch!(launch_builtin_1, builtin_1, 0 a);
launch!(launch_builtin_4, builtin_4, 0 a 1 b 2 c 3 d);
launch!(launch_builtin_16, builtin_16, 0 a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j 10 k 11 l 12 m 13 n 14 o 15 p);
