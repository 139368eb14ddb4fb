//! Damaged files: whatever is changed in bitcode and what holds it, reading ends with modules or an error.

use crate::support::{C, Files, RUST, sources};
use bitcode_link::{Composite, identify};
use llvm_plugin::inkwell::context::Context;

/// Marsaglia's xorshift64: the same files on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// Changes some bytes or bits, or cuts the end off.
    fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            match self.below(8) {
                0..4 => bytes[at] ^= 1 << self.below(8),
                4 => bytes[at] = self.below(256) as u8,
                5 => bytes.truncate(at.max(1)),
                6 => bytes.insert(at, self.below(256) as u8),
                _ => {
                    let at = (at & !3).min(bytes.len().saturating_sub(4));
                    let value = [0, 1, 0xff, 0xffff_ffff_u32][self.below(4)].to_le_bytes();
                    let end = bytes.len().min(at + 4);
                    bytes[at..end].copy_from_slice(&value[..end - at]);
                }
            }
        }
    }
}

/// What there is to damage, by file name.
fn seeds(files: &Files) -> Vec<(&'static str, Vec<u8>)> {
    files.clang(C, "a.bc", &["-emit-llvm"]);
    files.clang(C, "fat.o", &["-flto=full", "-ffat-lto-objects"]);
    files.clang(C, "debug.bc", &["-emit-llvm", "-g"]);
    files.llvm("llvm-ar", &["rc", "lib.a", "a.bc", "fat.o"]);
    files.rustc(RUST, "demo.bc", &["--crate-type=lib", "--emit=llvm-bc"]);
    let names = ["a.bc", "fat.o", "lib.a", "debug.bc", "demo.bc"];
    names.map(|name| (name, files.bytes(name))).to_vec()
}

#[test]
fn identification_ends() {
    let files = Files::new();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut known, mut refused) = (0, 0);
    for (name, seed) in seeds(&files).iter().filter(|(name, _)| name.ends_with(".bc")) {
        assert!(identify(seed).is_ok(), "{name}");
        for _ in 0..2000 {
            let mut bytes = seed.clone();
            random.damage(&mut bytes);
            match identify(&bytes) {
                Ok(_) => known += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(known > 500 && refused > 500, "both happen: {known} identified, {refused} refused");
}

#[test]
fn every_prefix_is_an_error_or_a_module() {
    let files = Files::new();
    let whole = files.clang(C, "a.bc", &["-emit-llvm"]);
    let bytes = std::fs::read(whole).expect("readable");
    let ends = (0..bytes.len()).filter(|end| identify(&bytes[..*end]).is_ok()).count();
    // The symbol table and the string table are whole blocks behind the module, and may be missing.
    assert!(ends <= 3, "{ends} prefixes are bitcode");
}

#[test]
fn linking_ends() {
    let files = Files::new();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut linked, mut refused) = (0, 0);
    for (name, seed) in seeds(&files) {
        for round in 0..60 {
            let mut bytes = seed.clone();
            random.damage(&mut bytes);
            let path = files.write(&format!("{round}.{name}"), &bytes);
            let context = Context::create();
            let mut composite = Composite::new(&context);
            let result = sources(&path)
                .and_then(|sources| sources.iter().try_for_each(|source| composite.add_source(source)));
            match result {
                Ok(()) => {
                    composite.module().verify().expect("what was linked is valid");
                    linked += 1;
                }
                Err(error) => {
                    assert!(error.to_string().contains(name), "{error} names the file");
                    refused += 1;
                }
            }
            std::fs::remove_file(path).expect("removable");
        }
    }
    assert!(linked + refused == 300 && linked > 20 && refused > 100, "{linked} linked, {refused} refused");
}
