//! A kernel for device-link: typed values, and every id of its work item.

unsafe extern "C" {
    safe fn __outboard_dev_global_id_x() -> i64;
    safe fn __outboard_dev_global_id_y() -> i64;
    safe fn __outboard_dev_global_id_z() -> i64;
    safe fn __outboard_dev_thread_id_x() -> i32;
    safe fn __outboard_dev_thread_id_y() -> i32;
    safe fn __outboard_dev_thread_id_z() -> i32;
    safe fn __outboard_dev_block_id_x() -> i32;
    safe fn __outboard_dev_block_id_y() -> i32;
    safe fn __outboard_dev_block_id_z() -> i32;
    safe fn __outboard_dev_block_size_x() -> i32;
    safe fn __outboard_dev_block_size_y() -> i32;
    safe fn __outboard_dev_block_size_z() -> i32;
    safe fn __outboard_dev_grid_size_x() -> i32;
    safe fn __outboard_dev_grid_size_y() -> i32;
    safe fn __outboard_dev_grid_size_z() -> i32;
}

/// Adds `scale * (digits of block and thread) + offset`, negated where told, to the element of the work item.
///
/// # Safety
/// `marks` has an element for every work item, x fastest.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn visit(marks: *mut f64, scale: f32, offset: i32, negate: bool) {
    let width = i64::from(__outboard_dev_grid_size_x() * __outboard_dev_block_size_x());
    let height = i64::from(__outboard_dev_grid_size_y() * __outboard_dev_block_size_y());
    let depth = i64::from(__outboard_dev_grid_size_z() * __outboard_dev_block_size_z());
    let (x, y, z) = (__outboard_dev_global_id_x(), __outboard_dev_global_id_y(), __outboard_dev_global_id_z());
    if x >= width || y >= height || z >= depth {
        return;
    }
    let ids = [
        __outboard_dev_block_id_z(), __outboard_dev_block_id_y(), __outboard_dev_block_id_x(),
        __outboard_dev_thread_id_z(), __outboard_dev_thread_id_y(), __outboard_dev_thread_id_x(),
    ];
    let digits = ids.iter().fold(0, |number, id| number * 10 + id);
    let value = f64::from(scale) * f64::from(digits) + f64::from(offset);
    unsafe { *marks.add(((z * height + y) * width + x) as usize) += if negate { -value } else { value } }
}
