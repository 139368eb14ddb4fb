//! Helpers that come with more than code: what instrumentation adds, and bitcode of other LLVMs.

use crate::identify::replaced;
use crate::inlining::{CALLER, VALUE, inline, refused};
use crate::support::{Files, bitcode_link};

/// Counters of a profile and records of a sanitizer are variables: they stay one, and so does the helper.
#[test]
fn instrumented_helpers_stay_shared() {
    let files = Files::new();
    files.rustc(CALLER, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    for (flag, variable) in [
        ("-fsanitize=undefined", "a variable without a name"),
        ("-fprofile-generate", "`__profc_helper_value`"),
        ("-fprofile-instr-generate", "`__profc_helper_value`"),
    ] {
        files.clang(VALUE, "helpers.bc", &["-O2", "-emit-llvm", flag]);
        let expected = format!(
            "crate.bc: 0 helpers, 1 call to shared helpers\n\
             helper_value (helpers.bc) stays shared: it has static state, {variable}\n"
        );
        assert_eq!(inline(&files, &[]), expected, "{flag}");
    }
    files.clang(
        VALUE,
        "helpers.bc",
        &["-O2", "-emit-llvm", "-fsanitize=undefined", "-fsanitize-trap=undefined"],
    );
    assert_eq!(inline(&files, &[]), "crate.bc: 1 helper, 1 call inlined\n");
}

/// rustc's LLVM and clang's may differ: what is newer is told or refused, both by name.
#[test]
fn helpers_of_another_llvm() {
    let files = Files::new();
    files.rustc(CALLER, "crate.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let helper = "#![no_std]\n#[unsafe(no_mangle)] pub unsafe extern \"C\" fn helper_value(p: *mut i32) -> i32 { unsafe { *p } }\n";
    files.rustc(helper, "helpers.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let ours = files.bytes("helpers.bc");
    let producer =
        bitcode_link::identify(&ours).expect("bitcode")[0].producer.clone().expect("rustc says it");
    let release = producer.rust_release().expect("rustc's").to_owned();
    files.write("helpers.bc", replaced(&ours, b"LLVM22.1", b"LLVM22.9"));
    let mut command = bitcode_link();
    command.args(["inline-helpers", "crate.bc", "helpers.bc", "-o", "crate.o"]);
    let said = files.output(&mut command);
    assert!(said.status.success());
    let expected = format!(
        "warning: `helpers.bc` was made by LLVM 22.9 (rust {release}), and this is LLVM 22.1; what is new in it may be missing\n"
    );
    assert_eq!(String::from_utf8_lossy(&said.stderr), expected);
    files.write("helpers.bc", replaced(&ours, b"LLVM22.1", b"LLVM23.1"));
    let said = refused(&files, &[]);
    let expected =
        format!("error[OB0302]: `helpers.bc` was made by LLVM 23.1 (rust {release}), and this is LLVM 22.1");
    assert!(said.starts_with(&expected), "{said}");
}
