//! Links libLLVM into the fuzz targets; the libraries never link it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let Ok(libdir) = std::env::var("DEP_OUTBOARD_LLVM_LIBDIR") else {
        println!("cargo::error=llvm-plugin's build script did not say where libLLVM is");
        return;
    };
    for argument in [&format!("-L{libdir}"), &format!("-Wl,-rpath,{libdir}"), "-lLLVM-22", "-lstdc++"] {
        println!("cargo::rustc-link-arg={argument}");
    }
}
