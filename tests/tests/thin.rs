//! `bitcode-link thin` as users run it: the objects that ld.lld makes, whoever runs the jobs, and no job that need
//! not run.

use std::path::Path;

use tests::thin_workload::{Machine, Workload};
use tests::{Ran, Run, Scratch, bitcode_link, llvm, stable};
use xtask::tools::on_path;

const MODULES: usize = 5;
/// Of a whole workspace.
const ALL_MODULES: usize = 24;

fn thin(scratch: &Scratch) -> Run {
    Run::new(bitcode_link()).arg("thin").dir(scratch.folder())
}

fn lld(scratch: &Scratch) -> Run {
    Run::new(llvm().tool("ld.lld")).dir(scratch.folder())
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The objects in `folder` must be those that ld.lld made with --lto-obj-path=theirs.
#[track_caller]
fn same_objects(scratch: &Scratch, folder: &str, names: &[String]) {
    for (number, name) in names.iter().enumerate() {
        let ours = scratch.path(folder).join(name.replace(".o", ".thin.o"));
        let theirs = scratch.path(&format!("theirs{}", number + 1));
        assert!(read(&ours) == read(&theirs), "{name} differs");
    }
}

#[track_caller]
fn check_objects(machine: Machine, ours: &[&str], theirs: &[&str]) {
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, machine, ALL_MODULES, 4).names();
    thin(&scratch).args(&names).args(ours).args(["--objects", "objects", "-o", "ours.so"]).ok();
    lld(&scratch).args(&names).args(theirs).args(["-o", "theirs.so", "--lto-obj-path=theirs"]).ok();
    same_objects(&scratch, "objects", &names);
    let symbols = |name: &str| {
        let shown = Run::new(llvm().tool("llvm-nm")).args(["-D", "--defined-only", "--format=just-symbols"]);
        let shown = shown.arg(scratch.path(name)).ok().stdout;
        let mut lines: Vec<_> = shown.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(symbols("ours.so"), symbols("theirs.so"));
}

#[test]
fn a_shared_library_has_the_objects_of_lld() {
    check_objects(Machine::Host, &["--shared"], &["-shared"]);
}

#[test]
fn exports_make_the_rest_internal_as_with_lld() {
    let scratch = Scratch::new();
    let list = scratch.write("exports", "{ global: work0_0; work1_2; local: *; };\n");
    let list = format!("--version-script={}", list.display());
    let ours = ["--shared", "--export=work0_0", "--export=work1_2"];
    check_objects(Machine::Host, &ours, &["-shared", &list]);
}

#[test]
fn an_image_for_a_gpu_is_for_the_processor_of_its_functions() {
    check_objects(Machine::Gpu, &["--shared"], &["-shared", "-plugin-opt=mcpu=gfx90a"]);
}

/// What kernels and devices must agree on stands at the functions, and has to reach the image.
#[test]
fn an_image_is_for_the_features_of_its_functions() {
    for id in
        ["gfx90a", "gfx90a:xnack+", "gfx90a:sramecc+:xnack-", "gfx906:xnack-", "gfx942:xnack+", "gfx1030"]
    {
        let scratch = Scratch::new();
        let flags = ["--target=amdgcn-amd-amdhsa", &format!("-mcpu={id}"), "-flto=thin"];
        let kernel = "void scale(float *, int);\n__attribute__((amdgpu_kernel)) void kernel(float *x) \
                      { scale(x, __builtin_amdgcn_workitem_id_x()); }\n";
        bitcode(&scratch, "kernel.o", kernel, &flags);
        bitcode(&scratch, "scale.o", "void scale(float *x, int i) { x[i] *= 2; }\n", &flags);
        let names = ["kernel.o".to_owned(), "scale.o".to_owned()];
        let mcpu = format!("-plugin-opt=mcpu={}", id.split(':').next().expect("a processor"));
        thin(&scratch).args(&names).args(["--shared", "--objects=ours", "-o", "ours.so"]).ok();
        let theirs = ["-shared", &mcpu, "-o", "theirs.so", "--lto-obj-path=theirs"];
        lld(&scratch).args(&names).args(theirs).ok();
        same_objects(&scratch, "ours", &names);
        // The processor and its features: 32 bits at byte 48. Source: `Elf64_Ehdr`, elf(5) of Linux.
        let flags = |image: &str| read(&scratch.path(image))[48..52].to_vec();
        assert_eq!(flags("ours.so"), flags("theirs.so"), "{id}");
    }
}

#[test]
fn a_program_keeps_what_native_objects_refer_to() {
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, Machine::Host, MODULES, 2).names();
    let source = scratch.write(
        "start.c",
        "void work0_1(unsigned *, unsigned);\nvoid _start(void) { unsigned x[3] = {1, 2}; work0_1(x, 2);\n\
         __asm__ volatile(\"syscall\" :: \"a\"(60), \"D\"(x[2] & 127)); }\n",
    );
    let object = scratch.path("start.o");
    Run::new(llvm().tool("clang")).args(["-O1", "-c"]).arg(source).arg("-o").arg(&object).ok();
    Run::new(llvm().tool("llvm-ar"))
        .arg("rc")
        .arg(scratch.path("rest.a"))
        .args(&names[1..])
        .dir(scratch.folder())
        .ok();
    let inputs = ["start.o", &names[0], "rest.a"];
    thin(&scratch).args(inputs).args(["-o", "ours", "--objects", "objects"]).ok();
    lld(&scratch).args(inputs).args(["-o", "theirs", "--lto-obj-path=theirs"]).ok();
    // Of the archive only what is needed is compiled.
    let mut objects = std::fs::read_dir(scratch.path("objects")).expect("a folder").count();
    while scratch.path(&format!("theirs{objects}")).exists() && objects > 0 {
        objects -= 1;
    }
    assert_eq!(objects, 0, "as many objects as ld.lld has");
    assert!(read(&scratch.path("objects/m00.thin.o")) == read(&scratch.path("theirs1")));
    let status = |name: &str| Run::new(scratch.path(name)).run().code();
    assert_eq!(status("ours"), status("theirs"));
}

