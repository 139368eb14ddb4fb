//! The image of a link: bytes, target, kernels; checked as the runtime will use it.

use crate::Result;
use crate::error::Error;
use crate::kernels::Kernels;
use crate::target::{Emitted, Target};
use offload_binary::Image;

/// Makes the image, and checks that every kernel can be found in it.
pub(crate) fn make(emitted: Emitted, target: Target, arch: &str, kernels: &Kernels) -> Result<Image> {
    let mut image = Image::openmp(emitted.kind, target.triple(), arch, emitted.bytes);
    let bug = |text| Error::Bug { after: "linking the image", text };
    let exported = image.exported_functions().map_err(|error| bug(error.to_string()))?;
    if let Some(kernel) = kernels.names().into_iter().find(|name| !exported.iter().any(|known| known == name))
    {
        return Err(bug(format!("kernel `{kernel}` is not exported")));
    }
    image.record_kernels(&kernels.signatures());
    Ok(image)
}
