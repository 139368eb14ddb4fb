//! An example that launches a closure of its own.

fn main() {
    let mut data = [1_u32, 2];
    let ran = launching::for_each(&mut data, |element| *element += 40);
    assert_eq!(data, [41, 42]);
    println!("{ran:?}");
}
