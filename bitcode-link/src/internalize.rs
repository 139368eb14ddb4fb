//! What a linked module shows to the outside, and what would run before its functions.

use llvm_plugin::global::{erase_unused, remove_comdat};
use llvm_plugin::inkwell::GlobalVisibility;
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::GlobalValue;

/// Lists that keep globals alive, and lists of functions that run before and after `main`.
///
/// Source: "Intrinsic Global Variables", llvm/docs/LangRef.md (LLVM 22.1).
const STARTUP_LISTS: [&str; 4] =
    ["llvm.used", "llvm.compiler.used", "llvm.global_ctors", "llvm.global_dtors"];

/// Makes every definition internal but those called `keep`, so that what isn't used goes away and what is
/// used can be inlined.
pub fn internalize_except(module: &Module<'_>, keep: &[&str]) {
    let functions = module
        .get_functions()
        .filter(|function| function.count_basic_blocks() > 0)
        .map(|function| function.as_global_value());
    let variables = module.get_globals().filter(|global| !global.is_declaration());
    for global in functions.chain(variables).collect::<Vec<_>>() {
        let name = global.get_name().to_string_lossy();
        if !name.starts_with("llvm.") && !keep.contains(&name.as_ref()) {
            internalize(global);
        }
    }
}

fn internalize(global: GlobalValue<'_>) {
    // The verifier wants local symbols to have default visibility and no group that may be discarded.
    remove_comdat(global);
    global.set_visibility(GlobalVisibility::Default);
    // An available_externally copy becomes the definition: the original isn't part of this link.
    if global.get_linkage() != Linkage::Private {
        global.set_linkage(Linkage::Internal);
    }
}

/// Erases the lists that keep globals alive or run functions at start and exit. What they name goes with
/// the next cleanup where nothing else uses it.
pub fn drop_startup_code(module: &Module<'_>) {
    for list in STARTUP_LISTS {
        // Nothing can refer to these lists: LLVM's verifier forbids it.
        let erased = erase_unused(module, list);
        debug_assert!(erased, "{list} has users");
    }
}
