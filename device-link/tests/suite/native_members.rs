//! Members of archives that are machine code: linked where a kernel needs them and the target can, named where it
//! can't.

use crate::support::{Files, device_link, llvm, printed, run};
use abi::launch::pack_geometry;
use std::process::Command;

/// A kernel that calls a native function, and a function that native code calls.
const KERNEL: &str = "unsigned long native(unsigned long);
void kernel(unsigned long *out) { *out = native(5); }
unsigned long back(unsigned long x) { return x + 1000; }\n";

/// Members: what the kernel needs, what that needs in turn, and what nobody does.
const MEMBERS: [(&str, &str); 5] = [
    (
        "native.o",
        "unsigned long deeper(unsigned long), back(unsigned long); extern unsigned long table[2];
         unsigned long native(unsigned long x) { return deeper(x) + back(table[1]); }",
    ),
    ("deeper.o", "unsigned long deeper(unsigned long x) { return x * 10; }"),
    ("table.o", "unsigned long table[2] = {1, 2};"),
    ("again.o", "unsigned long deeper(unsigned long x) { return x; }"),
    ("unused.o", "int nowhere(void); int unused(void) { return nowhere(); }"),
];

const HOST: &[&str] = &["--target=x86_64-unknown-linux-gnu", "-fPIC"];
const AMD: &[&str] = &["--target=amdgcn-amd-amdhsa", "-march=gfx90a", "-nogpulib", "-fPIC"];

/// The kernel as bitcode, and an archive of the members compiled with `flags`.
fn files(flags: &[&str]) -> Files {
    let files = Files::new();
    files.clang(KERNEL, "kernel.bc", &["-emit-llvm", "--target=x86_64-unknown-linux-gnu"]);
    for (name, source) in MEMBERS {
        files.clang(source, name, flags);
    }
    files.archive("lib.a", &MEMBERS.map(|(name, _)| name));
    files
}

/// Calls `kernel` of the image that was linked last, with room for one number.
fn call(files: &Files) -> u64 {
    let (image, driver) = (files.path("image.so"), files.path("driver"));
    printed(device_link().arg("extract").arg(files.path("out")).arg("-o").arg(&image));
    printed(llvm("clang").args(["-O1", "driver.c", "-ldl", "-o"]).arg(&driver));
    let mut call = Command::new(driver);
    call.arg(image).args(["kernel", "8"]).args(pack_geometry([1; 3], [1; 3]).map(|slot| slot.to_string()));
    u64::from_le_bytes(printed(call.arg("p")).try_into().expect("8 bytes"))
}

