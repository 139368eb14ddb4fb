//! Modules that were compiled for the target itself: their kernels are entries already, and they go in as
//! they are, once what becomes code of the target has become it.

use crate::Result;
use crate::compose::Origins;
use crate::entry::export;
use crate::error::Error;
use crate::input::Inputs;
use crate::kernels::{Kernels, is_gpu_entry};
use crate::options::Options;
use crate::problem::{Problem, locate};
use crate::reach::{Reached, in_module, walk_kernels};
use crate::retarget::attributes;
use crate::target::Target;
use crate::{aliases, markers};
use bitcode_link::{Composite, Origin, drop_startup_code, undefined_from};
use llvm_plugin::collect::link_modules;
use llvm_plugin::inkwell::attributes::AttributeLoc;
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::module::Module;

/// The modules of the target itself, as one.
pub(crate) struct Own<'ctx> {
    pub(crate) module: Module<'ctx>,
    origins: Origins,
}

/// Links them, and what they and `host` need from archives; nothing where there are none.
pub(crate) fn compose<'ctx>(
    context: &'ctx Context,
    inputs: &Inputs,
    options: &Options,
    host: &Module<'ctx>,
) -> Result<Option<Own<'ctx>>> {
    if inputs.own.is_empty() && inputs.own_library.is_empty() {
        return Ok(None);
    }
    let mut composite = Composite::new(context);
    for source in &inputs.own {
        composite.add_source(source)?;
    }
    let asked: Vec<_> = options.kernels.iter().chain(&options.entries).cloned().collect();
    composite.take(&inputs.own_library, &asked)?;
    composite.take(&inputs.own_library, &needed_by(host))?;
    composite.complete(&inputs.own_library, |module| Ok::<_, Error>(needed_by(module)))?;
    let (module, origins) = composite.into_parts();
    aliases::replace_aliases(&module)?;
    markers::check_declarations(&module)?;
    Ok(Some(Own { module, origins: Origins::of_modules(origins) }))
}

/// What the definitions of `module` need and nobody has defined.
fn needed_by(module: &Module<'_>) -> Vec<String> {
    let defined = module.get_functions().filter(|function| function.count_basic_blocks() > 0);
    let names: Vec<_> = defined.map(|function| function.get_name().to_string_lossy().into_owned()).collect();
    undefined_from(module, &names.iter().map(String::as_str).collect::<Vec<_>>())
}

impl<'ctx> Own<'ctx> {
    /// What they leave to others.
    pub(crate) fn declared(&self) -> Vec<String> {
        needed_by(&self.module)
    }

    /// Tells where the kernels of `problems` begin that are theirs.
    pub(crate) fn locate(&self, problems: &mut [Problem]) {
        locate(problems, &self.module, &self.origins);
    }

    /// What their kernels reach.
    pub(crate) fn walk_kernels(&self, kernels: &Kernels) -> Reached {
        walk_kernels(&self.module, kernels, &self.origins)
    }

    /// Refuses code for a processor of AMD's that isn't `arch`, the image's: it may count on its instructions and on
    /// how many threads run in lockstep. Other targets' newer processors run what is made for older ones.
    fn check_processors(&self, arch: &str) -> Result<()> {
        let wanted = arch.split(':').next().unwrap_or_default();
        for function in self.module.get_functions().filter(|function| function.count_basic_blocks() > 0) {
            let attribute = function.get_string_attribute(AttributeLoc::Function, "target-cpu");
            let found =
                attribute.map(|attribute| attribute.get_string_value().to_string_lossy().into_owned());
            let other = found.filter(|found| found != wanted && !found.contains("generic"));
            let origin = self.origins.module(&function.get_name().to_string_lossy());
            if let (Some(found), Some(origin)) = (other, origin) {
                let (origin, wanted) = (Origin::file(origin), wanted.to_owned());
                return Err(Error::OtherProcessor { origin, found, wanted });
            }
        }
        Ok(())
    }

    /// Links them into `module`, which is made for `target` by now.
    pub(crate) fn link_into(
        self,
        module: &Module<'ctx>,
        kernels: &Kernels,
        (target, arch): (Target, &str),
    ) -> Result<()> {
        if target == Target::Amdgcn {
            self.check_processors(arch)?;
        }
        let found = self.module.get_data_layout().as_str().to_string_lossy().into_owned();
        if !found.is_empty() && found != module.get_data_layout().as_str().to_string_lossy() {
            return Err(Error::ModuleTarget { found, target: target.name() });
        }
        attributes::strip(&self.module);
        drop_startup_code(&self.module);
        self.module.set_data_layout(&module.get_data_layout());
        self.module.set_triple(&module.get_triple());
        let bug = |text| Error::Bug { after: "linking modules of the target", text };
        link_modules(module, self.module).map_err(bug)?;
        in_module(module, kernels)
            .filter(|(_, function)| is_gpu_entry(*function))
            .for_each(|(_, function)| export(function));
        Ok(())
    }
}
