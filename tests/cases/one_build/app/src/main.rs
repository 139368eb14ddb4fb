//! Launches, and says where it ran.

fn main() {
    print!("{}", app::report());
}
