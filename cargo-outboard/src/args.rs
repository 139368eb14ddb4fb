//! The command line: our own options, and all others for cargo.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// Builds, runs and tests programs whose kernels run on devices.
#[derive(Debug, Parser)]
#[command(name = "cargo-outboard", bin_name = "cargo outboard", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build, as `cargo build` does
    Build(BuildArguments),
    /// Build and run a program, as `cargo run` does
    Run(BuildArguments),
    /// Build and run tests, as `cargo test` does
    Test(BuildArguments),
    /// Build and run benchmarks, as `cargo bench` does
    Bench(BuildArguments),
    /// Make a new project whose program launches
    New {
        /// The folder to make
        path: PathBuf,
        /// Where the crate outboard is, if not in the registry
        #[arg(long, value_name = "FOLDER")]
        outboard: Option<PathBuf>,
    },
    /// Tell what is there of all that building and running takes, and what helps where something is missing
    Doctor {
        /// The same as JSON
        #[arg(long)]
        json: bool,
    },
    /// Install what is missing of it: LLVM's linker and offload runtime from Debian's packages
    Setup {
        /// Only look
        #[arg(long)]
        check: bool,
        /// NVIDIA's assembler too, from PyPI, for --device sm_90 and the like
        #[arg(long, conflicts_with = "check")]
        nvidia: bool,
    },
    /// Print the flags, as cargo's configuration has them, for use without this command
    Env(ProjectArguments),
    /// List the devices of this machine
    Devices,
    /// Look at the images of a program
    #[command(subcommand)]
    Images(ImagesCommand),
    /// Show what kernels take (registers, memory, code), or their code
    Inspect(InspectArguments),
    /// Explain an error or a warning by its code, such as OB0012; without a code, list all
    Explain {
        /// The code
        code: Option<String>,
    },
    /// Remove images, the programs that have them, and reports from the target folder
    Clean {
        /// Remove the plugins and linkers that builds have used too
        #[arg(long)]
        store: bool,
    },
    /// Print a script that completes this command's options in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print this command's manual page, as troff
    Man,
}

/// What to do with images.
#[derive(Debug, Subcommand)]
pub(crate) enum ImagesCommand {
    /// Print the images and their kernels
    List {
        /// A program by name, or a container; by default the program that was linked last
        program: Option<String>,
        /// The same as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the images to files
    Extract {
        /// A program by name, or a container; by default the program that was linked last
        program: Option<String>,
        /// A folder, or the file for the only image
        #[arg(short, long, value_name = "FOLDER|FILE")]
        output: PathBuf,
    },
    /// Check that the runtime can load the images
    Verify {
        /// A program by name, or a container; by default the program that was linked last
        program: Option<String>,
    },
}

/// What to show of kernels.
#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// Kernels whose Rust name has this in it; by default all
    pub(crate) kernel: Option<String>,
    /// A program by name; by default the one that was linked last
    #[arg(long)]
    pub(crate) program: Option<String>,
    /// The table as JSON
    #[arg(long, conflicts_with = "view")]
    pub(crate) json: bool,
    /// LLVM's IR, of all crates, as it was linked before any optimization
    #[arg(long, group = "view")]
    pub(crate) ir: bool,
    /// The same after optimization
    #[arg(long, group = "view")]
    pub(crate) optimized_ir: bool,
    /// PTX, of what was built for NVIDIA GPUs
    #[arg(long, group = "view")]
    pub(crate) ptx: bool,
    /// Machine code of AMD GPUs
    #[arg(long, group = "view")]
    pub(crate) gcn: bool,
    /// SPIR-V
    #[arg(long, group = "view")]
    pub(crate) spirv: bool,
    /// Machine code of the host device
    #[arg(long, group = "view")]
    pub(crate) asm: bool,
}

impl InspectArguments {
    /// Which code is to be shown; a table, where none is.
    pub(crate) fn view(&self) -> Option<&'static View> {
        let asked = [self.ir, self.optimized_ir, self.ptx, self.gcn, self.spirv, self.asm];
        VIEWS.iter().zip(asked).find_map(|(view, asked)| asked.then_some(view))
    }
}

