//! The command line of a linker that is called as a C compiler is: what of it is ours, and what it links.

use crate::error::{Error, Result};
use crate::job::{Options, Runtime, VectorMath};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Prefix of our own options. Most have a value.
const OWN_PREFIX: &str = "--outboard-";

const DEVICE: &str = "--outboard-device";
const LINKER: &str = "--outboard-linker";
const RUNTIME: &str = "--outboard-runtime";
const RUNTIME_FILE: &str = "--outboard-runtime-file";
const CACHE: &str = "--outboard-cache";
const SYSROOT: &str = "--outboard-sysroot";
const CONVERGENT: &str = "--outboard-assume-convergent-source";
const REPORT: &str = "--outboard-report";
const PTXAS: &str = "--outboard-ptxas";
const VECTOR_MATH: &str = "--outboard-vector-math";
/// Named as the option of a program of its own, which it makes of this one.
const REGISTRATION_ONLY: &str = "--registration-only";
const ALL: [&str; 11] = [
    DEVICE,
    LINKER,
    RUNTIME,
    RUNTIME_FILE,
    CACHE,
    SYSROOT,
    CONVERGENT,
    REPORT,
    PTXAS,
    VECTOR_MATH,
    REGISTRATION_ONLY,
];

/// Options of compilers and linkers that have their value in the next argument.
///
/// Source: "Options for Linking", the manual of GCC 12.
const WITH_VALUE: [&str; 14] = [
    "-o", "-L", "-l", "-z", "-T", "-u", "-e", "-B", "-x", "-Xlinker", "-target", "--param", "-isystem",
    "-include",
];

/// What a command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// All arguments but our own options.
    pub others: Vec<OsString>,
    /// What is asked of us.
    pub options: Options,
    /// The program that links.
    pub linker: PathBuf,
    /// What is written.
    pub output: PathBuf,
    /// The files that are linked, in their order; shared libraries named by `-l` among them.
    pub inputs: Vec<PathBuf>,
    /// Whether a shared library is made.
    pub shared: bool,
    /// Whether only the object that registers images is made.
    pub registration_only: bool,
    /// Whether something is linked at all, and for good: no `-c`, `-S`, `-E`, `-r`.
    pub links: bool,
}

impl CommandLine {
    /// Reads `options`, one of ours a line, and then `arguments`, in which response files have been expanded.
    ///
    /// # Errors
    /// An option of ours that isn't one, or has a value that it can't have.
    pub fn parse_with(options: &str, arguments: Vec<OsString>) -> Result<Self> {
        let options = options.lines().map(str::trim).filter(|option| !option.is_empty());
        let mut all = Vec::new();
        for option in options {
            if !option.starts_with(OWN_PREFIX) {
                return Err(Error::UnknownOption { option: option.to_owned(), known: ALL.join(", ") });
            }
            all.push(OsString::from(option));
        }
        all.extend(arguments);
        Self::parse(all)
    }