#[test]
fn a_full_cache_leaves_nothing_to_compile() {
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, Machine::Host, MODULES, 2).names();
    let link =
        |output: &str| thin(&scratch).args(&names).args(["--shared", "--cache-dir", "cache", "-o", output]);
    link("first.so").ok().says("5 modules, 5 compiled, 0 from the cache");
    link("second.so").ok().says("5 modules, 0 compiled, 5 from the cache");
    assert!(read(&scratch.path("first.so")) == read(&scratch.path("second.so")));
    // Build systems find the same objects there, and have nothing to add.
    let entries = || {
        let folders = std::fs::read_dir(scratch.path("cache")).expect("the cache").flatten();
        let names =
            |folder: std::fs::DirEntry| std::fs::read_dir(folder.path()).into_iter().flatten().flatten();
        let mut names: Vec<_> = folders.flat_map(names).map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    let before = entries();
    assert_eq!(before.len(), MODULES);
    let options = ["--executor=make", "--shared", "--cache-dir=cache", "--objects=build"];
    thin(&scratch).args(&names).args(options).ok();
    for name in &names {
        let index = format!("--index=build/{}", name.replace(".o", ".thinlto.bc"));
        let backend = Run::new(bitcode_link()).dir(scratch.folder()).args(["backend", name, &index]);
        backend.args(["--relocation=pic", "--cache-dir=cache", "-o", "again.o"]).ok();
    }
    assert_eq!(entries(), before);
}

#[test]
fn modules_without_a_summary_get_one() {
    let scratch = Scratch::new();
    let callee = scratch.write("callee.c", "int twice(int x) { return 2 * x; }\n");
    let caller = scratch.write("caller.c", "int twice(int);\nint four(int x) { return twice(twice(x)); }\n");
    let clang = |flag: &str, source: &Path, name: &str| {
        let object = scratch.path(name);
        Run::new(llvm().tool("clang"))
            .args(["-O2", "-fPIC", "-c", flag])
            .arg(source)
            .arg("-o")
            .arg(object)
            .ok();
    };
    clang("-flto=full", &callee, "callee.o");
    clang("-emit-llvm", &caller, "caller.bc");
    let inputs = ["caller.bc", "callee.o"];
    thin(&scratch)
        .args(inputs)
        .args(["--shared", "--export=four", "-o", "four.so", "--objects", "objects"])
        .ok();
    let undefined = Run::new(llvm().tool("llvm-nm")).args(["--format=just-symbols", "-u"]);
    undefined.arg(scratch.path("objects/caller.thin.o")).ok().prints("");
}

