//! The four host devices at once: each has its own copy of one buffer, and of the image's statics.

mod launch;

use launch::{FROM, TO, data_begin, data_end, launch};

unsafe extern "C" {
    fn add();
    fn bump();
    fn read_bumps();
}

/// Adds `device + 1` to the device's own copy, that many times. The host's memory is only named.
fn add_on(device: i64, address: usize) {
    let x = std::ptr::with_exposed_provenance_mut::<i64>(address);
    for _ in 0..=device {
        let added =
            launch!(__outboard_launch_2: add on device, launch::REQUIRED; VALUE device + 1, RESIDENT x);
        let bumped = launch!(__outboard_launch_0: bump on device, launch::REQUIRED;);
        assert_eq!((added, bumped), (0, 0));
    }
}

fn main() {
    let mut x = [100_i64];
    for device in 0..4 {
        data_begin(device, TO, &mut x);
    }
    let address = x.as_mut_ptr().expose_provenance();
    let threads: Vec<_> = (0..4).map(|device| std::thread::spawn(move || add_on(device, address))).collect();
    for thread in threads {
        thread.join().expect("no thread panics");
    }
    println!("host {}", x[0]);
    for device in 0..4 {
        let mut bumps = [0_i64];
        assert_eq!(launch!(__outboard_launch_1: read_bumps on device, launch::REQUIRED; FROM &mut bumps[..]), 0);
        data_end(device, FROM, &mut x);
        println!("device {device}: {} after {} launches", x[0], bumps[0]);
    }
}
