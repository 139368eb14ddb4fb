//! What bitcode of every container says about itself.

use crate::support::{C, Files, RUST, causes, sources};
use bitcode_link::{ModuleSource, identify};
use std::path::Path;

/// Origin, version of the LLVM that made it, triple and symbols of every module of a file.
fn describe(files: &Files, path: &Path) -> String {
    let line = |source: &ModuleSource| {
        let identity = &source.identity;
        let producer = identity.producer.as_ref().expect("says who made it");
        let (major, _) = producer.llvm_version().expect("made by LLVM");
        let mut symbols: Vec<_> = identity.symbols.iter().collect();
        symbols.sort_by_key(|symbol| symbol.name.clone());
        let symbols =
            symbols.iter().map(|symbol| format!("{}{}", if symbol.defined { "" } else { "?" }, symbol.name));
        let symbols = symbols.collect::<Vec<_>>().join(" ");
        let rust = if producer.rust_release().is_some() { " by rustc" } else { "" };
        format!("{}: LLVM {major}{rust}, {}, {symbols}", source.origin, identity.triple)
    };
    match sources(path) {
        Ok(sources) => files.masked(&sources.iter().map(line).collect::<Vec<_>>().join("\n")),
        Err(error) => files.masked(&causes(&error)),
    }
}

#[test]
fn clang_in_every_container() {
    let files = Files::new();
    let all = "LLVM 22, x86_64-unknown-linux-gnu, counter first ?outside second";
    let check = |path: &Path, expected: &str| assert_eq!(describe(&files, path), expected);
    let triple = "--target=x86_64-unknown-linux-gnu";
    check(&files.clang(C, "raw.bc", &["-emit-llvm", triple]), &format!("DIR/raw.bc: {all}"));
    check(&files.clang(C, "text.ll", &["-emit-llvm", "-S", triple]), &format!("DIR/text.ll: {all}"));
    check(&files.clang(C, "embedded.o", &["-fembed-bitcode=all", triple]), &format!("DIR/embedded.o: {all}"));
    let fat = files.clang(C, "fat.o", &["-flto=full", "-ffat-lto-objects", triple]);
    check(&fat, &format!("DIR/fat.o: {all}"));
    check(&files.clang(C, "thin.bc", &["-flto=thin", triple]), &format!("DIR/thin.bc: {all}"));
    check(&files.clang(C, "debug.bc", &["-emit-llvm", "-g", triple]), &format!("DIR/debug.bc: {all}"));

    let raw = files.bytes("raw.bc");
    let mut wrapper = vec![0xde, 0xc0, 0x17, 0x0b, 0, 0, 0, 0, 20, 0, 0, 0];
    wrapper.extend(u32::try_from(raw.len()).expect("small").to_le_bytes());
    wrapper.extend([7, 0, 0, 1]);
    wrapper.extend(&raw);
    check(&files.write("wrapped.bc", &wrapper), &format!("DIR/wrapped.bc: {all}"));

    files.llvm("llvm-ar", &["rc", "lib.a", "raw.bc", "embedded.o"]);
    check(&files.path("lib.a"), &format!("DIR/lib.a(raw.bc): {all}\nDIR/lib.a(embedded.o): {all}"));
    files.llvm("llvm-ar", &["rc", "--thin", "thin.a", "raw.bc", "fat.o"]);
    check(&files.path("thin.a"), &format!("DIR/thin.a(raw.bc): {all}\nDIR/thin.a(fat.o): {all}"));
    files.llvm("llvm-ar", &["rc", "outer.a", "lib.a"]);
    check(
        &files.path("outer.a"),
        &format!("DIR/outer.a(lib.a(raw.bc)): {all}\nDIR/outer.a(lib.a(embedded.o)): {all}"),
    );
}

#[test]
fn sections_that_were_joined() {
    let files = Files::new();
    files.clang("int one(void) { return 1; }", "one.o", &["-fembed-bitcode=all"]);
    files.clang("int two(void) { return 2; }", "two.o", &["-fembed-bitcode=all"]);
    files.llvm("ld.lld", &["-r", "one.o", "two.o", "-o", "both.o"]);
    let sources = sources(&files.path("both.o")).expect("two modules");
    let symbols: Vec<_> = sources.iter().map(|source| source.identity.symbols[0].name.as_str()).collect();
    assert_eq!(symbols, ["one", "two"]);

    files.clang("int one(void) { return 1; }", "one.bc", &["-emit-llvm"]);
    files.clang("int two(void) { return 2; }", "two.bc", &["-emit-llvm"]);
    files.llvm("llvm-cat", &["-b", "one.bc", "two.bc", "-o", "stream.bc"]);
    let identities = identify(&files.bytes("stream.bc")).expect("one stream");
    let places: Vec<_> = identities.iter().map(|one| (one.index, one.symbols[0].name.as_str())).collect();
    assert_eq!(places, [(0, "one"), (1, "two")]);
}

