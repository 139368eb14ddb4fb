//! What is to be emitted, as plain data: no LLVM in it, so that it can be printed, tested and written by
//! somebody else.

use abi::launch::LaunchOptions;
use abi::map_flags::MapFlags;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Everything that happens to one module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostPlan {
    /// Files that hold the images; for whoever reads them, the emitter gets their content.
    #[serde(default)]
    pub containers: Vec<PathBuf>,
    /// How the images are registered.
    #[serde(default)]
    pub registration: Registration,
    /// The launches, in any order.
    pub launches: Vec<LaunchPlan>,
}

/// How the images of a module become known to the runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// Once a program, before `main`.
    #[default]
    Constructor,
    /// Around every launch: for front ends that cannot have constructors. About 70 times slower.
    CallSite,
}

/// One launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaunchPlan {
    /// The call that becomes the launch.
    pub site: Site,
    /// Name of the kernel in the images.
    pub kernel: String,
    /// Device number; -1 is the default device. `i64`.
    pub device: Scalar,
    /// What else is wanted.
    #[serde(default, with = "options_as_words")]
    pub options: LaunchOptions,
    /// Blocks in x, y, z. `i32` each.
    pub grid: [Scalar; 3],
    /// Threads of a block in x, y, z. `i32` each.
    pub block: [Scalar; 3],
    /// Dynamic shared memory of a block, in bytes. `i32`.
    pub shared_bytes: Scalar,
    /// The kernel's arguments, without the geometry slots.
    pub arguments: Vec<Argument>,
    /// Where the launch stands in the source, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// A call or invoke, found by counting: `call` 0 is the first in `function`'s text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The function that contains the call.
    pub function: String,
    /// Its number among the function's calls and invokes.
    pub call: usize,
}

/// A number known now, or an argument of the site's call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// The value itself.
    Constant(i64),
    /// Computed at run time.
    Operand {
        /// Index among the call's arguments.
        operand: u32,
    },
}

/// One argument of a kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// How it is mapped, without `TARGET_PARAM`.
    #[serde(with = "flags_as_words")]
    pub map: MapFlags,
    /// Which argument of the site's call is the pointer (the value itself under LITERAL).
    pub base: u32,
    /// Bytes mapped. `i64`.
    pub size: Scalar,
    /// Name for the runtime's reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A place in the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// File name.
    pub file: String,
    /// Function name.
    pub function: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, 0 if unknown.
    pub column: u32,
}

/// `"TO | FROM"`; the empty set is `"ALLOC"`.
mod flags_as_words {
    use super::MapFlags;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(flags: &MapFlags, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(flags)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MapFlags, D::Error> {
        let words = String::deserialize(deserializer)?;
        if words == "ALLOC" {
            return Ok(MapFlags::empty());
        }
        bitflags::parser::from_str(&words).map_err(|e| D::Error::custom(format!("map flags `{words}`: {e}")))
    }
}

/// `"NO_WAIT | REQUIRED"`; the empty set is `""`.
mod options_as_words {
    use super::LaunchOptions;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        options: &LaunchOptions,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut words = String::new();
        bitflags::parser::to_writer(options, &mut words).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&words)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LaunchOptions, D::Error> {
        let words = String::deserialize(deserializer)?;
        bitflags::parser::from_str(&words).map_err(|e| D::Error::custom(format!("options `{words}`: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch() -> LaunchPlan {
        LaunchPlan {
            site: Site { function: "main".into(), call: 2 },
            kernel: "axpy".into(),
            device: Scalar::Constant(-1),
            options: LaunchOptions::REQUIRED,
            grid: [Scalar::Operand { operand: 3 }, Scalar::Constant(1), Scalar::Constant(1)],
            block: [Scalar::Constant(256), Scalar::Constant(1), Scalar::Constant(1)],
            shared_bytes: Scalar::Constant(0),
            arguments: vec![
                Argument {
                    map: MapFlags::TO | MapFlags::FROM,
                    base: 11,
                    size: Scalar::Operand { operand: 12 },
                    name: Some("y".into()),
                },
                Argument { map: MapFlags::empty(), base: 14, size: Scalar::Constant(64), name: None },
            ],
            location: None,
        }
    }

    #[test]
    fn json_and_back() {
        let plan = HostPlan {
            containers: vec!["dev.offload".into()],
            registration: Registration::CallSite,
            launches: vec![launch()],
        };
        let json = serde_json::to_string(&plan).expect("a plan is plain data");
        assert_eq!(
            json,
            r#"{"containers":["dev.offload"],"registration":"call-site","launches":[{"site":{"function":"main","call":2},"#
                .to_owned()
                + r#""kernel":"axpy","device":-1,"options":"REQUIRED","grid":[{"operand":3},1,1],"block":[256,1,1],"shared_bytes":0,"#
                + r#""arguments":[{"map":"TO | FROM","base":11,"size":{"operand":12},"name":"y"},{"map":"ALLOC","base":14,"size":64}]}]}"#
        );
        assert_eq!(serde_json::from_str::<HostPlan>(&json).expect("what was printed"), plan);
    }

    #[test]
    fn unknown_words_are_errors() {
        let json = r#"{"map":"TO | FRO","base":1,"size":8}"#;
        let error = serde_json::from_str::<Argument>(json).expect_err("FRO is no flag");
        assert_eq!(
            error.to_string(),
            "map flags `TO | FRO`: unrecognized named flag `FRO` at line 1 column 17"
        );
    }
}
