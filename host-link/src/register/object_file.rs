//! The object that registers images: their description, and the code that opens the runtime.

use crate::error::Error;
use abi::names::RUNTIME_FILES;
use host_codegen::{Container, Launcher, emit_program};
use host_link::job::{Options, Runtime};
use llvm_plugin::bitcode::parse_bitcode;
use llvm_plugin::collect::link_modules;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::{
    CodeModel, FileType, InitializationConfig, RelocMode, Target, TargetMachine, TargetTriple,
};
use llvm_plugin::inkwell::{GlobalVisibility, OptimizationLevel};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

const LAZY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lazy.bc"));
const LINKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/linked.bc"));

/// The runtime's file: of this version, for the interface of another is another.
const RUNTIME_FILE: &str = "libomptarget.so.22.1";

/// Makes the object for `container`.
pub(crate) fn emit(container: &Container, options: &Options) -> Result<Vec<u8>, Error> {
    let bug = |text: String| Error::Llvm { what: "make the registration", text };
    let machine = machine().map_err(bug)?;
    let context = Context::create();
    let module = context.create_module("outboard");
    module.set_triple(&TargetTriple::create(TRIPLE));
    module.set_data_layout(&machine.get_target_data().get_data_layout());
    let (launcher, runtime) = match options.runtime {
        Runtime::Lazy => (Launcher::First, LAZY),
        Runtime::Linked => (Launcher::Runtime, LINKED),
    };
    emit_program(&module, container, launcher)?;
    if options.runtime == Runtime::Lazy {
        emit_runtime_files(&context, &module, &runtime_files(options));
    }
    let runtime = parse_bitcode(&&context, runtime, "the runtime's opening", 0).map_err(bug)?;
    link_modules(&module, runtime).map_err(bug)?;
    module.verify().map_err(|text| bug(text.to_string()))?;
    let code =
        machine.write_to_memory_buffer(&module, FileType::Object).map_err(|text| bug(text.to_string()))?;
    Ok(code.as_slice().to_vec())
}

fn machine() -> Result<TargetMachine, String> {
    Target::initialize_x86(&InitializationConfig::default());
    let triple = TargetTriple::create(TRIPLE);
    let target = Target::from_triple(&triple).map_err(|text| text.to_string())?;
    let machine = target.create_target_machine(
        &triple,
        "x86-64",
        "",
        OptimizationLevel::Default,
        // Programs and shared libraries alike.
        RelocMode::PIC,
        CodeModel::Default,
    );
    machine.ok_or_else(|| format!("LLVM has no code generator for {TRIPLE}"))
}

/// The files given; else the runtime as the machine has it, and then that of LLVM.
fn runtime_files(options: &Options) -> Vec<PathBuf> {
    if options.runtime_files.is_empty() {
        vec![RUNTIME_FILE.into(), Path::new(env!("LLVM_LIBDIR")).join(RUNTIME_FILE)]
    } else {
        options.runtime_files.clone()
    }
}

fn emit_runtime_files<'ctx>(context: &'ctx Context, module: &Module<'ctx>, files: &[PathBuf]) {
    let mut names = Vec::new();
    for file in files {
        names.extend(file.as_os_str().as_bytes());
        names.push(0);
    }
    let names = context.const_string(&names, true);
    let global = module.add_global(names.get_type(), None, RUNTIME_FILES);
    global.set_initializer(&names);
    global.set_constant(true);
    global.set_visibility(GlobalVisibility::Hidden);
}
