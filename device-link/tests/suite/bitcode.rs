//! Bitcode that can't be linked, or not with the rest: who made it, what is wrong with it, what doesn't go together.

use crate::support::{Files, KERNEL, TWICE, device_link, printed, renamed_producer, run};

const HOST: &str = "--target=x86_64-unknown-linux-gnu";

/// The kernel as bitcode, with `flags`, under `name`.
fn kernel(files: &Files, name: &str, flags: &[&str]) {
    files.clang(KERNEL, name, &[&["-emit-llvm", HOST], flags].concat());
}

/// The function that it calls.
fn twice(files: &Files, name: &str, flags: &[&str]) {
    files.clang(TWICE, name, &[&["-emit-llvm", HOST], flags].concat());
}

/// Writes what `change` makes of the bytes of `from` to `to`.
fn changed(files: &Files, from: &str, to: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let bytes = std::fs::read(files.path(from)).expect("readable");
    std::fs::write(files.path(to), change(bytes)).expect("writable");
}

#[test]
fn producers() {
    let files = Files::new();
    kernel(&files, "a.bc", &[]);
    let version = |to: &'static str| move |bytes: Vec<u8>| renamed_producer(&bytes, "LLVM22.1.8", to);
    changed(&files, "a.bc", "newer.bc", version("LLVM23.0.1"));
    insta::assert_snapshot!(files.refused(&["newer.bc"], &[]), @"
    error[OB0302]: `DIR/newer.bc` was made by LLVM 23.0, and this is LLVM 22.1.8, which can't read what newer ones write
    help: compile it with a compiler whose LLVM is not newer
    ");
    files.archive("newer.a", &["newer.bc"]);
    insta::assert_snapshot!(files.refused(&["a.bc", "newer.a"], &[]), @"
    error[OB0302]: `DIR/newer.a(newer.bc)` was made by LLVM 23.0, and this is LLVM 22.1.8, which can't read what newer ones write
    help: compile it with a compiler whose LLVM is not newer
    ");
    // An older LLVM, and a later release of this one, are both read; the kernel is wrong for another reason.
    changed(&files, "a.bc", "older.bc", version("LLVM21.1.0"));
    changed(&files, "a.bc", "later.bc", version("LLVM22.9.9"));
    for name in ["older.bc", "later.bc"] {
        let text = files.refused(&[name], &[]);
        assert!(
            text.starts_with("error[OB0011]: kernel `kernel` calls `twice`, which no input defines"),
            "{text}"
        );
    }
    // The identification is a block of its own, the first: a header of 8 bytes, whose second word is the size. What
    // follows says where it is relative to that, so that LLVM can't read it; device-link still says what it knows.
    changed(&files, "a.bc", "without.bc", |bytes| {
        let words = u32::from_le_bytes(bytes[8..12].try_into().expect("4 bytes"));
        [&bytes[..4], &bytes[12 + 4 * words as usize..]].concat()
    });
    let text = files.refused(&["without.bc"], &[]);
    let warning = "warning[OB0302]: `DIR/without.bc` does not say which LLVM made it; it may not be what this LLVM reads";
    assert!(
        text.starts_with(&format!("{warning}\nerror[OB0301]: `DIR/without.bc` can't be parsed: ")),
        "{text}"
    );
}

#[test]
fn damaged() {
    let files = Files::new();
    kernel(&files, "a.bc", &[]);
    changed(&files, "a.bc", "cut.bc", |bytes| bytes[..bytes.len() / 8 * 4].to_vec());
    let text = files.refused(&["cut.bc"], &[]);
    assert!(
        text.starts_with(
            "error[OB0301]: `DIR/cut.bc` can't be read as bitcode: it is cut off: a block at byte "
        ),
        "{text}"
    );
    changed(&files, "a.bc", "garbage.bc", |bytes| [&bytes[..4], b"and then something else"].concat());
    insta::assert_snapshot!(files.refused(&["garbage.bc"], &[]), @"error[OB0301]: `DIR/garbage.bc` can't be read as bitcode: it is cut off: a block at byte 12 needs 7408558544 bytes, and 15 are there");
    changed(&files, "a.bc", "behind.bc", |bytes| [&bytes[..], b"something else"].concat());
    insta::assert_snapshot!(files.refused(&["behind.bc"], &[]), @"error[OB0301]: `DIR/behind.bc` can't be read as bitcode: at byte 2960 garbage follows the bitcode");
    std::fs::write(files.path("wrong.ll"), "define void @k() { ret i32 0 }\n").expect("writable");
    insta::assert_snapshot!(files.refused(&["wrong.ll"], &[]), @"
    error[OB0301]: `DIR/wrong.ll` can't be parsed: DIR/wrong.ll:1:24: error: value doesn't match function result type 'void'
    define void @k() { ret i32 0 }
                           ^
    ");
}

#[test]
fn nothing_to_link() {
    let files = Files::new();
    let source = "#[unsafe(no_mangle)] pub extern \"C\" fn kernel(p: &mut u32) { *p += 1; }";
    files.rustc(source, "libdemo.rlib", &["--crate-type=rlib", "-Cembed-bitcode=no"]);
    insta::assert_snapshot!(files.refused(&["libdemo.rlib"], &["--kernel", "kernel", "--target", "spirv64"]), @"
    error[OB0301]: `DIR/libdemo.rlib` has no bitcode in it
    help: compile its members to bitcode, or to objects that embed it
    ");
}

#[test]
fn modules_that_do_not_go_together() {
    let files = Files::new();
    let flags = ["--kernel", "kernel"];
    kernel(&files, "a.bc", &["-mcmodel=kernel"]);
    twice(&files, "b.bc", &["-mcmodel=large"]);
    insta::assert_snapshot!(files.refused(&["a.bc", "b.bc"], &flags), @"
    error[OB0304]: `DIR/a.bc` and `DIR/b.bc` have different values of the module flag `Code Model`: i32 2 and i32 4
    help: compile both with the same options
    ");
    let override_flag = |value: u32| {
        format!(
            "define void @f{value}(ptr %p) {{ store i32 {value}, ptr %p ret void }}\n\
             !llvm.module.flags = !{{!0}}\n!0 = !{{i32 4, !\"kcfi\", i32 {value}}}\n"
        )
    };
    for value in [0, 1] {
        std::fs::write(files.path(&format!("{value}.ll")), override_flag(value)).expect("writable");
    }
    insta::assert_snapshot!(files.refused(&["0.ll", "1.ll"], &[]), @"error[OB0304]: `DIR/1.ll` can't be linked with the inputs before it: linking module flags 'kcfi': IDs have conflicting override values in 'DIR/1.ll' and 'DIR/0.ll'");
    let layout =
        |layout| format!("target datalayout = \"{layout}\"\ndefine void @f(ptr %p) {{ ret void }}\n");
    std::fs::write(files.path("64.ll"), layout("e-i64:64")).expect("writable");
    std::fs::write(files.path("32.ll"), layout("e-i64:32")).expect("writable");
    insta::assert_snapshot!(files.refused(&["64.ll", "32.ll"], &[]), @"
    error[OB0304]: `DIR/64.ll` and `DIR/32.ll` have different data layouts: `e-i64:64` and `e-i64:32`
    help: compile both for one target
    ");
    // A weak definition gives way; two strong ones don't.
    twice(&files, "one.bc", &[]);
    twice(&files, "two.bc", &[]);
    kernel(&files, "kernel.bc", &[]);
    insta::assert_snapshot!(files.refused(&["one.bc", "kernel.bc", "two.bc"], &flags), @"
    error[OB0305]: `twice` is defined in `DIR/one.bc` and in `DIR/two.bc`
    help: leave one of them out, rename one, or keep one to its file (`static` in C)
    ");
}

#[test]
fn calls_with_another_convention() {
    let files = Files::new();
    let text = "define void @callee(ptr %p) noinline { store i32 1, ptr %p ret void }\n\
                define void @kernel(ptr %p) { call fastcc void @callee(ptr %p) ret void }\n";
    std::fs::write(files.path("calls.ll"), text).expect("writable");
    insta::assert_snapshot!(files.refused(&["calls.ll"], &["--kernel", "kernel"]), @"
    error[OB0028]: `kernel` calls `callee` with a calling convention that isn't its own
    help: declare it in both as the same kind of function
    ");
}

#[test]
fn another_processor_of_the_same_target() {
    let files = Files::new();
    let own = "__attribute__((device_kernel)) void own(int __attribute__((address_space(1))) *p) { *p = 1; }";
    let amd = ["-emit-llvm", "--target=amdgcn-amd-amdhsa", "-nogpulib"];
    files.clang(own, "own.bc", &[&amd[..], &["-march=gfx1030"]].concat());
    files.archive("own.a", &["own.bc"]);
    let flags = ["--kernel", "own", "--target", "amdgcn:gfx90a:xnack+"];
    insta::assert_snapshot!(files.refused(&["own.a"], &flags), @"
    error[OB0306]: `DIR/own.a(own.bc)` was compiled for gfx1030, and the image is for gfx90a
    help: compile it for gfx90a, or link an image for gfx1030
    ");
    assert_eq!(files.link(&["own.a"], &["--kernel", "own", "--target", "amdgcn:gfx1030"]), "own()");
    files.clang(own, "any.bc", &amd);
    assert_eq!(files.link(&["any.bc"], &flags), "own()");
}

/// What is wrong with functions of the host alone is no device's concern.
#[test]
fn what_no_kernel_needs() {
    let files = Files::new();
    let text = "define internal fastcc void @callee(ptr %p) noinline { store i32 1, ptr %p ret void }\n\
                define void @caller(ptr %p) { call void @callee(ptr %p) ret void }\n\
                define void @wide(ptr %p) { %x = load x86_fp80, ptr %p store x86_fp80 %x, ptr %p ret void }\n\
                define void @one(ptr %p) \"target-cpu\"=\"skylake\" { store i32 1, ptr %p ret void }\n\
                define void @two(ptr %p) \"target-cpu\"=\"znver4\" { store i32 1, ptr %p ret void }\n";
    std::fs::write(files.path("host.ll"), text).expect("writable");
    files.clang("void kernel(int *p) { *p = 1; }", "kernel.bc", &["-emit-llvm", HOST]);
    for target in ["x86_64", "nvptx64:sm_90", "amdgcn:gfx90a", "spirv64"] {
        let flags = ["--kernel", "kernel", "--target", target, "--emit", "ptx"];
        assert_eq!(files.link(&["kernel.bc", "host.ll"], &flags), "kernel(geometry, pointer)", "{target}");
    }
}

#[test]
fn sanitizers() {
    let files = Files::new();
    files.clang("void kernel(int *p) { *p = 1; }", "a.bc", &["-emit-llvm", "-fsanitize=address", HOST]);
    insta::assert_snapshot!(files.refused(&["a.bc"], &[]), @"
    error[OB0011]: kernel `kernel` calls `__asan_report_store4`, which no input defines
      in `kernel` (DIR/a.bc)
    help: compile the input without sanitizers, whose library a device doesn't have
    ");
}

/// What thin LTO adds to bitcode keeps nothing from being linked and inlined.
#[test]
fn summaries_of_thin_lto_beside_none() {
    let files = Files::new();
    kernel(&files, "regular.bc", &[]);
    twice(&files, "thin.bc", &["-flto=thin"]);
    let temps = format!("--save-temps={}", files.text("temps"));
    let expected = "kernel(geometry, pointer, value)";
    assert_eq!(files.link(&["regular.bc", "thin.bc"], &["--kernel", "kernel", &temps]), expected);
    let left = std::fs::read_to_string(files.path("temps/optimized.ll")).expect("written");
    assert!(!left.contains("@twice"), "{left}");
}

#[test]
fn containers() {
    let files = Files::new();
    kernel(&files, "a.bc", &[]);
    let text = files.text("a.bc");
    let image = format!("--image=file={text},triple=x86_64-unknown-linux-gnu,kind=openmp");
    printed(device_link().args(["pack", &image, "-o"]).arg(files.path("good.offload")));
    // The version is at 4; the size of the whole at 8; the offset of the entry at 16; its kind at 32.
    let patched = |name: &str, at: usize, bytes: &[u8]| {
        changed(&files, "good.offload", name, |mut all| {
            all[at..at + bytes.len()].copy_from_slice(bytes);
            all
        });
        files.refused(&[name], &[])
    };
    insta::assert_snapshot!(patched("version.offload", 4, &[9]), @"error[OB0308]: `DIR/version.offload` can't be read as a container: offload binary at offset 0 has version 9; versions 1 to 3 can be read");
    insta::assert_snapshot!(patched("size.offload", 8, &[0xff, 0xff]), @"error[OB0308]: `DIR/size.offload` can't be read as a container: truncated offload binary at offset 0: it has 3088 bytes, but its header says 65535");
    insta::assert_snapshot!(patched("offset.offload", 16, &[0xff; 8]), @"error[OB0308]: `DIR/offset.offload` can't be read as a container: the entry of the offload binary at offset 0 is out of bounds: 40 bytes at 18446744073709551615, but the binary has 3088");
    insta::assert_snapshot!(patched("misaligned.offload", 16, &[0x21]), @"error[OB0308]: `DIR/misaligned.offload` can't be read as a container: the entry of the offload binary at offset 0 is misaligned: it is at 33, not a multiple of 8");
    insta::assert_snapshot!(patched("kind.offload", 32, &[99]), @"
    error[OB0307]: image 0 of `DIR/kind.offload`, for `x86_64-unknown-linux-gnu`, is no bitcode (kind 0x63) and can't be linked
    help: compile its source with -foffload-lto, or pack the finished image with `device-link pack`
    ");
    insta::assert_snapshot!(patched("magic.offload", 0, &[0x11]), @"error[OB0301]: `DIR/magic.offload` is neither bitcode, IR text, an ELF file nor an archive: it starts with 11 ff 10 ad 01 00 00 00");
}

/// What keeps one image from being made says which.
#[test]
fn an_image_of_several_that_cannot_be_made() {
    let files = Files::new();
    let own = "__attribute__((device_kernel)) void own(int __attribute__((address_space(1))) *p) { *p = 1; }";
    files.clang(own, "amd.bc", &["-emit-llvm", "--target=amdgcn-amd-amdhsa", "-march=gfx90a", "-nogpulib"]);
    files.clang("void kernel(int *p) { *p = 1; }", "host.bc", &["-emit-llvm", HOST]);
    let both = ["--target", "x86_64", "--target", "amdgcn:gfx90a"];
    let inputs = ["host.bc", "amd.bc"];
    insta::assert_snapshot!(files.refused(&inputs, &[&both[..], &["--kernel", "own"]].concat()), @"error[OB0310]: no image can be made for x86_64-unknown-linux-gnu: there is no function `own` to make a kernel of; the inputs define: kernel");
    insta::assert_snapshot!(files.refused(&inputs, &[&both[..], &["--kernel", "none"]].concat()), @"error[OB0310]: no image can be made for x86_64-unknown-linux-gnu: there is no function `none` to make a kernel of; the inputs define: kernel");
    let mut link = device_link();
    link.arg("link").args(inputs.map(|input| files.path(input))).args(both).arg("-o").arg(files.path("out"));
    let output = run(&mut link);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    insta::assert_snapshot!(files.masked(&String::from_utf8_lossy(&output.stderr)), @"warning[OB0309]: image 0 (`x86_64-unknown-linux-gnu`) lacks the kernel `own`, which another has");
    let notes = String::from_utf8(printed(device_link().arg("verify").arg(files.path("out")))).expect("text");
    insta::assert_snapshot!(notes.trim_end(), @"note: image 0 (`x86_64-unknown-linux-gnu`) lacks the kernel `own`, which another has");
}

/// Links `inputs` and returns how it ended and what was said.
fn link(files: &Files, inputs: &[&str], flags: &[&str]) -> (Option<i32>, String) {
    let mut link = device_link();
    link.arg("link").args(flags).arg("-o").arg(files.path("out"));
    let output = run(link.args(inputs.iter().map(|input| files.path(input))));
    (output.status.code(), files.masked(&String::from_utf8_lossy(&output.stderr)))
}

/// What is known of who made the inputs is told, most of all where something fails.
#[test]
fn warnings_about_producers() {
    let files = Files::new();
    let other = |bytes: Vec<u8>| renamed_producer(&bytes, "LLVM", "KLVM");
    files.clang("void kernel(int *p) { *p = 1; }", "plain.bc", &["-emit-llvm", HOST]);
    changed(&files, "plain.bc", "good.bc", other);
    kernel(&files, "calls.bc", &[]);
    changed(&files, "calls.bc", "wrong.bc", other);
    std::fs::write(files.path("text.txt"), "nothing").expect("writable");
    let check = |inputs: &[&str], flags: &[&str], code: i32| {
        let (ended, said) = link(&files, inputs, flags);
        assert_eq!(ended, Some(code), "{said}");
        said
    };
    insta::assert_snapshot!(check(&["good.bc"], &[], 0), @"warning[OB0302]: `DIR/good.bc` was made by `KLVM22.1.8`, which is no release of LLVM; it may not be what this LLVM reads");
    insta::assert_snapshot!(check(&["good.bc"], &["--dry-run"], 0), @"warning[OB0302]: `DIR/good.bc` was made by `KLVM22.1.8`, which is no release of LLVM; it may not be what this LLVM reads");
    insta::assert_snapshot!(check(&["wrong.bc"], &[], 1), @"
    warning[OB0302]: `DIR/wrong.bc` was made by `KLVM22.1.8`, which is no release of LLVM; it may not be what this LLVM reads
    error[OB0011]: kernel `kernel` calls `twice`, which no input defines
      in `kernel` (DIR/wrong.bc)
    help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it
    ");
    insta::assert_snapshot!(check(&["wrong.bc"], &["--message-format=json"], 1), @r#"
    {"code":"OB0302","kernel":null,"message":"`DIR/wrong.bc` was made by `KLVM22.1.8`, which is no release of LLVM; it may not be what this LLVM reads","reason":"warning"}
    {"code":"OB0011","kernel":"kernel","message":"kernel `kernel` calls `twice`, which no input defines\n  in `kernel` (DIR/wrong.bc)\nhelp: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it","reason":"error"}
    "#);
    insta::assert_snapshot!(check(&["good.bc", "text.txt"], &[], 1), @"
    warning[OB0302]: `DIR/good.bc` was made by `KLVM22.1.8`, which is no release of LLVM; it may not be what this LLVM reads
    error[OB0301]: `DIR/text.txt` is neither bitcode, IR text, an ELF file nor an archive: it starts with 6e 6f 74 68 69 6e 67
    ");
    insta::assert_snapshot!(check(&["good.bc", "text.txt"], &["--dry-run"], 1), @"
    warning[OB0302]: `DIR/good.bc` was made by `KLVM22.1.8`, which is no release of LLVM; it may not be what this LLVM reads
    error[OB0301]: `DIR/text.txt` is neither bitcode, IR text, an ELF file nor an archive: it starts with 6e 6f 74 68 69 6e 67
    ");
}
