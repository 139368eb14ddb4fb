//! A plugin with two passes: `count-functions` warns with the number of functions, `panics` does.
//!
//! ```text
//! cargo build -p outboard-llvm-plugin --example small_plugin
//! opt-22 -load-pass-plugin=target/debug/examples/libsmall_plugin.so -passes=count-functions in.ll
//! ```

use llvm_plugin::diagnostic::{self, Severity};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::{
    LlvmModulePass, ModuleAnalysisManager, PassBuilder, PassPluginLibraryInfo, PipelineParsing,
    PreservedAnalyses,
};
use std::ffi::c_void;

struct CountFunctions;

impl LlvmModulePass for CountFunctions {
    fn run_pass(&self, module: &mut Module<'_>, _: &ModuleAnalysisManager) -> PreservedAnalyses {
        let count = module.get_functions().count();
        diagnostic::report(module, Severity::Warning, &format!("the module has {count} functions"));
        PreservedAnalyses::All
    }

    fn pipeline_text(&self) -> String {
        "count-functions".to_owned()
    }
}

/// What a bug looks like: an error of the compiler that says so.
struct Panics;

impl LlvmModulePass for Panics {
    fn run_pass(&self, _: &mut Module<'_>, _: &ModuleAnalysisManager) -> PreservedAnalyses {
        panic!("deliberate")
    }

    fn pipeline_text(&self) -> String {
        "panics".to_owned()
    }
}

// SAFETY: LLVM looks the plugin up by this name, and nothing else in the library has it.
#[unsafe(no_mangle)]
extern "C" fn llvmGetPassPluginInfo() -> PassPluginLibraryInfo {
    llvm_plugin::library_info(c"small", c"1", 22, register)
}

unsafe extern "C" fn register(builder: *mut c_void) {
    // SAFETY: LLVM calls this with the pass builder that it is setting up.
    unsafe { PassBuilder::from_raw(builder) }.guard(|builder| {
        builder.add_module_pipeline_parsing_callback(|text, manager| {
            match text {
                "count-functions" => manager.add_pass(CountFunctions),
                "panics" => manager.add_pass(Panics),
                _ => return PipelineParsing::NotParsed,
            }
            PipelineParsing::Parsed
        });
    });
}
