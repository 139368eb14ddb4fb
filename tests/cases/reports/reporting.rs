//! Kernels that print, and panic where they are told to; and one by which the host sets where reports go.
#![no_std]

unsafe extern "C" {
    static mut __outboard_reports: u64;
    #[link_name = "__outboard_dev_global_id_x"]
    safe fn global_x() -> u64;
    fn __outboard_dev_print(text: *const u8, length: usize, values: *const u64, count: usize);
}

fn print(text: &str, values: &[u64]) {
    unsafe { __outboard_dev_print(text.as_ptr(), text.len(), values.as_ptr(), values.len()) }
}

#[unsafe(no_mangle)]
pub extern "C" fn attach(buffer: *mut u8) {
    unsafe { __outboard_reports = buffer as u64 }
}

#[unsafe(no_mangle)]
pub extern "C" fn reporting(bad: u64) {
    let i = global_x();
    print("item {} gives {}", &[i, i * i]);
    if i == bad {
        panic!("too bad");
    }
    print("item {} is through", &[i]);
}

/// Ten rows, the last of which has no next one.
#[unsafe(no_mangle)]
pub extern "C" fn indexing(bad: u64) {
    static ROWS: [u64; 10] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    let i = global_x();
    print("row {} is {}", &[i, ROWS[(i + bad) as usize]]);
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
