//! Panics of kernels on devices: each device has a buffer in memory of the host that it can reach, in which the
//! device runtime leaves what it reports (abi::reports).

use super::kernel::Geometry;
use super::runtime::Runtime;
use abi::reports::{Header, NOWHERE, PANICKED, Record};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

/// Bytes of a buffer: one panic, with texts as long as they get.
const BYTES: usize = 8 * 1024;

/// What a device tells of a panic.
#[derive(Debug, Clone)]
pub(crate) struct Reported {
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    /// The block and the thread in it.
    place: [[u32; 3]; 2],
}

impl Reported {
    /// The item's position, where the device knows it.
    pub(crate) fn item(&self, geometry: &Geometry) -> Option<[usize; 3]> {
        let [block, thread] = self.place;
        let known = block.iter().chain(&thread).all(|axis| *axis != NOWHERE);
        let size = geometry.block;
        known.then(|| {
            std::array::from_fn(|axis| block[axis] as usize * size[axis] as usize + thread[axis] as usize)
        })
    }
}

/// The buffer of a device.
pub(crate) struct Reports {
    buffer: *mut u8,
    state: Mutex<State>,
}

// SAFETY: the host touches the buffer with the state locked, and devices write it atomically or alone.
unsafe impl Send for Reports {}
// SAFETY: as above.
unsafe impl Sync for Reports {}

#[derive(Default)]
struct State {
    /// Launches that are not over.
    running: usize,
    /// A panic of one of them. Whose it is nobody can tell, so that it is an error of all.
    found: Option<Reported>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The buffer of that device, made and handed over by `attach` at the first question.
pub(crate) fn of_device(
    runtime: &Runtime,
    device: u32,
    attach: impl FnOnce(u64),
) -> Option<&'static Reports> {
    static ALL: Mutex<BTreeMap<u32, Option<&'static Reports>>> = Mutex::new(BTreeMap::new());
    *lock(&ALL).entry(device).or_insert_with(|| {
        let buffer = runtime.alloc_host(BYTES, device)?;
        let header = Header { capacity: (BYTES - size_of::<Header>()) as u64, ..Header::default() };
        // SAFETY: memory of that many bytes, which nobody else knows yet.
        unsafe {
            buffer.write_bytes(0, BYTES);
            buffer.cast::<Header>().write(header);
        }
        attach(buffer.expose_provenance() as u64);
        // Devices know its address for as long as the program runs.
        Some(Box::leak(Box::new(Reports { buffer, state: Mutex::default() })))
    })
}

impl Reports {
    /// A launch starts.
    pub(crate) fn enter(&self) {
        lock(&self.state).running += 1;
    }

    /// It is over. Gives the panic of a launch that ran meanwhile.
    pub(crate) fn leave(&self) -> Option<Reported> {
        let mut state = lock(&self.state);
        state.running -= 1;
        let header = self.buffer.cast::<Header>();
        // SAFETY: a device may write it at any time, and no reference to it is made.
        let panicked = unsafe { (&raw const (*header).panicked).read_volatile() };
        if panicked > 0 && state.found.is_none() {
            state.found = Some(self.read());
        }
        let found = state.found.clone();
        if state.running == 0 && found.is_some() {
            state.found = None;
            // SAFETY: no kernel runs that could write it.
            unsafe {
                (&raw mut (*header).used).write_volatile(0);
                (&raw mut (*header).panicked).write_volatile(0);
                let round = &raw mut (*header).round;
                round.write_volatile(round.read_volatile() + 1);
                self.buffer.add(size_of::<Header>()).write_bytes(0, size_of::<Record>());
            }
        }
        found
    }

    /// The first panic in the buffer.
    fn read(&self) -> Reported {
        let mut bytes = vec![0u8; BYTES - size_of::<Header>()];
        // SAFETY: inside the buffer; the kernel that wrote it is over.
        unsafe {
            let first = self.buffer.add(size_of::<Header>());
            first.copy_to_nonoverlapping(bytes.as_mut_ptr(), bytes.len());
        }
        find_panic(&bytes).unwrap_or_else(|| Reported {
            message: "a panic of which nothing is known".to_owned(),
            location: None,
            place: [[NOWHERE; 3]; 2],
        })
    }
}

