//! Declarations of the shim, file by file in the order of cpp/.

use inkwell::llvm_sys::prelude::{
    LLVMBasicBlockRef, LLVMContextRef, LLVMMetadataRef, LLVMModuleRef, LLVMValueRef,
};
use inkwell::llvm_sys::target_machine::LLVMTargetMachineRef;
use std::ffi::{c_char, c_int, c_uint, c_void};

/// `OutboardStr`, cpp/shim.h.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Str {
    data: *const u8,
    length: usize,
}

impl Str {
    /// The bytes.
    ///
    /// # Safety
    ///
    /// They must be readable as long as the slice lives.
    pub(crate) unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: the caller says so.
        unsafe { std::slice::from_raw_parts(self.data, self.length) }
    }

    /// The same as text.
    ///
    /// # Safety
    ///
    /// As for `bytes`.
    pub(crate) unsafe fn text(self) -> String {
        // SAFETY: the caller says so.
        String::from_utf8_lossy(unsafe { self.bytes() }).into_owned()
    }
}

impl From<&[u8]> for Str {
    fn from(bytes: &[u8]) -> Self {
        Self { data: bytes.as_ptr(), length: bytes.len() }
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Self { data: text.as_ptr(), length: text.len() }
    }
}

/// `OutboardSink`, cpp/shim.h.
pub(crate) type Sink = extern "C" fn(string: *mut c_void, data: *const u8, length: usize);

/// Appends to the `String` that `string` points to. For calls that get both from [`text_from`].
extern "C" fn append(string: *mut c_void, data: *const u8, length: usize) {
    // SAFETY: `text_from` passes a live String, and C++ passes `length` readable bytes.
    let (string, bytes) =
        unsafe { (&mut *string.cast::<String>(), std::slice::from_raw_parts(data, length)) };
    string.push_str(&String::from_utf8_lossy(bytes));
}

/// The text that a C++ function hands to its sink.
pub(crate) fn text_from(call: impl FnOnce(Sink, *mut c_void)) -> String {
    let mut text = String::new();
    call(append, (&raw mut text).cast());
    text
}

/// Appends to the vector that `bytes` points to. For calls that get both from [`bytes_from`].
extern "C" fn extend(bytes: *mut c_void, data: *const u8, length: usize) {
    // SAFETY: `bytes_from` passes a live vector, and C++ passes `length` readable bytes.
    let (bytes, new) = unsafe { (&mut *bytes.cast::<Vec<u8>>(), std::slice::from_raw_parts(data, length)) };
    bytes.extend_from_slice(new);
}

/// The bytes that a C++ function hands to its sink.
pub(crate) fn bytes_from(call: impl FnOnce(Sink, *mut c_void)) -> Vec<u8> {
    let mut bytes = Vec::new();
    call(extend, (&raw mut bytes).cast());
    bytes
}

/// `OutboardModulePass`, cpp/pass_builder.cpp.
#[repr(C)]
pub(crate) struct ModulePass {
    pub object: *mut c_void,
    pub run: extern "C" fn(object: *mut c_void, module: LLVMModuleRef) -> bool,
    pub print: extern "C" fn(object: *mut c_void, sink: Sink, string: *mut c_void),
    pub drop: extern "C" fn(object: *mut c_void),
}

/// `OutboardParsingCallback`, cpp/pass_builder.cpp.
#[repr(C)]
pub(crate) struct ParsingCallback {
    pub object: *mut c_void,
    pub call:
        extern "C" fn(object: *mut c_void, text: *const u8, length: usize, manager: *mut c_void) -> bool,
    pub drop: extern "C" fn(object: *mut c_void),
}

/// `OutboardStartCallback`, cpp/pass_builder.cpp.
#[repr(C)]
pub(crate) struct StartCallback {
    pub object: *mut c_void,
    pub call: extern "C" fn(object: *mut c_void, manager: *mut c_void),
    pub drop: extern "C" fn(object: *mut c_void),
}

