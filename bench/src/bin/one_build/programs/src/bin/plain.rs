//! Nothing but a program.

fn main() {
    println!("done");
}