/// Code that can be shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct View {
    /// device-link's option for it.
    pub(crate) option: &'static str,
    /// The architecture whose images have it; none where all have the same.
    pub(crate) architecture: Option<&'static str>,
    /// A device of that architecture.
    pub(crate) device: &'static str,
}

/// In the order of the options.
const VIEWS: [View; 6] = [
    View { option: "--linked-ir", architecture: None, device: "host" },
    View { option: "--ir", architecture: None, device: "host" },
    View { option: "--ptx", architecture: Some("nvptx64"), device: "sm_90" },
    View { option: "--asm", architecture: Some("amdgcn"), device: "gfx90a" },
    View { option: "--spirv", architecture: Some("spirv64"), device: "spirv64" },
    View { option: "--asm", architecture: Some("x86_64"), device: "host" },
];

/// For which project and devices.
#[derive(Debug, Args)]
pub(crate) struct ProjectArguments {
    #[command(flatten)]
    pub(crate) own: OwnOptions,
}

/// What building takes. Options that aren't listed are cargo's own.
#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    #[command(flatten)]
    pub(crate) own: OwnOptions,
    /// Arguments for cargo, and behind `--` for the program
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "CARGO ARGUMENTS")]
    pub(crate) cargo: Vec<OsString>,
}

/// Our own options; they may stand among cargo's.
#[derive(Debug, Args, Default, Clone)]
pub(crate) struct OwnOptions {
    /// Devices that get an image, such as host,sm_90,gfx90a,spirv64
    #[arg(long, value_name = "DEVICE,...", value_delimiter = ',')]
    pub(crate) device: Vec<String>,
    /// When the offload runtime is opened
    #[arg(long, value_enum, value_name = "WHEN")]
    pub(crate) runtime: Option<Runtime>,
    /// A launch that no device runs is an error when the program runs
    #[arg(long)]
    pub(crate) require: bool,
    /// What computes sines and the like on the host device
    #[arg(long, value_enum, value_name = "LIBRARY")]
    pub(crate) vector_math: Option<VectorMath>,
    /// Bitcode of C functions that are inlined into the crates that call them; again for more files
    #[arg(long, value_name = "FILE")]
    pub(crate) inline_helpers: Vec<PathBuf>,
}

/// When the offload runtime is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Runtime {
    /// At the first launch, if it is there
    Lazy,
    /// When the program starts: it is linked
    Linked,
}

/// What computes sines and the like where loops become vector code for the host device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VectorMath {
    /// glibc's libmvec, up to 4 units in the last place off
    Libmvec,
    /// libm, one number after the other
    None,
}

/// Options of ours with a value, as they are written.
const WITH_VALUE: [&str; 4] = ["--device", "--runtime", "--vector-math", "--inline-helpers"];
/// Options of ours without.
const WITHOUT_VALUE: [&str; 3] = ["--require", "--help", "-h"];
/// Commands that take cargo's options.
const FOR_CARGO: [&str; 4] = ["build", "run", "test", "bench"];

/// The arguments as clap can read them, without those behind `--`, and these with the `--`: in front are our own
/// options, wherever they stood.
pub(crate) fn sorted(arguments: impl IntoIterator<Item = OsString>) -> (Vec<OsString>, Vec<OsString>) {
    let mut arguments: Vec<_> = arguments.into_iter().collect();
    // cargo names the subcommand; who runs the program itself does not.
    if arguments.get(1).is_some_and(|first| first == "outboard") {
        arguments.remove(1);
    }
    if !arguments.get(1).is_some_and(|verb| FOR_CARGO.iter().any(|known| verb == known)) {
        return (arguments, Vec::new());
    }
    let end = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let behind = arguments.split_off(end);
    let rest = arguments.split_off(2);
    let mut others = Vec::new();
    let mut rest = rest.into_iter();
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy();
        let name = text.split('=').next().unwrap_or_default();
        if WITH_VALUE.contains(&name) {
            let has_value = text.contains('=');
            arguments.push(argument);
            if !has_value {
                arguments.extend(rest.next());
            }
        } else if WITHOUT_VALUE.contains(&&*text) {
            arguments.push(argument);
        } else {
            others.push(argument);
        }
    }
    arguments.extend(others);
    (arguments, behind)
}

