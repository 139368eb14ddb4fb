//! Tests of bitcode-link on what compilers and archivers write, whole and damaged.

mod damaged;
mod files;
mod helper_inputs;
mod identify;
mod inlining;
mod library;
mod link;
mod relocatable;
mod support;
