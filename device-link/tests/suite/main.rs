//! Tests of device-link as a program: links that run, links that are refused, containers.

mod barriers;
mod bitcode;
mod block_accesses;
mod cache;
mod chains;
mod checks;
mod container;
mod dry_run;
mod errors;
mod files;
mod gpu_code;
mod inlining;
mod inputs;
mod inspect;
mod native_members;
mod parts;
mod retarget;
mod run;
mod sharing;
mod splits;
mod strips;
mod support;
mod targets;
mod toolchains;
mod tools;
mod vector_math;
