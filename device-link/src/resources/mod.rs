//! What a kernel of a finished image takes: registers, memory, code, parameters. Read from the image itself,
//! so that it can be checked against what was to be linked and looked at later.

mod code_object;
mod cubin;
mod message_pack;
mod spirv;
mod symbols;

use abi::kinds::ImageKind;
use offload_binary::{Image, architecture};
use serde::{Deserialize, Serialize};

/// What is known of a kernel; nothing where the image doesn't say it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Resources {
    /// The kernel.
    pub name: String,
    /// Registers of a thread; of vectors, where there are others for scalars.
    pub registers: Option<u64>,
    /// Registers for scalars, where the device has such.
    pub scalar_registers: Option<u64>,
    /// Registers that didn't suffice: how many went to memory, or the bytes stored for that.
    pub spills: Option<u64>,
    /// Bytes of memory of a thread's own.
    pub stack: Option<u64>,
    /// Bytes of shared memory of a block, without what the launch adds.
    pub shared: Option<u64>,
    /// Bytes of code.
    pub code: Option<u64>,
    /// Bytes of parameters that the launch passes.
    pub parameters: Option<u64>,
}

/// What the kernels of `image` take, in the order of their names. `notes` are what ptxas told.
pub fn measure(image: &Image, notes: &str) -> Vec<Resources> {
    let mut found = match (architecture(image.triple()), image.kind) {
        ("nvptx64", ImageKind::PTX) => cubin::of_ptx(&String::from_utf8_lossy(&image.bytes)),
        ("nvptx64", _) => cubin::of_cubin(&image.bytes, notes),
        ("amdgcn", _) => code_object::of_code_object(&image.bytes),
        ("spirv64", _) => spirv::of_module(&image.bytes),
        _ => symbols::of_shared_object(&image.bytes),
    };
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}