    /// Reads `arguments`, in which response files have been expanded.
    ///
    /// # Errors
    /// An option of ours that isn't one, or has a value that it can't have.
    pub fn parse(arguments: Vec<OsString>) -> Result<Self> {
        let mut line = Self { linker: "cc".into(), output: "a.out".into(), links: true, ..Self::default() };
        let mut folders = Vec::new();
        let mut libraries = Vec::new();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if let Some(own) = argument.to_str().filter(|text| text.starts_with(OWN_PREFIX)) {
                line.own_option(own)?;
                continue;
            }
            if argument == REGISTRATION_ONLY {
                line.registration_only = true;
                continue;
            }
            let name = argument.to_str().filter(|text| WITH_VALUE.contains(text)).map(ToOwned::to_owned);
            line.others.push(argument.clone());
            if let Some(name) = name {
                let Some(value) = arguments.next() else { break };
                match name.as_str() {
                    "-o" => line.output = value.clone().into(),
                    "-L" => folders.push(PathBuf::from(&value)),
                    "-l" => libraries.push(value.clone()),
                    _ => {}
                }
                line.others.push(value);
                continue;
            }
            line.options.levels |= is_optimized(argument.as_bytes());
            match argument.as_bytes() {
                b"-shared" => line.shared = true,
                b"-c" | b"-S" | b"-E" | b"-r" | b"--version" | b"-v" => line.links = false,
                [b'-', b'o', path @ ..] => line.output = PathBuf::from(OsStr::from_bytes(path)),
                [b'-', b'L', path @ ..] => folders.push(PathBuf::from(OsStr::from_bytes(path))),
                [b'-', b'l', name @ ..] => libraries.push(OsStr::from_bytes(name).to_owned()),
                [b'-', ..] => {}
                _ => line.inputs.push(argument.into()),
            }
        }
        line.inputs.extend(libraries.iter().filter_map(|name| shared_library(&folders, name)));
        Ok(line)
    }

    fn own_option(&mut self, argument: &str) -> Result<()> {
        let (option, value) = argument.split_once('=').unwrap_or((argument, ""));
        match option {
            DEVICE => self.options.devices.extend(split_devices(value)),
            LINKER => self.linker = value.into(),
            RUNTIME => {
                let known = [("lazy", Runtime::Lazy), ("linked", Runtime::Linked)];
                self.options.runtime = one_of(RUNTIME, value, known, "lazy or linked")?;
            }
            VECTOR_MATH => {
                let known = [("libmvec", VectorMath::Libmvec), ("none", VectorMath::None)];
                self.options.vector_math = one_of(VECTOR_MATH, value, known, "libmvec or none")?;
            }
            RUNTIME_FILE => self.options.runtime_files.push(value.into()),
            CACHE => self.options.cache = Some(value.into()),
            SYSROOT => self.options.sysroot = Some(value.into()),
            CONVERGENT if argument == CONVERGENT => self.options.assume_convergent_source = true,
            PTXAS => self.options.ptxas = Some(value.into()),
            REPORT => self.options.report = Some(value.into()),
            _ => {
                return Err(Error::UnknownOption { option: argument.to_owned(), known: ALL.join(", ") });
            }
        }
        Ok(())
    }
}

/// What `value` of `option` means among those that are `known`.
fn one_of<T: Copy>(
    option: &'static str,
    value: &str,
    known: [(&str, T); 2],
    names: &'static str,
) -> Result<T> {
    let found = known.iter().find(|(name, _)| *name == value).map(|(_, meant)| *meant);
    found.ok_or_else(|| Error::BadValue { option, value: value.to_owned(), known: names })
}

/// `host,sm_90,gfx90a` is three devices; a comma behind a processor of x86_64 belongs to it.
fn split_devices(value: &str) -> Vec<String> {
    let mut devices: Vec<String> = Vec::new();
    for part in value.split(',').filter(|part| !part.is_empty()) {
        match devices.last_mut() {
            Some(last) if last.starts_with("x86_64:") && part.starts_with("x86-64") => {
                last.push(',');
                last.push_str(part);
            }
            _ => devices.push(device(part)),
        }
    }
    devices
}

/// Whether a compiler that links is told to optimize, as rustc tells the linker from `opt-level = 2` on: `-Wl,-O1`.
fn is_optimized(argument: &[u8]) -> bool {
    let levels = |option: &[u8]| matches!(option, [b'-', b'O', b'1'..=b'9'] | b"-O" | b"-Ofast");
    let of_linker = argument.strip_prefix(b"-Wl,").unwrap_or_default();
    levels(argument) || of_linker.split(|byte| *byte == b',').any(levels)
}

/// A device as device-link names it, but for `host`: a processor alone says its architecture.
fn device(name: &str) -> String {
    if name.starts_with("sm_") {
        format!("nvptx64:{name}")
    } else if name.starts_with("gfx") {
        format!("amdgcn:{name}")
    } else {
        name.to_owned()
    }
}

/// The shared library that `-l name` means, if it is found; the system's own are of no interest.
fn shared_library(folders: &[PathBuf], name: &OsStr) -> Option<PathBuf> {
    let mut file = OsString::from("lib");
    file.push(name);
    file.push(".so");
    let found = folders.iter().map(|folder| folder.join(&file)).find(|path| path.is_file())?;
    (!is_of_system(&found)).then_some(found)
}

/// Whether a file belongs to the system or to a Rust toolchain: it was made without the plugin.
pub fn is_of_system(path: &Path) -> bool {
    path.starts_with("/usr") || path.starts_with("/lib") || sysroot_of(path).is_some()
}