#[test]
fn rust_and_c_are_inlined_into_each_other() {
    let scratch = Scratch::new();
    let rust = "unsafe extern \"C\" { fn twice(x: i32) -> i32; }\n\
                #[unsafe(no_mangle)] pub extern \"C\" fn four(x: i32) -> i32 { unsafe { twice(twice(x)) } }\n";
    scratch.write("four.rs", rust);
    let rustc = Run::new(&stable().rustc).dir(scratch.folder()).args(["-O", "--crate-type=rlib", "four.rs"]);
    rustc.args(["-Cpanic=abort", "-Clinker-plugin-lto", "-o", "libfour.rlib"]).ok();
    bitcode(&scratch, "double.o", "int twice(int x) { return 2 * x; }\n", &["-flto=thin", "-fPIC"]);
    // An export is needed, so it comes out of its archive; it calls nothing any more.
    let inputs =
        ["libfour.rlib", "double.o", "--shared", "--export=four", "--objects", "objects", "-o", "four.so"];
    thin(&scratch).args(inputs).ok().says("2 modules, 2 compiled");
    let objects = std::fs::read_dir(scratch.path("objects")).expect("the objects");
    let paths = objects.map(|entry| entry.expect("an entry").path());
    let rust = paths.filter(|path| !path.ends_with("double.thin.o")).collect::<Vec<_>>();
    let undefined = Run::new(llvm().tool("llvm-nm")).args(["--format=just-symbols", "-u"]).args(rust);
    undefined.ok().prints("");
    let shown = Run::new(llvm().tool("llvm-nm")).args(["--format=just-symbols", "-D", "four.so"]);
    shown.dir(scratch.folder()).ok().prints("four");
}

/// Links with a build system, changes one module, and counts what runs again.
#[track_caller]
fn check_rebuild(executor: &str, build: &dyn Fn(&Scratch) -> Ran) {
    let scratch = Scratch::new();
    let workload = Workload::new(&scratch, Machine::Host, MODULES, 2);
    let names = workload.names();
    lld(&scratch).args(&names).args(["-shared", "-o", "theirs.so", "--lto-obj-path=theirs"]).ok();
    let executor = format!("--executor={executor}");
    thin(&scratch).args(&names).args([&executor, "--shared", "--objects", "build", "-o", "ours.so"]).ok();
    let back_ends = |ran: &Ran| ran.stdout.matches(" backend ").count();
    assert_eq!(back_ends(&build(&scratch)), MODULES);
    same_objects(&scratch, "build", &names);
    let nothing = build(&scratch);
    assert_eq!(back_ends(&nothing), 0, "{nothing}");
    // Files of one second have one time for some file systems.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    workload.compile(3, 1);
    // Module 3 itself, and module 2, which imports from it.
    let again = build(&scratch);
    assert_eq!(back_ends(&again), 2, "{again}");
    for module in ["m02.o", "m03.o"] {
        assert!(again.stdout.contains(&format!(" {module} ")), "{again}");
    }
    lld(&scratch).args(&names).args(["-shared", "-o", "theirs.so", "--lto-obj-path=theirs"]).ok();
    same_objects(&scratch, "build", &names);
    let nothing = build(&scratch);
    assert_eq!(back_ends(&nothing), 0, "{nothing}");
}

