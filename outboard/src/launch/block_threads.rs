//! Kernels in blocks under Miri, which knows no coroutines: a thread for every item of a block, one block after the
//! other. Slow, and looks for what the items do to each other.

use super::item::BlockPosition;
use super::panics::{Panicked, catch};
use std::cell::Cell;
use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;

/// What the items of a running block share.
struct Block {
    meeting: Mutex<Meeting>,
    changed: Condvar,
    /// By key: `u64`s, since all words fit them.
    shared: Mutex<HashMap<u64, Vec<u64>>>,
    dynamic: Mutex<Vec<u64>>,
}

struct Meeting {
    /// Items that are not at their end.
    live: usize,
    /// Those of them that wait.
    waiting: usize,
    /// How often all have met.
    count: usize,
    /// The first panic; the others give up.
    panicked: Option<Panicked>,
}

/// What an item gives up with after another's panic.
struct GivenUp;

thread_local! {
    static CURRENT: Cell<*const Block> = const { Cell::new(std::ptr::null()) };
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn with_current<R>(work: impl FnOnce(&Block) -> R) -> Option<R> {
    // SAFETY: `run_item` sets the pointer to a block that is alive until it resets it.
    unsafe { CURRENT.get().as_ref() }.map(work)
}

impl Block {
    /// Lets everybody go who waits, if nobody else is to come.
    fn meet(&self, meeting: &mut Meeting) {
        if meeting.waiting == meeting.live {
            meeting.waiting = 0;
            meeting.count += 1;
            self.changed.notify_all();
        }
    }
}

/// Waits for the other items of the block.
pub(super) fn wait() {
    let given_up = with_current(|block| {
        let mut meeting = lock(&block.meeting);
        let before = meeting.count;
        meeting.waiting += 1;
        block.meet(&mut meeting);
        while meeting.count == before && meeting.panicked.is_none() {
            meeting = block.changed.wait(meeting).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        meeting.panicked.is_some()
    });
    if given_up == Some(true) && !thread::panicking() {
        resume_unwind(Box::new(GivenUp));
    }
}

/// The block's memory of that key.
pub(super) fn shared_memory(key: u64, bytes: u64) -> *mut u8 {
    let words = bytes.div_ceil(8) as usize;
    let memory = with_current(|block| {
        lock(&block.shared).entry(key).or_insert_with(|| vec![0; words]).as_mut_ptr().cast()
    });
    memory.unwrap_or(std::ptr::null_mut())
}

/// The block's memory whose size the launch gave.
pub(super) fn dynamic_memory() -> *mut u8 {
    with_current(|block| lock(&block.dynamic).as_mut_ptr().cast()).unwrap_or(std::ptr::null_mut())
}

/// Calls `body` for every thread of every block.
pub(super) fn run_blocks(
    grid_size: [u32; 3],
    block_size: [u32; 3],
    dynamic_bytes: usize,
    body: impl Fn(BlockPosition) + Copy + Send,
) -> Result<(), Panicked> {
    let positions = |[width, height, depth]: [u32; 3]| {
        (0..depth).flat_map(move |z| (0..height).flat_map(move |y| (0..width).map(move |x| [x, y, z])))
    };
    for number in positions(grid_size) {
        let items = positions(block_size).count();
        let block = Block {
            meeting: Mutex::new(Meeting { live: items, waiting: 0, count: 0, panicked: None }),
            changed: Condvar::new(),
            shared: Mutex::default(),
            dynamic: Mutex::new(vec![0; dynamic_bytes.div_ceil(8)]),
        };
        thread::scope(|scope| {
            for thread in positions(block_size) {
                let (block, position) =
                    (&block, BlockPosition { thread, block: number, block_size, grid_size });
                scope.spawn(move || run_item(block, position, body));
            }
        });
        let meeting = block.meeting.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(panicked) = meeting.panicked {
            return Err(panicked);
        }
    }
    Ok(())
}

fn run_item(block: &Block, position: BlockPosition, body: impl Fn(BlockPosition)) {
    let BlockPosition { thread, block: number, block_size, .. } = position;
    CURRENT.set(block);
    let item = std::array::from_fn(|axis| (number[axis] * block_size[axis] + thread[axis]) as usize);
    let result = catch(|| body(position), || item);
    CURRENT.set(std::ptr::null());
    let mut meeting = lock(&block.meeting);
    if let Err(panicked) = result {
        meeting.panicked.get_or_insert(panicked);
        block.changed.notify_all();
    }
    meeting.live -= 1;
    block.meet(&mut meeting);
}
