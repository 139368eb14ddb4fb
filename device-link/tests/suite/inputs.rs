//! Inputs of every kind, for every target, whole and damaged.

use crate::support::{Files, KERNEL, TWICE, device_link, llvm, printed, run};
use std::path::Path;

/// A kernel in code of a GPU.
const OWN: &str = "#define GLOBAL __attribute__((address_space(1)))
__attribute__((device_kernel)) void own(void GLOBAL *environment, int GLOBAL *p) { *p = twice(*p); }\n";

/// Kernels in Rust that need core, alloc and what never returns.
const RUST: &str = "
#[unsafe(no_mangle)] pub extern \"C\" fn parse(text: &[u8; 8], out: &mut f64) {
    *out = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(-1.0);
}
#[unsafe(no_mangle)] pub extern \"C\" fn sum(values: &[u64; 8], count: usize, out: &mut u64) {
    let mut sorted: Vec<u64> = values[..count].to_vec();
    sorted.sort();
    *out = sorted.iter().zip(1..).map(|(value, factor)| value * factor).sum();
}\n";

/// Compiles to bitcode for a target, with what clang needs to know of it.
const TARGETS: [(&str, &[&str]); 3] = [
    (
        "nvptx64:sm_90",
        &["--target=nvptx64-nvidia-cuda", "-march=sm_70", "-Xclang", "-target-feature", "-Xclang", "+ptx63"],
    ),
    ("amdgcn:gfx90a", &["--target=amdgcn-amd-amdhsa", "-march=gfx90a", "-nogpulib"]),
    ("spirv64", &["--target=spirv64-unknown-unknown"]),
];

#[test]
fn every_container_of_bitcode() {
    let files = Files::new();
    let host = "--target=x86_64-unknown-linux-gnu";
    files.clang(KERNEL, "kernel.bc", &["-emit-llvm", host]);
    files.clang(TWICE, "twice.bc", &["-emit-llvm", host]);
    files.clang(KERNEL, "embedded.o", &["-fembed-bitcode=all", host]);
    files.clang(TWICE, "fat.o", &["-flto=full", "-ffat-lto-objects", host]);
    files.archive("lib.a", &["twice.bc"]);
    files.archive("fat.a", &["fat.o"]);
    let image = format!("--image=file={},triple=x86_64-unknown-linux-gnu,arch=", files.text("twice.bc"));
    printed(llvm("llvm-offload-binary").arg(image).arg("-o").arg(files.path("twice.offload")));
    let expected = "kernel(geometry, pointer, value)";
    let both = ["--kernel", "kernel"];
    assert_eq!(files.link(&["kernel.bc", "twice.bc"], &both), expected);
    assert_eq!(files.link(&["kernel.bc", "lib.a"], &[]), expected);
    assert_eq!(files.link(&["lib.a", "kernel.bc"], &[]), expected);
    assert_eq!(files.link(&["embedded.o", "fat.a"], &[]), expected);
    assert_eq!(files.link(&["embedded.o", "fat.o"], &both), expected);
    assert_eq!(files.link(&["kernel.bc", "twice.offload"], &both), expected);
    files.archive("all.a", &["kernel.bc", "fat.o"]);
    assert_eq!(files.link(&["all.a"], &both), expected);
}

#[test]
fn rlibs_and_the_standard_library() {
    let files = Files::new();
    files.rustc(RUST, "libdemo.rlib", &["--crate-type=rlib"]);
    files.rustc(RUST, "liblto.rlib", &["--crate-type=rlib", "-Clinker-plugin-lto"]);
    let kernels = ["--kernel", "parse", "--kernel", "sum"];
    let expected = "parse(geometry, pointer, pointer)\nsum(geometry, pointer, value, pointer)";
    assert_eq!(files.link(&["libdemo.rlib"], &kernels), expected);
    assert_eq!(files.link(&["liblto.rlib"], &kernels), expected);
    assert_eq!(
        files.link(&["libdemo.rlib"], &[&kernels[..], &["--target", "amdgcn:gfx90a"]].concat()),
        expected
    );
    let nowhere = ["--kernel", "parse", "--sysroot", "/nowhere"];
    let text = files.refused(&["libdemo.rlib"], &nowhere);
    assert!(text.starts_with("error[OB0025]: kernel `parse` needs `"), "{text}");
    let why =
        "of Rust's standard library: `/nowhere` has no libraries for x86_64-unknown-linux-gnu\n  in `parse` ";
    assert!(text.contains(why), "{text}");
    assert!(text.ends_with("\nhelp: give the toolchain that made the bitcode with --sysroot"), "{text}");
    assert_eq!(
        files.refused(&["libdemo.rlib"], &[]),
        "error[OB0310]: the inputs have no kernel: no function is external, returns nothing and has a name of its author's\n\
         help: name the functions with --kernel, or --entry for those with the entry's signature"
    );
}

