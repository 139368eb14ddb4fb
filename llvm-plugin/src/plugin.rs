//! The plugin's entry: what LLVM asks a plugin for, and the callbacks that a plugin registers.

use crate::pass::{ModulePassManager, drop_box};
use crate::{boundary, ffi};
use inkwell::llvm_sys::core::LLVMGetVersion;
use std::ffi::{CStr, c_char, c_void};
use std::marker::PhantomData;

/// Whether a parsing callback knew the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PipelineParsing {
    /// The callback added its pass.
    Parsed,
    /// Somebody else's text.
    NotParsed,
}

/// What `llvmGetPassPluginInfo` returns. Layout: `llvm::PassPluginLibraryInfo`,
/// llvm/Plugins/PassPlugin.h (LLVM 22.1, API version 2: five fields).
#[repr(C)]
#[derive(Debug)]
pub struct PassPluginLibraryInfo {
    api_version: u32,
    plugin_name: *const c_char,
    plugin_version: *const c_char,
    register: Option<unsafe extern "C" fn(builder: *mut c_void)>,
    pre_code_gen: Option<unsafe extern "C" fn()>,
}

/// `LLVM_PLUGIN_API_VERSION` of LLVM 22.1.
const API_VERSION: u32 = 2;
/// A version that no LLVM takes: it then refuses the plugin itself, with its own exit status.
const REFUSED: u32 = 0;

/// The plugin's description for the compiler that loads it. A compiler with another major version of LLVM
/// is told so on its standard error, and gets a description that it refuses.
pub fn library_info(
    name: &'static CStr,
    version: &'static CStr,
    llvm_major: u32,
    register: unsafe extern "C" fn(builder: *mut c_void),
) -> PassPluginLibraryInfo {
    boundary::keep_panic_messages();
    let [major, minor, patch] = host_llvm_version();
    let fits = major == llvm_major;
    if !fits {
        refuse(&format!(
            "error: {} is built for LLVM {llvm_major}, and this compiler has LLVM {major}.{minor}.{patch}\n\
             help: use a compiler with LLVM {llvm_major}, for instance rustc 1.95, clang-{llvm_major} or opt-{llvm_major}",
            name.to_string_lossy()
        ));
    }
    PassPluginLibraryInfo {
        api_version: if fits { API_VERSION } else { REFUSED },
        plugin_name: name.as_ptr(),
        plugin_version: version.as_ptr(),
        register: fits.then_some(register),
        pre_code_gen: None,
    }
}

#[expect(clippy::print_stderr, reason = "there is no LLVM to report through: it is another version's")]
fn refuse(text: &str) {
    eprintln!("{text}");
}

/// What the libLLVM that is in the process says of itself. Before 16 it has no such function, and the dynamic
/// loader refuses the plugin by that symbol's name.
fn host_llvm_version() -> [u32; 3] {
    let [mut major, mut minor, mut patch] = [0; 3];
    // SAFETY: three places for integers.
    unsafe { LLVMGetVersion(&raw mut major, &raw mut minor, &raw mut patch) };
    [major, minor, patch]
}

/// LLVM's pass builder, during registration.
#[derive(Debug)]
pub struct PassBuilder<'a> {
    raw: *mut c_void,
    borrow: PhantomData<&'a mut ()>,
}

impl PassBuilder<'_> {
    /// # Safety
    /// `raw` is the `llvm::PassBuilder *` that LLVM passes to a plugin's register function.
    pub unsafe fn from_raw(raw: *mut c_void) -> Self {
        Self { raw, borrow: PhantomData }
    }

    /// Runs `register`, called by LLVM, with its panics kept on this side.
    pub fn guard(&mut self, register: impl FnOnce(&mut Self)) {
        if let Err(panic) = boundary::catch(|| register(self)) {
            refuse(&format!("error: internal error, this is a bug in the plugin: {panic}"));
            std::process::abort();
        }
    }

    /// `callback` is asked about every module pass name that LLVM does not know, with its parameters:
    /// `name<a=b;c=d>`. It may be asked twice about the same text, with a pipeline that is thrown away.
    pub fn add_module_pipeline_parsing_callback<F>(&mut self, callback: F)
    where
        F: Fn(&str, &mut ModulePassManager<'_>) -> PipelineParsing + 'static,
    {
        let callback = ffi::ParsingCallback {
            object: Box::into_raw(Box::new(callback)).cast(),
            call: parse::<F>,
            drop: drop_box::<F>,
        };
        // SAFETY: `self.raw` is a live builder (`from_raw`); the object is a `Box<F>`, as both functions expect.
        unsafe { ffi::outboard_on_parse_module_pass(self.raw, callback) }
    }

    /// `callback` adds passes at the start of every default pipeline: once per module (in rustc, per codegen
    /// unit), before any optimisation, at every level including -O0, and not again at link time.
    pub fn add_pipeline_start_ep_callback<F>(&mut self, callback: F)
    where
        F: Fn(&mut ModulePassManager<'_>) + 'static,
    {
        let callback = ffi::StartCallback {
            object: Box::into_raw(Box::new(callback)).cast(),
            call: start::<F>,
            drop: drop_box::<F>,
        };
        // SAFETY: as above.
        unsafe { ffi::outboard_on_pipeline_start(self.raw, callback) }
    }
}

extern "C" fn parse<F>(object: *mut c_void, text: *const u8, length: usize, manager: *mut c_void) -> bool
where
    F: Fn(&str, &mut ModulePassManager<'_>) -> PipelineParsing,
{
    // SAFETY: C++ hands back the object, `length` readable bytes, and a live manager.
    let (callback, text, mut manager) = unsafe {
        (&*object.cast::<F>(), std::slice::from_raw_parts(text, length), ModulePassManager::new(manager))
    };
    let Ok(text) = std::str::from_utf8(text) else { return false };
    boundary::catch(|| callback(text, &mut manager)) == Ok(PipelineParsing::Parsed)
}

extern "C" fn start<F: Fn(&mut ModulePassManager<'_>)>(object: *mut c_void, manager: *mut c_void) {
    // SAFETY: C++ hands back the object and a live manager.
    let (callback, mut manager) = unsafe { (&*object.cast::<F>(), ModulePassManager::new(manager)) };
    if let Err(panic) = boundary::catch(|| callback(&mut manager)) {
        refuse(&format!("error: internal error, this is a bug in the plugin: {panic}"));
        std::process::abort();
    }
}
