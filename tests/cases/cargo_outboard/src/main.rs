//! Prints results, where they come from, and what it was built and called with.

fn main() {
    let (squares, ran) = app::squares(&[1, 2, 3]);
    println!("{squares:?} {ran}");
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    println!("called with {arguments:?}, flags of the user: {}", cfg!(of_the_user));
    println!("build script with flags: {}", env!("BUILD_SCRIPT_FLAGS"));
}
