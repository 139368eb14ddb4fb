//! A driver without the standard library: all that it does to items goes through C's inline functions.
#![no_std]

use core::ffi::{c_int, c_long, c_void};

#[repr(C)]
pub struct ListHead {
    next: *mut ListHead,
    prev: *mut ListHead,
}

#[repr(C)]
pub struct Item {
    key: u64,
    refs: c_int,
    flags: u32,
    lock: c_int,
    node: ListHead,
}

unsafe extern "C" {
    fn rust_helper_item_of(node: *mut ListHead) -> *mut Item;
    fn rust_helper_key(item: *const Item) -> u64;
    fn rust_helper_refs(item: *const Item) -> c_int;
    fn rust_helper_put(item: *mut Item) -> bool;
    fn rust_helper_get(item: *mut Item);
    fn rust_helper_lock(item: *mut Item);
    fn rust_helper_unlock(item: *mut Item);
    fn rust_helper_list_init(list: *mut ListHead);
    fn rust_helper_list_add(new: *mut ListHead, head: *mut ListHead);
    fn rust_helper_list_del(entry: *mut ListHead);
    fn rust_helper_list_empty(head: *const ListHead) -> bool;
    fn rust_helper_err_ptr(error: c_long) -> *mut c_void;
    fn rust_helper_is_err(pointer: *const c_void) -> bool;
    fn rust_helper_rol64(word: u64, shift: u32) -> u64;
    fn rust_helper_hash(value: u64, bits: u32) -> u32;
    fn rust_helper_setup(item: *mut Item);
}

/// Prepares `count` items and puts them into the list.
///
/// # Safety
/// `items` are `count` items that nobody else uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn driver_add(list: *mut ListHead, items: *mut Item, count: usize) {
    unsafe {
        rust_helper_list_init(list);
        for index in 0..count {
            let item = items.add(index);
            rust_helper_setup(item);
            (*item).key = rust_helper_rol64(index as u64 + 1, 60);
            (*item).refs = 1;
            rust_helper_get(item);
            rust_helper_list_add(&raw mut (*item).node, list);
        }
    }
}

/// Takes all items out of the list, and returns a sum over them; an error where one is gone.
///
/// # Safety
/// `list` was made by `driver_add`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn driver_drain(list: *mut ListHead, sum: &mut u64) -> *mut c_void {
    unsafe {
        while !rust_helper_list_empty(list) {
            let node = (*list).next;
            let item = rust_helper_item_of(node);
            rust_helper_lock(item);
            rust_helper_list_del(node);
            *sum += u64::from(rust_helper_hash(rust_helper_key(item), 16)) + rust_helper_refs(item) as u64;
            rust_helper_unlock(item);
            if rust_helper_put(item) {
                return rust_helper_err_ptr(-14);
            }
        }
        let done = rust_helper_err_ptr(0);
        if rust_helper_is_err(done) { done } else { core::ptr::null_mut() }
    }
}
