//! What can be wrong with a kernel, what is said about it, and what can be done.

use crate::error::demangled;
use crate::limits::Limit;
use crate::native_members::NativeDefinition;
use diagnostics::Code;
use thiserror::Error;

/// What is wrong with a kernel, as what is said of it behind its name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Trouble {
    /// It returns something.
    #[error("returns `{type_name}`; a kernel returns nothing")]
    Returns {
        /// What.
        type_name: String,
    },
    /// It takes `...`.
    #[error("takes a variable number of arguments")]
    VarArgs,
    /// A parameter that no slot carries.
    #[error("takes a `{type_name}` as parameter {index}, which no 8-byte slot carries")]
    Parameter {
        /// Its index, from 0.
        index: usize,
        /// Its type.
        type_name: String,
    },
    /// A parameter that an entry can't have.
    #[error(
        "takes a `{type_name}` as parameter {index}; an entry takes the launch environment, a pointer, and then \
         pointers and i64"
    )]
    EntryParameter {
        /// Its index, from 0.
        index: usize,
        /// Its type.
        type_name: String,
    },
    /// An entry without the launch environment.
    #[error("has no parameters; its first is the launch environment, a pointer")]
    NoEnvironment,
    /// Some of its items wait where others don't come.
    #[error("waits at a barrier that depends on where in its block an item is")]
    DivergentBarrier,
    /// A variable whose size is known when it runs alone.
    #[error("has a variable without a constant size, and waits at a barrier while it is there")]
    VariableAtBarrier,
    /// Something that the target's device can't do.
    #[error("reaches `{marker}`, which {target} has nothing for")]
    NoSuchMarker {
        /// The marker.
        marker: String,
        /// The target.
        target: &'static str,
    },
    /// A marker whose operands must be known when the image is linked.
    #[error("reaches a call of `{marker}` whose operands aren't constants")]
    MarkerOperand {
        /// The marker.
        marker: String,
    },
    /// An entry without geometry asks for it.
    #[error("reaches `{marker}`, which needs the geometry that an entry of its own doesn't get")]
    MarkerInEntry {
        /// The marker.
        marker: String,
    },
    /// A marker in a function that can't be inlined.
    #[error("reaches `{marker}` in a function that can't be inlined into it")]
    MarkerNotInlined {
        /// The marker.
        marker: String,
    },
    /// A function that nobody defines.
    #[error("calls `{}`, which no input defines{}", demangled(symbol), or_nothing(native))]
    UndefinedFunction {
        /// Its symbol.
        symbol: String,
        /// An object that defines it and can't be part of the image.
        native: Option<NativeDefinition>,
    },
    /// A function of Rust's standard library, of which there is no bitcode.
    #[error("needs `{}` of Rust's standard library: {}", demangled(symbol), without_help(why))]
    NoStandardLibrary {
        /// Its symbol.
        symbol: String,
        /// Why there is none.
        why: String,
    },
    /// A variable that nobody defines.
    #[error("uses the variable `{}`, which no input defines{}", demangled(symbol), or_nothing(native))]
    UndefinedVariable {
        /// Its symbol.
        symbol: String,
        /// An object that defines it and can't be part of the image.
        native: Option<NativeDefinition>,
    },
    /// A variable of the host's threads.
    #[error("uses the thread-local variable `{}`", demangled(symbol))]
    ThreadLocal {
        /// Its symbol.
        symbol: String,
    },
    /// A variable that can change.
    #[error("uses the variable `{}`, which can change", demangled(symbol))]
    Mutable {
        /// Its symbol.
        symbol: String,
    },
    /// A marker that threads meet in, where its compiler may have put control flow around it.
    #[error(
        "reaches `{marker}`, and its compiler may have put that under a condition that not all threads share"
    )]
    MayBeMoved {
        /// The marker.
        marker: String,
    },
    /// Assembly of the host's.
    #[error("has assembly of the host (`{line}`), which {target} can't run")]
    Assembly {
        /// Its first line.
        line: String,
        /// The target.
        target: &'static str,
    },
    /// An intrinsic of the host's processor.
    #[error("uses the host's intrinsic `{name}`, which {target} doesn't have")]
    HostIntrinsic {
        /// Its name.
        name: String,
        /// The target.
        target: &'static str,
    },
    /// A function pointer, where there are none.
    #[error("{}, and {target} has no function pointers", pointer_use(symbol.as_deref()))]
    FunctionPointer {
        /// The function, where it is known.
        symbol: Option<String>,
        /// The target.
        target: &'static str,
    },
    /// A function that calls itself, where none may.
    #[error("reaches `{}`, which calls itself, and {target} has no recursion", demangled(symbol))]
    Recursion {
        /// The function.
        symbol: String,
        /// The target.
        target: &'static str,
    },
    /// An integer that the target doesn't have.
    #[error("computes with integers of more than 64 bits, which {target} doesn't have")]
    WideInteger {
        /// The target.
        target: &'static str,
    },
    /// Nothing is left of it.
    #[error("does nothing: it has no store, atomic operation or call after optimization")]
    Empty,
    /// It can panic, and do nothing else.
    #[error(
        "does nothing but panic: it has a trap, and no store, atomic operation or call after optimization"
    )]
    OnlyPanics,
}

