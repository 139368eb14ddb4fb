//! Inputs detected by content, linked and internalized; and what is said where that fails.

use bitcode_link::{Format, Input, drop_startup_code, internalize_except, link};
use llvm_plugin::inkwell::context::Context;
use std::path::{Path, PathBuf};

/// Links IR texts, keeps the functions `keep`, and prints name and linkage of what is defined; or the error.
fn check(texts: &[&str], keep: &[&str]) -> String {
    let context = Context::create();
    let parse = |(index, text): (usize, &&str)| {
        let path = PathBuf::from(format!("{index}.ll"));
        let input = Input { path: path.clone(), format: Format::IrText, bytes: text.as_bytes().to_vec() };
        input.module(&context).map(|module| (path, module))
    };
    let linked = texts.iter().enumerate().map(parse).collect::<Result<_, _>>().and_then(link);
    let module = match linked {
        Ok(module) => module,
        Err(error) => return error.to_string(),
    };
    drop_startup_code(&module);
    internalize_except(&module, keep);
    module.verify().expect("still valid");
    let functions = module
        .get_functions()
        .filter(|function| function.count_basic_blocks() > 0)
        .map(|function| function.as_global_value());
    let describe = |global: llvm_plugin::inkwell::values::GlobalValue<'_>| {
        format!("{} {:?}", global.get_name().to_string_lossy(), global.get_linkage())
    };
    functions.chain(module.get_globals()).map(describe).collect::<Vec<_>>().join("\n")
}

#[test]
fn linked_and_internalized() {
    insta::assert_snapshot!(
        check(
            &[
                "$h = comdat any
                 @llvm.used = appending global [1 x ptr] [ptr @k], section \"llvm.metadata\"
                 define protected void @k() { call void @h() ret void }
                 define linkonce_odr void @h() comdat { ret void }
                 declare void @late()",
                "@table = constant [1 x ptr] [ptr @late]
                 define hidden void @late() { ret void }
                 define linkonce_odr void @h() { ret void }
                 define available_externally void @copy() { ret void }",
            ],
            &["k"],
        ),
        @r"
    k External
    h Internal
    late Internal
    table Internal
    "
    );
}

#[test]
fn modules_that_do_not_go_together() {
    let function = "define void @f() { ret void }";
    insta::assert_snapshot!(check(&[function, function], &[]), @"`f` is defined in `0.ll` and in `1.ll`");
    insta::assert_snapshot!(
        check(
            &[
                "target datalayout = \"e-m:e-i64:64\"",
                "",
                "target datalayout = \"e-m:e-i64:32\"",
            ],
            &[],
        ),
        @"
    `0.ll` and `2.ll` have different data layouts: `e-m:e-i64:64` and `e-m:e-i64:32`
    help: compile both for one target
    "
    );
    insta::assert_snapshot!(
        check(&["@a = appending global [1 x i8] c\"x\"", "@a = appending global [1 x i32] [i32 7]"], &[]),
        @"`1.ll` can't be linked with the inputs before it: Appending variables with different element types!"
    );
    insta::assert_snapshot!(check(&["define void @f() { ret i32 }"], &[]), @"
    `0.ll` can't be parsed: 0.ll:1:28: error: expected value token
    define void @f() { ret i32 }
                               ^
    ");
    insta::assert_snapshot!(check(&[], &[]), @"there is no module to link");
}

#[test]
fn formats_by_content() {
    let detect =
        |bytes: &[u8]| Format::detect(bytes).map_or("unknown".to_owned(), |format| format.to_string());
    let found = [
        detect(b"BC\xc0\xde\x35\x14"),
        detect(b"\xde\xc0\x17\x0b\0\0\0\0"),
        detect(b"; ModuleID = 'x'\n\nsource_filename = \"x.c\"\n"),
        detect(b"\n  define void @f() { ret void }"),
        detect(b"\x7fELF\x02\x01\x01"),
        detect(b"!<arch>\nlib.rmeta/"),
        detect(b"fn main() {}"),
        detect(b"\xff\xfe"),
        detect(b""),
    ];
    insta::assert_snapshot!(found.join("\n"), @r"
    bitcode
    bitcode
    IR text
    IR text
    an ELF file
    an archive
    unknown
    unknown
    unknown
    ");
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let message = |name: &str, content: Option<&[u8]>| {
        let path = folder.path().join(name);
        if let Some(content) = content {
            std::fs::write(&path, content).expect("writable");
        }
        let context = Context::create();
        let error =
            Input::read(&path).and_then(|input| input.module(&context).map(|_| ())).expect_err("refused");
        error.to_string().replace(&*folder.path().to_string_lossy(), "DIR")
    };
    insta::assert_snapshot!(message("missing.bc", None), @"can't read `DIR/missing.bc`");
    insta::assert_snapshot!(message("empty.bc", Some(b"")), @"`DIR/empty.bc` is neither bitcode, IR text, an ELF file nor an archive: it is empty");
    insta::assert_snapshot!(message("a.rs", Some(b"fn main() {}")), @"`DIR/a.rs` is neither bitcode, IR text, an ELF file nor an archive: it starts with 66 6e 20 6d 61 69 6e 28");
    insta::assert_snapshot!(message("a.o", Some(b"\x7fELF\x02\x01\x01")), @"`DIR/a.o` is an ELF file and holds no module");
    insta::assert_snapshot!(message("cut.bc", Some(b"BC\xc0\xde\x35\x14\0\0")), @"`DIR/cut.bc` can't be parsed: DIR/cut.bc: error: Expected a single module");
}

#[test]
fn bitcode_round_trip() {
    let context = Context::create();
    let text = Input {
        path: PathBuf::from("a.ll"),
        format: Format::IrText,
        bytes: b"define void @f() { ret void }".to_vec(),
    };
    let bitcode = text.module(&context).expect("parses").write_bitcode_to_memory();
    let bytes = bitcode.as_slice().to_vec();
    assert_eq!(Format::detect(&bytes), Some(Format::Bitcode));
    let input = Input { path: Path::new("a.bc").to_owned(), format: Format::Bitcode, bytes };
    assert!(input.module(&context).expect("parses").get_function("f").is_some());
}
