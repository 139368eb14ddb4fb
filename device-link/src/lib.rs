//! Device images from bitcode.
