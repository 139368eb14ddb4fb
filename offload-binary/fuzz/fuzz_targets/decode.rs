//! Any bytes: decoding ends, and what was decoded and can be written is read again as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(images) = offload_binary::decode(bytes) else { return };
    for image in &images {
        let _ = image.kernels();
    }
    let _ = offload_binary::check_container(&images);
    if let Ok(again) = offload_binary::encode(&images)
        && !images.is_empty()
    {
        assert_eq!(offload_binary::decode(&again).expect("what was written is read"), images);
    }
});
