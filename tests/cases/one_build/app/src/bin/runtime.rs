//! Asks for the runtime before anything is launched.

fn main() {
    println!("{}", launching::has_runtime());
    print!("{}", app::report());
}
