//! Inputs that two releases of rustc made: each gets the standard library of its own.

use crate::support::{Files, device_link, llvm, printed, renamed_release, run};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

/// A kernel that calls the function `name` of core.
fn kernel(kernel: &str, name: &str) -> String {
    format!(
        "unsafe extern \"C\" {{ #[link_name = \"{}\"] fn called(x: u32) -> u32; }}
        #[unsafe(no_mangle)] pub extern \"C\" fn {kernel}(x: &mut u32) {{ *x = unsafe {{ called(*x) }}; }}",
        symbol(name)
    )
}

/// The symbol of a function of core's.
fn symbol(name: &str) -> String {
    format!("_ZN4core{}{name}17h0123456789abcdefE", name.len())
}

/// A release of rustc, and one that isn't.
struct Releases {
    files: Files,
    /// Such as 1.95.0.
    real: String,
    /// The same with another last digit.
    other: String,
}

impl Releases {
    /// Two toolchains whose core has `functions`, each of which adds a number.
    fn new(real_core: &[(&str, u32)], other_core: &[(&str, u32)]) -> Self {
        let version = printed(Command::new("rustc").args(["--version", "--verbose"]));
        let version = String::from_utf8(version).expect("text");
        let real = version.lines().find_map(|line| line.strip_prefix("release: ")).expect("rustc tells it");
        let other =
            format!("{}x", &real[..real.len() - 1]).replace('x', if real.ends_with('9') { "8" } else { "9" });
        let releases = Self { files: Files::new(), real: real.to_owned(), other };
        releases.toolchain("real", &releases.real, real_core);
        releases.toolchain("other", &releases.other, other_core);
        releases
    }

    /// Makes what device-link wants of a toolchain: a rustc that says who it is, and core's bitcode.
    fn toolchain(&self, name: &str, release: &str, functions: &[(&str, u32)]) {
        let sysroot = self.files.path("toolchains").join(name);
        let (programs, libraries) =
            (sysroot.join("bin"), sysroot.join("lib/rustlib/x86_64-unknown-linux-gnu/lib"));
        std::fs::create_dir_all(&programs).expect("makeable");
        std::fs::create_dir_all(&libraries).expect("makeable");
        let rustc = programs.join("rustc");
        let script = format!(
            "#!/bin/sh\ncase $1 in --version) echo 'release: {release}';; *) echo '{}';; esac\n",
            sysroot.display()
        );
        std::fs::write(&rustc, script).expect("writable");
        std::fs::set_permissions(&rustc, std::fs::Permissions::from_mode(0o755)).expect("changeable");
        let source: String = functions
            .iter()
            .map(|(name, number)| {
                let symbol = symbol(name);
                format!("unsigned {name}(unsigned) __asm__(\"{symbol}\"); unsigned {name}(unsigned x) {{ return x + {number}; }}\n")
            })
            .collect();
        self.core(name, &source);
    }

    /// Makes the core of a toolchain.
    fn core(&self, name: &str, source: &str) {
        self.files.clang(source, "core.bc", &["-emit-llvm"]);
        let rlib = format!("toolchains/{name}/lib/rustlib/x86_64-unknown-linux-gnu/lib/libcore-{name}.rlib");
        printed(llvm("llvm-ar").arg("rcs").arg(self.files.path(&rlib)).arg(self.files.path("core.bc")));
    }

    /// Compiles a kernel as the real release, or as the other.
    fn compile(&self, file: &str, source: &str, as_other: bool) {
        self.files.rustc(source, file, &["--edition=2024", "--crate-type=lib", "--emit=llvm-bc"]);
        if as_other {
            let bytes = std::fs::read(self.files.path(file)).expect("readable");
            let (from, to) = (format!("rust-{}", self.real), format!("rust-{}", self.other));
            std::fs::write(self.files.path(file), renamed_release(&bytes, &from, &to)).expect("writable");
        }
    }

    /// Links with these toolchains alone. The optimized module, or what was said, with the releases masked.
    fn link(&self, inputs: &[&str], kernels: &[&str]) -> Result<String, String> {
        let mut link = device_link();
        link.env_remove("RUSTC").env("PATH", "/nowhere").env("RUSTUP_HOME", self.files.folder());
        link.arg("link").args(inputs.iter().map(|input| self.files.path(input)));
        link.args(kernels.iter().flat_map(|kernel| ["--kernel", kernel]));
        link.args(["--target", "nvptx64:sm_90", "--emit", "ptx"]);
        link.arg(format!("--save-temps={}", self.files.text("temps"))).arg("-o").arg(self.files.path("out"));
        let output = run(&mut link);
        if output.status.success() {
            return Ok(std::fs::read_to_string(self.files.path("temps/optimized.ll")).expect("written"));
        }
        let text = self.files.masked(&String::from_utf8_lossy(&output.stderr));
        Err(text.replace(&self.real, "REAL").replace(&self.other, "OTHER"))
    }
}

