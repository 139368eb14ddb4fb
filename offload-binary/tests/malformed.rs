//! What can't be read or written, and what is said about it.

use abi::kinds::{ImageKind, OffloadKind};
use offload_binary::{Image, decode, encode};

const VALID: &[u8] = include_bytes!("cases/tail-merged.offload");
const TWO: &[u8] = include_bytes!("cases/three.offload");

/// The message for `VALID` with `patch` applied.
fn check(patch: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = VALID.to_vec();
    patch(&mut bytes);
    message(&bytes)
}

fn message(bytes: &[u8]) -> String {
    decode(bytes).expect_err("malformed").to_string()
}

fn put(bytes: &mut [u8], at: usize, value: u64) {
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

#[test]
fn headers() {
    insta::assert_snapshot!(message(b""), @"
    no offload binary at offset 0: found the end of the input where 10 ff 10 ad is expected
    help: `device-link pack` and llvm-offload-binary make one
    ");
    insta::assert_snapshot!(message(b"BC\xc0\xde and more"), @"
    no offload binary at offset 0: found 42 43 c0 de where 10 ff 10 ad is expected
    help: this is LLVM bitcode; make an image of it with `device-link link`
    ");
    insta::assert_snapshot!(check(|bytes| bytes[0] = 0), @"
    no offload binary at offset 0: found 00 ff 10 ad where 10 ff 10 ad is expected
    help: `device-link pack` and llvm-offload-binary make one
    ");
    insta::assert_snapshot!(check(|bytes| bytes.truncate(20)), @"truncated offload binary at offset 0: it has 20 bytes, but its header takes 32");
    insta::assert_snapshot!(check(|bytes| bytes.truncate(100)), @"truncated offload binary at offset 0: it has 100 bytes, but its header says 248");
    insta::assert_snapshot!(check(|bytes| put(bytes, 8, u64::MAX)), @"truncated offload binary at offset 0: it has 248 bytes, but its header says 18446744073709551615");
    insta::assert_snapshot!(check(|bytes| put(bytes, 8, 3)), @"the entry of the offload binary at offset 0 is out of bounds: 40 bytes at 32, but the binary has 3");
    insta::assert_snapshot!(check(|bytes| bytes[4] = 4), @"offload binary at offset 0 has version 4; versions 1 to 3 can be read");
    insta::assert_snapshot!(check(|bytes| put(bytes, 24, 41)), @"offload binary at offset 0 has entries of 41 bytes instead of 40");
    insta::assert_snapshot!(check(|bytes| put(bytes, 16, 33)), @"the entry of the offload binary at offset 0 is misaligned: it is at 33, not a multiple of 8");
    insta::assert_snapshot!(check(|bytes| put(bytes, 16, u64::MAX)), @"the entry of the offload binary at offset 0 is out of bounds: 40 bytes at 18446744073709551615, but the binary has 248");
    insta::assert_snapshot!(check(|bytes| bytes.extend(b"rubbish")), @"no offload binary at offset 248: found 72 75 62 62 where 10 ff 10 ad is expected");
    insta::assert_snapshot!(message(&TWO[..TWO.len() - 1]), @"truncated offload binary at offset 360: it has 119 bytes, but its header says 120");
}

#[test]
fn entries() {
    insta::assert_snapshot!(check(|bytes| put(bytes, 40, u64::MAX)), @"the string map of the offload binary at offset 0 is out of bounds: 96 bytes at 18446744073709551615, but the binary has 248");
    insta::assert_snapshot!(check(|bytes| put(bytes, 48, u64::MAX)), @"the string map of the offload binary at offset 0 is out of bounds: 18446744073709551615 bytes at 72, but the binary has 248");
    insta::assert_snapshot!(check(|bytes| put(bytes, 40, 0)), @"the key of the offload binary at offset 0 is out of bounds: 0 bytes at 7198539536, but the binary has 248");
    insta::assert_snapshot!(check(|bytes| put(bytes, 56, 0)), @"the image at 0 overlaps the header at 0 (32 bytes) in the offload binary at offset 0");
    insta::assert_snapshot!(check(|bytes| put(bytes, 56, 7)), @"the image of the offload binary at offset 0 is misaligned: it is at 7, not a multiple of 8");
    insta::assert_snapshot!(check(|bytes| put(bytes, 64, 1 << 40)), @"the image of the offload binary at offset 0 is out of bounds: 1099511627776 bytes at 232, but the binary has 248");
}

#[test]
fn strings() {
    insta::assert_snapshot!(check(|bytes| put(bytes, 72, 1 << 20)), @"the key of the offload binary at offset 0 is out of bounds: 0 bytes at 1048576, but the binary has 248");
    insta::assert_snapshot!(check(|bytes| bytes[0xa8..].fill(b'x')), @"the key at 169 in the offload binary at offset 0 doesn't end with NUL");
    insta::assert_snapshot!(check(|bytes| bytes[0xa9] = 0xff), @"the key at 169 in the offload binary at offset 0 isn't UTF-8");
    insta::assert_snapshot!(check(|bytes| put(bytes, 88, 0xa9)), @"an image of the offload binary at offset 0 has the key `gnu` twice");
}

#[test]
fn strings_that_share_too_much() {
    let long = "x".repeat(2000);
    let strings = (0..600).map(|key| (format!("{key}"), long.clone())).collect();
    let image = Image {
        kind: ImageKind::NONE,
        offload_kind: OffloadKind::NONE,
        flags: 0,
        strings,
        bytes: Vec::new(),
    };
    insta::assert_snapshot!(message(&encode(&[image]).expect("LLVM would write it too")), @"the strings of the offload binary at offset 0 come to more than 218880 bytes, though it has 13680");
}

#[test]
fn unknown_kinds_are_kept() {
    let mut bytes = VALID.to_vec();
    bytes[32] = 77;
    bytes[34] = 0x40;
    let image = &decode(&bytes).expect("kinds are the reader's affair")[0];
    assert_eq!(format!("{} {}", image.kind, image.offload_kind), "0x4d 0x40");
}

#[test]
fn images_that_cannot_be_written() {
    let with = |strings: &[(&str, &str)]| {
        let strings = strings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let image = Image {
            kind: ImageKind::OBJECT,
            offload_kind: OffloadKind::OPENMP,
            flags: 0,
            strings,
            bytes: Vec::new(),
        };
        encode(&[image]).expect_err("refused").to_string()
    };
    insta::assert_snapshot!(with(&[("arch", "a\0b")]), @r#"image 0: the value "a\0b" holds a NUL character, which a container can't"#);
    insta::assert_snapshot!(with(&[("arch", "a"), ("arch", "b")]), @"image 0 has the key `arch` twice");
}
