//! What can be wrong with the targets that are asked for.

use thiserror::Error;

/// A target or processor that no image can be linked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// A target that isn't there yet, or that doesn't exist.
    #[error("no images can be linked for target `{name}` by this version; targets: {}", known.join(", "))]
    UnknownTarget {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// A processor that the target doesn't have.
    #[error("target `{target}` has no processor `{arch}`; the nearest are: {}", nearest.join(", "))]
    UnknownArch {
        /// The target.
        target: &'static str,
        /// What was asked for.
        arch: String,
        /// The names most like it.
        nearest: Vec<String>,
    },
    /// A processor for a target that has none.
    #[error("target `{target}` has no processors to choose from, and `{cpu}` was asked for")]
    NoProcessors {
        /// The target.
        target: &'static str,
        /// What was asked for.
        cpu: String,
    },
    /// A target whose images are for one processor, without one.
    #[error("target `{target}` needs a processor: --target {target}:{example}")]
    NoCpu {
        /// The target.
        target: &'static str,
        /// A processor that it has.
        example: &'static str,
    },
    /// Several processors in an image that can't choose.
    #[error(
        "an image for {target} is for one processor, and {} were asked for\n\
         help: say --target {target}:CPU once for each", cpus.join(", ")
    )]
    SeveralCpus {
        /// The target.
        target: &'static str,
        /// What was asked for.
        cpus: Vec<String>,
    },
    /// A processor that can't be told from others when the image runs.
    #[error(
        "an image for several processors chooses among levels of the architecture, and `{cpu}` is none; \
         levels: {}", levels.join(", ")
    )]
    NotALevel {
        /// The processor.
        cpu: String,
        /// What there is.
        levels: Vec<&'static str>,
    },
    /// A target id of AMD's that says something unknown.
    #[error(
        "`{part}` in `{id}` is no feature of that processor; features are written sramecc+, sramecc-, xnack+ \
         and xnack-, and not every processor has them"
    )]
    TargetId {
        /// The whole id.
        id: String,
        /// The part.
        part: String,
    },
    /// Two of AMD's target ids that one device may be both of.
    #[error(
        "images for `{first}` and for `{second}` are asked for, and a device may be both\n\
         help: name the same features in both, or leave one of the two out"
    )]
    TargetIds {
        /// The earlier one.
        first: String,
        /// The later one.
        second: String,
    },
    /// One image twice.
    #[error("an image for `{target}` is asked for twice")]
    TargetTwice {
        /// The target with its processors.
        target: String,
    },
}
