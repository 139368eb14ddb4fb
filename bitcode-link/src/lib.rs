//! Bitcode in, linked and internalized.
