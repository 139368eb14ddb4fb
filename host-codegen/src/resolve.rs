//! From the plan's names and numbers to the module's calls and values. All of it happens before anything is
//! changed, so that a plan that does not fit leaves the module as it was.

use crate::container::Container;
use crate::cx::Cx;
use crate::map_check::check_map;
use crate::plan::{Argument, HostPlan, LaunchPlan, Scalar, Site};
use crate::{Error, plan};
use abi::launch::{FUNCTION_PREFIX, LaunchOptions, MAX_ARGUMENTS};
use inkwell::module::Module;
use inkwell::types::{BasicTypeEnum, IntType};
use inkwell::values::{BasicValueEnum, CallSiteValue, InstructionValue, IntValue, PointerValue};
use llvm_plugin::instruction;
use std::collections::{HashMap, HashSet};

/// A launch with its operands found.
pub(crate) struct Launch<'p, 'ctx> {
    pub call: CallSiteValue<'ctx>,
    pub instruction: InstructionValue<'ctx>,
    pub kernel: &'p str,
    pub options: LaunchOptions,
    pub device: IntValue<'ctx>,
    pub grid: [IntValue<'ctx>; 3],
    pub block: [IntValue<'ctx>; 3],
    pub shared_bytes: IntValue<'ctx>,
    pub arguments: Vec<MappedArgument<'p, 'ctx>>,
    pub location: Option<&'p plan::Location>,
}

/// One argument, with its values.
pub(crate) struct MappedArgument<'p, 'ctx> {
    pub plan: &'p Argument,
    pub base: PointerValue<'ctx>,
    pub size: IntValue<'ctx>,
}

/// Finds all launches of `plan`, and checks them against the container's kernels, where there is one already.
pub(crate) fn resolve_launches<'p, 'ctx>(
    cx: &Cx<'_, 'ctx>,
    plan: &'p HostPlan,
    container: Option<&Container>,
) -> Result<Vec<Launch<'p, 'ctx>>, Error> {
    let mut calls = HashMap::new();
    let mut sites = HashSet::new();
    let resolve = |launch: &'p LaunchPlan| {
        if !sites.insert(&launch.site) {
            let Site { function, call } = launch.site.clone();
            return Err(Error::SameCall { kernel: launch.kernel.clone(), function, call });
        }
        resolve_launch(cx, launch, container, &mut calls)
    };
    plan.launches.iter().map(resolve).collect()
}

fn resolve_launch<'p, 'ctx>(
    cx: &Cx<'_, 'ctx>,
    launch: &'p LaunchPlan,
    container: Option<&Container>,
    calls: &mut HashMap<&'p str, Vec<InstructionValue<'ctx>>>,
) -> Result<Launch<'p, 'ctx>, Error> {
    let instruction = find_call(cx.module, launch, calls)?;
    let call = instruction::call_site(instruction).expect("find_call finds calls");
    if launch.arguments.len() > MAX_ARGUMENTS {
        return Err(Error::TooManyArguments { kernel: launch.kernel.clone(), found: launch.arguments.len() });
    }
    let found = call.get_called_fn_type().get_return_type();
    if found != Some(cx.i32.into()) {
        let found = found.map_or_else(|| "void".to_owned(), |t| t.print_to_string().to_string());
        return Err(Error::BadResult { kernel: launch.kernel.clone(), found });
    }
    container.map_or(Ok(()), |container| container.check_launch(launch))?;

    let operands = Operands { kernel: &launch.kernel, call };
    let dims = |what: &str, [x, y, z]: [Scalar; 3]| -> Result<[IntValue<'ctx>; 3], Error> {
        Ok([
            operands.integer(&format!("{what} x"), x, cx.i32)?,
            operands.integer(&format!("{what} y"), y, cx.i32)?,
            operands.integer(&format!("{what} z"), z, cx.i32)?,
        ])
    };
    let arguments = launch.arguments.iter().enumerate().map(|(index, argument)| {
        check_map(&launch.kernel, index, argument.map, argument.size)?;
        operands.argument(cx, index, argument)
    });
    Ok(Launch {
        call,
        instruction,
        kernel: &launch.kernel,
        options: launch.options,
        device: operands.integer("the device", launch.device, cx.i64)?,
        grid: dims("grid", launch.grid)?,
        block: dims("block", launch.block)?,
        shared_bytes: operands.integer("the shared memory", launch.shared_bytes, cx.i32)?,
        arguments: arguments.collect::<Result<_, _>>()?,
        location: launch.location.as_ref(),
    })
}

fn find_call<'p, 'ctx>(
    module: &Module<'ctx>,
    launch: &'p LaunchPlan,
    calls: &mut HashMap<&'p str, Vec<InstructionValue<'ctx>>>,
) -> Result<InstructionValue<'ctx>, Error> {
    let Site { function: name, call } = &launch.site;
    let function = module
        .get_function(name)
        .filter(|function| function.count_basic_blocks() > 0)
        .ok_or_else(|| Error::NoSuchFunction { kernel: launch.kernel.clone(), function: name.clone() })?;
    let calls = calls.entry(name).or_insert_with(|| {
        let instructions = function.get_basic_block_iter().flat_map(|block| block.get_instructions());
        instructions.filter(|i| instruction::call_site(*i).is_some()).collect()
    });
    calls.get(*call).copied().ok_or_else(|| Error::NoSuchCall {
        kernel: launch.kernel.clone(),
        function: name.clone(),
        call: *call,
        found: calls.len(),
    })
}