/// The toolchain that a library of Rust's own belongs to: what stands before `lib/rustlib`.
pub fn sysroot_of(path: &Path) -> Option<PathBuf> {
    let folders: Vec<_> = path.ancestors().collect();
    let library = folders.iter().find(|folder| folder.ends_with("lib/rustlib"))?;
    Some(library.parent()?.parent()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{CommandLine, sysroot_of};
    use crate::job::Runtime;
    use std::path::Path;

    fn parse(text: &str) -> crate::Result<CommandLine> {
        CommandLine::parse(text.split(' ').map(Into::into).collect())
    }

    #[test]
    fn what_is_linked_and_what_is_ours() {
        let line = parse(
            "-m64 a.o --outboard-device=host,sm_90 -L /nowhere lib.rlib -lc -Wl,--gc-sections -o out/app -z noexecstack \
             --outboard-linker=clang --outboard-runtime=linked --outboard-device=gfx90a -shared \
             --outboard-assume-convergent-source",
        )
        .expect("a command line");
        assert_eq!(line.inputs, [Path::new("a.o"), Path::new("lib.rlib")]);
        assert_eq!(line.output, Path::new("out/app"));
        assert_eq!(line.linker, Path::new("clang"));
        assert_eq!(line.options.devices, ["host", "nvptx64:sm_90", "amdgcn:gfx90a"]);
        assert_eq!(line.options.runtime, Runtime::Linked);
        assert!(line.shared && line.links && line.options.assume_convergent_source);
        let others = "-m64 a.o -L /nowhere lib.rlib -lc -Wl,--gc-sections -o out/app -z noexecstack -shared";
        assert_eq!(line.others, others.split(' ').collect::<Vec<_>>());
        assert!(!parse("-c a.c").expect("a command line").links);
    }

    #[test]
    fn options_of_the_environment_stand_before_the_others() {
        let arguments = vec!["--outboard-device=gfx90a".into(), "a.o".into()];
        let line = CommandLine::parse_with("--outboard-device=host\n\n  --outboard-linker=a b\n", arguments);
        let line = line.expect("a command line");
        assert_eq!(line.options.devices, ["host", "amdgcn:gfx90a"]);
        assert_eq!((line.linker.as_path(), line.inputs.len()), (Path::new("a b"), 1));
        let levels = parse("--outboard-device=x86_64:x86-64,x86-64-v3,sm_90,x86_64").expect("levels");
        assert_eq!(levels.options.devices, ["x86_64:x86-64,x86-64-v3", "nvptx64:sm_90", "x86_64"]);
        let error = CommandLine::parse_with("-o x", Vec::new()).expect_err("the linker's option").to_string();
        assert!(error.starts_with("unknown option `-o x`\nhelp: the options are "), "{error}");
    }

    #[test]
    fn optimized_programs_get_code_for_several_levels() {
        for text in ["a.o", "-Wl,--gc-sections -Wl,-O0", "-O0 -Wl,-Oops", "-Os", "-Wl,a-O1"] {
            assert!(!parse(text).expect("a command line").options.levels, "{text}");
        }
        for text in ["-Wl,--gc-sections -Wl,-O1 a.o", "-Wl,--as-needed,-O2", "-O3", "-O"] {
            assert!(parse(text).expect("a command line").options.levels, "{text}");
        }
    }

    #[test]
    fn options_that_are_wrong() {
        let error = |text: &str| parse(text).expect_err("wrong").to_string();
        assert_eq!(
            error("--outboard-devices=host"),
            "unknown option `--outboard-devices=host`\n\
             help: the options are --outboard-device, --outboard-linker, --outboard-runtime, --outboard-runtime-file, \
             --outboard-cache, --outboard-sysroot, --outboard-assume-convergent-source, --outboard-report, \
             --outboard-ptxas, --outboard-vector-math, --registration-only"
        );
        assert_eq!(
            error("--outboard-vector-math=svml"),
            "`--outboard-vector-math` is libmvec or none, not `svml`"
        );
        assert_eq!(error("--outboard-runtime=late"), "`--outboard-runtime` is lazy or linked, not `late`");
    }

    #[test]
    fn the_toolchain_of_a_library() {
        let path = "/opt/rust/lib/rustlib/x86_64-unknown-linux-gnu/lib/libstd-1.rlib";
        assert_eq!(sysroot_of(Path::new(path)).as_deref(), Some(Path::new("/opt/rust")));
        assert_eq!(sysroot_of(Path::new("/opt/rust/lib/libstd-1.rlib")), None);
    }
}
