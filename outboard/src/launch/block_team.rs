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
    /// Stacks for the next block: they cost more to make than many barriers.
    static SPARE: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
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
    let mut team = Team { fibers: Vec::with_capacity(items), spare: SPARE.take(), item: 0 };
    let outside = CURRENT.replace(&block);
    let result = catch(|| team.run(&block, items, &body), || [0; 3]);
    CURRENT.set(outside);
    let result = result.and_then(|stacks| {
        stacks.map_err(|error| {
            let message = format!("no memory for an item's stack: {error}");
            Panicked { message, location: None, item: [0; 3] }
        })
    });
    result.map_err(|panicked| (team.item, panicked))
}

/// The items of a block. They must be gone before the block and the body are.
struct Team {
    /// Those that wait at a barrier; what has come to its end is none.
    fibers: Vec<Option<Fiber>>,
    spare: Vec<DefaultStack>,
    /// Whose turn it is.
    item: usize,
}

impl Team {
    fn run(&mut self, block: &Block, items: usize, body: &impl Fn(usize)) -> std::io::Result<()> {
        let mut waiting = 0;
        for item in 0..items {
            self.item = item;
            let stack = self.spare.pop().map_or_else(|| DefaultStack::new(STACK_BYTES), Ok)?;
            // SAFETY: the team is dropped in `run_block`, which `body` and `block` outlive.
            self.fibers.push(Some(unsafe { fiber(stack, block, body, item) }));
            waiting += usize::from(self.resume(item));
        }
        // One turn lets everybody who waits come to the next barrier, or to the end.
        while waiting > 0 {
            waiting = 0;
            for item in 0..items {
                self.item = item;
                waiting += usize::from(self.resume(item));
            }
        }
        Ok(())
    }

    /// Lets the item run to its next barrier. Gives whether it waits there.
    fn resume(&mut self, item: usize) -> bool {
        let Some(fiber) = &mut self.fibers[item] else { return false };
        let waits = matches!(fiber.resume(()), CoroutineResult::Yield(()));
        if !waits {
            self.spare.extend(self.fibers[item].take().map(Fiber::into_stack));
        }
        waits
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        // After a panic in one item, the others are unwound.
        self.fibers.clear();
        SPARE.set(std::mem::take(&mut self.spare));
    }
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