impl Trouble {
    /// What explains it.
    pub fn code(&self) -> Code {
        match self {
            Self::Returns { .. } | Self::VarArgs | Self::Parameter { .. } => Code::OB0001,
            Self::EntryParameter { .. } | Self::NoEnvironment | Self::MarkerInEntry { .. } => Code::OB0002,
            Self::Empty | Self::OnlyPanics => Code::OB0003,
            Self::UndefinedFunction { .. } | Self::UndefinedVariable { .. } => Code::OB0011,
            Self::ThreadLocal { .. } => Code::OB0013,
            Self::Mutable { .. } => Code::OB0014,
            Self::Assembly { .. } | Self::HostIntrinsic { .. } => Code::OB0015,
            Self::FunctionPointer { .. } => Code::OB0016,
            Self::Recursion { .. } => Code::OB0017,
            Self::WideInteger { .. } => Code::OB0018,
            Self::DivergentBarrier | Self::VariableAtBarrier => Code::OB0021,
            Self::MayBeMoved { .. } => Code::OB0022,
            Self::NoSuchMarker { .. } => Code::OB0023,
            Self::MarkerOperand { .. } | Self::MarkerNotInlined { .. } => Code::OB0024,
            Self::NoStandardLibrary { .. } => Code::OB0025,
        }
    }

    /// Whether it is something that code refers to: within a library, its author can't be told to change it.
    pub(crate) fn is_what_code_uses(&self) -> bool {
        matches!(
            self,
            Self::UndefinedFunction { .. }
                | Self::UndefinedVariable { .. }
                | Self::ThreadLocal { .. }
                | Self::Mutable { .. }
        )
    }