unsafe extern "C" {
    pub(crate) fn outboard_add_module_pass(manager: *mut c_void, pass: ModulePass);
    pub(crate) fn outboard_on_parse_module_pass(builder: *mut c_void, callback: ParsingCallback);
    pub(crate) fn outboard_on_pipeline_start(builder: *mut c_void, callback: StartCallback);

    pub(crate) fn outboard_diagnose(module: LLVMModuleRef, severity: c_int, text: Str);
    pub(crate) fn outboard_remark(
        instruction: LLVMValueRef,
        kind: c_int,
        pass: *const c_char,
        name: Str,
        text: Str,
    );

    pub(crate) fn outboard_append_global_ctor(
        module: LLVMModuleRef,
        function: LLVMValueRef,
        priority: c_int,
        key: LLVMValueRef,
    );
    pub(crate) fn outboard_module_flags(module: LLVMModuleRef, sink: Sink, string: *mut c_void);
    pub(crate) fn outboard_write_bitcode(module: LLVMModuleRef, sink: Sink, bytes: *mut c_void);
    pub(crate) fn outboard_make_shared(module: LLVMModuleRef);
    pub(crate) fn outboard_append_compiler_used(module: LLVMModuleRef, global: LLVMValueRef);
    pub(crate) fn outboard_remove_from_used(module: LLVMModuleRef, global: LLVMValueRef);

    pub(crate) fn outboard_split_block(instruction: LLVMValueRef, name: *const c_char) -> LLVMBasicBlockRef;
    pub(crate) fn outboard_replace_phi_uses(
        block: LLVMBasicBlockRef,
        from: LLVMBasicBlockRef,
        to: LLVMBasicBlockRef,
    );
    pub(crate) fn outboard_invoke_to_call(invoke: LLVMValueRef) -> LLVMValueRef;

    pub(crate) fn outboard_clone_body(destination: LLVMValueRef, source: LLVMValueRef);
    pub(crate) fn outboard_demote_to_stack(instruction: LLVMValueRef) -> LLVMValueRef;
    pub(crate) fn outboard_remove_unreachable_blocks(function: LLVMValueRef);
    pub(crate) fn outboard_drop_poison_flags(instruction: LLVMValueRef);

    pub(crate) fn outboard_make_plain(instruction: LLVMValueRef);
    pub(crate) fn outboard_access_group(context: LLVMContextRef) -> LLVMMetadataRef;
    pub(crate) fn outboard_add_access(access: LLVMValueRef, group: LLVMMetadataRef);
    pub(crate) fn outboard_describe_loop(
        branch: LLVMValueRef,
        group: LLVMMetadataRef,
        narrow: bool,
        lanes: c_uint,
    );
    pub(crate) fn outboard_unroll_small_loops(function: LLVMValueRef, rounds: c_uint, instructions: c_uint);

    pub(crate) fn outboard_debug_function_name(instruction: LLVMValueRef, sink: Sink, string: *mut c_void);
    pub(crate) fn outboard_debug_frames(instruction: LLVMValueRef, sink: Sink, string: *mut c_void);

    pub(crate) fn outboard_move_allocas(module: LLVMModuleRef);
    pub(crate) fn outboard_move_global(global: LLVMValueRef, space: c_uint);
    pub(crate) fn outboard_share_thread_locals(module: LLVMModuleRef);
    pub(crate) fn outboard_global_address_space(global: LLVMValueRef) -> c_uint;
    pub(crate) fn outboard_drop_initializer(global: LLVMValueRef);

    pub(crate) fn outboard_remap_pointers(module: LLVMModuleRef, from: c_uint, to: c_uint, globals: c_uint);

    pub(crate) fn outboard_return_at_traps(module: LLVMModuleRef, entry: c_uint);

    pub(crate) fn outboard_delete_body(function: LLVMValueRef);
    pub(crate) fn outboard_set_convergent(module: LLVMModuleRef, convergent: bool);
    pub(crate) fn outboard_drop_unwinding(module: LLVMModuleRef);
    pub(crate) fn outboard_allow_inlining(module: LLVMModuleRef);
    pub(crate) fn outboard_inline_in_callers(function: LLVMValueRef);
    pub(crate) fn outboard_drop_empty_assembly(module: LLVMModuleRef);
    pub(crate) fn outboard_unify_conventions(module: LLVMModuleRef, convention: c_uint, keep: c_uint);
    pub(crate) fn outboard_find_convention_mismatch(module: LLVMModuleRef, sink: Sink, string: *mut c_void);
    pub(crate) fn outboard_lower_memory_parameters(module: LLVMModuleRef);
    pub(crate) fn outboard_has_promotable_variables(module: LLVMModuleRef) -> bool;
    pub(crate) fn outboard_instruction_count(function: LLVMValueRef) -> usize;

    pub(crate) fn outboard_find_layout_mismatch(
        module: LLVMModuleRef,
        layout: Str,
        sink: Sink,
        string: *mut c_void,
    );

    pub(crate) fn outboard_define_initializers(module: LLVMModuleRef);
    pub(crate) fn outboard_expand_arithmetic(module: LLVMModuleRef);
    pub(crate) fn outboard_expand_atomics(module: LLVMModuleRef);
    pub(crate) fn outboard_widen_atomics(module: LLVMModuleRef);
    pub(crate) fn outboard_write_ptx_atomics(module: LLVMModuleRef, scoped: bool, ordered: bool);
    pub(crate) fn outboard_split_aggregates(module: LLVMModuleRef);
    pub(crate) fn outboard_compare_addresses(module: LLVMModuleRef);

    pub(crate) fn outboard_inline_advisor(
        module: LLVMModuleRef,
        sink: Sink,
        string: *mut c_void,
    ) -> *mut c_void;
    pub(crate) fn outboard_inline_advisor_drop(advisor: *mut c_void);
    pub(crate) fn outboard_inline_blocker(
        advisor: *mut c_void,
        call: LLVMValueRef,
        callee: LLVMValueRef,
        sink: Sink,
        string: *mut c_void,
    );
    pub(crate) fn outboard_inline_processors_agree(
        advisor: *mut c_void,
        call: LLVMValueRef,
        callee: LLVMValueRef,
    ) -> bool;
    pub(crate) fn outboard_inline_verdict(
        advisor: *mut c_void,
        call: LLVMValueRef,
        callee: LLVMValueRef,
        sink: Sink,
        string: *mut c_void,
    );
    pub(crate) fn outboard_enabled_features(
        advisor: *mut c_void,
        cpu: Str,
        features: Str,
        sink: Sink,
        string: *mut c_void,
    );
    pub(crate) fn outboard_is_only_read(global: LLVMValueRef) -> bool;
    pub(crate) fn outboard_declare(global: LLVMValueRef);
    pub(crate) fn outboard_has_plain_variables(module: LLVMModuleRef) -> bool;
    pub(crate) fn outboard_has_unfinished_loops(module: LLVMModuleRef) -> bool;
    pub(crate) fn outboard_declare_aliases(module: LLVMModuleRef);
    pub(crate) fn outboard_set_dso_local(global: LLVMValueRef, local: bool);
    pub(crate) fn outboard_internalize(module: LLVMModuleRef, keep: Str);
    pub(crate) fn outboard_separate_sections(machine: LLVMTargetMachineRef, functions: bool, variables: bool);

    pub(crate) fn outboard_link_needed(
        module: LLVMModuleRef,
        bitcode: Str,
        name: Str,
        sink: Sink,
        string: *mut c_void,
    );

    pub(crate) fn outboard_check_bitcode(
        bytes: Str,
        name: Str,
        index: usize,
        sink: Sink,
        string: *mut c_void,
    ) -> c_int;
    pub(crate) fn outboard_parse_bitcode(
        context: LLVMContextRef,
        bytes: Str,
        name: Str,
        index: usize,
        lazy: bool,
        sink: Sink,
        string: *mut c_void,
    ) -> LLVMModuleRef;
    pub(crate) fn outboard_link_symbols(destination: LLVMModuleRef, source: LLVMModuleRef) -> bool;

    pub(crate) fn outboard_has_features(machine: LLVMTargetMachineRef, features: Str) -> bool;
}

// llvm/Config/Targets.def: of libLLVM itself, and missing in llvm-sys.
unsafe extern "C" {
    pub(crate) fn LLVMInitializeSPIRVTargetInfo();
    pub(crate) fn LLVMInitializeSPIRVTarget();
    pub(crate) fn LLVMInitializeSPIRVTargetMC();
    pub(crate) fn LLVMInitializeSPIRVAsmPrinter();

    pub(crate) fn outboard_exit_on_fatal_error();
    pub(crate) fn outboard_name_work(name: Str);
    pub(crate) fn outboard_exit_now(status: c_int);
}
