//! The plugin's entry: the passes by name, and where they run.

use crate::named_pass::{InPlace, NamedPass};
use crate::print_offload::PrintOffload;
use crate::requested::{AtPipelineStart, Requested};
use llvm_plugin::{ModulePassManager, PassBuilder, PassPluginLibraryInfo, PipelineParsing};
use std::ffi::c_void;
use std::rc::Rc;

/// What LLVM looks up in a plugin.
#[expect(unsafe_code, reason = "LLVM finds the plugin by this symbol")]
// SAFETY: the name is LLVM's, and no other library defines it in this one.
#[unsafe(no_mangle)]
extern "C" fn llvmGetPassPluginInfo() -> PassPluginLibraryInfo {
    llvm_plugin::library_info(c"outboard", c"0.1.0", abi::LLVM_MAJOR, register)
}

#[expect(unsafe_code, reason = "LLVM passes its pass builder as a raw pointer")]
unsafe extern "C" fn register(builder: *mut c_void) {
    // SAFETY: LLVM calls this with the pass builder that it is setting up.
    unsafe { PassBuilder::from_raw(builder) }.guard(|builder| {
        let requested = Rc::new(Requested::default());
        let at_start = Rc::clone(&requested);
        builder.add_module_pipeline_parsing_callback(move |text, manager| parse(text, manager, &requested));
        builder.add_pipeline_start_ep_callback(move |manager| {
            manager.add_pass(AtPipelineStart::new(Rc::clone(&at_start)));
        });
    });
}

/// LLVM may ask twice about the same text: once to find out what kind of pipeline it starts.
fn parse(text: &str, manager: &mut ModulePassManager<'_>, requested: &Rc<Requested>) -> PipelineParsing {
    if let Some(pass) = NamedPass::parse(text) {
        requested.note(&pass);
        manager.add_pass(InPlace { pass, requested: Rc::clone(requested) });
    } else if let Some(pass) = PrintOffload::parse(text) {
        manager.add_pass(pass);
    } else {
        return PipelineParsing::NotParsed;
    }
    PipelineParsing::Parsed
}
