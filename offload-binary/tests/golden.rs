//! Containers that llvm-offload-binary 22.1.8 wrote (tests/cases/*.offload): read, printed, written again.

use offload_binary::{Image, decode, encode};

/// Decodes `case`, checks that encoding gives the same bytes back, and prints the images.
fn check(case: &str) -> String {
    let path = format!("{}/tests/cases/{case}.offload", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).expect("the case is there");
    let images = decode(&bytes).expect("LLVM's own output is read");
    assert_eq!(encode(&images).expect("what was read can be written"), bytes, "{case} is not byte-identical");
    images.iter().map(print).collect::<Vec<_>>().join("\n")
}

fn print(image: &Image) -> String {
    let strings: Vec<_> = image.strings.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let text = String::from_utf8_lossy(&image.bytes);
    format!("{} {} {} [{}] {text:?}", image.kind, image.offload_kind, image.flags, strings.join(" "))
}

#[test]
fn written_by_llvm() {
    insta::assert_snapshot!(check("one"), @r#"object openmp 0 [arch=znver4 triple=x86_64-unknown-linux-gnu] "hello""#);
    insta::assert_snapshot!(check("empty-arch"), @r#"object openmp 0 [arch= triple=x86_64-unknown-linux-gnu] "hello""#);
    insta::assert_snapshot!(check("no-arch"), @r#"bitcode hip 0 [triple=amdgcn-amd-amdhsa] "world!!!!""#);
    insta::assert_snapshot!(check("tail-merged"), @r#"ptx cuda 0 [gnu=arch feature=90 arch=sm_90 bar=cuda triple=nvptx64-nvidia-cuda foo=sm_90] ".version 8.0\n""#);
    insta::assert_snapshot!(check("three"), @r#"
    object openmp 0 [triple=x86_64-unknown-linux-gnu] "hello"
    bitcode hip 0 [k3=c arch=gfx90a k1=abc triple=amdgcn-amd-amdhsa k2=bc] "world!!!!"
    none sycl 0 [triple=spirv64-unknown-unknown] ""
    "#);
}

#[test]
fn openmp_images_are_what_llvm_writes() {
    let image =
        Image::openmp(abi::kinds::ImageKind::OBJECT, "x86_64-unknown-linux-gnu", "znver4", b"hello".to_vec());
    let written = include_bytes!("cases/one.offload");
    assert_eq!(encode(&[image]).expect("valid"), written);
}
