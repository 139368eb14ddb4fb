//! nvptx64: NVIDIA's GPUs. LLVM writes PTX, and NVIDIA's ptxas makes a cubin of it, which the runtime loads.

use super::{Facts, initialization};
use crate::Result;
use crate::error::Error;
use llvm_plugin::atomic::write_ptx_atomics;
use llvm_plugin::inkwell::module::Module;
use llvm_plugin::inkwell::targets::{Target as Backend, TargetMachine};

pub(super) const FACTS: Facts = Facts {
    name: "nvptx64",
    triple: "nvptx64-nvidia-cuda",
    cpus: &CPUS,
    generic_cpu: None,
    elf_machine: None,
    initialize: || Backend::initialize_nvptx(&initialization()),
};

/// From the oldest that a ptxas of today knows. Source: `llc-22 -march=nvptx64 -mcpu=help`.
const CPUS: [&str; 34] = [
    "sm_50", "sm_52", "sm_53", "sm_60", "sm_61", "sm_62", "sm_70", "sm_72", "sm_75", "sm_80", "sm_86",
    "sm_87", "sm_88", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_100a", "sm_100f", "sm_101", "sm_101a",
    "sm_101f", "sm_103", "sm_103a", "sm_103f", "sm_110", "sm_110a", "sm_110f", "sm_120", "sm_120a",
    "sm_120f", "sm_121", "sm_121a", "sm_121f",
];

/// The first generation that is compiled for the version of PTX that came with it.
const FIRST_WITH_SHUFFLES: u32 = 75;

/// The first generation on which an atomic operation says who has to see it.
///
/// Source: PTX ISA, `atom`: ".scope qualifier requires sm_60 or higher".
const FIRST_WITH_SCOPES: u32 = 60;

/// The first on which one says its order. Source: the same, `.sem`.
const FIRST_WITH_ORDERS: u32 = 70;

/// The number in a processor's name: 90 of `sm_90a`.
pub(crate) fn generation(cpu: &str) -> u32 {
    let number = cpu.strip_prefix("sm_").unwrap_or_default();
    number.trim_end_matches(['a', 'f']).parse().unwrap_or_default()
}

/// LLVM takes the oldest PTX that has the processor, and older ones than 6.3 lack shuffles and scopes.
pub(super) fn features(cpu: &str) -> String {
    let old = generation(cpu) < FIRST_WITH_SHUFFLES;
    if old { "+ptx63".to_owned() } else { String::new() }
}

/// Has atomic operations keep their order and scope. Done last, for what is written as PTX nothing optimizes.
pub(super) fn write_atomics(module: &Module<'_>, machine: &TargetMachine) {
    let generation = generation(&machine.get_cpu().to_string_lossy());
    write_ptx_atomics(module, generation >= FIRST_WITH_SCOPES, generation >= FIRST_WITH_ORDERS);
}

/// Whether the device itself has `symbol`. Source: CUDA C++ Programming Guide, "Dynamic Global Memory
/// Allocation and Operations" and "Formatted Output".
pub(super) fn has_function(symbol: &str) -> bool {
    ["malloc", "free", "vprintf"].contains(&symbol)
}

/// Checks that `ptx` leaves nothing to a linker but what the device itself has and dynamic shared memory.
pub(super) fn check_externs(ptx: &str) -> Result<()> {
    let declarations = ptx.lines().map(str::trim).filter(|line| line.starts_with(".extern"));
    for line in declarations.filter(|line| !line.starts_with(".extern .shared")) {
        // `.extern .func  (.param .b32 func_retval0) name`, with the parameters on the lines below.
        let mut words =
            line.split(|character: char| character.is_whitespace() || ".()[];,".contains(character));
        let symbol = words.rfind(|word| !word.is_empty()).unwrap_or(line);
        if !has_function(symbol) {
            return Err(Error::Image {
                target: FACTS.name,
                text: format!("`{symbol}` is undefined (`{line}`)"),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_externs, generation};

    #[test]
    fn generations() {
        assert_eq!(["sm_90a", "sm_100f", "sm_75", "gfx900", ""].map(generation), [90, 100, 75, 0, 0]);
    }

    #[test]
    fn what_ptx_may_leave_open() {
        let fine = ".extern .func  (.param .b64 func_retval0) malloc\n(\n\t.param .b64 malloc_param_0\n)\n;\n\
                    .extern .shared .align 16 .b8 dynamic[];\n.visible .entry k() {}\n";
        check_externs(fine).expect("all of it is there on the device");
        for (line, symbol) in [
            (".extern .func  (.param .b32 func_retval0) puts", "puts"),
            (".extern .func stop()", "stop"),
            (".extern .global .align 4 .u32 counter;", "counter"),
        ] {
            let error = check_externs(line).expect_err("nobody defines it").to_string();
            assert!(error.contains(&format!("`{symbol}` is undefined")), "{error}");
        }
    }
}
