//! Records there and back, and what becomes of damaged ones.

use offload_records::{ALIGNMENT, Error, Launch, Place, Slot, Summary, Symbol, SymbolKind, encode, records};

fn summary(module: &str) -> Summary {
    Summary {
        module: module.into(),
        producer: "rustc version 1.95.0".into(),
        plugin: "0.1.0".into(),
        symbols: vec![
            Symbol { name: "axpy".into(), kind: SymbolKind::Defined, begin: None },
            Symbol { name: "main".into(), kind: SymbolKind::Defined, begin: Some((0, 1)) },
            Symbol { name: "memcpy".into(), kind: SymbolKind::Undefined, begin: None },
        ],
        files: vec!["main.rs".into()],
        launches: vec![Launch {
            kernel: "axpy".into(),
            slots: vec![Slot::Pointer, Slot::Value],
            geometry: true,
            function: "main".into(),
            place: Some(Place { file: "main.rs".into(), line: 3, column: 5 }),
        }],
    }
}

fn section(records: &[(&str, &[u8], usize)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (module, bitcode, padding) in records {
        bytes.extend(encode(&summary(module), bitcode).expect("a record"));
        bytes.extend(std::iter::repeat_n(0, padding * ALIGNMENT));
    }
    bytes
}

#[test]
fn there_and_back_however_linkers_put_them_together() {
    let long: Vec<u8> = (0..100_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let all: [(&str, &[u8], usize); 4] =
        [("a", b"bitcode", 0), ("b", b"", 3), ("c", &long, 1), ("d", b"x", 5)];
    let bytes = section(&all);
    let found: Vec<_> = records(&bytes).map(|record| record.expect("whole")).collect();
    assert_eq!(found.len(), all.len());
    for (record, (module, bitcode, _)) in found.iter().zip(all) {
        assert_eq!(record.launch_count(), 1);
        assert_eq!(record.summary().expect("whole"), summary(module));
        assert_eq!(record.unpack().expect("whole"), (summary(module), bitcode.to_vec()));
        assert!(record.offset().is_multiple_of(ALIGNMENT) && record.size().is_multiple_of(ALIGNMENT));
    }
    assert_eq!(records(&[]).count(), 0);
    assert_eq!(records(&[0; 40]).count(), 0);
}

#[test]
fn names_are_stored_once() {
    // As bitcode has them: in one piece, in the order of the symbols.
    let names: Vec<String> =
        (0..1000_u32).map(|n| format!("{:08x}", n.wrapping_mul(2_654_435_761))).collect();
    let symbol = |name: &String| Symbol { name: name.clone(), kind: SymbolKind::Defined, begin: None };
    let summary = Summary { symbols: names.iter().map(symbol).collect(), ..summary("a") };
    let bitcode = [b"front", names.concat().as_bytes(), b"back"].concat();
    let size = |bitcode: &[u8]| {
        let bytes = encode(&summary, bitcode).expect("a record");
        let record = records(&bytes).next().expect("a record").expect("whole");
        assert_eq!(record.unpack().expect("whole"), (summary.clone(), bitcode.to_vec()));
        assert_eq!(record.summary().expect("whole"), summary);
        assert_eq!(summary.defined().count(), 1000);
        bytes.len()
    };
    assert!(size(&bitcode).abs_diff(size(b"frontback")) <= ALIGNMENT, "they cost nothing a second time");
    size(&bitcode[6..]);
}

#[test]
fn equal_units_give_equal_bytes() {
    assert_eq!(section(&[("a", b"bitcode", 0)]), section(&[("a", b"bitcode", 0)]));
}

#[test]
fn other_versions_and_other_llvms_are_refused_by_name() {
    let check = |at: usize, expected: &str| {
        let mut bytes = section(&[("a", b"bitcode", 0), ("b", b"bitcode", 0)]);
        bytes[at] += 1;
        let errors: Vec<_> = records(&bytes).map(|record| record.expect_err("refused").to_string()).collect();
        assert_eq!(errors, [expected], "there is no record after one that cannot be read");
    };
    check(
        8,
        "the record at 0 has version 3, and this program reads version 2\n\
         help: build all crates with the plugin that belongs to this program",
    );
    check(
        12,
        "the record at 0 is of LLVM 23, and this program reads that of LLVM 22\n\
         help: build all crates with a toolchain whose LLVM is 22",
    );
    check(
        52,
        "the record at 0 is compressed with dictionary 2, and this program has dictionary 1\n\
         help: build all crates with the plugin that belongs to this program",
    );
    check(0, "the bytes at 0 of the records are no record");
}

#[test]
fn every_damaged_byte_is_an_error_or_means_nothing() {
    let whole = section(&[("a", b"some bitcode", 0)]);
    let read = |bytes: &[u8]| -> Result<Vec<(Summary, Vec<u8>)>, Error> {
        records(bytes).map(|record| record?.unpack()).collect()
    };
    let expected = read(&whole).expect("whole");
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            if let Ok(found) = read(&bytes) {
                assert_eq!(found, expected, "byte {at}, bit {bit}");
            }
        }
        let cut = read(&whole[..at]);
        assert!(at == 0 || cut.is_err(), "cut at {at}");
    }
}

#[test]
fn sizes_that_lie_take_no_memory() {
    // The bitcode's size stands at 40; the summary's at 32.
    for at in [32, 40] {
        let mut bytes = section(&[("a", b"some bitcode", 0)]);
        bytes[at..at + 8].copy_from_slice(&u64::MAX.to_le_bytes());
        let record = records(&bytes).next().expect("a record").expect("its header is whole");
        let error = record.unpack().expect_err("there are not as many bytes");
        assert_eq!(error.to_string(), "the record at 0 is damaged: it ends early");
    }
}
