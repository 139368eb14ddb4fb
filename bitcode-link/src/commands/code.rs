//! Arguments of all commands that make code.

use clap::{Args, ValueEnum};
use llvm_plugin::thin_lto::CodeModel;

/// How far apart code and data may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodeModelArgument {
    Small,
    Kernel,
    Medium,
    Large,
}

#[derive(Debug, Args)]
pub(crate) struct CodeArguments {
    /// The processor [default: on GPUs that of the functions, else the target's most general one]
    #[arg(long, value_name = "CPU")]
    pub(crate) cpu: Option<String>,
    /// Features of the processor as LLVM writes them, with commas between them
    #[arg(long, value_name = "+A,-B", default_value = "", allow_hyphen_values = true)]
    pub(crate) features: String,
    /// How far apart code and data may be [default: as the modules say]
    #[arg(long, value_enum)]
    code_model: Option<CodeModelArgument>,
    /// How hard LLVM tries, 0 to 3
    #[arg(short = 'O', long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) opt_level: u8,
}

impl CodeArguments {
    pub(crate) fn code_model(&self) -> CodeModel {
        match self.code_model {
            None => CodeModel::Module,
            Some(CodeModelArgument::Small) => CodeModel::Small,
            Some(CodeModelArgument::Kernel) => CodeModel::Kernel,
            Some(CodeModelArgument::Medium) => CodeModel::Medium,
            Some(CodeModelArgument::Large) => CodeModel::Large,
        }
    }
}
