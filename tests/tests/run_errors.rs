//! Errors in rustc and clang as in opt: each wrong launch is told with its place, the exit status is not 0, and
//! nothing half-written stays.

use std::path::Path;

use tests::compile::{clang, offload_host, opt, rustc};
use tests::images::case;
use tests::{Ran, Run, Scratch, images, llvm, rustcs};

fn packed(scratch: &Scratch) -> String {
    offload_host(&images::kernels(scratch))
}

const MISSING: &str = "offload-host[OB0106]: kernel `add_two` is not in image ";
const FLAGS: &str = "offload-host[OB0103]: argument 0 of the launch of `add_one` has map flags 0x803, of which 0x800 cannot \
                     be given in a launch";

/// Both wrong launches are told, each with its place in the source.
#[track_caller]
fn check_text(ran: Ran, missing: &str, flags: &str) {
    ran.failed().says(&format!("{missing}: {MISSING}")).says(&format!("{flags}: {FLAGS}"));
}

/// What lies in the output folder, but for rustc's own objects: it leaves those of codegen units behind after any
/// error found in code generation, a wrong `asm!` too.
fn outputs(out: &Scratch) -> Vec<String> {
    out.names().into_iter().filter(|name| !name.ends_with(".rcgu.o")).collect()
}

#[test]
fn in_rustc() {
    let (scratch, out) = (Scratch::new(), Scratch::new());
    let pass = packed(&scratch);
    let source = case("wrong.rs");
    let function = "in function `wrong::main`";
    let cases: [(&[&str], &str, &str); 4] = [
        (&[], function, function),
        (&["-Cdebuginfo=1"], "wrong.rs:16:19", "wrong.rs:18:26"),
        (&["-Copt-level=3", "-Cdebuginfo=2", "-Ccodegen-units=16"], "wrong.rs:16:19", "wrong.rs:18:26"),
        (&["-Copt-level=2", "-Clto=fat"], function, function),
    ];
    for toolchain in rustcs() {
        for (flags, missing, bad_flags) in &cases {
            let rustc = rustc(toolchain, &pass).args(*flags).arg("--out-dir").arg(out.folder());
            let ran = rustc.arg(&source).run().says("error: aborting due to 1 previous error");
            check_text(ran, missing, bad_flags);
            assert_eq!(outputs(&out), [""; 0], "{flags:?}");
        }
    }
}

/// After an error, the next build compiles what failed again; that the images changed, rustc sees by their path.
#[test]
fn in_incremental_rustc() {
    let (scratch, out) = (Scratch::new(), Scratch::new());
    let pass = packed(&scratch);
    let kernels = std::fs::read_to_string(case("kernels.c")).expect("the case is there");
    let more = "KERNEL(add_two, int64_t *x) { *x += 2; }\n";
    let more = scratch.write("more.c", format!("{kernels}{more}"));
    let with_kernel = offload_host(&images::packed(&scratch, "more", &more));
    let wrong = std::fs::read_to_string(case("wrong.rs")).expect("the case is there");
    for name in ["launch.rs", "fallback.rs"] {
        scratch.write(name, std::fs::read(case(name)).expect("the case is there"));
    }
    for toolchain in rustcs() {
        let cache = format!("-Cincremental={}", scratch.path(&toolchain.release).display());
        let build = |pass: &str, flags: &str| {
            let source = scratch.write("wrong.rs", wrong.replace("0x803", flags) + FALLBACK);
            rustc(toolchain, pass).arg(&cache).arg("--out-dir").arg(out.folder()).arg(source).run()
        };
        build(&pass, "0x803").failed().says(MISSING).says(FLAGS);
        build(&pass, "3").failed().says(MISSING).says_not(FLAGS);
        build(&pass, "3").failed().says(MISSING);
        assert_eq!(outputs(&out), [""; 0]);
        build(&with_kernel, "3").succeeded();
        Run::new(out.path("wrong")).env("OMP_TARGET_OFFLOAD", "MANDATORY").ok().prints("0 0 0");
        std::fs::remove_file(out.path("wrong")).expect("the program is there");
    }
}

/// A host body for the kernel that only the second image has.
const FALLBACK: &str = "mod host { #[unsafe(no_mangle)] extern \"C\" fn add_two(_x: *mut i64) {} }\n";

#[test]
fn in_clang() {
    let (scratch, out) = (Scratch::new(), Scratch::new());
    let pass = packed(&scratch);
    let source = case("wrong.c");
    let function = "in function `main`";
    let cases: [(&[&str], &str, &str); 3] = [
        (&["-O0", "-S"], function, function),
        (&["-O2", "-g", "-c"], "wrong.c:9:17", "wrong.c:10:15"),
        (&["-O2", "-flto=thin", "-fuse-ld=lld"], function, function),
    ];
    for (flags, missing, bad_flags) in cases {
        let ran = clang(&pass).args(flags).arg(&source).arg("-o").arg(out.path("output")).run();
        check_text(ran, missing, bad_flags);
        assert_eq!(out.names(), [""; 0], "{flags:?}");
    }
}

/// The module that clang makes of it, in both of opt's formats.
#[test]
fn in_opt() {
    let (scratch, out) = (Scratch::new(), Scratch::new());
    let pass = packed(&scratch);
    let module = scratch.path("wrong.ll");
    let emit = Run::new(llvm().tool("clang")).args(["-g", "-S", "-emit-llvm", "-o"]);
    emit.arg(&module).arg(case("wrong.c")).ok();
    for passes in [pass.clone(), format!("{pass},verify,default<O3>")] {
        for format in [&[][..], &["-S"]] {
            let ran = opt(&passes).args(format).arg(&module).arg("-o").arg(out.path("output")).run();
            check_text(ran, "wrong.c:9:17", "wrong.c:10:15");
            assert_eq!(out.names(), [""; 0], "{passes}");
        }
    }
}

/// What was there before a failed build is not touched.
#[test]
fn earlier_output_stays() {
    let (scratch, out) = (Scratch::new(), Scratch::new());
    let missing = offload_host(Path::new("no-such-file.offload"));
    let text = "error: offload-host[OB0105]: cannot read image file `no-such-file.offload`: No such file";
    let rust =
        scratch.write("launching/main.rs", std::fs::read(case("program.rs")).expect("the case is there"));
    for name in ["battery.rs", "launch.rs", "fallback.rs"] {
        scratch.write(&format!("launching/{name}"), std::fs::read(case(name)).expect("the case is there"));
    }
    let earlier = out.write("main", "earlier");
    for toolchain in rustcs() {
        rustc(toolchain, &missing).arg("--out-dir").arg(out.folder()).arg(&rust).fails().says(text);
        assert_eq!(std::fs::read(&earlier).expect("it stays"), b"earlier");
    }
    clang(&missing).arg("-c").arg(case("program.c")).arg("-o").arg(&earlier).fails().says(text);
    opt(&missing).arg(case("program.ll")).arg("-o").arg(&earlier).fails().says(text);
}
