//! The kernels of the heat equation, compiled to bitcode of their own and linked by device-link.

#![no_std]

unsafe extern "C" {
    // Where a thread stands in the whole grid. device-link puts the target's own answer in.
    safe fn __outboard_dev_global_id_x() -> u64;
    safe fn __outboard_dev_global_id_y() -> u64;
}

/// One time step: every cell moves towards the mean of its four neighbours. The rim stays as it is.
///
/// # Safety
///
/// Both grids have `width * height` cells and do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn heat_step(next: *mut f32, now: *const f32, width: u64, height: u64, alpha: f32) {
    let (x, y) = (__outboard_dev_global_id_x(), __outboard_dev_global_id_y());
    // The grid is rounded up to whole blocks: some threads stand outside.
    if x >= width || y >= height {
        return;
    }
    let here = (y * width + x) as usize;
    let wide = width as usize;
    let inside = x > 0 && x < width - 1 && y > 0 && y < height - 1;
    // SAFETY: x < width and y < height, and an inner cell has all its neighbours.
    unsafe {
        let cell = *now.add(here);
        *next.add(here) = if inside {
            let neighbours =
                *now.add(here - 1) + *now.add(here + 1) + *now.add(here - wide) + *now.add(here + wide);
            cell + alpha * (neighbours - 4.0 * cell)
        } else {
            cell
        };
    }
}

/// The largest change of each row between two steps: one thread a row.
///
/// # Safety
///
/// Both grids have `width * height` cells, `changes` has `height`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn heat_row_changes(
    changes: *mut f32,
    next: *const f32,
    now: *const f32,
    width: u64,
    height: u64,
) {
    let y = __outboard_dev_global_id_x();
    if y >= height {
        return;
    }
    let mut largest = 0.0f32;
    for x in 0..width {
        let cell = (y * width + x) as usize;
        // SAFETY: x < width and y < height.
        let change = unsafe { *next.add(cell) - *now.add(cell) };
        let change = if change < 0.0 { -change } else { change };
        largest = if change > largest { change } else { largest };
    }
    // SAFETY: y < height.
    unsafe { *changes.add(y as usize) = largest };
}
