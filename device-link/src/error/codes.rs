//! Which code explains which error.

use super::Error;
use crate::target::SelectionError;
use crate::tool::ToolError;
use diagnostics::Code;

impl Error {
    /// What explains it; nothing where it is a bug, or where each of several kernels has a code of its own.
    pub fn code(&self) -> Option<Code> {
        Some(match self {
            Self::Selection(error) => error.code(),
            Self::Bitcode(error) => error.code(),
            Self::Tool(error) => error.code(),
            Self::ForTarget { source, .. } => return source.code(),
            Self::Kernels(_) | Self::Llvm { .. } | Self::Bug { .. } => return None,
            Self::UnknownMarker { .. } | Self::MarkerType { .. } => Code::OB0024,
            Self::StandardLibrary { .. } => Code::OB0025,
            Self::TwoReleases(_) => Code::OB0026,
            Self::Layout { .. } => Code::OB0027,
            Self::CallingConvention { .. } => Code::OB0028,
            Self::MathLibrary { .. } => Code::OB0029,
            Self::File(error) => error.code(),
            Self::NotRelocatable { .. } | Self::NoBitcode { .. } => Code::OB0301,
            Self::MixedCpus { .. }
            | Self::ObjectMachine { .. }
            | Self::OtherProcessor { .. }
            | Self::WrongTarget { .. }
            | Self::NothingForTarget { .. }
            | Self::ModuleTarget { .. } => Code::OB0306,
            Self::ObjectForLevels { .. } | Self::ObjectOfGpu { .. } | Self::FinishedImage { .. } => {
                Code::OB0307
            }
            Self::Container { .. }
            | Self::Images(_)
            | Self::Encode(_)
            | Self::Kernelless { .. }
            | Self::NotExported { .. }
            | Self::ImageArgument { .. } => Code::OB0308,
            Self::NotInContainer { .. }
            | Self::NoView { .. }
            | Self::NothingToExtract { .. }
            | Self::SeveralToExtract { .. } => Code::OB0309,
            Self::NoInputs
            | Self::NoSuchKernel { .. }
            | Self::NotAKernel { .. }
            | Self::KernelAndEntry { .. }
            | Self::NoKernels => Code::OB0310,
            Self::Image { .. } => Code::OB0404,
        })
    }
}

impl SelectionError {
    fn code(&self) -> Code {
        match self {
            Self::UnknownTarget { .. } => Code::OB0401,
            Self::UnknownArch { .. }
            | Self::NoProcessors { .. }
            | Self::NoCpu { .. }
            | Self::SeveralCpus { .. }
            | Self::NotALevel { .. }
            | Self::TargetId { .. }
            | Self::TargetIds { .. }
            | Self::TargetTwice { .. } => Code::OB0402,
        }
    }
}

impl ToolError {
    fn code(&self) -> Code {
        match self {
            Self::NotFound { .. } | Self::NotRun { .. } | Self::WrongRelease { .. } => Code::OB0403,
            Self::Failed { .. } => Code::OB0404,
        }
    }
}
