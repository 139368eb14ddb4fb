//! What `cargo outboard inspect` and `images` show of a program: its kernels' code, from Rust's IR to the devices'.

use tests::outboard_project::Project;
use tests::{Run, device_link, llvm, snapshot};

/// What `inspect` prints of the kernel, which must be the code of one kernel.
fn shown(project: &Project, view: &str) -> String {
    project.outboard(&["inspect", "squares", view]).ok().stdout
}

#[test]
fn code_for_every_device() {
    let project = Project::new();
    project.outboard(&["build", "--device", "host,gfx90a,spirv64"]).ok();
    let linked = shown(&project, "--ir");
    // The closure of the program is there as rustc made it, with what it calls of other crates.
    let functions: Vec<_> = linked.lines().filter(|line| line.starts_with("define ")).collect();
    for name in ["7squares", "8outboard"] {
        assert!(functions.iter().any(|function| function.contains(name)), "{linked}");
    }
    assert!(!linked.contains("x86-64-v"), "{linked}");
    let optimized = shown(&project, "--optimized-ir");
    assert!(optimized.lines().filter(|line| line.starts_with("define ")).count() < functions.len());
    for text in [&linked, &optimized] {
        let verify = ["-passes=verify", "-disable-output", "-"];
        Run::new(llvm().tool("opt")).args(verify).input(text.as_str()).ok();
    }
    assert!(shown(&project, "--asm").contains("file format elf64-x86-64"));
    assert!(shown(&project, "--gcn").contains("s_endpgm"));
    assert!(shown(&project, "--spirv").contains("OpEntryPoint Kernel"));
    snapshot!("no_image", project.refused(project.outboard(&["inspect", "squares", "--ptx"])));
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn ptx_of_what_an_assembler_made() {
    let project = Project::new();
    if xtask::tools::on_path("ptxas").is_none() && !tests::workspace().join(".venv").exists() {
        eprintln!("left out: no ptxas, which `cargo xtask setup` installs");
        return;
    }
    project.outboard(&["build", "--device", "sm_80"]).ok();
    let ptx = shown(&project, "--ptx");
    assert!(ptx.starts_with(".visible .entry ") && ptx.trim_end().ends_with('}'), "{ptx}");
}

#[test]
fn kernels_are_named_by_a_part_of_their_names() {
    let project = Project::new();
    project.append(
        "src/lib.rs",
        "\npub fn twice(y: &mut [u64]) {\n    Device::default().over(y.len()).run(each(y), |it, y| *y.of(it) *= 2).unwrap();\n}\n\
         #[used]\nstatic TWICE: fn(&mut [u64]) = twice;\n",
    );
    project.outboard(&["build"]).ok();
    let table = project.outboard(&["inspect", "app::"]).ok().stdout;
    for name in ["app::squares::{closure#0} ", "app::twice::{closure#0} "] {
        assert_eq!(table.matches(name).count(), 1, "{table}");
    }
    let said = project.refused(project.outboard(&["inspect", "app::", "--asm"]));
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(
        lines[..2],
        ["error[OB0604]: several kernels have that in their names", "help: name one of them:"]
    );
    let of = |name: &str| lines[2..].iter().filter(|line| line.contains(name)).count();
    assert_eq!((lines.len(), of("app::squares"), of("app::twice")), (5, 1, 1), "{said}");
    // The whole name means one kernel, whatever else has it in its name.
    project.outboard(&["inspect", lines[3].trim(), "--asm"]).ok().says("file format elf64-x86-64");
}

#[test]
fn images_of_the_program_itself() {
    let project = Project::new();
    project.outboard(&["build", "--device", "host,gfx90a"]).ok();
    let program = tests::workspace::target().join("tmp/cargo_outboard/x86_64-unknown-linux-gnu/debug/app");
    let stripped = project.path("stripped");
    Run::new("strip").arg(&program).arg("-o").arg(&stripped).ok();
    for program in [&program, &stripped] {
        let list = Run::new(device_link()).arg("list").arg(program).ok();
        let list = list.says("image 0: x86_64-unknown-linux-gnu").says("image 1: amdgcn-amd-amdhsa gfx90a");
        list.says("(geometry, pointer, ");
        let path = program.display().to_string();
        project.outboard(&["images", "list", &path]).ok().says("image 1: amdgcn-amd-amdhsa gfx90a");
        Run::new(device_link()).arg("verify").arg(program).ok();
    }
    // The images are in it once, and what is kept to be looked at is not.
    let bytes = std::fs::read(&stripped).expect("just written");
    assert!(!bytes.windows(9).any(|window| window == b"ModuleID "), "no IR is in programs");
    let kept = project.outboard(&["images", "list", "app"]).ok().stdout;
    let own = Run::new(device_link()).arg("list").arg(&stripped).ok().stdout;
    assert_eq!(kept, own);
}
