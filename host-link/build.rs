//! Links libLLVM into the program that needs it, and compiles what registers a program's images to bitcode with
//! the clang of the same LLVM.

use abi::{entry_points, launch, mirror, names};
use runtime_bitcode::Llvm;

const SOURCES: [&str; 2] = ["lazy", "linked"];

/// For any position in memory, seen by its own program alone.
const FLAGS: [&str; 4] =
    ["--target=x86_64-unknown-linux-gnu", "-fPIC", "-fvisibility=hidden", "-march=x86-64"];

fn main() {
    let Some(llvm) = Llvm::of_dependency() else { return };
    println!("cargo::rustc-env=LLVM_LIBDIR={}", llvm.libdir);
    llvm.link_into("link-arg-bin=outboard-register");
    let definitions = definitions();
    let flags: Vec<_> = FLAGS.into_iter().chain(definitions.iter().map(String::as_str)).collect();
    for source in SOURCES {
        llvm.compile(&format!("{source}.c"), source, &flags);
    }
}

/// The names and offsets that abi fixes, for C.
fn definitions() -> Vec<String> {
    let names = [
        ("PROGRAM", names::PROGRAM_REGISTRATION),
        ("PROGRAM_FUNCTION", names::PROGRAM_RUNTIME_FUNCTION),
        ("FIRST_LAUNCH", names::FIRST_LAUNCH),
        ("PROGRAM_IMAGES", names::PROGRAM_IMAGES),
        ("RUNTIME_FILES", names::RUNTIME_FILES),
        ("REGISTER_LIB", entry_points::REGISTER_LIB),
        ("UNREGISTER_LIB", entry_points::UNREGISTER_LIB),
        ("TARGET_KERNEL", entry_points::TARGET_KERNEL),
        ("RUNTIME_FUNCTION", launch::RUNTIME_FUNCTION),
    ];
    let offsets = [
        ("ENTRY_SIZE", size_of::<mirror::OffloadEntry>()),
        ("ENTRY_ADDRESS", std::mem::offset_of!(mirror::OffloadEntry, address)),
        ("ENTRIES_BEGIN", std::mem::offset_of!(mirror::BinDesc, host_entries_begin)),
        ("ENTRIES_END", std::mem::offset_of!(mirror::BinDesc, host_entries_end)),
    ];
    let names = names.into_iter().map(|(name, value)| format!("-D{name}={value}"));
    names.chain(offsets.into_iter().map(|(name, value)| format!("-D{name}={value}"))).collect()
}
