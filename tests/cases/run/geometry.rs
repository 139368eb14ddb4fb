//! Three dimensions, known at run time: every work item is visited once, with its own ids.

mod launch;

use launch::{REQUIRED, Slot, TOFROM, VALUE};

unsafe extern "C" {
    fn visit();
}

fn visited(grid: [u32; 3], block: [u32; 3]) -> usize {
    let size = |axis: usize| (grid[axis] * block[axis]) as usize;
    let mut marks = vec![0.0_f64; size(0) * size(1) * size(2)];
    for (scale, offset, negate) in [(0.5_f32, -7_i32, false), (0.25, 1, true)] {
        let [gx, gy, gz] = grid;
        let [bx, by, bz] = block;
        let bytes = size_of_val(&marks[..]) as u64;
        let base = marks.as_mut_ptr().cast();
        let (scale, offset, negate) = (scale.base(), offset.base(), negate.base());
        let status = unsafe {
            launch::__outboard_launch_4(visit, -1, REQUIRED, gx, gy, gz, bx, by, bz, 0,
                TOFROM, base, bytes, VALUE, scale, 4, VALUE, offset, 4, VALUE, negate, 1)
        };
        assert_eq!(status, 0);
    }
    let expected = |index: usize| {
        let at = [index % size(0), index / size(0) % size(1), index / size(0) / size(1)];
        let axes = || (0..3).rev();
        let blocks = axes().map(|axis| at[axis] / block[axis] as usize);
        let threads = axes().map(|axis| at[axis] % block[axis] as usize);
        let digits = blocks.chain(threads).fold(0, |number, id| number * 10 + id) as f64;
        (0.5 * digits - 7.0) - (0.25 * digits + 1.0)
    };
    marks.iter().enumerate().filter(|(index, mark)| **mark == expected(*index)).count()
}

fn main() {
    let arguments: Vec<u32> = std::env::args().skip(1).map(|word| word.parse().expect("a number")).collect();
    for geometry in arguments.chunks(6) {
        let (grid, block) = geometry.split_at(3);
        let count = visited(grid.try_into().expect("six numbers"), block.try_into().expect("six numbers"));
        println!("{count} of {}", geometry.iter().product::<u32>());
    }
}
