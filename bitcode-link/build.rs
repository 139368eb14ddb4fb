//! Links libLLVM into this package's programs and tests; the libraries never link it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let (Ok(libdir), Ok(bindir)) =
        (std::env::var("DEP_OUTBOARD_LLVM_LIBDIR"), std::env::var("DEP_OUTBOARD_LLVM_BINDIR"))
    else {
        println!("cargo::error=llvm-plugin's build script did not say where libLLVM is");
        return;
    };
    // Tests read what LLVM's own tools write.
    println!("cargo::rustc-env=LLVM_BINDIR={bindir}");
    for argument in [&format!("-L{libdir}"), &format!("-Wl,-rpath,{libdir}"), "-lLLVM-22", "-lstdc++"] {
        println!("cargo::rustc-link-arg={argument}");
    }
}
