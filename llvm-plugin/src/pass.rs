//! Module passes: Rust objects that LLVM runs.

use crate::diagnostic::{self, Severity};
use crate::{boundary, ffi};
use inkwell::llvm_sys::prelude::LLVMModuleRef;
use inkwell::module::Module;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;

/// What a pass left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreservedAnalyses {
    /// The module did not change.
    All,
    /// The module changed; everything known about it is void.
    None,
}

/// The analyses of the running pipeline. Nothing is asked of it yet.
#[derive(Debug)]
pub struct ModuleAnalysisManager(());

/// A pass over a module.
pub trait LlvmModulePass {
    /// Runs once for every module. A panic becomes an error diagnostic of the compiler.
    fn run_pass(&self, module: &mut Module<'_>, manager: &ModuleAnalysisManager) -> PreservedAnalyses;

    /// The pass as pipeline text, which parses back to the same pass (`opt -print-pipeline-passes`).
    fn pipeline_text(&self) -> String;
}

/// A pipeline under construction.
#[derive(Debug)]
pub struct ModulePassManager<'a> {
    raw: *mut c_void,
    borrow: PhantomData<&'a mut ()>,
}

impl ModulePassManager<'_> {
    /// # Safety
    /// `raw` is an `llvm::ModulePassManager *` that outlives the value.
    pub(crate) unsafe fn new(raw: *mut c_void) -> Self {
        Self { raw, borrow: PhantomData }
    }

    /// Appends `pass`. It also runs at -O0.
    pub fn add_pass<P: LlvmModulePass + 'static>(&mut self, pass: P) {
        let pass = ffi::ModulePass {
            object: Box::into_raw(Box::new(pass)).cast(),
            run: run::<P>,
            print: print::<P>,
            drop: drop_box::<P>,
        };
        // SAFETY: `self.raw` is a live manager (`new`); the object is a `Box<P>`, as the three functions expect.
        unsafe { ffi::outboard_add_module_pass(self.raw, pass) }
    }
}

extern "C" fn run<P: LlvmModulePass>(object: *mut c_void, module: LLVMModuleRef) -> bool {
    // SAFETY: C++ hands back the object of `add_pass`, and a module that it owns: hence ManuallyDrop.
    let (pass, mut module) = unsafe { (&*object.cast::<P>(), ManuallyDrop::new(Module::new(module))) };
    match boundary::catch(|| pass.run_pass(&mut module, &ModuleAnalysisManager(()))) {
        Ok(preserved) => preserved == PreservedAnalyses::None,
        Err(panic) => {
            let name = boundary::catch(|| pass.pipeline_text()).unwrap_or_default();
            let pass_name = name.split('<').next().unwrap_or_default();
            diagnostic::report(
                &module,
                Severity::Error,
                &format!("{pass_name}: internal error, this is a bug in the plugin: {panic}"),
            );
            true
        }
    }
}

extern "C" fn print<P: LlvmModulePass>(object: *mut c_void, sink: ffi::Sink, string: *mut c_void) {
    // SAFETY: C++ hands back the object of `add_pass`.
    let pass = unsafe { &*object.cast::<P>() };
    let text = boundary::catch(|| pass.pipeline_text()).unwrap_or_default();
    sink(string, text.as_ptr(), text.len());
}

/// Drops the `Box<T>` behind a C++ `shared_ptr<void>`.
pub(crate) extern "C" fn drop_box<T>(object: *mut c_void) {
    // SAFETY: the object came from `Box::into_raw` of a `Box<T>`, and the last owner calls this once.
    drop(unsafe { Box::from_raw(object.cast::<T>()) });
}