/// A `println!` needs a dozen things that a device can't do, and is one mistake.
#[test]
fn one_error_for_one_call_of_the_standard_library() {
    let files = Files::new();
    let source = "#[unsafe(no_mangle)] pub extern \"C\" fn kernel(x: &u32) { println!(\"{x}\"); }";
    files.rustc(source, "print.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let text = files.refused(&["print.bc"], &[]);
    let counted = |what: &str| text.matches(what).count();
    assert_eq!((counted("error["), counted("note: ")), (1, 1), "{text}");
    let help = "\nhelp: keep the kernel from calling `std::io::stdio::_print`\n\
                note: `std::io::stdio::_print` leads to ";
    assert!(text.starts_with("error[OB0012]: kernel `kernel` uses ") && text.contains(help), "{text}");
}

#[test]
fn code_of_the_target_itself() {
    let files = Files::new();
    files.clang(KERNEL, "host.bc", &["-emit-llvm", "--target=x86_64-unknown-linux-gnu"]);
    for (target, flags) in TARGETS {
        let flags = [&["-emit-llvm"], flags].concat();
        files.clang(&format!("{TWICE}{OWN}"), "own.bc", &flags);
        files.archive("own.a", &["own.bc"]);
        let image = ["--target", target, "--emit", "ptx"];
        let link = |inputs: &[&str], kernels: &[&str]| files.link(inputs, &[&image[..], kernels].concat());
        assert_eq!(link(&["own.bc"], &[]), "own(pointer)");
        assert_eq!(link(&["own.bc"], &["--kernel", "own"]), "own(pointer)");
        assert_eq!(link(&["own.a"], &["--kernel", "own"]), "own(pointer)");
        assert_eq!(link(&["host.bc", "own.a"], &[]), "kernel(geometry, pointer, value)\nown(pointer)");
        let both = ["--kernel", "own", "--kernel", "kernel"];
        let expected = "kernel(geometry, pointer, value)\nown(pointer)";
        assert_eq!(link(&["own.bc", "host.bc"], &both), expected);
        assert_eq!(link(&["host.bc", "own.a"], &both), expected);
        assert_eq!(
            files.refused(&["own.bc"], &[&image[..], &["--kernel", "twice"]].concat()),
            "error[OB0310]: `twice` was compiled for the target, and not as a kernel\n\
             help: mark it (`__attribute__((device_kernel))` in C), or compile it for the host"
        );
    }
}

#[test]
fn containers_of_several_targets() {
    let files = Files::new();
    let mut pack = llvm("llvm-offload-binary");
    for (index, (target, flags)) in TARGETS.iter().enumerate() {
        let name = format!("{index}.bc");
        files.clang(
            &OWN.replace("own", &format!("only{index}")).replace("twice(*p)", "7"),
            &name,
            &[&["-emit-llvm"], *flags].concat(),
        );
        let triple = flags[0].trim_start_matches("--target=");
        let arch = target.split_once(':').map_or("", |(_, arch)| arch);
        pack.arg(format!("--image=file={},triple={triple},arch={arch}", files.text(&name)));
    }
    printed(pack.arg("-o").arg(files.path("all.offload")));
    for (index, (target, _)) in TARGETS.iter().enumerate() {
        let kernels = files.link(&["all.offload"], &["--target", target, "--emit", "ptx"]);
        assert_eq!(kernels, format!("only{index}(pointer)"));
    }
    insta::assert_snapshot!(files.refused(&["all.offload"], &["--target", "amdgcn:gfx942"]), @"error[OB0306]: the inputs have nothing for amdgcn-amd-amdhsa:gfx942");
    insta::assert_snapshot!(files.refused(&["all.offload"], &[]), @"error[OB0306]: the inputs have nothing for x86_64-unknown-linux-gnu");
}

#[test]
fn inputs_that_are_refused() {
    let files = Files::new();
    files.clang(KERNEL, "arm.bc", &["-emit-llvm", "--target=aarch64-unknown-linux-gnu"]);
    insta::assert_snapshot!(files.refused(&["arm.bc"], &["--target", "nvptx64:sm_90"]), @"
    error[OB0306]: `DIR/arm.bc` is for `aarch64-unknown-linux-gnu`, not for nvptx64
    help: compile it for the host, x86_64, or for the image's target
    ");
    files.archive("arm.a", &["arm.bc"]);
    insta::assert_snapshot!(files.refused(&["arm.a"], &[]), @"
    error[OB0306]: `DIR/arm.a(arm.bc)` is for `aarch64-unknown-linux-gnu`, not for x86_64
    help: compile it for the host, x86_64, or for the image's target
    ");
    std::fs::write(files.path("empty.a"), "!<arch>\n").expect("writable");
    insta::assert_snapshot!(files.refused(&["empty.a"], &[]), @"error[OB0301]: `DIR/empty.a` is an archive without members");
    std::fs::write(files.path("text.txt"), "no bitcode").expect("writable");
    files.archive("text.a", &["text.txt"]);
    insta::assert_snapshot!(files.refused(&["text.a"], &[]), @"
    error[OB0301]: `DIR/text.a` has no bitcode in it
    help: compile its members to bitcode, or to objects that embed it
    ");
    files.clang("int f(void) { return 1; }", "cut.bc", &["-emit-llvm"]);
    let whole = std::fs::read(files.path("cut.bc")).expect("readable");
    std::fs::write(files.path("cut.bc"), &whole[..200]).expect("writable");
    files.archive("cut.a", &["cut.bc"]);
    insta::assert_snapshot!(files.refused(&["cut.a"], &[]), @"error[OB0301]: `DIR/cut.a(cut.bc)` can't be read as bitcode: it is cut off: a block at byte 40 needs 2244 bytes, and 160 are there");
    files.clang(KERNEL, "host.o", &["--target=x86_64-unknown-linux-gnu"]);
    insta::assert_snapshot!(files.refused(&["host.o"], &["--target", "nvptx64:sm_90", "--target", "amdgcn:gfx90a"]), @"error[OB0306]: object `DIR/host.o` is for x86_64, not for nvptx64 or amdgcn");
    printed(
        llvm("llvm-offload-binary")
            .arg(format!("--image=file={},triple=amdgcn-amd-amdhsa,arch=gfx90a", files.text("host.o")))
            .arg("-o")
            .arg(files.path("done.offload")),
    );
    insta::assert_snapshot!(files.refused(&["done.offload"], &["--target", "amdgcn:gfx90a"]), @"
    error[OB0307]: image 0 of `DIR/done.offload`, for `amdgcn-amd-amdhsa`, is no bitcode (kind object) and can't be linked
    help: compile its source with -foffload-lto, or pack the finished image with `device-link pack`
    ");
}

/// Marsaglia's xorshift64: the same files on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn damaged_inputs_end_in_an_image_or_an_error() {
    let files = Files::new();
    files.clang(&format!("{TWICE}{KERNEL}"), "a.bc", &["-emit-llvm"]);
    files.clang(&format!("{TWICE}{KERNEL}"), "fat.o", &["-flto=full", "-ffat-lto-objects"]);
    files.archive("lib.a", &["a.bc"]);
    files.rustc(
        "#[unsafe(no_mangle)] pub extern \"C\" fn kernel(p: &mut u32) { *p += 1; }",
        "demo.rlib",
        &["--crate-type=rlib"],
    );
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut linked, mut failed) = (0, 0);
    for (index, name) in ["a.bc", "fat.o", "lib.a", "demo.rlib"].iter().enumerate() {
        let seed = std::fs::read(files.path(name)).expect("readable");
        for round in 0..55 {
            let mut bytes = seed.clone();
            for _ in 0..=random.below(2) {
                let at = random.below(bytes.len());
                match random.below(8) {
                    0..6 => bytes[at] ^= 1 << random.below(8),
                    6 => bytes[at] = 0xff,
                    _ => bytes.truncate(at.max(1)),
                }
            }
            let path = files.path(&format!("{index}.{round}"));
            std::fs::write(&path, &bytes).expect("writable");
            let mut link = device_link();
            let output =
                run(link.args(["link", "--kernel", "kernel", "-o"]).arg(files.path("out")).arg(&path));
            let text = String::from_utf8_lossy(&output.stderr);
            match output.status.code() {
                Some(0) => linked += 1,
                Some(1) if !text.contains("panicked") && text.contains("rror") => failed += 1,
                _ => panic!("{name}, round {round}: {}: {text}", output.status),
            }
            remove(&path);
        }
    }
    assert!(linked + failed == 220 && linked > 20 && failed > 60, "{linked} linked, {failed} refused");
}

fn remove(path: &Path) {
    std::fs::remove_file(path).expect("removable");
}