/// The number that `kernel` adds, in `module`.
fn number(module: &str, kernel: &str) -> u32 {
    let body = module.split(&format!("@{kernel}(")).nth(1).expect("the kernel is there");
    let body = body.split("\n}").next().expect("its end");
    let add = body.lines().find(|line| line.contains(" = add i32 %")).expect("it adds");
    add.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

#[test]
fn every_input_gets_the_library_of_its_own_release() {
    let releases = Releases::new(&[("first", 1100), ("shared", 1200)], &[("shared", 2200), ("second", 2300)]);
    releases.compile("first.bc", &kernel("one", "first"), false);
    releases.compile("second.bc", &kernel("two", "second"), true);
    releases.compile("shared.bc", &kernel("three", "shared"), true);
    let kernels = ["one", "two", "three"];
    let numbers = |module: &str| kernels.map(|kernel| number(module, kernel));
    let inputs = ["first.bc", "second.bc", "shared.bc"];
    let module = releases.link(&inputs, &kernels).expect("linked");
    assert_eq!(numbers(&module), [1100, 2300, 2200]);
    let module = releases.link(&["shared.bc", "second.bc", "first.bc"], &kernels).expect("linked");
    assert_eq!(numbers(&module), [1100, 2300, 2200], "in any order");
    releases.compile("shared.bc", &kernel("three", "shared"), false);
    let module = releases.link(&inputs, &kernels).expect("linked");
    assert_eq!(numbers(&module), [1100, 2300, 1200]);
}

#[test]
fn one_name_in_two_libraries() {
    let releases = Releases::new(&[("shared", 1)], &[("shared", 2)]);
    releases.compile("one.bc", &kernel("one", "shared"), false);
    releases.compile("two.bc", &kernel("two", "shared"), true);
    let text = releases.link(&["one.bc", "two.bc"], &["one", "two"]).expect_err("refused");
    insta::assert_snapshot!(text, @"
    error[OB0026]: `core::shared` of Rust's standard library is needed by inputs of two releases of rustc, and an image has one of that name: `DIR/one.bc` was made by REAL-stable, and `DIR/two.bc` by OTHER-stable
    help: compile both with one toolchain
    ");
}

/// One of them is needed by the library itself.
#[test]
fn one_name_in_two_libraries_that_one_of_them_uses() {
    let releases = Releases::new(&[("outer", 1), ("shared", 2)], &[("shared", 3)]);
    let source = format!(
        "unsigned shared(unsigned) __asm__(\"{}\"); unsigned outer(unsigned) __asm__(\"{}\");
        __attribute__((noinline)) unsigned shared(unsigned x) {{ return x ^ 1; }}
        unsigned outer(unsigned x) {{ return shared(x) + 1; }}",
        symbol("shared"),
        symbol("outer")
    );
    releases.core("real", &source);
    releases.compile("one.bc", &kernel("one", "outer"), false);
    releases.compile("two.bc", &kernel("two", "shared"), true);
    let text = releases.link(&["one.bc", "two.bc"], &["one", "two"]).expect_err("refused");
    insta::assert_snapshot!(text, @"
    error[OB0026]: `core::shared` of Rust's standard library is needed by inputs of two releases of rustc, and an image has one of that name: `libcore-real.rlib` was made by REAL-stable, and `DIR/two.bc` by OTHER-stable
    help: compile both with one toolchain
    ");
}

#[test]
fn a_release_that_is_not_installed() {
    let releases = Releases::new(&[("first", 1)], &[("second", 2)]);
    releases.compile("first.bc", &kernel("one", "first"), false);
    releases.compile("second.bc", &kernel("two", "second"), true);
    std::fs::remove_dir_all(releases.files.path("toolchains/other")).expect("removable");
    let text = releases.link(&["first.bc", "second.bc"], &["one", "two"]).expect_err("refused");
    insta::assert_snapshot!(text, @"
    error[OB0025]: kernel `two` needs `core::second` of Rust's standard library: no toolchain of rustc OTHER-stable was found; looked at DIR/toolchains/real/bin/rustc (REAL-stable)
      in `two` (DIR/second.bc)
    help: give the toolchain that made the bitcode with --sysroot
    ");
    // Nothing of it is needed by the other kernel.
    releases.link(&["first.bc"], &["one"]).expect("linked");
}

/// Two real releases, where they are installed.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn a_stable_and_a_nightly_compiler() {
    let files = Files::new();
    let parse = |name: &str| {
        format!(
            "#[unsafe(no_mangle)] pub extern \"C\" fn {name}(text: &[u8; 8], out: &mut f64) {{
                *out = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(-1.0);
            }}"
        )
    };
    std::fs::write(files.path("nightly.rs"), parse("newer")).expect("writable");
    let mut rustc = Command::new("rustup");
    rustc.args(["run", "nightly", "rustc", "-O", "--crate-type=lib", "--emit=llvm-bc"]);
    let compiled = rustc.arg(files.path("nightly.rs")).arg("-o").arg(files.path("nightly.bc")).output();
    if !compiled.is_ok_and(|output| output.status.success()) {
        eprintln!("left out: no nightly toolchain");
        return;
    }
    files.rustc(&parse("older"), "stable.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let expected = "newer(geometry, pointer, pointer)\nolder(geometry, pointer, pointer)";
    for target in ["x86_64", "amdgcn:gfx90a"] {
        let flags = ["--kernel", "older", "--kernel", "newer", "--target", target];
        assert_eq!(files.link(&["stable.bc", "nightly.bc"], &flags), expected, "{target}");
        assert_eq!(files.link(&["nightly.bc", "stable.bc"], &flags), expected, "{target}");
    }
}
