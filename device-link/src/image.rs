//! The image of a link: bytes, target, kernels; checked as the runtime will use it.

use crate::Result;
use crate::error::Error;
use crate::images::Assembly;
use crate::resources::measure;
use crate::target::{Emitted, Target};
use abi::names::RESOURCES_KEY;
use offload_binary::Image;
use std::collections::{HashMap, HashSet};

/// Bytes of a slot.
const SLOT_BYTES: u64 = 8;

/// Makes the image, and checks that every kernel can be found in it and takes what a launch passes.
pub(crate) fn make(emitted: Emitted, target: Target, assembly: &Assembly) -> Result<Image> {
    let mut image = Image::openmp(emitted.kind, target.triple(), &assembly.arch, emitted.bytes);
    let bug = |text| Error::Bug { after: "linking the image", text };
    let exported = image.exported_functions().map_err(|error| bug(error.to_string()))?;
    let exported: HashSet<_> = exported.iter().collect();
    let resources = measure(&image, &emitted.notes);
    let by_name: HashMap<_, _> = resources.iter().map(|found| (&found.name, found)).collect();
    for kernel in assembly.kernels.iter() {
        if !exported.contains(&kernel.name) {
            return Err(bug(format!("kernel `{}` is not exported", kernel.name)));
        }
        let found = by_name.get(&kernel.name);
        let wanted = SLOT_BYTES * kernel.entry_parameters() as u64;
        match found.and_then(|found| found.parameters) {
            // The host's code doesn't tell its parameters, nor do we know those of an object's entry.
            None => {}
            _ if kernel.slots.is_none() => {}
            Some(found) if found == wanted => {}
            Some(found) => {
                let text = format!("kernel `{}` takes {found} bytes, not {wanted}", kernel.name);
                return Err(bug(text));
            }
        }
    }
    image.record_kernels(&assembly.kernels.signatures());
    let only_kernels: Vec<_> = resources.iter().filter(|one| assembly.kernels.has(&one.name)).collect();
    let json = serde_json::to_string(&only_kernels).expect("names and numbers are JSON");
    image.set_string(RESOURCES_KEY, json);
    for (key, text) in &assembly.texts {
        image.set_string(key, text.clone());
    }
    Ok(image)
}
