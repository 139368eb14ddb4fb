//! How often each letter comes in a text. Shows numbers that all items of a launch change, atomically.
//!
//! `histogram [LETTERS]`

use outboard::prelude::*;
use outboard_examples::argument;

/// Letters in a text of that length: the sum of dice, so that those in the middle are frequent.
fn text(length: usize) -> Vec<u8> {
    let dice = |i: u32| (0..5).map(|die| (i.wrapping_mul(2_654_435_761) >> (6 * die + 2)) % 6).sum::<u32>();
    (0..length as u32).map(|i| b'a' + dice(i) as u8).collect()
}

fn main() -> anyhow::Result<()> {
    let length = argument(1, 100_000_000)?;
    let text = text(length);
    let mut counts = [0u32; 26];
    let device = Device::default();
    device.over(length).run((&text, atomic(&mut counts)), |it, (text, counts)| {
        counts.add(usize::from(text[it.index()] - b'a'), 1);
    })?;

    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    for (letter, count) in (b'a'..).zip(counts) {
        let bar = "#".repeat((u64::from(count) * 50 / u64::from(most)) as usize);
        println!("{} {count:>9} {bar}", char::from(letter));
    }
    println!("{}", device.stats());
    anyhow::ensure!(counts.iter().sum::<u32>() as usize == length, "letters got lost");
    Ok(())
}
