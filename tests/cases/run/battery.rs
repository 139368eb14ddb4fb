//! One program with every kind of launch. Prints the answers, which are the same on a device and on the host,
//! and where the launches ran.

use crate::launch::{self, launch};
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

unsafe extern "C" {
    fn axpy();
    fn fill();
    fn add_one();
    fn add();
    fn literals();
    fn from_struct();
    fn square_into();
    fn sum_of();
    fn sixteen();
    fn bump();
    fn read_bumps();
}

/// Launches by status: device, host, no device.
static STATUSES: [AtomicU32; 3] = [const { AtomicU32::new(0) }; 3];

fn note(status: i32) {
    STATUSES[status as usize].fetch_add(1, Relaxed);
}

pub fn run() {
    several_kernels();
    println!("loop {}", in_a_loop(1000));
    println!("branch {} {}", in_a_branch(true), in_a_branch(false));
    println!("threads {:?}", in_eight_threads());
    println!("literals {:?}", by_value());
    println!("struct {}", private_struct());
    println!("sixteen {}", sixteen_arguments());
    println!("resident {:?}", resident());
    println!("no arguments {}", no_arguments());
    println!("no wait {}", no_wait());
    let [device, host, none] = &STATUSES;
    println!("{} on a device, {} on the host, {} nowhere", device.load(Relaxed), host.load(Relaxed), none.load(Relaxed));
}

fn several_kernels() {
    let (mut x, mut y) = ([0.0; 5], [1.0, 2.0, 3.0, 4.0, 5.0]);
    note(launch!(__outboard_launch_3: fill; VALUE 5_u64, VALUE 2.0_f64, FROM &mut x[..]));
    note(launch!(__outboard_launch_4: axpy; VALUE 5_u64, VALUE 1.5_f64, TO &x[..], TOFROM &mut y[..]));
    println!("several {x:?} {y:?}");
}

fn in_a_loop(times: i64) -> i64 {
    let mut x = [0_i64];
    for _ in 0..black_box(times) {
        note(launch!(__outboard_launch_1: add_one; TOFROM &mut x[..]));
    }
    x[0]
}

fn in_a_branch(taken: bool) -> i64 {
    let mut x = [40_i64];
    if black_box(taken) {
        note(launch!(__outboard_launch_2: add; VALUE 2_i64, TOFROM &mut x[..]));
    } else {
        note(launch!(__outboard_launch_2: add; VALUE -2_i64, TOFROM &mut x[..]));
    }
    x[0]
}

fn in_eight_threads() -> Vec<i64> {
    let add_up = |thread: i64| {
        let mut x = [0_i64];
        for _ in 0..50 {
            note(launch!(__outboard_launch_2: add on thread % 4, 0; VALUE thread, TOFROM &mut x[..]));
        }
        x[0]
    };
    let threads: Vec<_> = (0..8).map(|thread| std::thread::spawn(move || add_up(thread))).collect();
    threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
}

fn by_value() -> [f64; 6] {
    let mut out = [0.0; 6];
    note(launch!(__outboard_launch_6: literals; VALUE -5_i32, VALUE -(1_i64 << 40), VALUE 0.5_f32,
        VALUE -2.25_f64, VALUE true, FROM &mut out[..]));
    out
}

#[repr(C)]
struct Point([f64; 3], i32);

fn private_struct() -> f64 {
    let (point, mut out) = ([Point([1.0, 2.0, 3.5], -2)], [0.0]);
    note(launch!(__outboard_launch_2: from_struct; PRIVATE &point[..], FROM &mut out[..]));
    out[0]
}

fn sixteen_arguments() -> u64 {
    let (last, mut out) = ([15_u64], [0_u64]);
    note(launch!(__outboard_launch_16: sixteen; VALUE 1_u64, VALUE 2_u64, VALUE 3_u64, VALUE 4_u64, VALUE 5_u64,
        VALUE 6_u64, VALUE 7_u64, VALUE 8_u64, VALUE 9_u64, VALUE 10_u64, VALUE 11_u64, VALUE 12_u64, VALUE 13_u64,
        VALUE 14_u64, TO &last[..], FROM &mut out[..]));
    out[0]
}

/// Two launches share device memory that the host never sees.
fn resident() -> [f64; 1] {
    let (mut x, mut scratch, mut sum) = ([1.0, 2.0, 3.0], [-1.0; 3], [0.0]);
    launch::data_begin(-1, launch::TO, &mut x);
    launch::data_begin(-1, launch::ALLOC, &mut scratch);
    note(launch!(__outboard_launch_3: square_into; VALUE 3_u64, RESIDENT &x[..], RESIDENT &mut scratch[..]));
    note(launch!(__outboard_launch_3: sum_of; VALUE 3_u64, RESIDENT &scratch[..], FROM &mut sum[..]));
    launch::data_end(-1, launch::ALLOC, &mut scratch);
    launch::data_end(-1, launch::TO, &mut x);
    let on_device = STATUSES[1].load(Relaxed) == 0;
    assert_eq!(scratch[0], if on_device { -1.0 } else { 1.0 }, "what a device computes stays there");
    sum
}

fn no_arguments() -> i64 {
    let mut out = [0_i64];
    note(launch!(__outboard_launch_0: bump;));
    note(launch!(__outboard_launch_0: bump;));
    note(launch!(__outboard_launch_1: read_bumps; FROM &mut out[..]));
    out[0]
}

fn no_wait() -> i64 {
    let mut x = [1_i64];
    note(launch!(__outboard_launch_1: add_one on 0, launch::NO_WAIT; TOFROM &mut x[..]));
    x[0]
}
