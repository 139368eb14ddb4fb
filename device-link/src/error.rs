//! What can go wrong in a link, with the files, kernels and symbols that it is about.

mod codes;
mod texts;

pub(crate) use diagnostics::names::demangled;

use crate::object_file::REGISTERS;
use crate::problem::Refusal;
use crate::standard_library::TwoReleases;
use crate::target::SelectionError;
use crate::tool::ToolError;
use offload_binary::{ContainerError, DecodeError, EncodeError, KernelsError};
use std::path::PathBuf;
use texts::{did_you_mean, lines, there_is, wanted};
use thiserror::Error;

/// A failure.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Targets that can't be linked for.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// Reading or linking bitcode.
    #[error(transparent)]
    Bitcode(#[from] bitcode_link::Error),
    /// Objects where several codes are made.
    #[error(
        "`{}` is an object, and an image for several processors is made of bitcode alone\n\
         help: give bitcode, or one processor", path.display()
    )]
    ObjectForLevels {
        /// The object.
        path: PathBuf,
    },
    /// Functions compiled for different processors.
    #[error(
        "the inputs have functions for different processors: {}\n\
         help: choose the image's processor with --target TRIPLE:CPU", cpus.join(", ")
    )]
    MixedCpus {
        /// The processors.
        cpus: Vec<String>,
    },
    /// Nothing to link.
    #[error("there are no inputs")]
    NoInputs,
    /// An object for another machine.
    #[error("object `{}` is for {machine}, not for {}", path.display(), targets.join(" or "))]
    ObjectMachine {
        /// The file.
        path: PathBuf,
        /// Its machine.
        machine: String,
        /// The link's targets.
        targets: Vec<&'static str>,
    },
    /// A module of the target for another of its processors.
    #[error(
        "`{origin}` was compiled for {found}, and the image is for {wanted}\n\
         help: compile it for {wanted}, or link an image for {found}"
    )]
    OtherProcessor {
        /// The module.
        origin: bitcode_link::Origin,
        /// Its processor.
        found: String,
        /// The image's.
        wanted: String,
    },
    /// An object of a GPU.
    #[error(
        "object `{}` has machine code of {target}, which can't be linked: {REGISTERS}\n\
         help: compile it to bitcode, or to an object that embeds it", path.display()
    )]
    ObjectOfGpu {
        /// The file.
        path: PathBuf,
        /// The target.
        target: &'static str,
    },
    /// A program or a shared object.
    #[error("`{}` is an ELF file, but not a relocatable object", path.display())]
    NotRelocatable {
        /// The file.
        path: PathBuf,
    },
    /// A module for a target that isn't asked for.
    #[error(
        "`{origin}` is for `{found}`, not for {}\n\
         help: compile it for the host, x86_64, or for the image's target", targets.join(" or ")
    )]
    WrongTarget {
        /// The module.
        origin: bitcode_link::Origin,
        /// Its triple.
        found: String,
        /// The link's targets.
        targets: Vec<&'static str>,
    },
    /// An archive or container with nothing that can be linked.
    #[error(
        "`{}` has no bitcode in it\nhelp: compile its members to bitcode, or to objects that embed it", path.display()
    )]
    NoBitcode {
        /// The file.
        path: PathBuf,
    },
    /// A finished image among the inputs.
    #[error(
        "image {position} of `{}`, for `{triple}`, is no bitcode (kind {kind}) and can't be linked\n\
         help: compile its source with -foffload-lto, or pack the finished image with `device-link pack`",
        path.display()
    )]
    FinishedImage {
        /// The file.
        path: PathBuf,
        /// The image's position, from 0.
        position: usize,
        /// Its triple.
        triple: String,
        /// What it is.
        kind: abi::kinds::ImageKind,
    },
    /// Inputs that are all for other targets.
    #[error("the inputs have nothing for {target}")]
    NothingForTarget {
        /// The target.
        target: String,
    },
    /// Functions of Rust's standard library, and no standard library.
    #[error("device code needs `{symbol}` of Rust's standard library")]
    StandardLibrary {
        /// One of the functions.
        symbol: String,
        /// Why there is none.
        #[source]
        source: bitcode_link::ToolchainError,
    },
    /// One function of Rust's standard library for inputs of two releases.
    #[error(
        "`{}` of Rust's standard library is needed by inputs of two releases of rustc, and an image has one of \
         that name: `{}` was made by {}, and `{}` by {}\n\
         help: compile both with one toolchain",
        _0.symbol, _0.first, _0.first_release, _0.second, _0.second_release
    )]
    TwoReleases(Box<TwoReleases>),
    /// A type that host and device have at different places in memory.
    #[error(
        "`{}` has a `{type_name}` in memory, which lies differently there on {target} than on the host\n\
         help: use types of fixed width, without `long double` and 128-bit members in structures",
        demangled(user)
    )]
    Layout {
        /// The function or variable.
        user: String,
        /// The type, as IR has it.
        type_name: String,
        /// The link's target.
        target: &'static str,
    },
    /// A call that LLVM would take for unreachable.
    #[error(
        "`{}` calls `{}` with a calling convention that isn't its own\n\
         help: declare it in both as the same kind of function",
        demangled(caller),
        demangled(function)
    )]
    CallingConvention {
        /// The function that calls.
        caller: String,
        /// The function that is called.
        function: String,
    },
    /// No mathematics for a device.
    #[error(
        "can't read `{}`, which has the function `{function}` for GPUs\n\
         help: install libclc for LLVM 22, or give its folder with --libclc",
        path.display()
    )]
    MathLibrary {
        /// Where it should be.
        path: PathBuf,
        /// A function that is needed of it, by OpenCL's name.
        function: String,
        /// Why.
        source: std::io::Error,
    },
    /// A module for another target.
    #[error("the modules are for `{found}`, not for {target}\nhelp: compile them for {target}")]
    ModuleTarget {
        /// Triple or data layout of the modules.
        found: String,
        /// The link's target.
        target: &'static str,
    },
    /// A kernel or entry that isn't there.
    #[error("there is no function `{name}` to make a kernel of{}", there_is(in_object.as_deref(), name, known))]
    NoSuchKernel {
        /// What was asked for.
        name: String,
        /// The functions that are there, nearest first.
        known: Vec<String>,
        /// The object that has it, though no module does.
        in_object: Option<PathBuf>,
    },
    /// A function of the target's own code that isn't a kernel there.
    #[error(
        "`{name}` was compiled for the target, and not as a kernel\n\
         help: mark it (`__attribute__((device_kernel))` in C), or compile it for the host"
    )]
    NotAKernel {
        /// The function.
        name: String,
    },
    /// Asked for as both.
    #[error("`{name}` is asked for as --kernel and as --entry")]
    KernelAndEntry {
        /// The function.
        name: String,
    },
    /// Nothing that looks like a kernel.
    #[error(
        "the inputs have no kernel: no function is external, returns nothing and has a name of its author's\n\
         help: name the functions with --kernel, or --entry for those with the entry's signature"
    )]
    NoKernels,
    /// A marker that isn't one.
    #[error("`{symbol}` is no device function of this version{}", did_you_mean(nearest))]
    UnknownMarker {
        /// The symbol.
        symbol: String,
        /// The nearest marker.
        nearest: Option<&'static str>,
    },
    /// A marker that is declared as something else.
    #[error("`{symbol}` is declared as `{found}`; it is `{expected}`")]
    MarkerType {
        /// The symbol.
        symbol: &'static str,
        /// Its type in the modules.
        found: String,
        /// Its type.
        expected: String,
    },
    /// One image of several.
    #[error("no image can be made for {target}")]
    ForTarget {
        /// Its target and processor.
        target: String,
        /// Why.
        source: Box<Error>,
    },
    /// Kernels that can't be kernels: all of a run.
    #[error("{}", lines(_0))]
    Kernels(Vec<Refusal>),
    /// Another program.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// An image that isn't what its target wants.
    #[error("the image for {target} can't be used: {text}")]
    Image {
        /// The target.
        target: &'static str,
        /// Why.
        text: String,
    },
    /// A file that can't be read or written.
    #[error(transparent)]
    File(#[from] bitcode_link::FileError),
    /// A file that isn't a container.
    #[error("`{}` can't be read as a container", path.display())]
    Container {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: DecodeError,
    },
    /// Images that don't go together, or one that isn't what it says.
    #[error(transparent)]
    Images(#[from] ContainerError),
    /// Images that can't be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// An image whose kernels can't be listed.
    #[error("image {position} can't be verified")]
    Kernelless {
        /// Position of the image, from 0.
        position: usize,
        /// Why.
        #[source]
        source: KernelsError,
    },
    /// An image that doesn't have what it lists.
    #[error("image {position} (`{triple}`) lists the kernel `{kernel}`, which it doesn't export")]
    NotExported {
        /// Position of the image, from 0.
        position: usize,
        /// Its triple.
        triple: String,
        /// The kernel.
        kernel: String,
    },
    /// A kernel that no image has.
    #[error("no image has the kernel `{kernel}`; there are: {}", known.join(", "))]
    NotInContainer {
        /// What was asked for.
        kernel: String,
        /// What there is.
        known: Vec<String>,
    },
    /// Code that can't be shown.
    #[error("that can't be shown of the image for `{triple} {arch}`: {reason}")]
    NoView {
        /// Its triple.
        triple: String,
        /// Its processor.
        arch: String,
        /// Why.
        reason: String,
    },
    /// What follows `--image`.
    #[error("`--image {text}`: {reason}")]
    ImageArgument {
        /// The argument.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing that was asked for.
    #[error("the container has no image {}; it has: {}", wanted(triple.as_deref(), arch.as_deref()), known.join(", "))]
    NothingToExtract {
        /// The triple that was asked for.
        triple: Option<String>,
        /// The processor that was asked for.
        arch: Option<String>,
        /// The targets of the images that there are.
        known: Vec<String>,
    },
    /// Several images and one file to put them in.
    #[error(
        "{count} images match, and `{}` is one file\n\
         help: narrow them down with --triple and --arch, or give a folder", path.display()
    )]
    SeveralToExtract {
        /// How many.
        count: usize,
        /// The file.
        path: PathBuf,
    },
    /// LLVM can't make code.
    #[error("LLVM can't {what}: {text}")]
    Llvm {
        /// What it was to do.
        what: &'static str,
        /// Its text.
        text: String,
    },
    /// Our fault.
    #[error("device-link made an invalid module when {after}; this is a bug of device-link: {text}")]
    Bug {
        /// The phase.
        after: &'static str,
        /// The verifier's text.
        text: String,
    },
}
