//! Declarations of cpp/thin_link.cpp and cpp/thin_backend.cpp, in their order.

use crate::ffi::{Sink, Str};
use inkwell::llvm_sys::prelude::LLVMModuleRef;
use std::ffi::{c_int, c_uint, c_void};

/// `OutboardThinConfig`, cpp/thin_lto.h.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Config {
    pub(super) cpu: Str,
    pub(super) features: Str,
    pub(super) relocation: c_int,
    pub(super) code_model: c_int,
    pub(super) level: c_uint,
    pub(super) assembly: bool,
}

/// `OutboardNamed`, cpp/thin_lto.h.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub(super) name: Str,
    pub(super) bytes: Str,
}

/// `OutboardDiagnostic`, cpp/thin_lto.h.
type Diagnostic = extern "C" fn(object: *mut c_void, severity: c_int, data: *const u8, length: usize);

/// `OutboardSymbol`, cpp/thin_link.cpp.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Symbol {
    pub(super) name: Str,
    pub(super) section: Str,
    pub(super) comdat: Str,
    pub(super) flags: c_uint,
    pub(super) visibility: c_uint,
    pub(super) common_size: u64,
}
type SymbolSink = extern "C" fn(object: *mut c_void, symbol: Symbol);

/// `OutboardThinInput`, cpp/thin_link.cpp.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Input {
    pub(super) file: Named,
    pub(super) resolutions: *const u8,
    pub(super) count: usize,
}

/// `OutboardSlice`, cpp/thin_link.cpp.
type Slice = extern "C" fn(object: *mut c_void, module: Str, index: Str, imports: *const Str, count: usize);
/// `OutboardObject`, cpp/thin_link.cpp.
type Object = extern "C" fn(object: *mut c_void, bytes: Str);

unsafe extern "C" {
    pub(super) fn outboard_thin_symbols(
        file: Named,
        sink: SymbolSink,
        object: *mut c_void,
        triple: Sink,
        triple_string: *mut c_void,
        thin: *mut bool,
        error: Sink,
        string: *mut c_void,
    ) -> bool;
    pub(super) fn outboard_libcalls(triple: Str, sink: SymbolSink, object: *mut c_void);
    pub(super) fn outboard_thin_link(
        inputs: *const Input,
        count: usize,
        config: Config,
        slice: Slice,
        regular: Object,
        object: *mut c_void,
        diagnostic: Diagnostic,
        diagnostics: *mut c_void,
        error: Sink,
        string: *mut c_void,
    ) -> bool;
    pub(super) fn outboard_rename_modules(
        index: Str,
        names: *const Named,
        count: usize,
        sink: Sink,
        bytes: *mut c_void,
        error: Sink,
        string: *mut c_void,
    ) -> bool;
    pub(super) fn outboard_index_modules(
        index: Str,
        sink: SymbolSink,
        object: *mut c_void,
        error: Sink,
        string: *mut c_void,
    ) -> bool;
    pub(super) fn outboard_add_summary(module: LLVMModuleRef, sink: Sink, bytes: *mut c_void);
    pub(super) fn outboard_function_cpus(
        file: Named,
        sink: SymbolSink,
        object: *mut c_void,
        error: Sink,
        string: *mut c_void,
    ) -> bool;

    pub(super) fn outboard_unknown_to_target(
        triple: Str,
        cpu: Str,
        features: Str,
        sink: Sink,
        string: *mut c_void,
    );

    pub(super) fn outboard_thin_backend(
        files: *const Named,
        count: usize,
        index: Str,
        config: Config,
        sink: Sink,
        bytes: *mut c_void,
        diagnostic: Diagnostic,
        diagnostics: *mut c_void,
        error: Sink,
        string: *mut c_void,
    ) -> bool;
}
