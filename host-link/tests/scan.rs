//! What is found in objects, archives and libraries; and that no bytes of any of them are more than an error.

use abi::names::{KEPT_RECORDS_SECTION, RECORDS_SECTION, REGION_PREFIX};
use host_link::scan::{Scan, scan};
use object::write::{Object, Symbol, SymbolSection};
use object::{Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope};
use offload_records::{Launch, Summary, encode};
use std::path::{Path, PathBuf};

fn record(launches: usize) -> Vec<u8> {
    let launch = Launch {
        kernel: "axpy".into(),
        slots: Vec::new(),
        geometry: true,
        function: "main".into(),
        place: None,
    };
    let summary = Summary { launches: vec![launch; launches], ..Summary::default() };
    encode(&summary, b"bitcode").expect("a record")
}

/// An object with these records, that refers to a kernel.
fn object(section: &str, records: &[Vec<u8>], kernel: Option<&str>) -> Vec<u8> {
    let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    if !records.is_empty() {
        let id = object.add_section(Vec::new(), section.into(), SectionKind::Other);
        object.append_section_data(id, &records.concat(), 16);
    }
    if let Some(kernel) = kernel {
        object.add_symbol(Symbol {
            name: format!("{REGION_PREFIX}{kernel}").into_bytes(),
            value: 0,
            size: 0,
            kind: SymbolKind::Unknown,
            scope: SymbolScope::Unknown,
            weak: true,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        });
    }
    object.write().expect("an object")
}

/// An archive as `ar` writes it.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        bytes.extend(
            format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", format!("{name}/"), 0, 0, 0, 644, content.len())
                .bytes(),
        );
        bytes.extend_from_slice(content);
        bytes.extend((content.len() % 2 == 1).then_some(b'\n'));
    }
    bytes
}

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::Builder::new().prefix("scan.").tempdir().expect("a temporary folder"))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).expect("writable");
        path
    }
}

/// Sections as `file(member)`, with their records' bytes read again.
fn found(scan: &Scan) -> Vec<(String, usize)> {
    let name = |section: &host_link::job::Section| {
        let text = section.to_string();
        text.rsplit('/').next().unwrap_or(&text).to_owned()
    };
    let count = |section: &host_link::job::Section| {
        let bytes = host_link::keep::read(section).expect("readable");
        offload_records::records(&bytes).filter(Result::is_ok).count()
    };
    scan.sections.iter().map(|section| (name(section), count(section))).collect()
}

/// Objects as LLVM writes them: names are their first section, and others than records are excluded from programs too.
#[test]
fn objects_that_llvm_wrote() {
    let files = Files::new();
    let clang = Path::new(env!("LLVM_LIBDIR")).join("../bin/clang");
    let records = files.write("records", &[record(2), record(0)].concat());
    let with = format!(
        ".section {RECORDS_SECTION},\"e\",@progbits\n.balign 16\n.incbin \"{}\"\n",
        records.display()
    );
    let other = ".section .other,\"e\",@progbits\n.zero 256\n";
    let many: String = (0..100).map(|index| format!(".section .data.{index},\"aw\"\n.byte 1\n")).collect();
    let sources = [
        ("with.s", [other, &with].concat()),
        ("without.s", other.to_owned()),
        ("far_from_the_end.s", [&with, &*many].concat()),
    ];
    let object = |(name, text): &(&str, String)| {
        let source = files.write(name, text.as_bytes());
        let object = source.with_extension("o");
        let status = std::process::Command::new(&clang).arg("-c").arg(source).arg("-o").arg(&object).status();
        assert!(status.is_ok_and(|status| status.success()), "{name}");
        object
    };
    let objects: Vec<_> = sources.iter().map(object).collect();
    let scan = scan(&objects).expect("sound");
    assert_eq!(found(&scan), [("with.o".into(), 2), ("far_from_the_end.o".into(), 2)]);
    assert_eq!(scan.launches, 4);
}

#[test]
fn what_carries_records() {
    let files = Files::new();
    let plain = object(RECORDS_SECTION, &[], None);
    let one = object(RECORDS_SECTION, &[record(1)], Some("axpy"));
    let joined = object(RECORDS_SECTION, &[record(0), record(2)], None);
    let inputs = [
        files.write("plain.o", &plain),
        files.write("one.o", &one),
        files.write("lib.rlib", &archive(&[("lib.rmeta", b"metadata"), ("a.o", &plain), ("b.o", &joined)])),
        files.write("script.ld", b"GROUP(libc.so)"),
        files.write("empty", b""),
        Path::new("/no/such/file.o").to_owned(),
        Path::new("/usr/lib/system.a").to_owned(),
    ];
    let scan = scan(&inputs).expect("sound");
    assert_eq!(found(&scan), [("one.o".into(), 1), ("lib.rlib(b.o)".into(), 2)]);
    assert_eq!((scan.launches, scan.makes_rust_library), (3, false));
}

#[test]
fn a_rust_library_is_known_by_its_metadata() {
    let files = Files::new();
    let inputs =
        [files.write("rmeta.o", b""), files.write("a.o", &object(RECORDS_SECTION, &[record(0)], None))];
    let scan = scan(&inputs).expect("sound");
    assert!(scan.makes_rust_library && !scan.has_launches());
}

#[test]
fn the_object_that_keeps_records_has_all_of_them() {
    let files = Files::new();
    let inputs = [
        files.write("a.o", &object(RECORDS_SECTION, &[record(0)], None)),
        files.write("b.o", &object(RECORDS_SECTION, &[record(1), record(0)], None)),
    ];
    let sections = scan(&inputs).expect("sound").sections;
    let kept = files.0.path().join("keep.o");
    host_link::keep::write(&sections, &kept, Path::new("lib.so")).expect("written");
    let bytes = std::fs::read(&kept).expect("just written");
    let section = object_section(&bytes, KEPT_RECORDS_SECTION);
    assert_eq!(offload_records::records(&section).filter(|record| record.is_ok()).count(), 3);
}

fn object_section(bytes: &[u8], name: &str) -> Vec<u8> {
    use object::{Object as _, ObjectSection as _};
    let file = object::File::parse(bytes).expect("an object");
    file.section_by_name(name).expect("the section").data().expect("its bytes").to_vec()
}

#[test]
fn a_launch_without_a_record() {
    let files = Files::new();
    let path = files.write("a.o", &object(RECORDS_SECTION, &[], Some("axpy")));
    let error = scan(std::slice::from_ref(&path)).expect_err("no record");
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` launches kernel `axpy`, but has no record of its bitcode\n\
             help: something has removed its section .outboard.records; link the object as the compiler made it",
            path.display()
        )
    );
}

#[test]
fn damaged_files_are_errors_or_nothing() {
    let files = Files::new();
    let whole = object(RECORDS_SECTION, &[record(1)], Some("axpy"));
    let library = archive(&[("a.o", &whole), ("b.o", &whole)]);
    for (bytes, launches) in [(whole, 1), (library, 2)] {
        for at in (0..bytes.len()).step_by(3) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            // Whatever it is, it comes back.
            let _ = scan(&[files.write("damaged", &damaged)]);
            let _ = scan(&[files.write("cut", &bytes[..at])]);
        }
        assert_eq!(scan(&[files.write("whole", &bytes)]).expect("sound").launches, launches);
    }
}
