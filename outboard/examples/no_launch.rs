//! A program that is written with the crate and launches nothing: it has no images, and opens no runtime for them.

#![expect(clippy::print_stdout, reason = "a program that shows what it does")]

use outboard::prelude::*;

fn main() {
    let mut data = [1u64, 2, 3];
    Device::default().scope(|d| {
        let mut on_device = d.tofrom(&mut data);
        on_device.sync_to_host().expect("nothing else uses it");
    });
    println!("{} devices, default is the CPU: {}", Device::all().len(), Device::default().is_cpu());
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    println!("runtime: {}", maps.contains("libomptarget"));
}
