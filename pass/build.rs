//! How the plugin is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for argument in [
        // libLLVM closes plugins at process exit while rustc's threads still end; a thread-local destructor
        // of ours would then run unmapped code.
        "-Wl,-z,nodelete",
        // A compiler with another LLVM must get as far as our entry, which says so in words; with immediate
        // binding it would stop at the first missing symbol.
        "-Wl,-z,lazy",
        // The shim's C++ library, inside: the plugin then needs nothing but libc of the compiler that loads it.
        "-Wl,-Bstatic",
        "-lstdc++",
        "-Wl,-Bdynamic",
    ] {
        println!("cargo::rustc-cdylib-link-arg={argument}");
    }
}
