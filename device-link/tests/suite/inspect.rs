//! What `inspect` tells of images.

use crate::support::{device_link, llvm, printed, refused, run};
use abi::kinds::ImageKind;
use device_link::resources::measure;
use offload_binary::Image;
use std::path::PathBuf;

/// A container with an image of native.c's kernels for an AMD GPU, and the folder that it is in.
fn linked(flags: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (bitcode, container) = (folder.path().join("native.bc"), folder.path().join("dev.offload"));
    let mut clang = llvm("clang");
    clang.args([
        "--target=amdgcn-amd-amdhsa",
        "-O1",
        "-nogpulib",
        "-ffreestanding",
        "-fconvergent-functions",
    ]);
    printed(clang.args(["-emit-llvm", "-c", "native.c", "-o"]).arg(&bitcode));
    let mut link = device_link();
    link.arg("link").arg(&bitcode).args(["--target", "amdgcn:gfx90a"]).args(flags).arg("-o").arg(&container);
    printed(&mut link);
    (folder, container)
}

fn inspect(container: &PathBuf, arguments: &[&str]) -> String {
    String::from_utf8(printed(device_link().arg("inspect").arg(container).args(arguments))).expect("text")
}

#[test]
fn a_table_and_json() {
    let (_folder, container) = linked(&[]);
    let table = inspect(&container, &[]);
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0][..4], ["image", "0:", "amdgcn-amd-amdhsa", "gfx90a,"]);
    let titles = ["kernel", "registers", "scalar", "spills", "stack", "shared", "code", "parameters"];
    assert_eq!(lines[1], titles);
    let names: Vec<_> = lines[2..].iter().map(|line| line[0]).collect();
    assert_eq!(names, ["checked", "dynamic", "lanes", "reverse", "scale"]);
    for line in &lines[2..] {
        let numbers: Vec<u64> = line[1..].iter().map(|cell| cell.parse().expect("a number")).collect();
        let (shared, parameters) = match line[0] {
            "reverse" => (1024, 16),
            "checked" | "scale" => (0, 24),
            _ => (0, 16),
        };
        assert_eq!((numbers[4], numbers[6]), (shared, parameters), "{line:?}");
        assert!(numbers[0] > 0 && numbers[5] > 0, "a kernel has registers and code: {line:?}");
    }
    let json = inspect(&container, &["reverse", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let kernels = json["images"][0]["kernels"].as_array().expect("a list");
    assert_eq!(kernels.len(), 1);
    assert_eq!((kernels[0]["shared"].as_u64(), kernels[0]["parameters"].as_u64()), (Some(1024), Some(16)));
}

/// What a kernel of a cubin takes, of what ptxas tells while it makes it.
#[test]
fn registers_of_every_generation() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (source, bitcode) = (folder.path().join("sum.c"), folder.path().join("sum.bc"));
    let text = "void sum(const float *in, float *out) { float s = 0; for (int i = 0; i < 999; i++) s += in[i] * s; *out = s; }";
    std::fs::write(&source, text).expect("writable");
    printed(llvm("clang").args(["-O1", "-emit-llvm", "-c"]).arg(&source).arg("-o").arg(&bitcode));
    for cpu in ["sm_75", "sm_80", "sm_90", "sm_100", "sm_120"] {
        let container = folder.path().join("sum.offload");
        let mut link = device_link();
        link.args(["link", "--target", &format!("nvptx64:{cpu}")]).arg(&bitcode).arg("-o").arg(&container);
        let temps = folder.path().join(cpu);
        link.arg(format!("--save-temps={}", temps.display())).arg("-v");
        let said = run(&mut link);
        let said =
            String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
        let command = said.lines().find_map(|line| line.strip_prefix("command: ")).expect("ptxas was run");
        let ptxas = command.split(' ').next().expect("a program");
        let mut again = std::process::Command::new(ptxas);
        again.args([&format!("-arch={cpu}"), "-O3", "-v"]).arg(temps.join("kernels.ptx"));
        let told = run(again.arg("-o").arg(folder.path().join("again.cubin")));
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        let used = told.split_once("Used ").and_then(|(_, rest)| rest.split(' ').next()).expect("registers");
        let table = inspect(&container, &["sum"]);
        let row = table.lines().find(|line| line.trim_start().starts_with("sum")).expect("the kernel");
        assert_eq!(row.split_whitespace().nth(1), Some(used), "{cpu}: {table}");
    }
}

#[test]
fn code_as_text() {
    let (_folder, container) = linked(&["--embed-ir"]);
    let assembly = inspect(&container, &["scale", "--asm"]);
    assert!(assembly.contains("<scale>:") && assembly.contains("s_endpgm"), "{assembly}");
    assert!(!assembly.contains("<reverse>:"), "{assembly}");
    let ir = inspect(&container, &["scale", "--ir"]);
    assert!(ir.contains("\ndefine protected amdgpu_kernel void @scale("), "{ir}");
    assert_eq!(ir.matches("define ").count(), 1, "{ir}");
    assert!(inspect(&container, &["--ir"]).contains("target triple = \"amdgcn-amd-amdhsa\""));
}

