//! Containers packed, listed, taken apart and verified, side by side with llvm-offload-binary.

use crate::support::{device_link, llvm, printed, refused, run};
use std::path::{Path, PathBuf};

/// A folder with files to pack.
struct Shelf {
    folder: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Self {
        let shelf = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        for (name, content) in
            [("a.o", "hello"), ("b.bc", "world!!!"), ("c.cubin", ""), ("d.so", "four"), ("e.s", ".x")]
        {
            std::fs::write(shelf.file(name), content).expect("writable");
        }
        shelf
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `image`, with the folder put before its file.
    fn argument(&self, image: &str) -> String {
        format!("--image={}", image.replacen("file=", &format!("file={}/", self.folder.path().display()), 1))
    }

    /// Packs `images` with our program.
    fn pack(&self, images: &[&str]) -> PathBuf {
        let output = self.file("ours.offload");
        let images = images.iter().map(|image| self.argument(image));
        printed(device_link().arg("pack").args(images).arg("-o").arg(&output));
        output
    }

    fn refused(&self, arguments: &[&str]) -> String {
        refused(arguments, &self.file("refused"), self.folder.path())
    }

    fn pack_refused(&self, images: &[&str]) -> String {
        let images: Vec<_> = images.iter().map(|image| self.argument(image)).collect();
        let output = self.file("refused").to_string_lossy().into_owned();
        let arguments = images.iter().map(String::as_str).chain(["-o", &output]);
        self.refused(&["pack"].into_iter().chain(arguments).collect::<Vec<_>>())
    }
}

#[test]
fn the_bytes_that_llvm_writes() {
    let shelf = Shelf::new();
    let sets: [&[&str]; 8] = [
        &["file=a.o,triple=x86_64-unknown-linux-gnu,arch=znver4,kind=openmp"],
        &["file=a.o,arch=,kind=openmp,triple=x86_64-unknown-linux-gnu"],
        &["file=b.bc,triple=amdgcn-amd-amdhsa,kind=hip"],
        &["file=c.cubin,triple=nvptx64-nvidia-cuda,arch=sm_90,kind=cuda"],
        &["file=d.so,triple=x86_64-unknown-linux-gnu,kind=sycl"],
        &["kind=openmp,file=e.s,triple=nvptx64-nvidia-cuda,arch=sm_90a"],
        &["file=a.o,triple=x86_64-unknown-linux-gnu"],
        &[
            "file=a.o,triple=x86_64-unknown-linux-gnu,kind=openmp",
            "file=c.cubin,triple=nvptx64-nvidia-cuda,arch=sm_80,kind=openmp",
            "file=b.bc,triple=amdgcn-amd-amdhsa,arch=gfx90a:xnack+,kind=openmp",
            "file=b.bc,triple=amdgcn-amd-amdhsa,arch=gfx942,kind=openmp",
        ],
    ];
    for images in sets {
        let ours = std::fs::read(shelf.pack(images)).expect("written");
        let theirs = shelf.file("theirs.offload");
        let arguments = images.iter().map(|image| shelf.argument(image));
        printed(llvm("llvm-offload-binary").args(arguments).arg("-o").arg(&theirs));
        assert!(ours == std::fs::read(&theirs).expect("written"), "{images:?} differ");
    }
}

#[test]
fn llvm_reads_what_we_write() {
    let shelf = Shelf::new();
    let container = shelf.file("dev.offload");
    printed(device_link().args(["link", "names.ll", "-o"]).arg(&container));
    let (ours, theirs) = (shelf.file("ours.so"), shelf.file("theirs.so"));
    printed(device_link().arg("extract").arg(&container).arg("-o").arg(&ours));
    let image = format!("--image=file={},triple=x86_64-unknown-linux-gnu,kind=openmp", theirs.display());
    printed(llvm("llvm-offload-binary").arg(&container).arg(image));
    assert!(std::fs::read(ours).expect("written") == std::fs::read(theirs).expect("written"));
}

#[test]
fn listed() {
    let shelf = Shelf::new();
    let container = shelf.file("dev.offload");
    printed(
        device_link()
            .args(["link", "slots.ll", "entry.ll", "--kernel", "copies", "--entry", "fill", "-o"])
            .arg(&container),
    );
    let list = |arguments: &[&str]| {
        let text = String::from_utf8(printed(device_link().arg("list").arg(&container).args(arguments)));
        mask_size(&text.expect("text"))
    };
    insta::assert_snapshot!(list(&[]), @r"
    image 0: x86_64-unknown-linux-gnu, object, openmp, SIZE bytes
      copies(geometry, pointer, pointer)
      fill(value, pointer)
    ");
    insta::assert_snapshot!(list(&["--json"]), @r#"{"images":[{"triple":"x86_64-unknown-linux-gnu","arch":"","image_kind":"object","offload_kind":"openmp","size":SIZE,"kernels":[{"name":"copies","geometry":true,"slots":["pointer","pointer"]},{"name":"fill","geometry":false,"slots":["value","pointer"]}]}]}"#);

    let image = shelf.file("image.so");
    printed(device_link().arg("extract").arg(&container).arg("-o").arg(&image));
    let packed = shelf.pack(&[
        "file=image.so,triple=x86_64-unknown-linux-gnu,kind=openmp",
        "file=e.s,triple=nvptx64-nvidia-cuda,arch=sm_90,kind=cuda",
    ]);
    let text = String::from_utf8(printed(device_link().arg("list").arg(&packed))).expect("text");
    insta::assert_snapshot!(mask_size(&text), @r"
    image 0: x86_64-unknown-linux-gnu, none, openmp, SIZE bytes
      copies
      fill
    image 1: nvptx64-nvidia-cuda sm_90, ptx, cuda, 2 bytes
      (its kernels can't be listed)
    ");
    let packed = shelf.pack(&["file=image.so,triple=x86_64-unknown-linux-gnu,kind=openmp"]);
    let notes = String::from_utf8(printed(device_link().arg("verify").arg(&packed))).expect("text");
    insta::assert_snapshot!(notes.trim_end(), @"note: image 0 (`x86_64-unknown-linux-gnu`) records no slots: launches are checked against its kernels' names alone");
}

/// The size of an image of ours is the linker's affair.
fn mask_size(text: &str) -> String {
    let mut out = String::new();
    for word in text.trim_end().split_inclusive([' ', ':', ',', '\n']) {
        let digits = word.trim_end_matches([' ', ':', ',', '\n']);
        let is_size = digits.len() > 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        out += &if is_size { word.replace(digits, "SIZE") } else { word.to_owned() };
    }
    out
}

#[test]
fn extracted() {
    let shelf = Shelf::new();
    let container = shelf.pack(&[
        "file=a.o,triple=x86_64-unknown-linux-gnu,kind=openmp",
        "file=b.bc,triple=amdgcn-amd-amdhsa,arch=gfx90a,kind=openmp",
        "file=b.bc,triple=amdgcn-../../../out,arch=gfx942,kind=openmp",
    ]);
    let folder = shelf.file("out");
    std::fs::create_dir(&folder).expect("writable");
    printed(device_link().arg("extract").arg(&container).arg("-o").arg(&folder));
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    insta::assert_snapshot!(names.join("\n"), @r"
    amdgcn-.._.._.._out-gfx942.bc
    amdgcn-amd-amdhsa-gfx90a.bc
    x86_64-unknown-linux-gnu.so
    ");

    let one = shelf.file("one");
    printed(device_link().arg("extract").arg(&container).args(["--arch", "gfx90a", "-o"]).arg(&one));
    assert_eq!(std::fs::read(&one).expect("written"), b"world!!!");
    let path = container.to_string_lossy();
    let output = shelf.file("refused").to_string_lossy().into_owned();
    insta::assert_snapshot!(shelf.refused(&["extract", &path, "-o", &output]), @"
    error[OB0309]: 3 images match, and `DIR/refused` is one file
    help: narrow them down with --triple and --arch, or give a folder
    ");
    insta::assert_snapshot!(shelf.refused(&["extract", &path, "--triple", "spirv64", "--arch", "x", "-o", &output]), @"error[OB0309]: the container has no image with triple `spirv64` and with arch `x`; it has: x86_64-unknown-linux-gnu, amdgcn-amd-amdhsa gfx90a, amdgcn-../../../out gfx942");
}

#[test]
fn refused_arguments() {
    let shelf = Shelf::new();
    insta::assert_snapshot!(shelf.pack_refused(&["triple=x86_64-unknown-linux-gnu"]), @"error[OB0308]: `--image triple=x86_64-unknown-linux-gnu`: `file` is missing");
    insta::assert_snapshot!(shelf.pack_refused(&["file=a.o,kind=openmp"]), @"error[OB0308]: `--image file=DIR/a.o,kind=openmp`: `triple` is missing");
    insta::assert_snapshot!(shelf.pack_refused(&["file=a.o,triple"]), @"error[OB0308]: `--image file=DIR/a.o,triple`: `triple` is not KEY=VALUE");
    insta::assert_snapshot!(shelf.pack_refused(&["file=a.o,triple=x86_64,kind=opencl"]), @"error[OB0308]: `--image file=DIR/a.o,triple=x86_64,kind=opencl`: there is no kind `opencl`; kinds: none, openmp, cuda, hip, sycl");
    insta::assert_snapshot!(shelf.pack_refused(&["file=a.o,triple=x86_64,arch=a,arch=b"]), @"error[OB0308]: `--image file=DIR/a.o,triple=x86_64,arch=a,arch=b`: `arch` is given twice");
    insta::assert_snapshot!(shelf.pack_refused(&["file=none.o,triple=x86_64"]), @"error[OB0207]: can't read `DIR/none.o`: No such file or directory (os error 2)");
    insta::assert_snapshot!(shelf.pack_refused(&["file=a.o,triple=pdp11-dec-unix"]), @"
    error[OB0308]: image 0 has the triple `pdp11-dec-unix`, which is no known target
    help: known architectures: aarch64, amdgcn, loongarch64, nvptx64, powerpc64, powerpc64le, riscv64, s390x, spirv, spirv64, x86_64
    ");
    let twice = "file=a.o,triple=amdgcn-amd-amdhsa,arch=gfx90a";
    insta::assert_snapshot!(shelf.pack_refused(&[twice, twice]), @"
    error[OB0308]: images 0 and 1 are both for triple `amdgcn-amd-amdhsa`, arch `gfx90a`
    help: the runtime takes one image for a target; remove one of the two
    ");
}

#[test]
fn target_ids_that_one_device_may_be_both_of() {
    let shelf = Shelf::new();
    let image = |arch: &str| format!("file=a.o,triple=amdgcn-amd-amdhsa,arch={arch}");
    let packed = |first: &str, second: &str| shelf.pack_refused(&[&image(first), &image(second)]);
    insta::assert_snapshot!(packed("gfx90a", "gfx90a:xnack+"), @"
    error[OB0308]: images 0 and 1 are for `gfx90a` and `gfx90a:xnack+`, and a device may be both
    help: name the same features in both, or leave one of the two out
    ");
    insta::assert_snapshot!(packed("gfx90a:xnack-:sramecc+", "gfx90a:xnack+"), @"
    error[OB0308]: images 0 and 1 are for `gfx90a:xnack-:sramecc+` and `gfx90a:xnack+`, and a device may be both
    help: name the same features in both, or leave one of the two out
    ");
    shelf.pack(&[&image("gfx90a:xnack-"), &image("gfx90a:xnack+"), &image("gfx942")]);
}

/// The message of `verify` for what `change` makes of a good container.
fn verify_refused(change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    let shelf = Shelf::new();
    let container = shelf.file("dev.offload");
    printed(device_link().args(["link", "names.ll", "-o"]).arg(&container));
    let bytes = change(std::fs::read(&container).expect("written"));
    std::fs::write(&container, bytes).expect("writable");
    shelf.refused(&["verify", &container.to_string_lossy()])
}

/// Replaces every `from` by `to`, which has its length.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut out = bytes.to_vec();
    for at in 0..out.len() - from.len() {
        if out[at..].starts_with(from.as_bytes()) {
            out[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    out
}

#[test]
fn containers_that_cannot_be_loaded() {
    insta::assert_snapshot!(verify_refused(|bytes| bytes[..200].to_vec()), @"error[OB0308]: `DIR/dev.offload` can't be read as a container: truncated offload binary at offset 0: it has 200 bytes, but its header says 4976");
    insta::assert_snapshot!(verify_refused(|_| b"BC\xc0\xde".to_vec()), @"
    error[OB0308]: `DIR/dev.offload` can't be read as a container: no offload binary at offset 0: found 42 43 c0 de where 10 ff 10 ad is expected
    help: this is LLVM bitcode; make an image of it with `device-link link`
    ");
    insta::assert_snapshot!(verify_refused(|bytes| [bytes.clone(), bytes].concat()), @"
    error[OB0308]: images 0 and 1 are both for triple `x86_64-unknown-linux-gnu`
    help: the runtime takes one image for a target; remove one of the two
    ");
    insta::assert_snapshot!(verify_refused(|bytes| replaced(&bytes, "x86_64-un", "s390x-unk")), @"error[OB0308]: image 0 is an ELF file for x86_64, but its triple is `s390x-unkknown-linux-gnu`");
    insta::assert_snapshot!(verify_refused(|bytes| replaced(&bytes, "x86_64-un", "pdp-11-un")), @"
    error[OB0308]: image 0 has the triple `pdp-11-unknown-linux-gnu`, which is no known target
    help: known architectures: aarch64, amdgcn, loongarch64, nvptx64, powerpc64, powerpc64le, riscv64, s390x, spirv, spirv64, x86_64
    ");
    insta::assert_snapshot!(verify_refused(|bytes| replaced(&bytes, "\"scale\"", "\"scala\"")), @"error[OB0308]: image 0 (`x86_64-unknown-linux-gnu`) lists the kernel `scala`, which it doesn't export");
    insta::assert_snapshot!(verify_refused(|bytes| replaced(&bytes, "geometry", "geometri")), @"error[OB0308]: image 0 can't be verified: the kernels recorded in the image for `x86_64-unknown-linux-gnu` can't be read: missing field `geometry` at line 1 column 52");
    insta::assert_snapshot!(verify_refused(|bytes| replaced(&bytes, "\u{7f}ELF", "\u{7f}ELK")), @"error[OB0308]: image 0 (`x86_64-unknown-linux-gnu`, 4416 bytes) is not an ELF file, which is what the runtime loads for it");
    let shelf = Shelf::new();
    let container = shelf.pack(&["file=e.s,triple=spirv64-unknown-unknown,kind=openmp"]);
    insta::assert_snapshot!(shelf.refused(&["verify", &container.to_string_lossy()]), @"
    error[OB0308]: image 0 can't be verified: the kernels of the image for `spirv64-unknown-unknown` can't be listed: it records none, and its bytes (ptx) have no symbol table that can be read
    help: make the image with `device-link link`, which records them
    ");
}

#[test]
fn a_closed_pipe_is_no_crash() {
    let shelf = Shelf::new();
    let container = shelf.pack(&["file=a.o,triple=x86_64-unknown-linux-gnu"]);
    let script = format!("'{}' list '{}' >&-", env!("CARGO_BIN_EXE_device-link"), container.display());
    let output = run(std::process::Command::new("sh").args(["-c", &script]));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!text.contains("panicked"), "{text}");
    assert!(Path::new(&container).exists());
}