#[test]
fn make_runs_again_what_imports_the_changed_module() {
    let make = |scratch: &Scratch| {
        Run::new("make").args(["-f", "build/thin.mk", "ours.so"]).dir(scratch.folder()).ok()
    };
    check_rebuild("make", &make);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn ninja_runs_again_what_imports_the_changed_module() {
    let Some(ninja) = tests::tools::wheel_program("ninja").or_else(|| on_path("ninja")) else {
        eprintln!("left out: there is no ninja");
        return;
    };
    let ninja = |scratch: &Scratch| {
        Run::new(&ninja).args(["-v", "-f", "build/thin.ninja"]).dir(scratch.folder()).ok()
    };
    check_rebuild("ninja", &ninja);
}

/// Names that mean something to make, Ninja and shells; and one that isn't text.
#[test]
fn odd_names_of_files() {
    use std::os::unix::ffi::OsStrExt as _;
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, Machine::Host, 2, 1).names();
    lld(&scratch).args(&names).args(["-shared", "-o", "theirs.so", "--lto-obj-path=theirs"]).ok();
    let odd = ["a b.o", "c$(d),#'e.o"];
    for (name, odd) in names.iter().zip(odd) {
        std::fs::rename(scratch.path(name), scratch.path(odd)).expect("a name like any other");
    }
    let options = ["--shared", "--objects=the objects", "-o", "the library.so"];
    let builds = [
        ("make", on_path("make"), "the objects/thin.mk"),
        (
            "ninja",
            tests::tools::wheel_program("ninja").or_else(|| on_path("ninja")),
            "the objects/thin.ninja",
        ),
    ];
    for (executor, program, file) in builds {
        let Some(program) = program else { continue };
        thin(&scratch).args(odd).args(options).arg(format!("--executor={executor}")).ok();
        Run::new(program).args(["-f", file, "the library.so"]).dir(scratch.folder()).ok();
        for (number, object) in ["a_b.thin.o", "c__d____e.thin.o"].into_iter().enumerate() {
            let path = scratch.path("the objects").join(object);
            assert!(read(&path) == read(&scratch.path(&format!("theirs{}", number + 1))), "{object}");
            std::fs::remove_file(path).expect("just read");
        }
        std::fs::remove_file(scratch.path("the library.so")).expect("it was linked");
    }
    let bytes = [std::ffi::OsStr::from_bytes(b"f\xff.o"), "ü.o".as_ref()];
    for (odd, bytes) in odd.iter().zip(bytes) {
        std::fs::rename(scratch.path(odd), scratch.folder().join(bytes)).expect("a name like any other");
    }
    thin(&scratch).arg(bytes[0]).arg(bytes[1]).args(["--shared", "--objects=out", "-o", "out.so"]).ok();
    for (number, object) in ["f_ff.thin.o", "_c3_bc.thin.o"].into_iter().enumerate() {
        assert!(
            read(&scratch.path("out").join(object)) == read(&scratch.path(&format!("theirs{}", number + 1)))
        );
    }
}

#[test]
fn the_list_of_jobs_is_one_for_any_distributor() {
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, Machine::Host, 3, 1).names();
    thin(&scratch).args(&names).args(["--executor=make", "--shared", "--objects", "build"]).ok();
    let distribute = Run::new(bitcode_link()).args(["distribute", "build/jobs.json"]).dir(scratch.folder());
    distribute.ok().says("summary: 3 jobs for `build`");
    lld(&scratch).args(&names).args(["-shared", "-o", "theirs.so", "--lto-obj-path=theirs"]).ok();
    same_objects(&scratch, "build", &names);
}

const NVIDIA: &str = "target datalayout = \"e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64\"\n\
target triple = \"nvptx64-nvidia-cuda\"\n\
define float @half(float %x) \"target-cpu\"=\"sm_70\" \"target-features\"=\"+ptx63\" {\n\
  %y = fmul float %x, 5.000000e-01\n  ret float %y\n}\n";

#[test]
fn jobs_for_nvidia_write_ptx_for_their_processor() {
    let scratch = Scratch::new();
    scratch.write("nvidia.ll", NVIDIA);
    thin(&scratch).args(["nvidia.ll", "--features=+ptx63", "--objects", "objects"]).ok();
    let ptx = String::from_utf8(read(&scratch.path("objects/nvidia.ll.thin.s"))).expect("text");
    assert!(ptx.contains(".target sm_70") && ptx.contains(".visible .func") && ptx.contains("half"), "{ptx}");
}

/// A file of bitcode that clang makes of C.
fn bitcode(scratch: &Scratch, name: &str, source: &str, flags: &[&str]) {
    let source = scratch.write(&format!("{name}.c"), source);
    let clang = Run::new(llvm().tool("clang")).args(["-O2", "-c", "-nogpulib"]).args(flags).arg(source);
    clang.arg("-o").arg(scratch.path(name)).ok();
}

#[test]
fn a_damaged_object_in_the_cache_is_made_anew() {
    let scratch = Scratch::new();
    let names = Workload::new(&scratch, Machine::Host, 1, 1).names();
    let link = || thin(&scratch).args(&names).args(["--cache-dir", "cache", "--objects", "objects"]);
    link().ok();
    let object = read(&scratch.path("objects/m00.thin.o"));
    let find = |folder: &Path| {
        std::fs::read_dir(folder).expect("a folder").next().expect("an entry").expect("it").path()
    };
    let entry = find(&find(&scratch.path("cache")));
    std::fs::write(&entry, "damage").expect("our file");
    link().ok().says("in the cache is made anew: it is cut off").says("1 compiled, 0 from the cache");
    assert!(read(&scratch.path("objects/m00.thin.o")) == object);
}
