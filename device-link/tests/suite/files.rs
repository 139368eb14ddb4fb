//! Files that can't be written, programs that aren't there, names of every kind, and links that are ended: nothing
//! half-written stays.

use crate::support::{Files, device_link, run};
use abi::kinds::ImageKind;
use offload_binary::{Image, encode};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

/// A folder with a kernel.
fn with_kernel() -> Files {
    let files = Files::new();
    files.clang("void kernel(int *p) { *p = 1; }", "a.bc", &["-emit-llvm"]);
    files
}

/// Names of what is in `folder`, without the kernel.
fn left(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).expect("readable");
    let names = names.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.filter(|name| !["a.bc", "source.c"].contains(&name.as_str())).collect();
    names.sort();
    names
}

fn said(files: &Files, output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    files.masked(&String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_folder_for_an_output() {
    let files = with_kernel();
    std::fs::create_dir(files.path("out")).expect("makeable");
    let output = run(device_link().arg("link").arg(files.path("a.bc")).arg("-o").arg(files.path("out")));
    insta::assert_snapshot!(said(&files, &output), @"error[OB0207]: can't write `DIR/out`: Is a directory (os error 21)");
    assert_eq!(left(files.folder()), ["out"]);
}

/// A limit on the size of files stands for a full disk: writing fails half-way.
#[test]
fn no_room_for_the_output() {
    let files = with_kernel();
    let script = format!(
        "trap '' XFSZ; ulimit -f 1; '{}' link '{}' --target nvptx64:sm_90 --emit ptx -o '{}'",
        env!("CARGO_BIN_EXE_device-link"),
        files.text("many.bc"),
        files.text("out"),
    );
    // Enough kernels for an image of more than a block of 512 bytes, or of 1024.
    let source: String = (0..40).map(|n| format!("void k{n}(int *p) {{ *p = {n}; }}\n")).collect();
    files.clang(&source, "many.bc", &["-emit-llvm"]);
    let output = run(Command::new("bash").args(["-c", &script]));
    insta::assert_snapshot!(said(&files, &output), @"error[OB0207]: can't write `DIR/out`: File too large (os error 27)");
    assert_eq!(left(files.folder()), ["many.bc"]);
}

#[test]
fn folders_that_nothing_can_be_written_to() {
    let files = with_kernel();
    // Nobody can make files there, root neither.
    let place = Path::new("/proc/self/dev.offload");
    let output = run(device_link().arg("link").arg(files.path("a.bc")).arg("-o").arg(place));
    let text = said(&files, &output);
    assert!(text.starts_with("error[OB0207]: can't write `/proc/self/dev.offload`: "), "{text}");
    let temps = "--save-temps=/proc/self/temps";
    let output =
        run(device_link().args(["link", temps]).arg(files.path("a.bc")).arg("-o").arg(files.path("out")));
    let text = said(&files, &output);
    assert!(text.starts_with("error[OB0207]: can't write `/proc/self/temps`: "), "{text}");
    assert!(left(files.folder()).is_empty());
}

#[test]
fn an_interrupted_link_leaves_what_was_there() {
    let files = with_kernel();
    std::fs::write(files.path("out"), "the last one").expect("writable");
    let linker = files.path("slow");
    std::fs::write(&linker, format!("#!/bin/sh\n: > '{}'\nexec sleep 60\n", files.text("started")))
        .expect("writable");
    std::fs::set_permissions(&linker, std::fs::Permissions::from_mode(0o755)).expect("changeable");
    let mut link = device_link();
    link.arg("link").arg(files.path("a.bc")).arg("--linker").arg(&linker).arg("-o").arg(files.path("out"));
    let mut link = link.spawn().expect("device-link was built");
    let mut waited = 0;
    while !files.path("started").exists() {
        assert!(waited < 600 && link.try_wait().expect("a child").is_none(), "the linker was never run");
        std::thread::sleep(Duration::from_millis(100));
        waited += 1;
    }
    link.kill().expect("it runs");
    link.wait().expect("a child");
    assert_eq!(left(files.folder()), ["out", "slow", "started"]);
    assert_eq!(std::fs::read(files.path("out")).expect("there"), b"the last one");
}

/// device-link on a machine without CUDA: a copy elsewhere, for programs are looked for in the Python environment
/// beside it too.
fn without_cuda(files: &Files) -> Command {
    let program = files.path("device-link");
    std::fs::copy(env!("CARGO_BIN_EXE_device-link"), &program).expect("writable");
    let mut command = Command::new(&program);
    command.env_clear().env("PATH", "/nowhere/bin").env("CUDA_HOME", "/nowhere/cuda");
    command.current_dir(files.folder());
    command
}

#[test]
fn no_assembler() {
    let files = with_kernel();
    let mut link = without_cuda(&files);
    link.args(["link", "a.bc", "--target", "nvptx64:sm_90", "-o", "out"]);
    let output = link.output().expect("it can be run");
    insta::assert_snapshot!(said(&files, &output), @"
    error[OB0403]: no ptxas was found; looked for /nowhere/bin/ptxas, /nowhere/cuda/bin/ptxas, /usr/local/cuda/bin/ptxas
    help: `cargo outboard setup --nvidia` installs one; CUDA_HOME and --ptxas name another, and --emit=ptx links PTX
    ");
}

#[test]
fn the_assembler_that_setup_installs() {
    let files = with_kernel();
    let folder = files.path("home/python/lib/python3/site-packages/nvidia/cuda_nvcc/bin");
    std::fs::create_dir_all(&folder).expect("a folder");
    let script = "#!/bin/sh\nif [ $1 = --version ]; then echo 'release 12.9, V'; else exit 3; fi\n";
    std::fs::write(folder.join("ptxas"), script).expect("writable");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.join("ptxas"), mode).expect("it is ours");
    let mut link = without_cuda(&files);
    link.args(["link", "a.bc", "--target", "nvptx64:sm_90", "-o", "out"]);
    let output = link.env("OUTBOARD_HOME", files.path("home")).output().expect("it can be run");
    assert!(
        said(&files, &output).starts_with("error[OB0404]: the ptxas failed (exit status: 3)"),
        "{output:?}"
    );
}

#[test]
fn no_disassembler() {
    let files = Files::new();
    let cubin = Image::openmp(ImageKind::CUBIN, "nvptx64-nvidia-cuda", "sm_90", b"a cubin".to_vec());
    std::fs::write(files.path("dev.offload"), encode(&[cubin]).expect("one image")).expect("writable");
    let output = without_cuda(&files).args(["inspect", "dev.offload", "--asm"]).output();
    let text = said(&files, &output.expect("it can be run")).replace(env!("LLVM_BINDIR"), "LLVM");
    insta::assert_snapshot!(text, @"
    error[OB0403]: no nvdisasm was found; looked for /nowhere/bin/nvdisasm, /nowhere/cuda/bin/nvdisasm, /usr/local/cuda/bin/nvdisasm
    help: install CUDA and set CUDA_HOME, or have `cargo xtask setup` bring NVIDIA's wheel
    ");
}

/// Every place at which a path goes in: whatever bytes are in it, files are found, written and named.
#[test]
fn names_of_every_kind() {
    let names: [&[u8]; 3] = [b"with a space", b"quoted'\"$x`\\", b"not utf-8 \xff\xfe"];
    for name in names {
        let files = with_kernel();
        let folder = files.path("").join(OsStr::from_bytes(name));
        std::fs::create_dir(&folder).expect("makeable");
        let (input, output) = (folder.join("a.bc"), folder.join("out"));
        std::fs::copy(files.path("a.bc"), &input).expect("writable");
        let mut save = std::ffi::OsString::from("--save-temps=");
        save.push(folder.join("temps"));
        let mut link = device_link();
        link.arg("link").arg(&input).arg("--cache-dir").arg(folder.join("cache"));
        link.args(["--target", "x86_64", "--target", "amdgcn:gfx90a"]);
        let result = run(link.arg("-o").arg(&output));
        assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
        let mut again = device_link();
        let result = run(again.arg("link").arg(&input).arg(&save).arg("-o").arg(&output));
        assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
        assert_eq!(left(&folder), ["cache", "out", "temps"]);
        // An object goes to the linker, and an archive is searched.
        files.clang("int twice(int x) { return x + x; }", "twice.o", &["-fPIC"]);
        files.clang("int twice(int); void kernel(int *p) { *p = twice(*p); }", "caller.bc", &["-emit-llvm"]);
        let object = folder.join("twice.o");
        std::fs::copy(files.path("twice.o"), &object).expect("writable");
        let mut link = device_link();
        let result = run(link.arg("link").arg(files.path("caller.bc")).arg(&object).arg("-o").arg(&output));
        assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
        std::fs::write(&input, "no bitcode").expect("writable");
        let result = run(device_link().arg("link").arg(&input).arg("-o").arg(&output));
        let shown = String::from_utf8_lossy(name).into_owned();
        let text = said(&files, &result);
        assert!(text.starts_with(&format!("error[OB0301]: `DIR/{shown}/a.bc` is neither bitcode")), "{text}");
    }
}
