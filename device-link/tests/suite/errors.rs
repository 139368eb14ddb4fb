//! Links that are refused, and every word that is said about it.

use crate::support::{device_link, llvm, printed, refused, run};
use std::path::{Path, PathBuf};

/// Links with `arguments`, files among the cases, and returns the message.
fn check(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    check_in(folder.path(), arguments)
}

fn check_in(folder: &Path, arguments: &[&str]) -> String {
    let output = folder.join("dev.offload");
    let path = output.to_string_lossy();
    let arguments = [&["link"], arguments, &["-o", &*path]].concat();
    refused(&arguments, &output, folder)
}

#[test]
fn kernels_with_call_chains() {
    insta::assert_snapshot!(check(&["variable_at_barrier.ll"]), @"
    error[OB0021]: kernel `k` has a variable without a constant size, and waits at a barrier while it is there
      in `k` (variable_at_barrier.ll)
    help: give the variable a constant size
    ");
    insta::assert_snapshot!(check(&["barrier.ll"]), @"
    error[OB0021]: kernel `k` waits at a barrier that depends on where in its block an item is
      in `wait` at src/kernels.c:4:9 (barrier.ll)
      in `k` at src/kernels.c:8:5 (barrier.ll)
    help: have all items of a block come to it, and put a condition around the rest; or let the others return
    ");
    insta::assert_snapshot!(check(&["outside_missing.ll"]), @"
    error[OB0011]: kernel `one` calls `core::panicking::panic`, which no input defines
      in `demo::check` (outside_missing.ll)
      in `one` (outside_missing.ll)
    help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it
    error[OB0013]: kernel `two` uses the thread-local variable `mine`
      in `two` (outside_missing.ll)
    help: a device has no threads of the host; pass the value as an argument
    error[OB0011]: kernel `two` uses the variable `counter`, which no input defines
      in `two` (outside_missing.ll)
    help: add the bitcode or object that defines it to the inputs
    error[OB0011]: kernel `two` calls `printf`, which no input defines
      in `two` (outside_missing.ll)
    help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it
    error[OB0011]: kernel `two` calls `dlsym`, which no input defines
      in `two` (outside_missing.ll)
    help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it
    ");
    insta::assert_snapshot!(check(&["outside_missing.ll", "--kernel", "one", "-O0"]), @"
    error[OB0011]: kernel `one` calls `core::panicking::panic`, which no input defines
      in `demo::check` (outside_missing.ll)
      in `one` (outside_missing.ll)
    help: add the bitcode or object that defines it to the inputs, or keep the kernel from calling it
    ");
    insta::assert_snapshot!(check(&["recursive.ll", "--kernel", "recursive", "--kernel", "pointer"]), @"
    error[OB0024]: kernel `pointer` reaches `__outboard_dev_block_id_y` in a function that can't be inlined into it
      in `row` (recursive.ll)
      in `pointer` (recursive.ll)
    help: a function that asks for its position, waits at a barrier or uses shared memory must be called directly, and not by itself
    error[OB0024]: kernel `recursive` reaches `__outboard_dev_global_id_x` in a function that can't be inlined into it
      in `sum` (recursive.ll)
      in `recursive` (recursive.ll)
    help: a function that asks for its position, waits at a barrier or uses shared memory must be called directly, and not by itself
    ");
    insta::assert_snapshot!(check(&["recursive.ll", "--entry", "entry"]), @"
    error[OB0002]: entry `entry` reaches `__outboard_dev_block_id_y`, which needs the geometry that an entry of its own doesn't get
      in `row` (recursive.ll)
      in `entry` (recursive.ll)
    help: give it as --kernel, and let device-link make the entry
    ");
}

#[test]
fn kernels_of_which_nothing_is_left() {
    insta::assert_snapshot!(check(&["empty.ll"]), @"
    error[OB0003]: kernel `panics` does nothing but panic: it has a trap, and no store, atomic operation or call after optimization
      in `panics` (empty.ll)
    help: link it with --panic=record, and a report tells where
    error[OB0003]: kernel `reads` does nothing: it has no store, atomic operation or call after optimization
      in `reads` (empty.ll)
    help: a kernel whose behaviour is undefined is optimized away like this too
    error[OB0003]: kernel `undefined` does nothing: it has no store, atomic operation or call after optimization
      in `undefined` (empty.ll)
    help: a kernel whose behaviour is undefined is optimized away like this too
    error[OB0003]: kernel `unreachable` does nothing: it has no store, atomic operation or call after optimization
      in `unreachable` (empty.ll)
    help: a kernel whose behaviour is undefined is optimized away like this too
    ");
}

#[test]
fn signatures() {
    let all = ["returns", "variadic", "wide", "vector", "aggregate", "space", "half", "through_memory"];
    let kernels: Vec<_> = all.iter().flat_map(|name| ["--kernel", name]).collect();
    insta::assert_snapshot!(check(&[&["signatures.ll"], &kernels[..]].concat()), @"
    error[OB0001]: kernel `aggregate` takes a `%pair` as parameter 1, which no 8-byte slot carries
      in `aggregate` (signatures.ll)
    help: pass it in memory, through a pointer
    error[OB0001]: kernel `half` takes a `half` as parameter 0, which no 8-byte slot carries
      in `half` (signatures.ll)
    help: pass it in memory, through a pointer
    error[OB0001]: kernel `returns` returns `i32`; a kernel returns nothing
      in `returns` (signatures.ll)
    help: have it write the result to memory, through a pointer
    error[OB0001]: kernel `space` takes a `ptr addrspace(3)` as parameter 0, which no 8-byte slot carries
      in `space` (signatures.ll)
    help: pass it in memory, through a pointer
    error[OB0001]: kernel `through_memory` returns `%pair`; a kernel returns nothing
      in `through_memory` (signatures.ll)
    help: have it write the result to memory, through a pointer
    error[OB0001]: kernel `variadic` takes a variable number of arguments
      in `variadic` (signatures.ll)
    help: give it one parameter for each argument
    error[OB0001]: kernel `vector` takes a `<4 x float>` as parameter 0, which no 8-byte slot carries
      in `vector` (signatures.ll)
    help: pass it in memory, through a pointer
    error[OB0001]: kernel `wide` takes a `i128` as parameter 1, which no 8-byte slot carries
      in `wide` (signatures.ll)
    help: pass it in memory, through a pointer
    ");
    let all = ["no_environment", "float_entry", "value_first"];
    let entries: Vec<_> = all.iter().flat_map(|name| ["--entry", name]).collect();
    insta::assert_snapshot!(check(&[&["signatures.ll"], &entries[..]].concat()), @"
    error[OB0002]: entry `float_entry` takes a `float` as parameter 1; an entry takes the launch environment, a pointer, and then pointers and i64
      in `float_entry` (signatures.ll)
    help: give it as --kernel, and let device-link make the entry
    error[OB0002]: entry `no_environment` has no parameters; its first is the launch environment, a pointer
      in `no_environment` (signatures.ll)
    help: give it as --kernel, and let device-link make the entry
    error[OB0002]: entry `value_first` takes a `i64` as parameter 0; an entry takes the launch environment, a pointer, and then pointers and i64
      in `value_first` (signatures.ll)
    help: give it as --kernel, and let device-link make the entry
    ");
}

#[test]
fn names() {
    insta::assert_snapshot!(check(&["names.ll", "--kernel", "xpay"]), @"error[OB0310]: there is no function `xpay` to make a kernel of; the inputs define: axpy, scale");
    insta::assert_snapshot!(check(&["names.ll", "--entry", "scales"]), @"error[OB0310]: there is no function `scales` to make a kernel of; the inputs define: scale, axpy");
    insta::assert_snapshot!(check(&["names.ll", "--kernel", "axpy", "--entry", "axpy"]), @"error[OB0310]: `axpy` is asked for as --kernel and as --entry");
    insta::assert_snapshot!(check(&["no_kernel.ll"]), @r"
    error[OB0310]: the inputs have no kernel: no function is external, returns nothing and has a name of its author's
    help: name the functions with --kernel, or --entry for those with the entry's signature
    ");
    insta::assert_snapshot!(check(&["marker_name.ll"]), @"error[OB0024]: `__outboard_dev_globl_id_x` is no device function of this version; did you mean `__outboard_dev_global_id_x`?");
    insta::assert_snapshot!(check(&["marker_type.ll"]), @"error[OB0024]: `__outboard_dev_global_id_x` is declared as `i32 ()`; it is `i64 ()`");
}

#[test]
fn targets() {
    let target = |spec| check(&["names.ll", "--target", spec]);
    insta::assert_snapshot!(target("nvptx"), @"error[OB0401]: no images can be linked for target `nvptx` by this version; targets: x86_64, nvptx64, amdgcn, spirv64");
    insta::assert_snapshot!(target("x86-64"), @"error[OB0401]: no images can be linked for target `x86-64` by this version; targets: x86_64, nvptx64, amdgcn, spirv64");
    insta::assert_snapshot!(target("nvptx64-nvidia-cuda"), @"error[OB0402]: target `nvptx64` needs a processor: --target nvptx64:sm_50");
    insta::assert_snapshot!(target("amdgcn-amd-amdhsa"), @"error[OB0402]: target `amdgcn` needs a processor: --target amdgcn:gfx900");
    insta::assert_snapshot!(target("nvptx64:sm_91"), @"error[OB0402]: target `nvptx64` has no processor `sm_91`; the nearest are: sm_61, sm_90, sm_50");
    insta::assert_snapshot!(target("spirv64:any"), @"error[OB0402]: target `spirv64` has no processors to choose from, and `any` was asked for");
    insta::assert_snapshot!(target("amdgcn:gfx90a:xnack"), @"error[OB0402]: `xnack` in `gfx90a:xnack` is no feature of that processor; features are written sramecc+, sramecc-, xnack+ and xnack-, and not every processor has them");
    insta::assert_snapshot!(target("amdgcn:gfx1100:xnack+"), @"error[OB0402]: `xnack+` in `gfx1100:xnack+` is no feature of that processor; features are written sramecc+, sramecc-, xnack+ and xnack-, and not every processor has them");
    insta::assert_snapshot!(check(&["names.ll", "--target", "amdgcn:gfx90a", "--target", "amdgcn:gfx90a:xnack+"]), @"
    error[OB0402]: images for `gfx90a` and for `gfx90a:xnack+` are asked for, and a device may be both
    help: name the same features in both, or leave one of the two out
    ");
    insta::assert_snapshot!(target("nvptx64:sm_80,sm_90"), @r#"
    error[OB0402]: an image for nvptx64 is for one processor, and sm_80, sm_90 were asked for
    help: say --target nvptx64:CPU once for each
    "#);
    insta::assert_snapshot!(target("x86_64:x86-64,znver4"), @"error[OB0402]: an image for several processors chooses among levels of the architecture, and `znver4` is none; levels: x86-64, x86-64-v2, x86-64-v3, x86-64-v4");
    insta::assert_snapshot!(check(&["names.ll", "--target", "x86_64", "--target", "x86_64-unknown-linux-gnu"]), @"error[OB0402]: an image for `x86_64-unknown-linux-gnu` is asked for twice");
    insta::assert_snapshot!(check(&["names.ll", "--target", "x86_64:znver44"]), @"error[OB0402]: target `x86_64` has no processor `znver44`; the nearest are: znver4, znver1, znver2");
    insta::assert_snapshot!(check(&["two_cpus.ll"]), @r"
    error[OB0306]: the inputs have functions for different processors: skylake, znver4
    help: choose the image's processor with --target TRIPLE:CPU
    ");
    insta::assert_snapshot!(check(&["other_triple.ll"]), @"
    error[OB0306]: `other_triple.ll` is for `nvptx64-nvidia-cuda`, not for x86_64
    help: compile it for the host, x86_64, or for the image's target
    ");
    insta::assert_snapshot!(check(&["other_layout.ll"]), @"
    error[OB0306]: the modules are for `e-p:32:32`, not for x86_64
    help: compile them for x86_64
    ");
}

#[test]
fn modules() {
    insta::assert_snapshot!(check(&["module_asm.ll"]), @"
    error[OB0303]: `module_asm.ll` has module-level assembly (`.globl other`), which device code can't have
    help: move it to a file of its own that no kernel needs
    ");
    insta::assert_snapshot!(check(&["duplicate.ll", "from_module.ll"]), @"
    error[OB0305]: `from_module` is defined in `duplicate.ll` and in `from_module.ll`
    help: leave one of them out, rename one, or keep one to its file (`static` in C)
    ");
    insta::assert_snapshot!(check(&["missing.bc"]), @"error[OB0207]: can't read `missing.bc`: No such file or directory (os error 2)");
    insta::assert_snapshot!(check(&["driver.c"]), @"error[OB0301]: `driver.c` is neither bitcode, IR text, an ELF file nor an archive: it starts with 2f 2f 20 64 72 69 76 65");
}

/// Compiles from_object.c to `name` in `folder`.
fn object(folder: &Path, name: &str, flags: &[&str]) -> PathBuf {
    let path = folder.join(name);
    printed(llvm("clang").args(flags).arg("from_object.c").arg("-o").arg(&path));
    path
}

#[test]
fn objects() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let arm = text(object(folder, "arm.o", &["-c", "--target=aarch64-unknown-linux-gnu"]));
    insta::assert_snapshot!(check_in(folder, &[&arm]), @"error[OB0306]: object `DIR/arm.o` is for aarch64, not for x86_64");
    let shared = text(object(folder, "shared.so", &["-shared", "-fPIC", "-nostdlib"]));
    insta::assert_snapshot!(check_in(folder, &[&shared]), @"error[OB0301]: `DIR/shared.so` is an ELF file, but not a relocatable object");
    let good = text(object(folder, "good.o", &["-c", "-fPIC"]));
    insta::assert_snapshot!(check_in(folder, &[&good]), @r"
    error[OB0310]: the inputs have no kernel: no function is external, returns nothing and has a name of its author's
    help: name the functions with --kernel, or --entry for those with the entry's signature
    ");
    insta::assert_snapshot!(check_in(folder, &[&good, "--kernel", "object_entry"]), @"
    error[OB0310]: there is no function `object_entry` to make a kernel of; `DIR/good.o` has it as machine code
    help: compile it to bitcode; or, if it has the entry's signature, say --entry object_entry
    ");
    insta::assert_snapshot!(check_in(folder, &[&good, "--entry", "object_enrty"]), @"error[OB0310]: there is no function `object_enrty` to make a kernel of; the inputs define: object_entry, from_object");
    insta::assert_snapshot!(check_in(folder, &[&good, "duplicate.ll", &good, "--kernel", "k"]), @"
    error[OB0305]: `from_object` is defined in `DIR/good.o` and in `DIR/good.o`
    help: leave one of them out, rename one, or keep one to its file (`static` in C)
    ");
    let first = text(folder.join("first.o"));
    std::fs::copy(&good, &first).expect("writable");
    insta::assert_snapshot!(check_in(folder, &[&first, &good]), @"
    error[OB0305]: `from_object` is defined in `DIR/first.o` and in `DIR/good.o`
    help: leave one of them out, rename one, or keep one to its file (`static` in C)
    ");
    let wanting = text(folder.join("wanting.o"));
    printed(llvm("clang").args(["-O1", "-fPIC", "-c", "outside.c", "-o", &wanting]));
    insta::assert_snapshot!(check_in(folder, &[&wanting, "--entry", "outside"]), @r"
    error[OB0404]: the linker failed (exit status: 1): ld.lld: error: undefined symbol: from_module
    >>> referenced by outside.c
    >>>               DIR/wanting.o:(outside)

    ld.lld: error: undefined symbol: from_object
    >>> referenced by outside.c
    >>>               DIR/wanting.o:(outside)

    ld.lld: error: undefined symbol: object_data
    >>> referenced by outside.c
    >>>               DIR/wanting.o:(outside)
    help: the command was: LLVM/ld.lld TMP/kernels.o DIR/wanting.o -m elf_x86_64 -shared -Bsymbolic --no-undefined --build-id=none --hash-style=gnu --eh-frame-hdr -z noexecstack -L/lib/x86_64-linux-gnu -L/usr/lib/x86_64-linux-gnu -L/lib64 -L/usr/lib64 --as-needed -l:libmvec.so.1 -l:libm.so.6 -l:libc.so.6 -l:libgcc_s.so.1 -l:ld-linux-x86-64.so.2 --version-script=TMP/exports -o TMP/kernels.so
    ");
    let archive = text(folder.join("lib.a"));
    printed(llvm("llvm-ar").args(["rc", &archive, &good]));
    insta::assert_snapshot!(check_in(folder, &[&archive]), @"
    error[OB0310]: the inputs have no kernel: no function is external, returns nothing and has a name of its author's
    help: name the functions with --kernel, or --entry for those with the entry's signature
    ");
    let cut = text(folder.join("cut.o"));
    std::fs::write(&cut, b"\x7fELF\x02\x01\x01\0\0\0\0\0").expect("writable");
    insta::assert_snapshot!(check_in(folder, &[&cut]), @"error[OB0301]: object `DIR/cut.o` can't be read: Could not read file magic");
}

#[test]
fn linkers() {
    insta::assert_snapshot!(check(&["names.ll", "--linker", "/nowhere/ld.lld"]), @"error[OB0403]: the linker `/nowhere/ld.lld` can't be run: No such file or directory (os error 2)");
    insta::assert_snapshot!(check(&["names.ll", "--linker", "/bin/false"]), @r"
    error[OB0404]: the linker failed (exit status: 1): 
    help: the command was: /bin/false TMP/kernels.o -m elf_x86_64 -shared -Bsymbolic --no-undefined --build-id=none --hash-style=gnu --eh-frame-hdr -z noexecstack -L/lib/x86_64-linux-gnu -L/usr/lib/x86_64-linux-gnu -L/lib64 -L/usr/lib64 --as-needed -l:libmvec.so.1 -l:libm.so.6 -l:libc.so.6 -l:libgcc_s.so.1 -l:ld-linux-x86-64.so.2 --version-script=TMP/exports -o TMP/kernels.so
    ");
}

#[test]
fn no_linker() {
    let mut link = device_link();
    link.env("LLVM_SYS_221_PREFIX", "/nowhere/llvm").env("PATH", "/nowhere/bin");
    let output = run(link.args(["link", "names.ll", "-o", "/nowhere/dev.offload"]));
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr).trim_end(), @r"
    error[OB0403]: no ELF linker was found; looked for /nowhere/llvm/bin/ld.lld, /nowhere/bin/ld.lld-22, /nowhere/bin/ld.lld
    help: install lld 22, as `cargo outboard setup` does, set LLVM_SYS_221_PREFIX to its installation prefix, or give --linker
    ");
}

#[test]
fn outputs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = folder.path().join("no/such/folder/dev.offload");
    let path = output.to_string_lossy();
    insta::assert_snapshot!(refused(&["link", "names.ll", "-o", &path], &output, folder.path()), @"error[OB0207]: can't write `DIR/no/such/folder/dev.offload`: entity not found");
    let left = std::fs::read_dir(folder.path()).expect("readable").count();
    assert_eq!(left, 0, "no temporary file is left");
}

#[test]
fn errors_as_json() {
    let arguments = ["link", "barrier.ll", "-o", "/nowhere/dev.offload", "--message-format", "json"];
    let output = run(device_link().args(arguments));
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr).trim_end(), @r#"{"code":"OB0021","kernel":"k","message":"kernel `k` waits at a barrier that depends on where in its block an item is\n  in `wait` at src/kernels.c:4:9 (barrier.ll)\n  in `k` at src/kernels.c:8:5 (barrier.ll)\nhelp: have all items of a block come to it, and put a condition around the rest; or let the others return","reason":"error"}"#);
}
