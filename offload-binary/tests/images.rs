//! Kernels of images, images in ELF files, and sets of images that go together or don't.
//!
//! `x86_64.so`, `amdgcn.so` and `embedded.o` were made by clang 22 and ld.lld 22: exports `axpy`, `calls` and
//! `scale` beside hidden and undefined functions and data; a kernel `axpy` beside a function; one.offload and
//! three.offload embedded.

use abi::kinds::ImageKind;
use offload_binary::{Image, KernelSignature, Slot, check_container, check_machine, decode};

const X86_64: &[u8] = include_bytes!("cases/x86_64.so");
const AMDGCN: &[u8] = include_bytes!("cases/amdgcn.so");
const EMBEDDED: &[u8] = include_bytes!("cases/embedded.o");

fn image(triple: &str, arch: &str, bytes: &[u8]) -> Image {
    Image::openmp(ImageKind::OBJECT, triple, arch, bytes.to_vec())
}

/// The kernels of `image`, or why they can't be listed.
fn check(image: &Image) -> String {
    match image.kernels() {
        Ok(kernels) => kernels.names().join(" "),
        Err(error) => error.to_string(),
    }
}

#[test]
fn kernels_of_the_symbol_table() {
    insta::assert_snapshot!(check(&image("x86_64-unknown-linux-gnu", "", X86_64)), @"axpy calls scale");
    insta::assert_snapshot!(check(&image("amdgcn-amd-amdhsa", "gfx90a", AMDGCN)), @"axpy");
    // A cubin's functions are in .symtab alone; ptxas isn't free, so a clang object is relabelled.
    let mut cubin = EMBEDDED.to_vec();
    cubin[18..20].copy_from_slice(&190u16.to_le_bytes());
    insta::assert_snapshot!(check(&image("nvptx64-nvidia-cuda", "sm_90", &cubin)), @"axpy calls scale");
    let mut ptx = image("nvptx64-nvidia-cuda", "sm_90", b".version 8.0\n.visible .entry axpy(\n)\n{}\n");
    ptx.kind = ImageKind::PTX;
    insta::assert_snapshot!(check(&ptx), @"axpy");
}

#[test]
fn kernels_that_cannot_be_listed() {
    let mut bitcode = image("nvptx64-nvidia-cuda", "sm_90", b"BC\xc0\xde");
    bitcode.kind = ImageKind::BITCODE;
    insta::assert_snapshot!(check(&bitcode), @"
    the kernels of the image for `nvptx64-nvidia-cuda` can't be listed: it records none, and its bytes (bitcode) have no symbol table that can be read
    help: make the image with `device-link link`, which records them
    ");
    insta::assert_snapshot!(check(&image("x86_64-unknown-linux-gnu", "", &X86_64[..600])), @"the kernels of the image for `x86_64-unknown-linux-gnu` can't be listed: its ELF file can't be read");
    let mut recorded = image("x86_64-unknown-linux-gnu", "", X86_64);
    recorded.set_string(abi::names::KERNELS_KEY, "[{}]".to_owned());
    insta::assert_snapshot!(check(&recorded), @"the kernels recorded in the image for `x86_64-unknown-linux-gnu` can't be read");
}

#[test]
fn recorded_kernels() {
    let signature = KernelSignature {
        name: "axpy".into(),
        geometry: true,
        slots: Some(vec![Slot::Pointer, Slot::Value]),
    };
    let mut image = image("x86_64-unknown-linux-gnu", "", X86_64);
    image.record_kernels(std::slice::from_ref(&signature));
    insta::assert_snapshot!(image.string(abi::names::KERNELS_KEY).expect("recorded"), @r#"[{"name":"axpy","geometry":true,"slots":["pointer","value"]}]"#);
    let kernels = image.kernels().expect("readable");
    assert_eq!(kernels.signature("axpy"), Some(&signature));
    assert_eq!((kernels.contains("axpy"), kernels.contains("scale")), (true, false));
}

#[test]
fn images_in_elf_files() {
    let images = decode(EMBEDDED).expect("readable");
    let triples: Vec<_> = images.iter().map(Image::triple).collect();
    assert_eq!(
        triples,
        [
            "x86_64-unknown-linux-gnu",
            "x86_64-unknown-linux-gnu",
            "amdgcn-amd-amdhsa",
            "spirv64-unknown-unknown"
        ]
    );
    let message = |bytes: &[u8]| decode(bytes).expect_err("refused").to_string();
    insta::assert_snapshot!(message(X86_64), @"the ELF file has no images: no section .outboard.images or .llvm.offloading");
    insta::assert_snapshot!(message(&EMBEDDED[..900]), @"the ELF file can't be read");
}

#[test]
fn sets_of_images() {
    let check = |images: &[Image]| match check_container(images) {
        Ok(()) => "fine".to_owned(),
        Err(error) => error.to_string(),
    };
    let host = image("x86_64-unknown-linux-gnu", "", X86_64);
    let gpu = |arch| image("amdgcn-amd-amdhsa", arch, AMDGCN);
    assert_eq!(check(&[host.clone(), gpu("gfx90a"), gpu("gfx942")]), "fine");
    insta::assert_snapshot!(check(&[]), @"the container has no images");
    insta::assert_snapshot!(check(&[host.clone(), gpu("gfx90a"), gpu("gfx90a")]), @"
    images 1 and 2 are both for triple `amdgcn-amd-amdhsa`, arch `gfx90a`
    help: the runtime takes one image for a target; remove one of the two
    ");
    insta::assert_snapshot!(check(&[host.clone(), host.clone()]), @"
    images 0 and 1 are both for triple `x86_64-unknown-linux-gnu`
    help: the runtime takes one image for a target; remove one of the two
    ");
    insta::assert_snapshot!(check(&[host, image("pdp11-dec-unix", "", b"")]), @"
    image 1 has the triple `pdp11-dec-unix`, which is no known target
    help: known architectures: aarch64, amdgcn, loongarch64, nvptx64, powerpc64, powerpc64le, riscv64, s390x, spirv, spirv64, x86_64
    ");
}

#[test]
fn machines() {
    let check = |image: &Image| match check_machine(2, image) {
        Ok(()) => "fine".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(check(&image("x86_64-unknown-linux-gnu", "", X86_64)), "fine");
    assert_eq!(check(&image("amdgcn-amd-amdhsa", "gfx90a", AMDGCN)), "fine");
    assert_eq!(check(&image("spirv64-unknown-unknown", "", b"\x03\x02\x23\x07")), "fine");
    insta::assert_snapshot!(check(&image("aarch64-unknown-linux-gnu", "", X86_64)), @"image 2 is an ELF file for x86_64, but its triple is `aarch64-unknown-linux-gnu`");
    insta::assert_snapshot!(check(&image("x86_64-unknown-linux-gnu", "", b"BC\xc0\xde")), @"image 2 (`x86_64-unknown-linux-gnu`, 4 bytes) is not an ELF file, which is what the runtime loads for it");
}
