//! What is said about kernels of a library with debug info: the way in names of the source, places in it, the member
//! that each step comes from, and what can be done.

use crate::support::{printed, refused};
use std::process::Command;

/// The kernels of limits.rs.
const KERNELS: [&str; 11] = [
    "assembly",
    "barrier",
    "intrinsic",
    "local",
    "mutable",
    "nothing",
    "pointer",
    "returns",
    "shared",
    "undefined",
    "wide",
];

/// Links all of limits.rs, compiled to a library, for `target`; the message, without what a toolchain calls its own.
fn check(target: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (library, output) = (folder.path().join("libdemo.rlib"), folder.path().join("dev.offload"));
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--crate-type=rlib", "--crate-name=demo", "-O", "-g", "-Ccodegen-units=1"]);
    printed(rustc.args(["-Awarnings", "limits.rs", "-o"]).arg(&library));
    let (library, path) = (library.to_string_lossy(), output.to_string_lossy());
    let mut arguments = vec!["link", &*library, "--target", target, "-o", &*path];
    arguments.extend(KERNELS.iter().flat_map(|name| ["--kernel", name]));
    let text = refused(&arguments, &output, folder.path());
    text.lines().map(masked).collect::<Vec<_>>().join("\n")
}

/// A line with MEMBER for the name of an object, which has a hash, and STD for a place in the standard library.
fn masked(line: &str) -> String {
    let mut line = line.to_owned();
    for (start, end, word) in [("libdemo.demo.", ")", "MEMBER"), ("library/", " ", "STD")] {
        if let Some(from) = line.find(start) {
            let length = line[from..].find(end).unwrap_or(line.len() - from);
            line.replace_range(from..from + length, word);
        }
    }
    line
}

