//! Links libLLVM into this package's tests and examples. The library itself links nothing: in the plugin, LLVM
//! is that of the compiler.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let libdir = std::env::var("DEP_OUTBOARD_LLVM_LIBDIR").expect("llvm-plugin's build script says it");
    for argument in
        [format!("-L{libdir}"), format!("-Wl,-rpath,{libdir}"), "-lLLVM-22".into(), "-lstdc++".into()]
    {
        println!("cargo::rustc-link-arg={argument}");
    }
}