/// The first record of a panic; whatever the bytes, nothing or a record that is whole.
fn find_panic(mut bytes: &[u8]) -> Option<Reported> {
    loop {
        let word = |index: usize| {
            let word = bytes.get(4 * index..4 * index + 4)?;
            Some(u32::from_le_bytes(word.try_into().ok()?))
        };
        let record = bytes.get(..word(0)? as usize).filter(|record| record.len() >= size_of::<Record>())?;
        if word(1)? != PANICKED {
            bytes = &bytes[record.len()..];
            continue;
        }
        let [kernel, file, message] = [word(10)?, word(11)?, word(12)?].map(|length| length as usize);
        let texts = &record[size_of::<Record>()..];
        let text = |start: usize, length: usize| {
            Some(String::from_utf8_lossy(texts.get(start..start + length)?).into_owned())
        };
        let (line, column) = (word(8)?, word(9)?);
        let file_name = text(kernel, file)?;
        let location = (file > 0).then(|| format!("{file_name}:{line}:{column}"));
        let values = texts.get((kernel + file + message).next_multiple_of(8)..)?;
        let values = values.chunks_exact(8).take(word(13)? as usize);
        let message = with_values(&text(kernel + file, message)?, values);
        let place = [[word(2)?, word(3)?, word(4)?], [word(5)?, word(6)?, word(7)?]];
        return Some(Reported { message, location, place });
    }
}

/// `text` with a value for each `{}` in it.
fn with_values<'v>(text: &str, values: impl Iterator<Item = &'v [u8]>) -> String {
    let mut message = text.to_owned();
    for value in values {
        let number = value.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        message = message.replacen("{}", &number.to_string(), 1);
    }
    message
}

#[cfg(test)]
mod tests {
    use super::{Geometry, NOWHERE, PANICKED, find_panic};
    use abi::reports::PRINTED;

    fn record(kind: u32, place: u32, texts: [&str; 3]) -> Vec<u8> {
        record_with(kind, place, texts, &[])
    }

    fn record_with(kind: u32, place: u32, texts: [&str; 3], values: &[u64]) -> Vec<u8> {
        let length: usize = texts.iter().map(|text| text.len()).sum();
        let before_values = 56 + length.next_multiple_of(8);
        let size = (before_values + 8 * values.len()) as u32;
        let [kernel, file, text] = texts.map(|text| text.len() as u32);
        let words = [size, kind, place, 0, 0, 1, 0, 0, 12, 34, kernel, file, text, values.len() as u32];
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.extend(texts.concat().bytes());
        bytes.resize(before_values, 0);
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        bytes
    }

    #[test]
    fn the_first_panic_is_found() {
        let bytes = [
            record(PRINTED, 0, ["kernel", "", "text"]),
            record(PANICKED, 2, ["kernel", "a.rs", "too bad"]),
            record(PANICKED, 3, ["kernel", "b.rs", "worse"]),
        ]
        .concat();
        let found = find_panic(&bytes).expect("there is one");
        assert_eq!((found.message.as_str(), found.location.as_deref()), ("too bad", Some("a.rs:12:34")));
        let numbers = record_with(PANICKED, 2, ["kernel", "a.rs", "{} of {}"], &[7, u64::MAX]);
        let found_numbers = find_panic(&numbers).expect("there is one");
        assert_eq!(found_numbers.message, "7 of 18446744073709551615");
        let geometry = Geometry { grid: [9; 3], block: [32, 1, 1], shared_bytes: 0 };
        assert_eq!(found.item(&geometry), Some([65, 0, 0]));
        let nowhere = find_panic(&record(PANICKED, NOWHERE, ["kernel", "", "x"])).expect("there is one");
        assert_eq!((nowhere.item(&geometry), nowhere.location), (None, None));
    }

    #[test]
    fn damaged_records_are_none() {
        let whole = record(PANICKED, 2, ["kernel", "a.rs", "too bad"]);
        assert!((0..whole.len()).all(|length| find_panic(&whole[..length]).is_none()));
        for at in 0..56 {
            let mut damaged = whole.clone();
            damaged[at] = 0xff;
            // Any answer will do, but there is one.
            let _ = find_panic(&damaged);
        }
    }
}
