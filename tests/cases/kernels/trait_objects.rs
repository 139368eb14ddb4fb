//! Methods through a vtable.
//@ launch 2 32
//@ u64 64
//@ in u32 64 wave
//@ out u32 64
//@ refused spirv64: has no function pointers

use crate::device::{global_x, input, own};

trait Shape {
    fn area(&self) -> u32;
    fn edges(&self) -> u32 {
        4
    }
}

struct Square(u32);
struct Rectangle(u32, u32);

impl Shape for Square {
    fn area(&self) -> u32 {
        self.0 * self.0
    }
}

impl Shape for Rectangle {
    fn area(&self) -> u32 {
        self.0 * self.1
    }
    fn edges(&self) -> u32 {
        if self.0 == 0 { 2 } else { 4 }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn trait_objects(n: usize, x: *const u32, out: *mut u32) {
    let x = input(x, n);
    let i = global_x();
    if let Some(out) = own(out, n, i) {
        let (a, b) = (x[i] & 255, x[i] >> 8 & 255);
        let (square, rectangle) = (Square(a), Rectangle(a, b));
        let shape: &dyn Shape = if a > b { &square } else { &rectangle };
        let shape = core::hint::black_box(shape);
        *out = shape.area() * 8 + shape.edges();
    }
}
