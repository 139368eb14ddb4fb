//! Kernels run: on the host as plain functions, through libomptarget, and by an OpenCL runtime.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::memory::difference;
use super::{Kernel, Slot, Target, build};
use crate::{Run, Scratch, llvm, workspace};

/// Seconds after which a run counts as hanging.
const LIMIT: &str = "120";

/// The programs that run kernels, and what the host computes.
#[derive(Debug)]
pub struct Devices {
    libomptarget: PathBuf,
    /// Python with pyopencl, or why there is none.
    opencl: Result<PathBuf, String>,
    expected: BTreeMap<String, Vec<u8>>,
}

/// Where `cargo xtask setup` puts what tests take from PyPI.
fn environment() -> PathBuf {
    workspace().join(".venv")
}

impl Devices {
    /// Compiles the drivers, and runs every kernel that some target takes on the host.
    pub fn new(scratch: &Scratch, kernels: &[Kernel]) -> Self {
        let host = driver(scratch, "host", &["-rdynamic", "-lpthread"]);
        let library = build::libraries(scratch, kernels);
        let runnable = kernels.iter().filter(|kernel| kernel.refused.len() < super::TARGETS.len());
        let expected = runnable.map(|kernel| {
            let bytes = run(&[&host], &library(kernel), kernel, &[]);
            (kernel.name.clone(), bytes.unwrap_or_else(|why| panic!("{} on the host: {why}", kernel.name)))
        });
        let expected = expected.collect();
        let flags = crate::compile::link_flags();
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        Self { libomptarget: driver(scratch, "libomptarget", &flags), opencl: find_opencl(), expected }
    }

    /// Why no kernel can be run on this target here; `None` if it can.
    pub fn missing(&self, target: Target) -> Option<&str> {
        match target.name {
            "x86_64" => None,
            "spirv64" => self.opencl.as_ref().err().map(String::as_str),
            _ => Some("it takes a GPU"),
        }
    }

    /// Runs a kernel of an image, and says what differs from the host, or what went wrong.
    pub fn check(&self, kernel: &Kernel, target: Target, image: &Path) -> Result<(), String> {
        let found = match (target.name, &self.opencl) {
            ("spirv64", Ok(python)) => {
                let script = super::folder().join("drivers/opencl.py");
                run(&[python, &script], image, kernel, &[("OCL_ICD_VENDORS", &opencl_runtime())])?
            }
            _ => {
                run(&[&self.libomptarget], image, kernel, &[("OMP_TARGET_OFFLOAD", Path::new("MANDATORY"))])?
            }
        };
        let close = if target.exact && !kernel.libm { 0.0 } else { kernel.close };
        compare(kernel, &self.expected[&kernel.name], &found, close)
    }
}

fn driver(scratch: &Scratch, name: &str, flags: &[&str]) -> PathBuf {
    let source = super::folder().join(format!("drivers/{name}.c"));
    let program = scratch.path(&format!("driver-{name}"));
    Run::new(llvm().tool("clang")).arg("-O1").arg(source).args(flags).arg("-o").arg(&program).ok();
    program
}

/// The library that `OCL_ICD_VENDORS` is to name: Intel's runtime for CPUs.
pub fn opencl_runtime() -> PathBuf {
    environment().join("lib/libintelocl.so")
}

/// Python with pyopencl and Intel's CPU runtime, which knows SPIR-V; or why there is none.
pub fn find_opencl() -> Result<PathBuf, String> {
    let python = environment().join("bin/python");
    let probe = "import pyopencl; print(pyopencl.get_platforms()[0].get_devices()[0].il_version)";
    let output = Command::new(&python)
        .args(["-c", probe])
        .env("OCL_ICD_VENDORS", opencl_runtime())
        .env_remove("LD_LIBRARY_PATH")
        .output()
        .map_err(|error| format!("{}: {error}; `cargo xtask setup` makes it", python.display()))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && printed.contains("SPIR-V") {
        Ok(python)
    } else {
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!("no OpenCL device that takes SPIR-V: {}", errors.lines().last().unwrap_or("none")))
    }
}

/// Runs a driver, and returns the memory afterwards.
fn run(
    driver: &[&Path],
    image: &Path,
    kernel: &Kernel,
    variables: &[(&str, &Path)],
) -> Result<Vec<u8>, String> {
    let mut command = Command::new("timeout");
    command.arg(LIMIT).args(driver).arg(image).arg(&kernel.name).env_remove("LD_LIBRARY_PATH");
    command.args(kernel.grid.iter().chain(&kernel.block).chain([&kernel.shared]).map(u32::to_string));
    let mut input = Vec::new();
    for (index, slot) in kernel.slots.iter().enumerate() {
        command.arg(match *slot {
            Slot::Whole(number) => format!("v{number}"),
            Slot::Float(bits) => format!("f{bits}"),
            Slot::Memory { element, count, fill, by_value } => {
                input.extend(fill.bytes(element, count, index as u64));
                format!("{}{}", if by_value { 's' } else { 'b' }, count * element.size())
            }
        });
    }
    for (name, value) in variables {
        command.env(name, value);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    // A driver reads all of its input before it prints; one that fails early says why by itself.
    drop(child.stdin.take().expect("it is piped").write_all(&input));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!("{}: {}", output.status, errors.trim().replace('\n', " | ")))
    }
}

/// Compares all memory of a kernel.
fn compare(kernel: &Kernel, host: &[u8], device: &[u8], close: f64) -> Result<(), String> {
    if host.len() != device.len() {
        return Err(format!("{} bytes instead of {}", device.len(), host.len()));
    }
    let mut at = 0;
    for (index, slot) in kernel.slots.iter().enumerate() {
        let Slot::Memory { element, count, .. } = *slot else { continue };
        let range = at..at + count * element.size();
        at = range.end;
        if let Some(what) = difference(element, &host[range.clone()], &device[range], close) {
            return Err(format!("argument {index}: {what}"));
        }
    }
    Ok(())
}
