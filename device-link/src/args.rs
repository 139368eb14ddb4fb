//! The command line.

use bytesize::ByteSize;
use clap::{Args, Parser, Subcommand, ValueEnum};
use device_link::inspect::View;
use device_link::{Emit, OptLevel, Options, PanicMode, TargetSpec, VectorMath};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Links device code into images, and works on containers of images.
#[derive(Debug, Parser)]
#[command(name = "device-link", version)]
pub(crate) struct Arguments {
    /// Errors and results as text for people, or as one JSON object a line
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(crate) message_format: MessageFormat,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How results and errors are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum MessageFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Link bitcode, IR and objects into an image in a container
    Link(Box<LinkArguments>),
    /// Pack files into a container
    Pack {
        /// file=F,triple=T[,arch=A][,kind=none|openmp|cuda|hip|sycl][,KEY=VALUE...]
        #[arg(long = "image", required = true, value_name = "KEY=VALUE,...")]
        images: Vec<String>,
        /// The container
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Print the images of a container and their kernels
    List {
        /// A container, or an ELF file that has some embedded
        file: PathBuf,
        /// The same as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the images of a container to files
    Extract {
        /// A container, or an ELF file that has some embedded
        file: PathBuf,
        /// Only images for this triple
        #[arg(long)]
        triple: Option<String>,
        /// Only images for this processor
        #[arg(long)]
        arch: Option<String>,
        /// A folder, or the file for the one image that matches
        #[arg(short, long, value_name = "DIR|FILE")]
        output: PathBuf,
    },
    /// Check that the runtime can load a container's images
    Verify {
        /// A container, or an ELF file that has some embedded
        file: PathBuf,
    },
    /// Show what kernels take (registers, memory, code), or their code
    Inspect(InspectArguments),
    /// Print a script that completes this program's options in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print this program's manual page, as troff
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// A container, or an ELF file that has some embedded
    pub(crate) file: PathBuf,
    /// Only this kernel
    pub(crate) kernel: Option<String>,
    /// Only images for this triple
    #[arg(long)]
    pub(crate) triple: Option<String>,
    /// Only images for this processor
    #[arg(long)]
    pub(crate) arch: Option<String>,
    /// The table as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// LLVM's IR after optimization, of images that were linked with --embed-ir
    #[arg(long, group = "view")]
    ir: bool,
    /// The same before optimization: all code that a kernel calls, as it was linked
    #[arg(long, group = "view")]
    linked_ir: bool,
    /// PTX, of images that are PTX or were linked with --embed-ir
    #[arg(long, group = "view")]
    ptx: bool,
    /// Machine code
    #[arg(long, group = "view")]
    asm: bool,
    /// SPIR-V
    #[arg(long, group = "view")]
    spirv: bool,
}

impl InspectArguments {
    /// The code to show in place of the table.
    pub(crate) fn view(&self) -> Option<View> {
        [
            (self.ir, View::Ir),
            (self.linked_ir, View::LinkedIr),
            (self.ptx, View::Ptx),
            (self.asm, View::Assembly),
            (self.spirv, View::Spirv),
        ]
        .into_iter()
        .find_map(|(asked, view)| asked.then_some(view))
    }
}

/// What nvptx64 images are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum EmitArgument {
    #[default]
    Image,
    Ptx,
}

/// What a panic does before the kernel ends with a trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum PanicArgument {
    /// Nothing: the smallest code
    #[default]
    Trap,
    /// It writes what, where and in which thread to a buffer of the host's
    Record,
}

/// What computes sines and the like in vector code for x86_64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum VectorMathArgument {
    /// glibc's libmvec, up to 4 units in the last place off
    #[default]
    Libmvec,
    /// libm, one number after the other
    None,
}

