//! The container files named by `images=`: the only files that the plugin reads.

use crate::error::Error;
use crate::report::Report;
use host_codegen::Container;
use std::path::{Path, PathBuf};

/// All images of `paths`, checked against each other.
pub(crate) fn read_container(paths: &[PathBuf]) -> Result<Container, Report> {
    let mut images = Vec::new();
    for path in paths {
        images.extend(read_images(path).map_err(Report::error)?);
    }
    Container::new(images).map_err(Report::error)
}

fn read_images(path: &Path) -> Result<Vec<offload_binary::Image>, Error> {
    let bytes =
        std::fs::read(path).map_err(|e| Error::ReadImage { path: path.to_owned(), reason: e.to_string() })?;
    let images = offload_binary::decode(&bytes)
        .map_err(|e| Error::DecodeImage { path: path.to_owned(), reason: e.to_string() })?;
    if images.is_empty() { Err(Error::EmptyImage { path: path.to_owned() }) } else { Ok(images) }
}