#[test]
fn rustc_in_every_container() {
    let files = Files::new();
    let check = |path: &Path| {
        let text = describe(&files, path);
        assert!(text.contains("LLVM 22 by rustc, x86_64-unknown-linux-gnu"), "{text}");
        assert!(text.contains(" parse") && text.contains("dec2flt"), "{text}");
        text
    };
    check(&files.rustc(RUST, "demo.bc", &["--crate-type=lib", "--emit=llvm-bc"]));
    let rlib = check(&files.rustc(RUST, "libdemo.rlib", &["--crate-type=rlib", "-Ccodegen-units=1"]));
    assert!(rlib.starts_with("DIR/libdemo.rlib(") && !rlib.contains("lib.rmeta"), "{rlib}");
    check(&files.rustc(RUST, "liblto.rlib", &["--crate-type=rlib", "-Clinker-plugin-lto"]));
}

/// The bits of some bytes, the lowest first.
fn bits(bytes: &[u8]) -> Vec<bool> {
    bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).collect()
}

/// Replaces one text by another of the same length in a record without abbreviation: two groups of 6 bits for
/// each character, the first of which says that another follows.
pub(crate) fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let encode = |text: &[u8]| -> Vec<bool> {
        let groups = text.iter().flat_map(|byte| [byte & 31 | 32, byte >> 5]);
        groups.flat_map(|group| bits(&[group]).into_iter().take(6)).collect()
    };
    let (mut all, from, to) = (bits(bytes), encode(from), encode(to));
    let at = all.windows(from.len()).position(|window| window == from).expect("the text is there");
    all.splice(at..at + from.len(), to);
    all.chunks(8).map(|bits| bits.iter().rev().fold(0, |sum, bit| sum << 1 | u8::from(*bit))).collect()
}

#[test]
fn producers() {
    let files = Files::new();
    let check = |bytes: &[u8]| describe(&files, &files.write("x.bc", bytes));
    let source = "#[unsafe(no_mangle)] pub extern \"C\" fn f() {}";
    files.rustc(source, "f.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    // rustc's version has a hyphen, so that LLVM has no abbreviation for it.
    let rust = files.bytes("f.bc");
    let newer = replaced(&rust, b"LLVM22.", b"LLVM23.");
    let text = check(&newer);
    assert!(
        text.starts_with("`DIR/x.bc` was made by LLVM 23.1 (rust ")
            && text.contains(", and this is LLVM 22."),
        "{text}"
    );
    let named = |text: &[u8; 4]| {
        let bytes = files.write("x.bc", replaced(&rust, b"LLVM", text));
        let sources = sources(&bytes).expect("readable");
        sources[0].warning().map(|warning| files.masked(&warning.to_string())).unwrap_or_default()
    };
    assert_eq!(named(b"LLVM"), "");
    let other = named(b"APPL");
    assert!(other.starts_with("`DIR/x.bc` was made by `APPL22.1"), "{other}");

    // The identification is a block of its own, the first: a header of 8 bytes, whose second word is the size.
    let words = u32::from_le_bytes(rust[8..12].try_into().expect("4 bytes"));
    let mut without = rust[..4].to_vec();
    without.extend(&rust[12 + 4 * words as usize..]);
    let identities = identify(&without).expect("still bitcode");
    assert_eq!((identities.len(), &identities[0].producer), (1, &None));
}

#[test]
fn symbols_are_what_llvm_says() {
    let files = Files::new();
    let mut text = String::from(C);
    for index in 0..300 {
        text += &format!("int f{index}(int x) {{ return x + outside({index}); }}\n");
    }
    let path = files.clang(&text, "many.bc", &["-emit-llvm"]);
    let own = &sources(&path).expect("readable")[0];
    let context = llvm_plugin::inkwell::context::Context::create();
    let module = own.parse(&&context).expect("parses");
    assert_eq!(own.identity.symbols.len(), 304);
    for symbol in &own.identity.symbols {
        let defined = match module.get_function(&symbol.name) {
            Some(function) => function.count_basic_blocks() > 0,
            None => !module.get_global(&symbol.name).expect("a variable").is_declaration(),
        };
        assert_eq!(defined, symbol.defined, "{}", symbol.name);
    }
    assert_eq!(own.identity.data_layout, module.get_data_layout().as_str().to_string_lossy());
}
