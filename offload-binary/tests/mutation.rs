//! Damaged containers: whatever is changed in a valid file, decoding ends with images or an error.

use offload_binary::{decode, encode};

/// Marsaglia's xorshift64: the same files on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

const SEEDS: [&[u8]; 3] = [
    include_bytes!("cases/one.offload"),
    include_bytes!("cases/tail-merged.offload"),
    include_bytes!("cases/three.offload"),
];

/// Values that offsets and sizes go wrong with.
const EDGES: [u64; 8] = [0, 1, 7, 8, 0x28, 0xff, u64::MAX, 1 << 63];

#[test]
fn damaged_files_are_errors_or_images() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut read, mut refused) = (0, 0);
    for round in 0..6000 {
        let mut bytes = SEEDS[round % SEEDS.len()].to_vec();
        bytes[4] = [1, 1, 1, 1, 1, 1, 2, 3][random.below(8)];
        for _ in 0..=random.below(2) {
            let at = random.below(bytes.len());
            match random.below(8) {
                0..5 => bytes[at] = random.below(256) as u8,
                5 => bytes.truncate(at.max(1)),
                6 => bytes.insert(at, random.below(256) as u8),
                _ => {
                    let at = (at & !7).min(bytes.len().saturating_sub(8));
                    let value = EDGES[random.below(EDGES.len())].to_le_bytes();
                    let end = bytes.len().min(at + 8);
                    bytes[at..end].copy_from_slice(&value[..end - at]);
                }
            }
        }
        match decode(&bytes) {
            Ok(images) => {
                read += 1;
                for image in &images {
                    let _ = image.kernels();
                }
                if let Ok(again) = encode(&images) {
                    assert!(images.is_empty() || decode(&again).expect("what was written is read") == images);
                }
            }
            Err(_) => refused += 1,
        }
    }
    assert!(read > 300 && refused > 300, "both happen: {read} read, {refused} refused");
}
