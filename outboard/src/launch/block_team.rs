//! Kernels in blocks on the CPU. A block's items are coroutines of one thread: at a barrier each gives way to the
//! next, until all have come. Blocks are shared out over threads.

use super::fallback::{share_out, thread_count};
use super::item::BlockPosition;
use super::panics::{Panicked, catch};
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Of an item. Untouched pages cost nothing.
const STACK_BYTES: usize = 256 * 1024;

/// Stacks of all threads together: Linux gives a process about 65,000 mappings.
const MOST_STACKS: usize = 16 * 1024;

type Fiber = Coroutine<(), (), (), DefaultStack>;

/// What the items of a running block share.
struct Block {
    /// By key: `u64`s, since all words fit them.
    shared: RefCell<HashMap<u64, Vec<u64>>>,
    dynamic: RefCell<Vec<u64>>,
    /// The way out of the item that runs.
    running: Cell<*const Yielder<(), ()>>,
}

thread_local! {
    static CURRENT: Cell<*const Block> = const { Cell::new(std::ptr::null()) };
}

/// Calls `work` with the block that this thread runs, if it runs one.
fn with_current<R>(work: impl FnOnce(&Block) -> R) -> Option<R> {
    // SAFETY: `run_block` sets the pointer to a block that is alive until it resets it.
    unsafe { CURRENT.get().as_ref() }.map(work)
}

/// Waits for the other items of the block.
pub(super) fn wait() {
    let way_out = with_current(|block| block.running.replace(std::ptr::null()));
    if let Some(way_out) = way_out.filter(|way_out| !way_out.is_null()) {
        // SAFETY: set by this item's own coroutine when it was resumed, which is running.
        unsafe { (*way_out).suspend(()) };
        with_current(|block| block.running.set(way_out));
    }
}

/// The block's memory of that key.
pub(super) fn shared_memory(key: u64, bytes: u64) -> *mut u8 {
    let words = bytes.div_ceil(8) as usize;
    let memory = with_current(|block| {
        // What is moved when the map grows is the vector, never its elements.
        block.shared.borrow_mut().entry(key).or_insert_with(|| vec![0; words]).as_mut_ptr().cast()
    });
    memory.unwrap_or(std::ptr::null_mut())
}

/// The block's memory whose size the launch gave.
pub(super) fn dynamic_memory() -> *mut u8 {
    with_current(|block| block.dynamic.borrow_mut().as_mut_ptr().cast()).unwrap_or(std::ptr::null_mut())
}

/// Calls `body` for every thread of every block.
pub(super) fn run_blocks(
    grid_size: [u32; 3],
    block_size: [u32; 3],
    dynamic_bytes: usize,
    body: impl Fn(BlockPosition) + Copy + Send,
) -> Result<(), Panicked> {
    let count = |sizes: [u32; 3]| sizes.iter().map(|size| *size as usize).product::<usize>();
    let threads = thread_count().min(MOST_STACKS / count(block_size).max(1)).max(1);
    share_out(threads, count(grid_size), move |number| {
        let at = |index: usize, [width, height, _]: [u32; 3]| {
            let (width, height) = (width as usize, height as usize);
            [(index % width) as u32, (index / width % height) as u32, (index / width / height) as u32]
        };
        let block = at(number, grid_size);
        run_block(count(block_size), dynamic_bytes, |thread| {
            body(BlockPosition { thread: at(thread, block_size), block, block_size, grid_size });
        })
        .map_err(|(thread, panicked)| {
            let thread = at(thread, block_size);
            let item = std::array::from_fn(|axis| (block[axis] * block_size[axis] + thread[axis]) as usize);
            Panicked { item, ..panicked }
        })
    })
}

/// Runs the items of one block. After a panic, tells which item it was.
fn run_block(items: usize, dynamic_bytes: usize, body: impl Fn(usize)) -> Result<(), (usize, Panicked)> {
    let block = Block {
        shared: RefCell::default(),
        dynamic: RefCell::new(vec![0; dynamic_bytes.div_ceil(8)]),
        running: Cell::new(std::ptr::null()),
    };
    let outside = CURRENT.replace(&block);
    let result = run_fibers(&block, items, &body);
    CURRENT.set(outside);
    result
}

fn run_fibers(block: &Block, items: usize, body: &impl Fn(usize)) -> Result<(), (usize, Panicked)> {
    let mut waiting: Vec<(usize, Fiber)> = Vec::new();
    let mut spare: Vec<DefaultStack> = Vec::new();
    for item in 0..items {
        let stack = match spare.pop().map_or_else(|| DefaultStack::new(STACK_BYTES), Ok) {
            Ok(stack) => stack,
            Err(error) => {
                let message = format!("no memory for an item's stack: {error}");
                return Err((item, Panicked { message, location: None, item: [0; 3] }));
            }
        };
        // SAFETY: the coroutine is resumed and dropped in this function, which `body` and `block` outlive.
        let fiber = unsafe { fiber(stack, block, body, item) };
        resume(item, fiber, &mut waiting, &mut spare)?;
    }
    // One turn lets everybody who waits come to the next barrier, or to the end.
    while !waiting.is_empty() {
        for (item, fiber) in std::mem::take(&mut waiting) {
            resume(item, fiber, &mut waiting, &mut spare)?;
        }
    }
    Ok(())
}

/// The coroutine of an item.
///
/// # Safety
///
/// It does not outlive `block` and `body`.
unsafe fn fiber(stack: DefaultStack, block: &Block, body: &impl Fn(usize), item: usize) -> Fiber {
    let (block, body) = (std::ptr::from_ref(block), std::ptr::from_ref(body));
    let run = move |yielder: &Yielder<(), ()>, ()| {
        // SAFETY: the caller's promise.
        let (block, body) = unsafe { (&*block, &*body) };
        block.running.set(yielder);
        body(item);
        block.running.set(std::ptr::null());
    };
    // SAFETY: what it captures are pointers, whose targets outlive it by the caller's promise.
    unsafe { Coroutine::with_stack_unchecked(stack, run) }
}

fn resume(
    item: usize,
    mut fiber: Fiber,
    waiting: &mut Vec<(usize, Fiber)>,
    spare: &mut Vec<DefaultStack>,
) -> Result<(), (usize, Panicked)> {
    match catch(|| fiber.resume(()), || [0; 3]) {
        Ok(CoroutineResult::Yield(())) => waiting.push((item, fiber)),
        Ok(CoroutineResult::Return(())) => spare.push(fiber.into_stack()),
        Err(panicked) => return Err((item, panicked)),
    }
    Ok(())
}
