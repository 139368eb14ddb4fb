//! Inputs detected by content, linked and internalized; and what is said where that fails.

use bitcode_link::{
    Bytes, Composite, Error, Format, Input, ModuleSource, Origin, Part, drop_startup_code, internalize_except,
};
use llvm_plugin::inkwell::context::Context;
use std::path::Path;

/// The module of an IR text.
fn source(name: &str, text: &str) -> Result<ModuleSource, Error> {
    let part = Part {
        origin: Origin::file(Path::new(name)),
        format: Some(Format::IrText),
        bytes: Bytes::new(text.as_bytes().to_vec()),
        bitcode: Vec::new(),
        is_member: false,
    };
    Ok(ModuleSource::of_part(&part)?.remove(0))
}

/// Links IR texts, keeps the functions `keep`, and prints name and linkage of what is defined; or the error.
fn check(texts: &[&str], keep: &[&str]) -> String {
    let context = Context::create();
    let mut composite = Composite::new(&context);
    let add = |(index, text): (usize, &&str)| composite.add_source(&source(&format!("{index}.ll"), text)?);
    if let Err(error) = texts.iter().enumerate().try_for_each(add) {
        return error.to_string();
    }
    let (module, _) = composite.into_parts();
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
    assert_eq!(check(&[], &[]), "");
}

#[test]
fn modules_that_do_not_go_together() {
    let function = "define void @f() { ret void }";
    insta::assert_snapshot!(check(&[function, function], &[]), @"
    `f` is defined in `0.ll` and in `1.ll`
    help: leave one of them out, rename one, or keep one to its file (`static` in C)
    ");
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
    let flag = |value| format!("!llvm.module.flags = !{{!0}} !0 = !{{i32 1, !\"Code Model\", i32 {value}}}");
    insta::assert_snapshot!(check(&[&flag(1), "", &flag(1), &flag(4)], &[]), @"
    `0.ll` and `3.ll` have different values of the module flag `Code Model`: i32 1 and i32 4
    help: compile both with the same options
    ");
    insta::assert_snapshot!(
        check(&["@a = appending global [1 x i8] c\"x\"", "@a = appending global [1 x i32] [i32 7]"], &[]),
        @"`1.ll` can't be linked with the inputs before it: Appending variables with different element types!"
    );
    insta::assert_snapshot!(check(&["module asm \".globl f\""], &[]), @"
    `0.ll` has module-level assembly (`.globl f`), which device code can't have
    help: move it to a file of its own that no kernel needs
    ");
    insta::assert_snapshot!(check(&["define void @f() { ret i32 }"], &[]), @"
    `0.ll` can't be parsed: 0.ll:1:28: error: expected value token
    define void @f() { ret i32 }
                               ^
    ");
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
        detect(b"!<thin>\n"),
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
        let read = || -> Result<(), Error> {
            for part in Input::read(&path)?.parts()? {
                if part.format.is_none() {
                    return Err(bitcode_link::unknown_format(&part.origin, &part.bytes));
                }
                ModuleSource::of_part(&part)?;
            }
            Ok(())
        };
        let mut error: Option<&dyn std::error::Error> = None;
        let refused = read().expect_err("refused");
        let mut texts = Vec::new();
        while let Some(source) =
            error.map_or(Some(&refused as &dyn std::error::Error), |error| error.source())
        {
            texts.push(source.to_string());
            error = Some(source);
        }
        texts.join(": ").replace(&*folder.path().to_string_lossy(), "DIR")
    };
    insta::assert_snapshot!(message("missing.bc", None), @"can't read `DIR/missing.bc`: No such file or directory (os error 2)");
    insta::assert_snapshot!(message("empty.bc", Some(b"")), @"`DIR/empty.bc` is neither bitcode, IR text, an ELF file nor an archive: it is empty");
    insta::assert_snapshot!(message("a.rs", Some(b"fn main() {}")), @"`DIR/a.rs` is neither bitcode, IR text, an ELF file nor an archive: it starts with 66 6e 20 6d 61 69 6e 28");
    insta::assert_snapshot!(message("a.o", Some(b"\x7fELF\x02\x01\x01")), @"object `DIR/a.o` can't be read: Could not read file magic");
    insta::assert_snapshot!(message("cut.bc", Some(b"BC\xc0\xde\x35\x14\0\0")), @"`DIR/cut.bc` can't be read as bitcode: it is cut off: a field at byte 8 needs 4 bytes, and 0 are there");
    insta::assert_snapshot!(message("garbage.bc", Some(b"BC\xc0\xdegarbage!")), @"`DIR/garbage.bc` can't be read as bitcode: at byte 4 garbage follows the bitcode");
    insta::assert_snapshot!(message("magic.bc", Some(b"BC\xc0\xde")), @"`DIR/magic.bc` can't be read as bitcode: it has no module in it");
    insta::assert_snapshot!(message("wrapper.bc", Some(b"\xde\xc0\x17\x0b\0\0\0\0\x14\0\0\0\x10\0\0\0\x07\0\0\x01BC")), @"`DIR/wrapper.bc` can't be read as bitcode: it is cut off: the wrapped bitcode at byte 0 needs 36 bytes, and 22 are there");
    insta::assert_snapshot!(message("half.bc", Some(b"\xde\xc0\x17\x0b\0\0\0\0")), @"`DIR/half.bc` can't be read as bitcode: it is cut off: the wrapper's header at byte 0 needs 20 bytes, and 8 are there");
    insta::assert_snapshot!(message("lib.a", Some(b"!<arch>\n")), @"`DIR/lib.a` is an archive without members");
    insta::assert_snapshot!(message("cut.a", Some(b"!<arch>\na.o/            0           0")), @"`DIR/cut.a` can't be read as an archive: Invalid archive member header");
}

#[test]
fn bitcode_round_trip() {
    let context = Context::create();
    let text = source("a.ll", "define void @f() { ret void }").expect("parses");
    let module = text.parse(&&context).expect("parses");
    let bytes = module.write_bitcode_to_memory().as_slice().to_vec();
    assert_eq!(Format::detect(&bytes), Some(Format::Bitcode));
    let sources = ModuleSource::of_bitcode(&text.origin, &Bytes::new(bytes)).expect("identified");
    let [again] = sources.as_slice() else { panic!("one module") };
    again.check().expect("valid");
    assert!(again.parse(&&context).expect("parses").get_function("f").is_some());
}
