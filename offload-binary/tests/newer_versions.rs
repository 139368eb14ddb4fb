//! Versions 2 and 3, which LLVM 22 doesn't write: built here as LLVM main lays them out.

use offload_binary::decode;

/// A binary of `version` with one image for each of `images`, strings (triple, arch) without padding,
/// images packed one behind the other.
fn build(version: u32, inflated: u64, images: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let header = if version == 3 { 40 } else { 32 };
    let maps = header + 40 * images.len();
    let table = maps + 2 * 24 * images.len();
    let (mut text, mut places) = (b"\0triple\0arch\0".to_vec(), Vec::new());
    for (triple, arch, _) in images {
        for value in [triple, arch] {
            places.push((table + text.len(), value.len()));
            text.extend(value.as_bytes());
            text.push(0);
        }
    }
    let first = (table + text.len()).next_multiple_of(8);
    let size = (first + images.iter().map(|(.., bytes)| bytes.len()).sum::<usize>()).next_multiple_of(8);

    let mut out = vec![0x10, 0xff, 0x10, 0xad];
    out.extend(version.to_le_bytes());
    let put = |out: &mut Vec<u8>, value: usize| out.extend((value as u64).to_le_bytes());
    [size, header, images.len()].iter().for_each(|value| put(&mut out, *value));
    if version == 3 {
        put(&mut out, inflated as usize);
    }
    let mut at = first;
    for (index, (.., bytes)) in images.iter().enumerate() {
        out.extend([1, 0, 1, 0, 0, 0, 0, 0]);
        [maps + 48 * index, 2, at, bytes.len()].iter().for_each(|value| put(&mut out, *value));
        at += bytes.len();
    }
    for (index, (offset, length)) in places.iter().enumerate() {
        let key = table + if index % 2 == 0 { 1 } else { 8 };
        [key, *offset, *length].iter().for_each(|value| put(&mut out, *value));
    }
    out.extend(text);
    out.resize(first, 0);
    images.iter().for_each(|(.., bytes)| out.extend(*bytes));
    out.resize(size, 0);
    out
}

const IMAGES: [(&str, &str, &[u8]); 2] =
    [("amdgcn-amd-amdhsa", "gfx90a", b"first"), ("nvptx64-nvidia-cuda", "sm_90", b"second!")];

#[test]
fn several_images_in_one_binary() {
    for version in [2, 3] {
        let one = build(version, 0, &IMAGES);
        let both = [one.clone(), include_bytes!("cases/one.offload").to_vec()].concat();
        let images = decode(&both).expect("readable");
        let found: Vec<_> =
            images.iter().map(|image| (image.triple(), image.arch(), image.bytes.as_slice())).collect();
        assert_eq!(found[..2], IMAGES, "version {version}");
        assert_eq!(found[2], ("x86_64-unknown-linux-gnu", "znver4", &b"hello"[..]), "version {version}");
    }
}

#[test]
fn none_at_all() {
    assert_eq!(decode(&build(2, 0, &[])).expect("readable"), []);
}

#[test]
fn errors() {
    let message = |bytes: &[u8]| decode(bytes).expect_err("malformed").to_string();
    insta::assert_snapshot!(message(&build(3, 9000, &IMAGES)), @r"
    offload binary at offset 0 is compressed (296 bytes, 9000 when inflated), which can't be read
    help: make it without compression
    ");
    let mut shared = build(2, 0, &IMAGES);
    let first_image = shared[32 + 24..32 + 32].to_vec();
    shared[72 + 24..72 + 32].copy_from_slice(&first_image);
    insta::assert_snapshot!(message(&shared), @"the image at 272 overlaps the image at 272 (5 bytes) in the offload binary at offset 0");
    let mut many = build(2, 0, &IMAGES);
    many[24..32].fill(0xff);
    insta::assert_snapshot!(message(&many), @"the entry table of the offload binary at offset 0 is out of bounds: 18446744073709551615 bytes at 32, but the binary has 288");
}