#[test]
fn for_gpus() {
    insta::assert_snapshot!(check("spirv64"), @"
    error[OB0015]: kernel `assembly` has assembly of the host (`rdtsc`), which spirv64 can't run
      in `demo::inner::cycles` at limits.rs:27:18 (DIR/libdemo.rlib(MEMBER))
      in `assembly` at limits.rs:52:10 (DIR/libdemo.rlib(MEMBER))
    help: write it in the language itself, or keep it from kernels by a condition at compile time
    error[OB0022]: kernel `barrier` reaches `__outboard_dev_barrier`, and its compiler may have put that under a condition that not all threads share
      in `demo::inner::wait` at limits.rs:38:18 (DIR/libdemo.rlib(MEMBER))
      in `barrier` at limits.rs:57:5 (DIR/libdemo.rlib(MEMBER))
    help: compile with -Zmir-enable-passes=-JumpThreading -Cno-prepopulate-passes and give --assume-convergent-source; in C, declare it __attribute__((convergent))
    error[OB0015]: kernel `intrinsic` uses the host's intrinsic `llvm.x86.sse.rsqrt.ps`, which spirv64 doesn't have
      in `core::core_arch::x86::sse::_mm_rsqrt_ps` at STD (DIR/libdemo.rlib(MEMBER))
      in `intrinsic` at limits.rs:63:44 (DIR/libdemo.rlib(MEMBER))
    help: write it in the language itself, or keep it from kernels by a condition at compile time
    error[OB0013]: kernel `local` uses the thread-local variable `demo::CALLS::{{constant}}::{{closure}}::__RUST_STD_INTERNAL_VAL`
      in `demo::CALLS::{{constant}}::{{closure}}` at STD (DIR/libdemo.rlib(MEMBER))
      in `core::ops::function::FnOnce::call_once` at STD (DIR/libdemo.rlib(MEMBER))
      in `std::thread::local::LocalKey<T>::try_with` at STD (DIR/libdemo.rlib(MEMBER))
      in `std::thread::local::LocalKey<T>::with` at STD (DIR/libdemo.rlib(MEMBER))
      in `demo::inner::count` at limits.rs:21:22 (DIR/libdemo.rlib(MEMBER))
      in `local` at limits.rs:68:10 (DIR/libdemo.rlib(MEMBER))
    help: a device has no threads of the host; pass the value as an argument
    error[OB0014]: kernel `mutable` uses the variable `demo::COUNTER.0`, which can change
      in `mutable` at limits.rs:73:14 (DIR/libdemo.rlib(MEMBER))
    help: pass it as an argument; or give --allow-mutable-statics, and the device has a copy of its own
    error[OB0003]: kernel `nothing` does nothing: it has no store, atomic operation or call after optimization
      in `nothing` at limits.rs:78 (DIR/libdemo.rlib(MEMBER))
    help: a kernel whose behaviour is undefined is optimized away like this too
    error[OB0016]: kernel `pointer` calls through a pointer, and spirv64 has no function pointers
      in `pointer` at limits.rs:84:10 (DIR/libdemo.rlib(MEMBER))
    help: use generics or an enumeration where a function pointer, `dyn` or a virtual call is
    error[OB0001]: kernel `returns` returns `i32`; a kernel returns nothing
      in `returns` at limits.rs:88 (DIR/libdemo.rlib(MEMBER))
    help: have it write the result to memory, through a pointer
    error[OB0023]: kernel `shared` reaches `__outboard_dev_dynamic_shared`, which spirv64 has nothing for
      in `shared` at limits.rs:94:20 (DIR/libdemo.rlib(MEMBER))
    help: keep the kernel from calling it, or link it for other targets alone
    error[OB0011]: kernel `undefined` calls `nowhere`, which no input defines
      in `demo::inner::away` at limits.rs:33:18 (DIR/libdemo.rlib(MEMBER))
      in `undefined` at limits.rs:99:10 (DIR/libdemo.rlib(MEMBER))
    help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it
    error[OB0018]: kernel `wide` computes with integers of more than 64 bits, which spirv64 doesn't have
      in `wide` at limits.rs:104:10 (DIR/libdemo.rlib(MEMBER))
    help: use two integers of 64 bits
    ");
    insta::assert_snapshot!(check("nvptx64:sm_90"), @"
    error[OB0015]: kernel `assembly` has assembly of the host (`rdtsc`), which nvptx64 can't run
      in `demo::inner::cycles` at limits.rs:27:18 (DIR/libdemo.rlib(MEMBER))
      in `assembly` at limits.rs:52:10 (DIR/libdemo.rlib(MEMBER))
    help: write it in the language itself, or keep it from kernels by a condition at compile time
    error[OB0022]: kernel `barrier` reaches `__outboard_dev_barrier`, and its compiler may have put that under a condition that not all threads share
      in `demo::inner::wait` at limits.rs:38:18 (DIR/libdemo.rlib(MEMBER))
      in `barrier` at limits.rs:57:5 (DIR/libdemo.rlib(MEMBER))
    help: compile with -Zmir-enable-passes=-JumpThreading -Cno-prepopulate-passes and give --assume-convergent-source; in C, declare it __attribute__((convergent))
    error[OB0015]: kernel `intrinsic` uses the host's intrinsic `llvm.x86.sse.rsqrt.ps`, which nvptx64 doesn't have
      in `core::core_arch::x86::sse::_mm_rsqrt_ps` at STD (DIR/libdemo.rlib(MEMBER))
      in `intrinsic` at limits.rs:63:44 (DIR/libdemo.rlib(MEMBER))
    help: write it in the language itself, or keep it from kernels by a condition at compile time
    error[OB0013]: kernel `local` uses the thread-local variable `demo::CALLS::{{constant}}::{{closure}}::__RUST_STD_INTERNAL_VAL`
      in `demo::CALLS::{{constant}}::{{closure}}` at STD (DIR/libdemo.rlib(MEMBER))
      in `core::ops::function::FnOnce::call_once` at STD (DIR/libdemo.rlib(MEMBER))
      in `std::thread::local::LocalKey<T>::try_with` at STD (DIR/libdemo.rlib(MEMBER))
      in `std::thread::local::LocalKey<T>::with` at STD (DIR/libdemo.rlib(MEMBER))
      in `demo::inner::count` at limits.rs:21:22 (DIR/libdemo.rlib(MEMBER))
      in `local` at limits.rs:68:10 (DIR/libdemo.rlib(MEMBER))
    help: a device has no threads of the host; pass the value as an argument
    error[OB0014]: kernel `mutable` uses the variable `demo::COUNTER.0`, which can change
      in `mutable` at limits.rs:73:14 (DIR/libdemo.rlib(MEMBER))
    help: pass it as an argument; or give --allow-mutable-statics, and the device has a copy of its own
    error[OB0003]: kernel `nothing` does nothing: it has no store, atomic operation or call after optimization
      in `nothing` at limits.rs:78 (DIR/libdemo.rlib(MEMBER))
    help: a kernel whose behaviour is undefined is optimized away like this too
    error[OB0001]: kernel `returns` returns `i32`; a kernel returns nothing
      in `returns` at limits.rs:88 (DIR/libdemo.rlib(MEMBER))
    help: have it write the result to memory, through a pointer
    error[OB0011]: kernel `undefined` calls `nowhere`, which no input defines
      in `demo::inner::away` at limits.rs:33:18 (DIR/libdemo.rlib(MEMBER))
      in `undefined` at limits.rs:99:10 (DIR/libdemo.rlib(MEMBER))
    help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it
    ");
}

#[test]
fn for_x86_64() {
    insta::assert_snapshot!(check("x86_64"), @"
    error[OB0013]: kernel `local` uses the thread-local variable `demo::CALLS::{{constant}}::{{closure}}::__RUST_STD_INTERNAL_VAL`
      in `demo::CALLS::{{constant}}::{{closure}}` at STD (DIR/libdemo.rlib(MEMBER))
      in `core::ops::function::FnOnce::call_once` at STD (DIR/libdemo.rlib(MEMBER))
      in `std::thread::local::LocalKey<T>::try_with` at STD (DIR/libdemo.rlib(MEMBER))
      in `std::thread::local::LocalKey<T>::with` at STD (DIR/libdemo.rlib(MEMBER))
      in `demo::inner::count` at limits.rs:21:22 (DIR/libdemo.rlib(MEMBER))
      in `local` at limits.rs:68:10 (DIR/libdemo.rlib(MEMBER))
    help: a device has no threads of the host; pass the value as an argument
    error[OB0014]: kernel `mutable` uses the variable `demo::COUNTER.0`, which can change
      in `mutable` at limits.rs:73:14 (DIR/libdemo.rlib(MEMBER))
    help: pass it as an argument; or give --allow-mutable-statics, and the device has a copy of its own
    error[OB0003]: kernel `nothing` does nothing: it has no store, atomic operation or call after optimization
      in `nothing` at limits.rs:78 (DIR/libdemo.rlib(MEMBER))
    help: a kernel whose behaviour is undefined is optimized away like this too
    error[OB0001]: kernel `returns` returns `i32`; a kernel returns nothing
      in `returns` at limits.rs:88 (DIR/libdemo.rlib(MEMBER))
    help: have it write the result to memory, through a pointer
    error[OB0011]: kernel `undefined` calls `nowhere`, which no input defines
      in `demo::inner::away` at limits.rs:33:18 (DIR/libdemo.rlib(MEMBER))
      in `undefined` at limits.rs:99:10 (DIR/libdemo.rlib(MEMBER))
    help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it
    ");
}
