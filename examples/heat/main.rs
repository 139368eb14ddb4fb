//! A heat equation on a 2048 x 2048 grid: every time step is one launch on a device, and the result is
//! compared with the same computation in plain Rust.

use std::ffi::c_void;
use std::time::{Duration, Instant};

const WIDTH: usize = 2048;
const HEIGHT: usize = 2048;
const STEPS: usize = 20;
const ALPHA: f32 = 0.2;

// The launch contract's words (docs/launch-contract.md, clauses 3 to 5).
const DEFAULT_DEVICE: i64 = -1;
const REQUIRED: i32 = 2;
const TO: i64 = 1;
const FROM: i64 = 2;
const LITERAL: i64 = 0x100;

#[rustfmt::skip]
unsafe extern "C" {
    // The kernels: only their names count here. Their code is in the image.
    fn heat_step();
    fn heat_row_changes();

    // One argument is three operands: map flags, base, size.
    fn __outboard_launch_5(
        kernel: unsafe extern "C" fn(), device: i64, options: i32,
        grid_x: i32, grid_y: i32, grid_z: i32, block_x: i32, block_y: i32, block_z: i32, shared_bytes: i32,
        flags0: i64, base0: *const c_void, size0: i64,
        flags1: i64, base1: *const c_void, size1: i64,
        flags2: i64, base2: *const c_void, size2: i64,
        flags3: i64, base3: *const c_void, size3: i64,
        flags4: i64, base4: *const c_void, size4: i64,
    ) -> i32;
}

/// One step on the device, in blocks of 32 x 8 threads.
fn step_on_device(next: &mut [f32], now: &[f32]) {
    let bytes = size_of_val(now) as i64;
    let grid = [WIDTH.div_ceil(32) as i32, HEIGHT.div_ceil(8) as i32];
    // SAFETY: the operands are those of `heat_step`, and both grids have WIDTH * HEIGHT cells.
    #[rustfmt::skip]
    let status = unsafe {
        __outboard_launch_5(
            heat_step, DEFAULT_DEVICE, REQUIRED, grid[0], grid[1], 1, 32, 8, 1, 0,
            FROM, next.as_mut_ptr().cast_const().cast(), bytes,
            TO, now.as_ptr().cast(), bytes,
            LITERAL, value(WIDTH as u64), 8,
            LITERAL, value(HEIGHT as u64), 8,
            LITERAL, value(u64::from(ALPHA.to_bits())), 8,
        )
    };
    assert_eq!(status, 0, "no device took the launch");
}

/// The largest change between two steps, each row's found on the device.
fn change_on_device(next: &[f32], now: &[f32]) -> f32 {
    let mut changes = vec![0.0f32; HEIGHT];
    let bytes = size_of_val(now) as i64;
    // SAFETY: the operands are those of `heat_row_changes`; `changes` has a cell for every row.
    #[rustfmt::skip]
    let status = unsafe {
        __outboard_launch_5(
            heat_row_changes, DEFAULT_DEVICE, REQUIRED, HEIGHT.div_ceil(128) as i32, 1, 1, 128, 1, 1, 0,
            FROM, changes.as_mut_ptr().cast_const().cast(), size_of_val(&changes[..]) as i64,
            TO, next.as_ptr().cast(), bytes,
            TO, now.as_ptr().cast(), bytes,
            LITERAL, value(WIDTH as u64), 8,
            LITERAL, value(HEIGHT as u64), 8,
        )
    };
    assert_eq!(status, 0, "no device took the launch");
    changes.into_iter().fold(0.0, f32::max)
}

/// A scalar travels as the bits of a pointer.
fn value(bits: u64) -> *const c_void {
    std::ptr::without_provenance(bits as usize)
}

fn step_in_rust(next: &mut [f32], now: &[f32]) {
    next.copy_from_slice(now);
    for y in 1..HEIGHT - 1 {
        for x in 1..WIDTH - 1 {
            let here = y * WIDTH + x;
            let neighbours = now[here - 1] + now[here + 1] + now[here - WIDTH] + now[here + WIDTH];
            next[here] = now[here] + ALPHA * (neighbours - 4.0 * now[here]);
        }
    }
}

/// A cold plate with a hot disc in its middle.
fn plate() -> Vec<f32> {
    let distance = |a: usize, b: usize| a.abs_diff(b / 2).pow(2);
    let hot = |x, y| distance(x, WIDTH) + distance(y, HEIGHT) < (WIDTH / 5).pow(2);
    (0..WIDTH * HEIGHT).map(|i| if hot(i % WIDTH, i / WIDTH) { 100.0 } else { 0.0 }).collect()
}

/// All steps; gives the last two grids, the newest first, and the time.
fn simulate(step: impl Fn(&mut [f32], &[f32])) -> (Vec<f32>, Vec<f32>, Duration) {
    let (mut now, mut next) = (plate(), vec![0.0; WIDTH * HEIGHT]);
    let start = Instant::now();
    for _ in 0..STEPS {
        step(&mut next, &now);
        std::mem::swap(&mut now, &mut next);
    }
    (now, next, start.elapsed())
}

fn main() {
    let (result, before, device_time) = simulate(step_on_device);
    let change = change_on_device(&result, &before);
    let (expected, _, rust_time) = simulate(step_in_rust);

    let difference = result.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("grid        {WIDTH} x {HEIGHT} cells, {STEPS} steps");
    println!("launches    {} (heat_step {STEPS}, heat_row_changes 1)", STEPS + 1);
    println!("            each moves its grids: nothing stays on the device between launches yet");
    println!("last step   changed no cell by more than {change:.4}");
    println!("time        {device_time:.1?} on the device, transfers included");
    println!("            {rust_time:.1?} in plain Rust, on one thread");
    println!("difference  at most {difference:e} from plain Rust");
    // The same operations in the same order, but a device may fuse a multiplication and an addition.
    let same = difference < 1e-3;
    println!("{}", if same { "same result" } else { "WRONG RESULT" });
    std::process::exit(if same { 0 } else { 1 });
}
