//! Launches that rustc's own offload gets wrong without a word, told by what it emits: an error is better than
//! a kernel that reads garbage.

use crate::error::Error;
use crate::report::counted;
use abi::{map_flags::MapFlags, names};
use inkwell::module::Module;
use inkwell::values::BasicValueEnum;
use llvm_plugin::constant;

/// What is wrong with the arguments of `kernel`; nothing where rustc's arrays aren't there. `slots` is what the
/// image's kernel takes, where that is recorded.
pub(crate) fn check_maps(module: &Module<'_>, kernel: &str, slots: Option<usize>) -> Vec<Error> {
    let array = |name: String| integers(module, &name);
    let (Some(sizes), Some(begin), Some(launch)) = (
        array(format!("{}{kernel}", names::RUSTC_SIZES)),
        array(format!("{}{kernel}{}", names::RUSTC_MAP_TYPES, names::RUSTC_BEGIN)),
        array(format!("{}{kernel}{}", names::RUSTC_MAP_TYPES, names::RUSTC_KERNEL)),
    ) else {
        return Vec::new();
    };
    let is_value = |map: Option<&u64>| map.is_some_and(|m| m & MapFlags::LITERAL.bits() != 0);
    let moves = |map: u64| map & (MapFlags::TO | MapFlags::FROM).bits() != 0;
    let error = |argument: usize| {
        let kernel = kernel.to_owned();
        if is_value(begin.get(argument)) && !is_value(launch.get(argument)) {
            Some(Error::ValueAsPointer { kernel, argument })
        } else if moves(*begin.get(argument)?)
            && sizes.get(argument) == Some(&0)
            // A slice's size is computed at run time; its length follows, as a value.
            && !is_value(launch.get(argument + 1))
        {
            Some(Error::MapsNothing { kernel, argument })
        } else {
            None
        }
    };
    let count = slots.filter(|slots| *slots != begin.len()).map(|slots| Error::ArgumentCount {
        kernel: kernel.to_owned(),
        expected: counted(slots, "argument", "arguments"),
        found: begin.len(),
    });
    (0..begin.len()).filter_map(error).chain(count).collect()
}

/// The elements of the constant array `name`.
fn integers(module: &Module<'_>, name: &str) -> Option<Vec<u64>> {
    let BasicValueEnum::ArrayValue(array) = module.get_global(name)?.get_initializer()? else { return None };
    let element = |index| match constant::element(array, index) {
        Some(BasicValueEnum::IntValue(value)) => value.get_zero_extended_constant(),
        _ => None,
    };
    (0..array.get_type().len()).map(element).collect()
}