#[derive(Debug, Args)]
pub(crate) struct LinkArguments {
    /// Bitcode, IR text, objects, archives, .rlib files and containers, told apart by their content
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The container
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// An image: an architecture or triple, and a processor where it has some; again for more images
    ///
    /// x86_64, nvptx64, amdgcn and spirv64 stand for their usual triples. `native` is this machine's
    /// processor. x86_64 takes several levels (x86_64:x86-64,x86-64-v3) and chooses when it runs.
    #[arg(long = "target", default_value = "x86_64", value_name = "TRIPLE[:CPU]")]
    targets: Vec<String>,
    /// An ordinary function that becomes a kernel [default: all external functions that return nothing]
    #[arg(long = "kernel", value_name = "NAME")]
    kernels: Vec<String>,
    /// A function with the entry's signature, exported as it is
    #[arg(long = "entry", value_name = "NAME")]
    entries: Vec<String>,
    /// How hard LLVM tries, 0 to 3
    #[arg(short = 'O', long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=3))]
    opt_level: u8,
    /// The ELF linker [default: the ld.lld of LLVM 22]
    #[arg(long, value_name = "PROGRAM")]
    linker: Option<PathBuf>,
    /// NVIDIA's assembler [default: the best for the processor on PATH, in CUDA_HOME and in .venv]
    #[arg(long, value_name = "PROGRAM")]
    ptxas: Option<PathBuf>,
    /// What nvptx64 images are: cubins, or the PTX that they are made of
    #[arg(long, value_enum, default_value_t)]
    emit: EmitArgument,
    /// What a panic does before the kernel ends with a trap
    #[arg(long, value_enum, default_value_t)]
    panic: PanicArgument,
    /// What computes sines and the like in vector code for x86_64
    #[arg(long, value_enum, default_value_t)]
    vector_math: VectorMathArgument,
    /// Keep the optimized IR in images, and the PTX of cubins, for `inspect`
    #[arg(long)]
    embed_ir: bool,
    /// Images linked at the same time [default: one for each processor of this machine]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// The folder of libclc's bitcode, for mathematics on GPUs [default: /usr/lib/clc]
    #[arg(long, value_name = "DIR")]
    libclc: Option<PathBuf>,
    /// Take it that barriers are where the source has them, as with rustc's -Zmir-enable-passes=-JumpThreading
    /// -Cno-prepopulate-passes
    #[arg(long)]
    assume_convergent_source: bool,
    /// Let kernels use variables that can change; the device has a copy of its own, which the host doesn't see
    #[arg(long)]
    allow_mutable_statics: bool,
    /// The Rust toolchain whose standard library is used [default: the one that made the inputs]
    #[arg(long, value_name = "DIR")]
    sysroot: Option<PathBuf>,
    /// A folder in which images are kept, and found when nothing that they are made of has changed
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// How large the cache may get before the images go that were used longest ago
    #[arg(long, default_value = "2GiB", requires = "cache_dir", value_name = "SIZE", value_parser = size)]
    cache_size: u64,
    /// Keep the modules, objects and images on the way [default folder: OUTPUT.temps]
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true)]
    save_temps: Option<Option<PathBuf>>,
    /// Write where the time goes, for chrome://tracing and Perfetto [default file: OUTPUT.trace.json]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    time_trace: Option<Option<PathBuf>>,
    /// Read and check the inputs, say what would be linked with what, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print what was linked, and how
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

impl LinkArguments {
    /// The file for the times, if they are wanted.
    pub(crate) fn trace_file(&self) -> Option<PathBuf> {
        self.beside_output(self.time_trace.as_ref(), "trace.json")
    }

    /// What `given` says, or the output's name with `suffix` behind it.
    fn beside_output(&self, given: Option<&Option<PathBuf>>, suffix: &str) -> Option<PathBuf> {
        given.map(|given| {
            given.clone().unwrap_or_else(|| {
                let mut name = self.output.clone().into_os_string();
                name.push(".");
                name.push(suffix);
                name.into()
            })
        })
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            targets: self.targets.iter().map(|text| spec(text)).collect(),
            kernels: self.kernels.clone(),
            entries: self.entries.clone(),
            opt_level: match self.opt_level {
                0 => OptLevel::O0,
                1 => OptLevel::O1,
                2 => OptLevel::O2,
                _ => OptLevel::O3,
            },
            emit: match self.emit {
                EmitArgument::Image => Emit::Image,
                EmitArgument::Ptx => Emit::Ptx,
            },
            panic: match self.panic {
                PanicArgument::Trap => PanicMode::Trap,
                PanicArgument::Record => PanicMode::Record,
            },
            vector_math: match self.vector_math {
                VectorMathArgument::Libmvec => VectorMath::Libmvec,
                VectorMathArgument::None => VectorMath::None,
            },
            embed_ir: self.embed_ir,
            jobs: self.jobs,
            linker: self.linker.clone(),
            ptxas: self.ptxas.clone(),
            libclc: self.libclc.clone(),
            assume_convergent_source: self.assume_convergent_source,
            allow_mutable_statics: self.allow_mutable_statics,
            sysroot: self.sysroot.clone(),
            cache_dir: self.cache_dir.clone(),
            cache_size: Some(self.cache_size),
            save_temps: self.beside_output(self.save_temps.as_ref(), "temps"),
            progress: None,
        }
    }
}

fn size(text: &str) -> Result<u64, &'static str> {
    let size = text.parse().map(|size: ByteSize| size.as_u64());
    size.map_err(|_| "a size is a number of bytes, or one with kB, MB, GB, KiB, MiB or GiB behind it")
}

fn spec(text: &str) -> TargetSpec {
    let Ok(spec) = text.parse();
    spec
}
