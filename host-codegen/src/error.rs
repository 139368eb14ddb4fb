//! What can go wrong between a plan and a module.

use abi::launch::MAX_ARGUMENTS;

/// A plan that does not fit, or (the last two) a bug of ours.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Alignments and sizes would be guesses.
    #[error(
        "module `{module}` has no data layout\nhelp: give it a `target datalayout` line, or run opt with -mtriple"
    )]
    NoDataLayout {
        /// The module's name.
        module: String,
    },
    /// Not ours: nothing has been changed yet.
    #[error(
        "module `{module}` came as invalid IR: {problem}\nhelp: this is a bug of the compiler that made it"
    )]
    InvalidModule {
        /// The module's name.
        module: String,
        /// What LLVM's verifier says.
        problem: String,
    },
    /// The plan names a call that is not there.
    #[error("the plan launches `{kernel}` at call {call} of function `{function}`, which has {found} calls")]
    NoSuchCall {
        /// Kernel of the launch.
        kernel: String,
        /// Function of the site.
        function: String,
        /// Number of the call.
        call: usize,
        /// Calls that the function has.
        found: usize,
    },
    /// The plan names a function that is not there, or has no body.
    #[error("the plan launches `{kernel}` in function `{function}`, which the module does not define")]
    NoSuchFunction {
        /// Kernel of the launch.
        kernel: String,
        /// Function of the site.
        function: String,
    },
    /// The plan launches twice from one call.
    #[error(
        "the plan launches `{kernel}` at call {call} of function `{function}`, as an earlier launch does"
    )]
    SameCall {
        /// Kernel of the second launch.
        kernel: String,
        /// Function of the site.
        function: String,
        /// Number of the call.
        call: usize,
    },
    /// Images that no container can hold.
    #[error(transparent)]
    Encode(#[from] offload_binary::EncodeError),
    /// An argument cannot be mapped so.
    #[error(transparent)]
    Map(#[from] crate::map_check::MapError),
    /// The plan wants an operand that the call has not, or of another type.
    #[error("the launch of `{kernel}` takes {what} from operand {operand} of its call, which {problem}")]
    BadOperand {
        /// Kernel of the launch.
        kernel: String,
        /// What the operand is for.
        what: String,
        /// Its index.
        operand: u32,
        /// Why it cannot be that.
        problem: String,
    },
    /// The call's value has no room for the status.
    #[error("the launch of `{kernel}` replaces a call that returns {found}, not i32")]
    BadResult {
        /// Kernel of the launch.
        kernel: String,
        /// Type of the call.
        found: String,
    },
    /// More arguments than the runtime's fixed arrays are made for.
    #[error("the launch of `{kernel}` has {found} arguments; the most is {MAX_ARGUMENTS}")]
    TooManyArguments {
        /// Kernel of the launch.
        kernel: String,
        /// Number of arguments.
        found: usize,
    },
    /// The kernel is not in the container.
    #[error(transparent)]
    Container(#[from] crate::container::ContainerError),
    /// An instruction could not be built.
    #[error("internal error, this is a bug in host-codegen: {0}")]
    Builder(#[from] inkwell::builder::BuilderError),
    /// The result is not valid IR.
    #[error("internal error, this is a bug in host-codegen: the emitted module does not verify: {0}")]
    Verify(String),
}
