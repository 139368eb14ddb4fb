//! `Box`, `Rc` and a linked list.
//@ launch 1 8
//@ u64 8
//@ inout u32 8 small
//@ links amdgcn: allocation panics
//@ links spirv64: allocation panics

use crate::device::{global_x, own};
use std::rc::Rc;

struct Node {
    value: u32,
    next: Option<Box<Node>>,
}

#[unsafe(no_mangle)]
pub extern "C" fn boxes(n: usize, x: *mut u32) {
    if let Some(x) = own(x, n, global_x()) {
        let shared = Rc::new(*x);
        let mut list: Option<Box<Node>> = None;
        for step in 0..*x % 8 + 2 {
            let held = Rc::clone(&shared);
            list = Some(Box::new(Node { value: *held + step, next: list.take() }));
        }
        let mut sum = Rc::strong_count(&shared) as u32;
        while let Some(node) = list {
            sum = sum * 3 + node.value;
            list = node.next;
        }
        *x = sum;
    }
}
