//! Mathematical functions for several numbers at once, on x86_64: calls of libm's say which functions of libmvec do the
//! same for a vector, and the vectorizer takes them.
//!
//! Not by LLVM's own table, which offers functions for AVX2 to code for machines without it.

use llvm_plugin::backend::has_features;
use llvm_plugin::inkwell::attributes::{Attribute, AttributeLoc};
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::TargetMachine;
use llvm_plugin::inkwell::types::{BasicMetadataTypeEnum, BasicType as _};
use llvm_plugin::inkwell::values::FunctionValue;
use llvm_plugin::instruction::{FunctionUse, call_site, uses_of};
use llvm_plugin::module::{append_compiler_used, delete_function, remove_from_used};

/// The file name of the library.
pub(crate) const LIBRARY: &str = "libmvec.so.1";

/// Functions on `double`, and how many arguments they have; those on `float` have an `f` more.
///
/// Source: "Libmvec", the manual of glibc; these have been there since it has been (2.22).
const FUNCTIONS: [(&str, usize); 5] = [("cos", 1), ("exp", 1), ("log", 1), ("pow", 2), ("sin", 1)];

/// A set of vector registers.
struct Registers {
    /// What stands for it in names.
    letter: char,
    bytes: u32,
    /// What a processor needs for it, as LLVM names it.
    feature: &'static str,
}

/// Source: "X86 Vector Function ABI", 2.6.
const REGISTERS: [Registers; 3] = [
    Registers { letter: 'b', bytes: 16, feature: "+sse2" },
    Registers { letter: 'd', bytes: 32, feature: "+avx2" },
    Registers { letter: 'e', bytes: 64, feature: "+avx512f" },
];

/// A function of libmvec.
struct VectorFunction {
    name: String,
    lanes: u32,
    arguments: usize,
}

impl VectorFunction {
    /// Those of libm's `function` on numbers of so many bytes.
    fn all(function: &str, arguments: usize, bytes: u32) -> impl Iterator<Item = (&'static Registers, Self)> {
        let suffix = if bytes == 4 { "f" } else { "" };
        REGISTERS.iter().map(move |registers| {
            let lanes = registers.bytes / bytes;
            let vectors = "v".repeat(arguments);
            let name = format!("_ZGV{}N{lanes}{vectors}_{function}{suffix}", registers.letter);
            (registers, Self { name, lanes, arguments })
        })
    }
}

/// Every function of libmvec that kernels may call.
pub(crate) fn has_function(symbol: &str) -> bool {
    let of = |(function, arguments): (&str, usize)| {
        [4, 8].into_iter().any(|bytes| {
            VectorFunction::all(function, arguments, bytes).any(|(_, vector)| vector.name == symbol)
        })
    };
    symbol.starts_with("_ZGV") && FUNCTIONS.into_iter().any(of)
}

/// Tells calls of libm's functions in `module` of those for vectors that `machine` can call. They stay declared until
/// [`withdraw`].
pub(crate) fn offer(module: &Module<'_>, machine: &TargetMachine) {
    for (function, arguments) in FUNCTIONS {
        for (bytes, width) in [(4, "f32"), (8, "f64")] {
            let libm = if bytes == 4 { format!("{function}f") } else { function.to_owned() };
            for scalar in [libm, format!("llvm.{function}.{width}")] {
                if let Some(scalar) = module.get_function(&scalar) {
                    let vectors = VectorFunction::all(function, arguments, bytes);
                    let vectors = vectors.filter(|(registers, _)| has_features(machine, registers.feature));
                    offer_for(module, scalar, &vectors.map(|(_, vector)| vector).collect::<Vec<_>>());
                }
            }
        }
    }
}

fn offer_for<'ctx>(module: &Module<'ctx>, scalar: FunctionValue<'ctx>, vectors: &[VectorFunction]) {
    let calls: Vec<_> = uses_of(scalar)
        .into_iter()
        .filter_map(|used| if let FunctionUse::Callee(call) = used { call_site(call) } else { None })
        .collect();
    let number = scalar.get_type().get_return_type().filter(|number| number.is_float_type());
    let (Some(number), false) = (number, calls.is_empty()) else { return };
    let context = module.get_context();
    // Nothing in a kernel can ask for errno.
    let facts = [("memory", 0), ("nounwind", 0), ("willreturn", 0)]
        .map(|(name, value)| context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), value));
    let mut names = Vec::new();
    for VectorFunction { name, lanes, arguments } in vectors {
        let vector = number.into_float_type().vec_type(*lanes);
        let parameters = vec![BasicMetadataTypeEnum::from(vector); *arguments];
        let declared = module.get_function(name).unwrap_or_else(|| {
            module.add_function(name, vector.as_basic_type_enum().fn_type(&parameters, false), None)
        });
        facts.iter().for_each(|fact| declared.add_attribute(AttributeLoc::Function, *fact));
        append_compiler_used(module, declared.as_global_value());
        let (scalar, shape) = (scalar.get_name().to_string_lossy(), "v".repeat(*arguments));
        names.push(format!("_ZGV_LLVM_N{lanes}{shape}_{scalar}({name})"));
    }
    let variants = context.create_string_attribute("vector-function-abi-variant", &names.join(","));
    for call in calls {
        call.add_attribute(AttributeLoc::Function, variants);
        facts.iter().for_each(|fact| call.add_attribute(AttributeLoc::Function, *fact));
    }
}

/// Drops the declarations of what [`offer`] offered and nobody took.
pub(crate) fn withdraw(module: &Module<'_>) {
    let offered: Vec<_> = module
        .get_functions()
        .filter(|function| has_function(&function.get_name().to_string_lossy()))
        .collect();
    for function in offered {
        remove_from_used(module, function.as_global_value());
        if uses_of(function).is_empty() {
            delete_function(function);
        }
    }
}
