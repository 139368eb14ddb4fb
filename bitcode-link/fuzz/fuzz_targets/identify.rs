//! Any bytes: identification ends, and what it says of streams and names lies in the bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(identities) = bitcode_link::identify(bytes) else { return };
    assert!(!identities.is_empty(), "no modules is an error");
    for identity in identities {
        assert!(bytes[identity.stream].starts_with(b"BC\xc0\xde"));
        let names: usize = identity.symbols.iter().map(|symbol| symbol.name.len()).max().unwrap_or(0);
        // A byte that is no UTF-8 becomes a character of three.
        assert!(names <= 3 * bytes.len());
        if let Some(producer) = identity.producer {
            let _ = (producer.llvm_version(), producer.rust_release(), producer.to_string());
        }
    }
});