    /// What the kernel with it is called.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::EntryParameter { .. } | Self::NoEnvironment | Self::MarkerInEntry { .. } => "entry",
            _ => "kernel",
        }
    }

    /// Whether it tells only how little is left of a kernel, which anything else explains.
    pub(crate) fn is_what_is_left(&self) -> bool {
        matches!(self, Self::Empty | Self::OnlyPanics)
    }

    /// What `limit` is on a target that has it.
    pub(crate) fn of_limit(limit: &Limit, target: &'static str) -> Self {
        match limit.clone() {
            Limit::Assembly(line) => Self::Assembly { line, target },
            Limit::HostIntrinsic(name) => Self::HostIntrinsic { name, target },
            Limit::FunctionAddress(symbol) => Self::FunctionPointer { symbol: Some(symbol), target },
            Limit::IndirectCall => Self::FunctionPointer { symbol: None, target },
            Limit::WideInteger => Self::WideInteger { target },
        }
    }

    /// What can be done about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Returns { .. } => "have it write the result to memory, through a pointer",
            Self::VarArgs => "give it one parameter for each argument",
            Self::EntryParameter { .. } | Self::NoEnvironment | Self::MarkerInEntry { .. } => {
                "give it as --kernel, and let device-link make the entry"
            }
            Self::DivergentBarrier => {
                "have all items of a block come to it, and put a condition around the rest; or let the others return"
            }
            Self::VariableAtBarrier => "give the variable a constant size",
            Self::NoSuchMarker { .. } => {
                "keep the kernel from calling it, or link it for other targets alone"
            }
            Self::Parameter { .. } => "pass it in memory, through a pointer",
            Self::MarkerOperand { .. } => "write key, size and alignment as constants at the call",
            Self::MarkerNotInlined { .. } => {
                "a function that asks for its position, waits at a barrier or uses shared memory must be called \
                 directly, and not by itself"
            }
            Self::NoStandardLibrary { .. } => "give the toolchain that made the bitcode with --sysroot",
            Self::UndefinedFunction { native: Some(_), .. }
            | Self::UndefinedVariable { native: Some(_), .. } => {
                "compile it to bitcode, or to an object that embeds it (clang -fembed-bitcode, rustc \
                 -Cembed-bitcode)"
            }
            Self::UndefinedFunction { symbol, .. } if is_of_sanitizer(symbol) => {
                "compile the input without sanitizers, whose library a device doesn't have"
            }
            Self::UndefinedFunction { .. } => {
                "add the bitcode or object that defines it to the inputs, or keep the kernel from calling it"
            }
            Self::UndefinedVariable { .. } => "add the bitcode or object that defines it to the inputs",
            Self::ThreadLocal { .. } => "a device has no threads of the host; pass the value as an argument",
            Self::Mutable { .. } => {
                "pass it as an argument; or give --allow-mutable-statics, and the device has a copy of its own"
            }
            Self::MayBeMoved { .. } => {
                "compile with -Zmir-enable-passes=-JumpThreading -Cno-prepopulate-passes and give \
                 --assume-convergent-source; in C, declare it __attribute__((convergent))"
            }
            Self::Assembly { .. } | Self::HostIntrinsic { .. } => {
                "write it in the language itself, or keep it from kernels by a condition at compile time"
            }
            Self::FunctionPointer { .. } => {
                "use generics or an enumeration where a function pointer, `dyn` or a virtual call is"
            }
            Self::Recursion { .. } => "write it as a loop that keeps what is left to do in an array",
            Self::WideInteger { .. } => "use two integers of 64 bits",
            Self::OnlyPanics => "link it with --panic=record, and a report tells where",
            Self::Empty => "a kernel whose behaviour is undefined is optimized away like this too",
        }
    }
}

/// Whether `symbol` is a function that compilers call where they are told to check or count something.
///
/// Source: llvm/lib/Transforms/Instrumentation/ (LLVM 22.1).
fn is_of_sanitizer(symbol: &str) -> bool {
    const PREFIXES: [&str; 7] =
        ["__asan_", "__hwasan_", "__msan_", "__tsan_", "__ubsan_", "__sanitizer_", "__llvm_profile_"];
    PREFIXES.iter().any(|prefix| symbol.starts_with(prefix))
}

/// What a kernel does with a function pointer, to `symbol` where that is known.
fn pointer_use(symbol: Option<&str>) -> String {
    symbol.map_or_else(
        || "calls through a pointer".to_owned(),
        |symbol| format!("takes the address of `{}`", demangled(symbol)),
    )
}

/// What is wrong with a library, without what can be done about that there.
fn without_help(why: &str) -> &str {
    why.split("\nhelp: ").next().unwrap_or_default()
}

fn or_nothing(native: &Option<NativeDefinition>) -> String {
    native.as_ref().map(ToString::to_string).unwrap_or_default()
}
