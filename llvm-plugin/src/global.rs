//! Edits of globals that inkwell lacks or leaves unsafe.

use inkwell::llvm_sys::core;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, FunctionValue, GlobalValue};

/// Takes `global` out of its comdat group.
pub fn remove_comdat(global: GlobalValue<'_>) {
    // SAFETY: a live global; null is no comdat.
    unsafe { inkwell::llvm_sys::comdat::LLVMSetComdat(global.as_value_ref(), std::ptr::null_mut()) }
}

/// Erases the variable `name` from `module`, if it is there and nothing uses it. Whether it is gone.
pub fn erase_unused(module: &Module<'_>, name: &str) -> bool {
    let Some(global) = module.get_global(name) else {
        return true;
    };
    // SAFETY: a live variable that nothing refers to, and the only handle to it ends here.
    unsafe {
        if !core::LLVMGetFirstUse(global.as_value_ref()).is_null() {
            return false;
        }
        core::LLVMDeleteGlobal(global.as_value_ref());
    }
    true
}

/// Whether `module` has names that stand for others: aliases, or functions chosen when the program starts.
pub fn has_aliases(module: &Module<'_>) -> bool {
    // SAFETY: a live module; both are null where there is none.
    unsafe {
        !core::LLVMGetFirstGlobalAlias(module.as_mut_ptr()).is_null()
            || !core::LLVMGetFirstGlobalIFunc(module.as_mut_ptr()).is_null()
    }
}

/// The aliases of functions in `module`, each with the function that it stands for.
pub fn function_aliases<'ctx>(module: &Module<'ctx>) -> Vec<(GlobalValue<'ctx>, FunctionValue<'ctx>)> {
    let mut aliases = Vec::new();
    // SAFETY: a walk over the live module's aliases; an alias has an aliasee, and an alias of an alias is
    // looked through.
    unsafe {
        let mut next = core::LLVMGetFirstGlobalAlias(module.as_mut_ptr());
        while !next.is_null() {
            let mut aliasee = core::LLVMAliasGetAliasee(next);
            while !core::LLVMIsAGlobalAlias(aliasee).is_null() {
                aliasee = core::LLVMAliasGetAliasee(aliasee);
            }
            if let Some(function) = FunctionValue::new(core::LLVMIsAFunction(aliasee)) {
                aliases.push((GlobalValue::new(next), function));
            }
            next = core::LLVMGetNextGlobalAlias(next);
        }
    }
    aliases
}

/// The assembly at the top of `module`; empty where there is none.
pub fn inline_assembly(module: &Module<'_>) -> String {
    let mut length = 0;
    // SAFETY: a live module; the text is `length` bytes that the module owns.
    let bytes = unsafe {
        let text = core::LLVMGetModuleInlineAsm(module.as_mut_ptr(), &raw mut length);
        if text.is_null() { &[] } else { std::slice::from_raw_parts(text.cast::<u8>(), length) }
    };
    String::from_utf8_lossy(bytes).into_owned()
}
