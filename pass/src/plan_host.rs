//! Launches become a plan: every operand checked, every mistake reported, nothing changed.

use crate::error::Error;
use crate::find_launches::FoundLaunch;
use crate::options::Options;
use crate::report::Report;
use abi::launch::{FIXED_OPERANDS, LaunchOptions, OPERANDS_PER_ARGUMENT, operand};
use abi::map_flags::MapFlags;
use host_codegen::plan::{Argument, HostPlan, LaunchPlan, Location, Scalar, Site};
use inkwell::values::{BasicValueEnum, InstructionValue};
use llvm_plugin::{constant, debug_location, instruction};

/// The plan for those `launches` that are not fallbacks, each with the call it is for; what is wrong with the
/// others goes into `report`.
pub(crate) fn plan_host<'ctx>(
    launches: &[FoundLaunch<'ctx>],
    options: &Options,
    report: &mut Report,
) -> (HostPlan, Vec<InstructionValue<'ctx>>) {
    let (mut plans, mut calls) = (Vec::new(), Vec::new());
    for launch in launches.iter().filter(|launch| !launch.is_fallback) {
        match plan_launch(launch) {
            Ok(plan) => {
                plans.push(plan);
                calls.push(launch.instruction);
            }
            Err(errors) => errors.into_iter().for_each(|error| report.push(launch.instruction, error)),
        }
    }
    let (containers, registration) = (options.images.clone(), options.registration);
    (HostPlan { containers, registration, launches: plans }, calls)
}

fn plan_launch(launch: &FoundLaunch<'_>) -> Result<LaunchPlan, Vec<Error>> {
    let kernel = kernel_name(launch).map_err(|error| vec![error])?;
    let options = launch_options(launch, &kernel);
    let arguments = (0..launch.arity).map(|index| plan_argument(launch, &kernel, index));
    let (arguments, mut errors) = split(arguments);
    let options = options.unwrap_or_else(|error| {
        errors.insert(0, error);
        LaunchOptions::empty()
    });
    if !errors.is_empty() {
        return Err(errors);
    }
    let dims = |first: usize| [0, 1, 2].map(|dimension| scalar(launch, first + dimension));
    Ok(LaunchPlan {
        site: Site { function: launch.function.clone(), call: launch.index },
        kernel,
        device: scalar(launch, operand::DEVICE),
        options,
        grid: dims(operand::GRID),
        block: dims(operand::BLOCK),
        shared_bytes: scalar(launch, operand::SHARED_BYTES),
        arguments,
        location: debug_location::of(launch.instruction).map(|at| Location {
            file: at.file,
            function: at.function,
            line: at.line,
            column: at.column,
        }),
    })
}

fn split<T>(results: impl Iterator<Item = Result<T, Error>>) -> (Vec<T>, Vec<Error>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => good.push(value),
            Err(error) => bad.push(error),
        }
    }
    (good, bad)
}

fn value<'ctx>(launch: &FoundLaunch<'ctx>, operand: usize) -> BasicValueEnum<'ctx> {
    let operand = u32::try_from(operand).expect("at most 58 operands");
    instruction::argument(launch.call, operand).expect("find_launches checked the type")
}

fn kernel_name(launch: &FoundLaunch<'_>) -> Result<String, Error> {
    let kernel = value(launch, operand::KERNEL);
    if let Some(function) = instruction::as_function(kernel) {
        return Ok(function.get_name().to_string_lossy().into_owned());
    }
    let found = match kernel {
        BasicValueEnum::PointerValue(pointer) if pointer.is_null() => "null",
        kernel if constant::is_constant(kernel) => "another constant",
        _ => "computed at run time",
    };
    Err(Error::KernelNotFunction { launch: launch.launch.clone(), found: found.to_owned() })
}

fn launch_options(launch: &FoundLaunch<'_>, kernel: &str) -> Result<LaunchOptions, Error> {
    let Some(bits) = constant_integer(value(launch, operand::OPTIONS)) else {
        return Err(Error::NotConstant { what: "options".into(), kernel: kernel.to_owned() });
    };
    let bits = u32::try_from(bits).expect("an i32");
    LaunchOptions::from_bits(bits).ok_or_else(|| Error::UnknownOptions {
        kernel: kernel.to_owned(),
        bits,
        known: words(LaunchOptions::all().iter_names().map(|(name, flag)| (name, u64::from(flag.bits())))),
    })
}

fn plan_argument(launch: &FoundLaunch<'_>, kernel: &str, index: usize) -> Result<Argument, Error> {
    let first = FIXED_OPERANDS + OPERANDS_PER_ARGUMENT * index;
    let (map, base, size) = (first, first + 1, first + 2);
    let Some(bits) = constant_integer(value(launch, map)) else {
        return Err(Error::NotConstant {
            what: format!("map flags of argument {index}"),
            kernel: kernel.to_owned(),
        });
    };
    let map = MapFlags::from_bits_retain(bits);
    let size = scalar(launch, size);
    host_codegen::check_map(kernel, index, map, size)?;
    let name = match value(launch, base) {
        BasicValueEnum::PointerValue(pointer) => pointer.get_name().to_string_lossy().into_owned(),
        _ => String::new(),
    };
    Ok(Argument {
        map,
        base: u32::try_from(base).expect("at most 58 operands"),
        size,
        name: (!name.is_empty()).then_some(name),
    })
}

fn words<'n>(flags: impl Iterator<Item = (&'n str, u64)>) -> String {
    flags.map(|(name, bits)| format!("{name} {bits:#x}")).collect::<Vec<_>>().join(", ")
}

fn scalar(launch: &FoundLaunch<'_>, operand: usize) -> Scalar {
    match value(launch, operand) {
        BasicValueEnum::IntValue(value) if value.is_constant_int() => value
            .get_sign_extended_constant()
            .map_or(Scalar::Operand { operand: number(operand) }, Scalar::Constant),
        _ => Scalar::Operand { operand: number(operand) },
    }
}

fn number(operand: usize) -> u32 {
    u32::try_from(operand).expect("at most 58 operands")
}

fn constant_integer(value: BasicValueEnum<'_>) -> Option<u64> {
    match value {
        BasicValueEnum::IntValue(value) => value.get_zero_extended_constant(),
        _ => None,
    }
}