#[test]
fn what_a_kernel_needs_is_linked_and_runs() {
    let files = files(HOST);
    let flags = ["--kernel", "kernel"];
    for inputs in [["kernel.bc", "lib.a"], ["lib.a", "kernel.bc"]] {
        assert_eq!(files.link(&inputs, &flags), "kernel(geometry, pointer)");
        assert_eq!(call(&files), 50 + 1002);
    }
    // Bitcode in an archive goes first, and what was found in one archive isn't looked for in the next.
    files.clang("unsigned long native(unsigned long x) { return x; }", "bitcode.o", &["-emit-llvm"]);
    files.archive("bitcode.a", &["bitcode.o"]);
    files.link(&["lib.a", "kernel.bc", "bitcode.a"], &flags);
    assert_eq!(call(&files), 5);
    files.archive("again.a", &["again.o"]);
    files.link(&["again.a", "kernel.bc", "lib.a"], &flags);
    assert_eq!(call(&files), 5 + 1002, "the first archive's");
    let mut plan = device_link();
    plan.args(["link", "--dry-run", "--kernel", "kernel", "-o", "never", "--linker", "ld"]);
    let text = printed(plan.arg(files.path("kernel.bc")).arg(files.path("lib.a")));
    insta::assert_snapshot!(files.masked(&String::from_utf8_lossy(&text)), @"
    image for x86_64-unknown-linux-gnu
      module DIR/kernel.bc
      object DIR/lib.a(native.o)
      object DIR/lib.a(deeper.o)
      object DIR/lib.a(table.o)
      with ld
    ");
}

#[test]
fn entries_in_members() {
    let files = files(HOST);
    let entry = "void entry(void *environment, unsigned long *out) { *out = 7; }";
    files.clang(entry, "entry.o", HOST);
    files.archive("entry.a", &["entry.o", "unused.o"]);
    assert_eq!(files.link(&["entry.a"], &["--entry", "entry"]), "entry");
    insta::assert_snapshot!(files.refused(&["entry.a"], &["--kernel", "entry"]), @"
    error[OB0310]: there is no function `entry` to make a kernel of; `DIR/entry.a(entry.o)` has it as machine code
    help: compile it to bitcode; or, if it has the entry's signature, say --entry entry
    ");
    insta::assert_snapshot!(files.refused(&["entry.a"], &["--entry", "enrty"]), @"error[OB0310]: there is no function `enrty` to make a kernel of; the inputs define no function for others");
    insta::assert_snapshot!(files.refused(&["entry.a"], &[]), @"
    error[OB0310]: the inputs have no kernel: no function is external, returns nothing and has a name of its author's
    help: name the functions with --kernel, or --entry for those with the entry's signature
    ");
    insta::assert_snapshot!(files.refused(&["entry.a"], &["--target", "spirv64"]), @"
    error[OB0301]: `DIR/entry.a` has no bitcode in it
    help: compile its members to bitcode, or to objects that embed it
    ");
}

#[test]
fn what_a_member_needs_and_nobody_has() {
    let files = files(HOST);
    files.clang("int unused(void); void kernel(int *p) { *p = unused(); }", "kernel.bc", &["-emit-llvm"]);
    let text = files.refused(&["kernel.bc", "lib.a"], &["--kernel", "kernel"]);
    assert!(text.contains("undefined symbol: nowhere") && text.contains("lib.a(unused.o)"), "{text}");
    let levels = ["--kernel", "kernel", "--target", "x86_64:x86-64,x86-64-v3"];
    insta::assert_snapshot!(files.refused(&["kernel.bc", "lib.a"], &levels), @"
    error[OB0307]: `DIR/lib.a(unused.o)` is an object, and an image for several processors is made of bitcode alone
    help: give bitcode, or one processor
    ");
}

/// The target can't link it: the error names who has it, and why that is no help.
#[test]
fn members_that_cannot_be_linked() {
    let host = files(HOST);
    let kernel = ["--kernel", "kernel"];
    let refused = |files: &Files, inputs: &[&str], targets: &[&str]| {
        let targets = targets.iter().flat_map(|target| ["--target", target]);
        files.refused(inputs, &kernel.into_iter().chain(targets).collect::<Vec<_>>())
    };
    let archive = ["kernel.bc", "lib.a"];
    host.archive("mixed.a", &["kernel.bc", "native.o"]);
    insta::assert_snapshot!(refused(&host, &["mixed.a"], &["nvptx64:sm_90"]), @"
    error[OB0011]: kernel `kernel` calls `native`, which no input defines as bitcode: `DIR/mixed.a(native.o)` has machine code of x86_64, which nvptx64 can't run
      in `kernel` (DIR/mixed.a(kernel.bc))
    help: compile it to bitcode, or to an object that embeds it (clang -fembed-bitcode, rustc -Cembed-bitcode)
    ");
    insta::assert_snapshot!(refused(&host, &archive, &["x86_64", "spirv64"]), @"
    error[OB0011]: kernel `kernel` calls `native`, which no input defines as bitcode: `DIR/lib.a(native.o)` has machine code of x86_64, which spirv64 can't run
      in `kernel` (DIR/kernel.bc)
    help: compile it to bitcode, or to an object that embeds it (clang -fembed-bitcode, rustc -Cembed-bitcode)
    note: for spirv64-unknown-unknown
    ");
    // An object that is given itself is for some of the targets alone.
    insta::assert_snapshot!(refused(&host, &["kernel.bc", "native.o"], &["x86_64", "nvptx64:sm_90"]), @"
    error[OB0011]: kernel `kernel` calls `native`, which no input defines as bitcode: `DIR/native.o` has machine code of x86_64, which nvptx64 can't run
      in `kernel` (DIR/kernel.bc)
    help: compile it to bitcode, or to an object that embeds it (clang -fembed-bitcode, rustc -Cembed-bitcode)
    note: for nvptx64-nvidia-cuda:sm_90
    ");
    let amd = files(AMD);
    amd.archive("mixed.a", &["kernel.bc", "native.o"]);
    insta::assert_snapshot!(refused(&amd, &["mixed.a"], &["amdgcn:gfx90a"]), @"
    error[OB0011]: kernel `kernel` calls `native`, which no input defines as bitcode: `DIR/mixed.a(native.o)` has machine code of amdgcn, which can't be linked: the registers that a kernel reserves are counted where its code is made, without those of other objects
      in `kernel` (DIR/mixed.a(kernel.bc))
    help: compile it to bitcode, or to an object that embeds it (clang -fembed-bitcode, rustc -Cembed-bitcode)
    ");
    insta::assert_snapshot!(refused(&amd, &["kernel.bc", "native.o"], &["amdgcn:gfx90a"]), @"
    error[OB0307]: object `DIR/native.o` has machine code of amdgcn, which can't be linked: the registers that a kernel reserves are counted where its code is made, without those of other objects
    help: compile it to bitcode, or to an object that embeds it
    ");
    insta::assert_snapshot!(refused(&amd, &["mixed.a"], &["x86_64"]), @"
    error[OB0011]: kernel `kernel` calls `native`, which no input defines as bitcode: `DIR/mixed.a(native.o)` has machine code of amdgcn, which x86_64 can't run
      in `kernel` (DIR/mixed.a(kernel.bc))
    help: compile it to bitcode, or to an object that embeds it (clang -fembed-bitcode, rustc -Cembed-bitcode)
    ");
    host.clang("extern int data; void kernel(int *p) { *p = data; }", "data.bc", &["-emit-llvm"]);
    host.clang("int data = 3;", "data.o", HOST);
    host.archive("data.a", &["data.bc", "data.o"]);
    insta::assert_snapshot!(refused(&host, &["data.a"], &["spirv64"]), @"
    error[OB0011]: kernel `kernel` uses the variable `data`, which no input defines as bitcode: `DIR/data.a(data.o)` has machine code of x86_64, which spirv64 can't run
      in `kernel` (DIR/data.a(data.bc))
    help: compile it to bitcode, or to an object that embeds it (clang -fembed-bitcode, rustc -Cembed-bitcode)
    ");
}

/// Members that are neither bitcode nor objects are left alone; damaged objects are errors, needed or not.
#[test]
fn members_that_are_something_else() {
    let files = files(HOST);
    std::fs::write(files.path("notes.txt"), "notes").expect("writable");
    std::fs::write(files.path("cut.o"), b"\x7fELF\x02\x01\x01\0\0\0\0\0").expect("writable");
    printed(
        llvm("clang")
            .args(["-shared", "-nostdlib"])
            .arg(files.path("native.o"))
            .arg("-o")
            .arg(files.path("native.so")),
    );
    files.archive("odd.a", &["notes.txt", "native.so", "kernel.bc"]);
    insta::assert_snapshot!(files.refused(&["odd.a"], &["--kernel", "kernel"]), @"
    error[OB0011]: kernel `kernel` calls `native`, which no input defines
      in `kernel` (DIR/odd.a(kernel.bc))
    help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it
    ");
    files.archive("cut.a", &["cut.o", "kernel.bc"]);
    let output = run(device_link().arg("link").arg(files.path("cut.a")).arg("-o").arg(files.path("out")));
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(files.masked(&String::from_utf8_lossy(&output.stderr)), @"error[OB0301]: object `DIR/cut.a(cut.o)` can't be read: Could not read file magic");
}