/// Where NVIDIA's programs are, as `cargo xtask setup` brings them.
#[test]
fn machine_code_of_cubins() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let container = folder.path().join("dev.offload");
    let mut link = device_link();
    let linked = run(link.args(["link", "names.ll", "--target", "nvptx64:sm_80", "-o"]).arg(&container));
    let shown = run(device_link().arg("inspect").arg(&container).args(["scale", "--asm"]));
    for (output, program) in [(&linked, "ptxas"), (&shown, "nvdisasm")] {
        let text = String::from_utf8_lossy(&output.stderr);
        if text.contains(&format!("no {program} was found")) {
            report(&format!("left out: no {program}; `cargo xtask setup` brings it"));
            return;
        }
        assert!(output.status.success(), "{text}");
    }
    let scale = String::from_utf8(shown.stdout).expect("text");
    assert_eq!((scale.matches(".text.scale:").count(), scale.matches(" EXIT ").count()), (1, 1), "{scale}");
    assert!(!scale.contains(".text.axpy:"), "{scale}");
    let all = inspect(&container, &["--asm"]);
    assert!(all.contains(".text.scale:") && all.contains(".text.axpy:"), "{all}");
}

#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn report(what: &str) {
    eprintln!("{what}");
}

#[test]
fn the_program_tells_of_itself() {
    let bash = String::from_utf8(printed(device_link().args(["completions", "bash"]))).expect("text");
    assert!(bash.contains("--embed-ir"), "completions know the options");
    let manual = String::from_utf8(printed(device_link().arg("man"))).expect("text");
    for command in ["link", "inspect", "verify"] {
        assert!(manual.contains(&format!("device\\-link\\-{command}")), "the manual has {command}");
    }
}

#[test]
fn what_cannot_be_shown() {
    let (folder, container) = linked(&[]);
    let path = container.to_string_lossy().into_owned();
    let never = folder.path().join("never");
    let check =
        |arguments: &[&str]| refused(&[&["inspect", &path], arguments].concat(), &never, folder.path());
    insta::assert_snapshot!(check(&["scala"]), @"error[OB0309]: no image has the kernel `scala`; there are: checked, dynamic, lanes, reverse, scale");
    insta::assert_snapshot!(check(&["--ir"]), @"error[OB0309]: that can't be shown of the image for `amdgcn-amd-amdhsa gfx90a`: it was linked without --embed-ir");
    insta::assert_snapshot!(check(&["--ptx"]), @"error[OB0309]: that can't be shown of the image for `amdgcn-amd-amdhsa gfx90a`: it isn't for nvptx64");
    insta::assert_snapshot!(check(&["--spirv"]), @"error[OB0309]: that can't be shown of the image for `amdgcn-amd-amdhsa gfx90a`: it is no SPIR-V");
    insta::assert_snapshot!(check(&["--arch", "gfx906"]), @"error[OB0309]: the container has no image with arch `gfx906`; it has: amdgcn-amd-amdhsa gfx90a");
}

/// Whatever an image's bytes are, measuring and listing it ends without a panic.
#[test]
fn damaged_images() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let container = folder.path().join("dev.offload");
    let mut link = device_link();
    link.args(["link", "names.ll", "--target", "amdgcn:gfx90a", "--target", "spirv64", "-o"]).arg(&container);
    printed(&mut link);
    let (amdgcn, spirv) = (folder.path().join("amdgcn"), folder.path().join("spirv"));
    for (triple, output) in [("amdgcn-amd-amdhsa", &amdgcn), ("spirv64-unknown-unknown", &spirv)] {
        let mut extract = device_link();
        printed(extract.arg("extract").arg(&container).args(["--triple", triple, "-o"]).arg(output));
    }
    let kinds = [
        ("amdgcn-amd-amdhsa", ImageKind::OBJECT, &amdgcn),
        ("nvptx64-nvidia-cuda", ImageKind::CUBIN, &amdgcn),
        ("x86_64-unknown-linux-gnu", ImageKind::OBJECT, &amdgcn),
        ("nvptx64-nvidia-cuda", ImageKind::PTX, &spirv),
        ("spirv64-unknown-unknown", ImageKind::SPIRV, &spirv),
    ];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % below as u64).expect("small")
    };
    for (triple, kind, file) in kinds {
        let whole = std::fs::read(file).expect("extracted");
        for round in 0..200 {
            let mut bytes = whole.clone();
            for _ in 0..=round % 8 {
                let at = next(bytes.len());
                bytes[at] = u8::try_from(next(256)).expect("a byte");
            }
            bytes.truncate(if round % 3 == 0 { next(bytes.len()) } else { bytes.len() });
            let image = Image::openmp(kind, triple, "any", bytes);
            let _kernels = image.kernels();
            for found in measure(&image, "") {
                assert!(found.name.len() < whole.len(), "a name is part of the image");
            }
        }
    }
}
