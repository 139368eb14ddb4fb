# The FileCheck tests of the passes. `cargo test -p tests --test lit` runs them and gives the parameters:
# plugin, device_link, llvm (the prefix of LLVM 22.1), output (where temporary files go).
#
# One behaviour a file; the first line says which, in prose. Check the pass's output before optimisation.
#
#   ; RUN: %opt -passes='offload-host<images=%t.offload>' -S %s | FileCheck %s

import os
import platform
import subprocess

import lit.formats
import lit.util


def parameter(name):
    value = lit_config.params.get(name)
    if not value:
        lit_config.fatal(f"parameter {name} is missing: run `cargo test -p tests --test lit`")
    return value


llvm = parameter("llvm")
bin_folder = os.path.join(llvm, "bin")

config.name = "outboard"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".ll", ".c", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = parameter("output")

# FileCheck, not, split-file, llvm-offload-binary and the like are those of the LLVM that the plugin is for.
config.environment["PATH"] = os.pathsep.join([bin_folder, config.environment["PATH"]])
for variable in ("OMP_TARGET_OFFLOAD", "LIBOMPTARGET_INFO", "LIBOMPTARGET_DEBUG", "LD_LIBRARY_PATH"):
    config.environment.pop(variable, None)

# One container of one x86_64 image for all tests: its kernels are axpy, fill and sum.
os.makedirs(config.test_exec_root, exist_ok=True)
kernels = os.path.join(config.test_source_root, "Inputs", "kernels.c")
image = os.path.join(config.test_exec_root, "kernels.so")
images = os.path.join(config.test_exec_root, "kernels.offload")
target = "triple=x86_64-unknown-linux-gnu,arch=,kind=openmp"
subprocess.check_call([f"{bin_folder}/clang", "-shared", "-fPIC", "-nostdlib", "-o", image, kernels])
subprocess.check_call([f"{bin_folder}/llvm-offload-binary", "-o", images, f"--image=file={image},{target}"])

opt = f"{bin_folder}/opt -load-pass-plugin={parameter('plugin')}"
config.substitutions += [
    (r"%opt\b", opt),
    (r"%clang\b", f"{bin_folder}/clang"),
    (r"%plugin\b", parameter("plugin")),
    (r"%images\b", images),
    (r"%device-link\b", parameter("device_link")),
    # What a program that launches is linked with.
    (r"%libs\b", f"-L{llvm}/lib -lomptarget -lomp -Wl,-rpath,{llvm}/lib"),
]

config.available_features.add(f"{platform.machine()}-{platform.system().lower()}")
if os.path.exists(os.path.join(llvm, "lib", "libomptarget.so")):
    config.available_features.add("libomptarget")
