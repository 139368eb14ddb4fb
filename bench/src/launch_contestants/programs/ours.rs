//! Launches by the contract, rewritten by `offload-host`.

const TO_AND_FROM: u64 = 3;
const REQUIRED: i32 = 2;

macro_rules! launch {
    ($name:ident, $launch:ident, $kernel:ident, $($index:literal $base:ident)*) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(buffers: *const *mut u8) {
            unsafe extern "C" {
                fn $kernel();
                fn $launch(
                    kernel: unsafe extern "C" fn(),
                    device: i64,
                    options: i32,
                    grid_x: i32,
                    grid_y: i32,
                    grid_z: i32,
                    block_x: i32,
                    block_y: i32,
                    block_z: i32,
                    shared_bytes: i32,
                    $(_: u64, $base: *mut u8, _: u64,)*
                ) -> i32;
            }
            // SAFETY: the driver passes that many buffers of 64 bytes.
            unsafe {
                $(let $base = *buffers.add($index);)*
                let status = $launch($kernel, -1, REQUIRED, 1, 1, 1, 1, 1, 1, 0, $(TO_AND_FROM, $base, 64,)*);
                if status != 0 {
                    std::process::abort();
                }
                let _ = buffers;
            }
        }
    };
}

launch!(launch_ours_0, __outboard_launch_0, ours_0,);
launch!(launch_ours_1, __outboard_launch_1, ours_1, 0 a);
launch!(launch_ours_4, __outboard_launch_4, ours_4, 0 a 1 b 2 c 3 d);
launch!(
    launch_ours_16, __outboard_launch_16, ours_16,
    0 a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j 10 k 11 l 12 m 13 n 14 o 15 p
);
