//! Square roots and structures of f64.
//@ launch 2 32
//@ u64 50
//@ f64 0.01
//@ in f64 200 wave
//@ inout f64 150 wave
//@ close 1e-12

use crate::device::{global_x, input, own_range};

#[repr(C)]
pub struct Body {
    position: [f64; 3],
    mass: f64,
}

#[unsafe(no_mangle)]
pub extern "C" fn nbody(n: usize, step: f64, bodies: *const Body, velocities: *mut f64) {
    let bodies = input(bodies, n);
    let i = global_x();
    let Some(velocity) = own_range(velocities, 3 * n, 3 * i, 3) else { return };
    for other in bodies {
        let d: [f64; 3] = core::array::from_fn(|axis| other.position[axis] - bodies[i].position[axis]);
        let square = d.iter().map(|d| d * d).sum::<f64>() + 1e-3;
        let force = other.mass.abs() / (square * square.sqrt());
        for axis in 0..3 {
            velocity[axis] += step * force * d[axis];
        }
    }
}
