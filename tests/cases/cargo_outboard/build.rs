//! Says whether build scripts are compiled with the program's flags.

fn main() {
    println!("cargo::rustc-env=BUILD_SCRIPT_FLAGS={}", cfg!(outboard) || cfg!(of_the_user));
}