/// A type as IR has it.
fn text(llvm_type: BasicTypeEnum<'_>) -> String {
    llvm_type.print_to_string().to_string()
}

/// The operands of one site.
struct Operands<'p, 'ctx> {
    kernel: &'p str,
    call: CallSiteValue<'ctx>,
}

impl<'ctx> Operands<'_, 'ctx> {
    fn integer(&self, what: &str, scalar: Scalar, wanted: IntType<'ctx>) -> Result<IntValue<'ctx>, Error> {
        let operand = match scalar {
            Scalar::Constant(value) => return Ok(wanted.const_int(value.cast_unsigned(), true)),
            Scalar::Operand { operand } => operand,
        };
        match self.operand(what, operand)? {
            BasicValueEnum::IntValue(value) if value.get_type() == wanted => Ok(value),
            other => Err(self.bad(
                what,
                operand,
                format!("is {}, not {}", text(other.get_type()), text(wanted.into())),
            )),
        }
    }

    fn argument<'p>(
        &self,
        cx: &Cx<'_, 'ctx>,
        index: usize,
        plan: &'p Argument,
    ) -> Result<MappedArgument<'p, 'ctx>, Error> {
        let what = format!("the base of argument {index}");
        let base = match self.operand(&what, plan.base)? {
            BasicValueEnum::PointerValue(pointer) if pointer.get_type() == cx.ptr => pointer,
            other => {
                return Err(self.bad(&what, plan.base, format!("is {}, not ptr", text(other.get_type()))));
            }
        };
        let size = self.integer(&format!("the size of argument {index}"), plan.size, cx.i64)?;
        Ok(MappedArgument { plan, base, size })
    }

    fn operand(&self, what: &str, operand: u32) -> Result<BasicValueEnum<'ctx>, Error> {
        instruction::argument(self.call, operand).ok_or_else(|| {
            self.bad(what, operand, format!("has only {} arguments", self.call.count_arguments()))
        })
    }

    fn bad(&self, what: &str, operand: u32, problem: String) -> Error {
        Error::BadOperand { kernel: self.kernel.to_owned(), what: what.to_owned(), operand, problem }
    }
}

/// Deletes the declarations of launch functions that nothing uses any more: nobody need define them.
pub(crate) fn remove_unused_declarations(module: &Module<'_>) {
    let unused: Vec<_> = module
        .get_functions()
        .filter(|f| {
            f.count_basic_blocks() == 0 && f.get_name().to_bytes().starts_with(FUNCTION_PREFIX.as_bytes())
        })
        .filter(|f| instruction::uses_of(*f).is_empty())
        .collect();
    for function in unused {
        llvm_plugin::module::delete_function(function);
    }
}