/// What cargo's options say that we must know too.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CargoOptions {
    /// `--target`, as often as it is given.
    pub(crate) targets: Vec<String>,
    /// `--config`.
    pub(crate) configs: Vec<OsString>,
    /// `--manifest-path`.
    pub(crate) manifest: Option<PathBuf>,
    /// `--target-dir`.
    pub(crate) target_dir: Option<PathBuf>,
    /// `-p`, `--package`, if it is given once.
    pub(crate) package: Option<String>,
    /// `--message-format`.
    pub(crate) message_format: Option<String>,
    /// `-q`, `--quiet`.
    pub(crate) quiet: bool,
    /// `--color`.
    pub(crate) color: Option<String>,
    /// `--offline`, `--locked`, `--frozen`: they hold for all that cargo is asked.
    pub(crate) lock: Vec<OsString>,
}

impl CargoOptions {
    /// Reads cargo's arguments.
    pub(crate) fn of(arguments: &[OsString]) -> Self {
        let mut options = Self::default();
        let mut packages = Vec::new();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let text = argument.to_string_lossy();
            match &*text {
                "-q" | "--quiet" => options.quiet = true,
                "--offline" | "--locked" | "--frozen" => options.lock.push(argument.clone()),
                _ => {}
            }
            let mut value = |name: &str| -> Option<String> {
                if *text == *name {
                    return rest.next().map(|value| value.to_string_lossy().into_owned());
                }
                text.strip_prefix(name)?.strip_prefix('=').map(ToOwned::to_owned)
            };
            if let Some(target) = value("--target") {
                options.targets.push(target);
            } else if let Some(config) = value("--config") {
                options.configs.push(config.into());
            } else if let Some(path) = value("--manifest-path") {
                options.manifest = Some(path.into());
            } else if let Some(folder) = value("--target-dir") {
                options.target_dir = Some(folder.into());
            } else if let Some(package) = value("-p").or_else(|| value("--package")) {
                packages.push(package);
            } else if let Some(format) = value("--message-format") {
                options.message_format = Some(format);
            } else if let Some(color) = value("--color") {
                options.color = Some(color);
            }
        }
        if let [package] = &*packages {
            options.package = Some(package.clone());
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, CargoOptions, Command, sorted};
    use clap::Parser as _;

    fn words(text: &str) -> Vec<std::ffi::OsString> {
        text.split_whitespace().map(Into::into).collect()
    }

    #[test]
    fn own_options_stand_anywhere_before_the_programs() {
        let (arguments, behind) = sorted(words(
            "cargo-outboard outboard run --release --device host,sm_90 -p app --require -- --device x -- y",
        ));
        assert_eq!(behind, words("-- --device x -- y"));
        let Command::Run(run) = Arguments::try_parse_from(arguments).expect("arguments").command else {
            panic!("this is `run`")
        };
        assert_eq!(run.own.device, ["host", "sm_90"]);
        assert!(run.own.require);
        assert_eq!(run.cargo, words("--release -p app"));
    }

    #[test]
    fn options_of_cargo_that_matter() {
        let options = CargoOptions::of(&words(
            "--target=x86_64-unknown-linux-gnu -p app --config a.b=1 -q --offline --target-dir t --message-format=json",
        ));
        assert_eq!(options.targets, ["x86_64-unknown-linux-gnu"]);
        assert_eq!(options.package.as_deref(), Some("app"));
        assert_eq!(options.configs, words("a.b=1"));
        assert_eq!(options.lock, words("--offline"));
        assert_eq!(options.target_dir.as_deref(), Some("t".as_ref()));
        assert_eq!(options.message_format.as_deref(), Some("json"));
        assert!(options.quiet && options.manifest.is_none());
        assert_eq!(CargoOptions::of(&words("-p a -p b")).package, None);
    }
}
