//! The pass plugin. A pass finds what concerns it, checks all of it, makes a plan, and has host-codegen emit;
//! nothing is changed in a module with an error.

#![deny(unsafe_code)]

mod entry;
mod error;
mod find_launches;
mod helper_options;
mod images;
mod inline_helpers;
mod named_pass;
mod offload_embed;
mod offload_host;
mod offload_records;
mod options;
mod pass_text;
mod plan_host;
mod print_offload;
mod record;
mod report;
mod requested;
mod rustc_maps;
