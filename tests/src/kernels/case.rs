//! A kernel of the suite and its manifest: the lines at the head of its source that start with `//@`.
//!
//! `launch GRID BLOCK`, `shared BYTES` for shared memory whose size the launch gives, then a line a slot in order (`u64 3`, `f32 2.5`, `in f32 64 wave`, `out u32 8`, `inout …`,
//! `struct …`), `close 1e-6` for the error that floats may have on targets with mathematics of their own, `libm` where
//! x86_64 may have it too, `refused TARGET: part of the message`, `links TARGET: why` where an image is made of it
//! and cannot be run, `together` for what the threads of a block do together.

use std::path::{Path, PathBuf};

use super::memory::{Element, Fill};
use super::target::{TARGETS, Target};

/// A kernel and what it is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Kernel {
    /// The function's name, and the file's.
    pub name: String,
    /// Its source, Rust or C.
    pub source: PathBuf,
    /// The first line of the source, without the slashes.
    pub summary: String,
    /// Number of blocks.
    pub grid: [u32; 3],
    /// Number of threads in a block.
    pub block: [u32; 3],
    /// Bytes of dynamic shared memory.
    pub shared: u32,
    /// The arguments.
    pub slots: Vec<Slot>,
    /// How far floats may be from the host's, relative to the larger of 1 and the number.
    pub close: f64,
    /// Whether x86_64 may be that far too: there are several libm.
    pub libm: bool,
    /// Its threads meet at barriers or in shuffles.
    pub together: bool,
    /// The targets on which it links, and why it is not run there.
    pub links: Vec<(Target, String)>,
    /// The targets that refuse it, with a part of the message.
    pub refused: Vec<(Target, String)>,
}

/// One argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Slot {
    /// A whole number.
    Whole(u64),
    /// The bits of a float, which the host's convention passes in a register of its own.
    Float(u64),
    /// Memory, for a pointer or, `by_value`, for a structure that the kernel takes by value.
    Memory {
        /// What it holds.
        element: Element,
        /// How many of them.
        count: usize,
        /// With what.
        fill: Fill,
        /// A structure.
        by_value: bool,
    },
}

/// Every kernel of the suite, by name.
///
/// # Panics
///
/// When a file of the suite has no manifest or a wrong one.
pub fn all() -> Vec<Kernel> {
    let folder = super::folder();
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut kernels = Vec::new();
    for entry in entries {
        let path = entry.expect("the suite can be read").path();
        let is_source = path.extension().is_some_and(|extension| extension == "rs" || extension == "c");
        if is_source && path.file_stem().is_some_and(|stem| stem != "device") {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            kernels.push(parse(&path, &text).unwrap_or_else(|why| panic!("{}: {why}", path.display())));
        }
    }
    kernels.sort_by(|a, b| a.name.cmp(&b.name));
    kernels
}

impl Kernel {
    /// A part of the message that a target refuses it with, if it does.
    pub fn refusal(&self, target: Target) -> Option<&str> {
        self.refused.iter().find(|(by, _)| *by == target).map(|(_, message)| message.as_str())
    }

    /// Whether an image of it for this target can be run where there is a device.
    pub fn runs(&self, target: Target) -> bool {
        self.refusal(target).is_none() && self.links.iter().all(|(on, _)| *on != target)
    }

    /// Written in C.
    pub fn is_c(&self) -> bool {
        self.source.extension().is_some_and(|extension| extension == "c")
    }
}

fn parse(path: &Path, text: &str) -> Result<Kernel, String> {
    let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
    let summary = text.lines().next().unwrap_or_default().trim_start_matches(['/', '!', ' ']).to_owned();
    let (mut kernel, mut launched) = (
        Kernel {
            name,
            source: path.to_owned(),
            summary,
            grid: [1; 3],
            block: [1; 3],
            shared: 0,
            slots: Vec::new(),
            close: 0.0,
            libm: false,
            together: false,
            links: Vec::new(),
            refused: Vec::new(),
        },
        false,
    );
    for line in text.lines().filter_map(|line| line.strip_prefix("//@ ")) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let wrong = || format!("`{line}` is no line of a manifest");
        match word {
            "launch" => {
                let (grid, block) = rest.split_once(' ').ok_or_else(wrong)?;
                (kernel.grid, kernel.block) = (parse_extent(grid)?, parse_extent(block)?);
                launched = true;
            }
            "shared" => kernel.shared = rest.parse().map_err(|_| wrong())?,
            "close" => kernel.close = rest.parse().map_err(|_| wrong())?,
            "libm" => kernel.libm = true,
            "together" => kernel.together = true,
            "links" => {
                let (target, why) = rest.split_once(": ").ok_or_else(wrong)?;
                kernel.links.push((Target::named(target).ok_or_else(wrong)?, why.to_owned()));
            }
            "refused" => {
                let (target, message) = rest.split_once(": ").ok_or_else(wrong)?;
                let by: Vec<_> = match target {
                    "all" => TARGETS.to_vec(),
                    name => vec![Target::named(name).ok_or_else(wrong)?],
                };
                kernel.refused.extend(by.into_iter().map(|target| (target, message.to_owned())));
            }
            "u64" => kernel.slots.push(Slot::Whole(rest.parse().map_err(|_| wrong())?)),
            "f32" => {
                let number: f32 = rest.parse().map_err(|_| wrong())?;
                kernel.slots.push(Slot::Float(number.to_bits().into()));
            }
            "f64" => {
                let number: f64 = rest.parse().map_err(|_| wrong())?;
                kernel.slots.push(Slot::Float(number.to_bits()));
            }
            "in" | "out" | "inout" | "struct" => {
                kernel.slots.push(parse_memory(word, rest).ok_or_else(wrong)?);
            }
            _ => return Err(wrong()),
        }
    }
    if launched { Ok(kernel) } else { Err("no line `//@ launch GRID BLOCK`".to_owned()) }
}

fn parse_memory(word: &str, rest: &str) -> Option<Slot> {
    let mut words = rest.split(' ');
    let element = Element::named(words.next()?)?;
    let count = words.next()?.parse().ok()?;
    let fill = match (word, words.next()) {
        ("out", None) => Fill::Zero,
        ("out", Some(_)) | (_, None) => return None,
        (_, Some(fill)) => Fill::parse(fill, words.next())?,
    };
    Some(Slot::Memory { element, count, fill, by_value: word == "struct" })
}

/// `4`, `4x2` or `4x2x3`.
fn parse_extent(text: &str) -> Result<[u32; 3], String> {
    let mut extent = [1; 3];
    for (axis, number) in text.split('x').enumerate() {
        let wrong = || format!("`{text}` is no extent of up to three dimensions");
        *extent.get_mut(axis).ok_or_else(wrong)? = number.parse().map_err(|_| wrong())?;
    }
    Ok(extent)
}

#[cfg(test)]
mod tests {
    use super::{Slot, parse};
    use crate::kernels::memory::{Element, Fill};
    use std::path::Path;

    fn check(manifest: &str) -> Result<super::Kernel, String> {
        parse(Path::new("a/doubled.rs"), manifest)
    }

    #[test]
    fn a_manifest_is_read() {
        let text = "//! Twice.\n//@ launch 3x4 8\n//@ u64 5\n//@ f32 1.5\n//@ in u8 7 small\n//@ out f64 2\n\
                    //@ shared 96\n//@ close 1e-3\n//@ refused spirv64: a: b\n";
        let kernel = check(text).expect("a manifest");
        assert_eq!((kernel.name.as_str(), kernel.summary.as_str()), ("doubled", "Twice."));
        assert_eq!((kernel.grid, kernel.block, kernel.close), ([3, 4, 1], [8, 1, 1], 1e-3));
        let memory = |element, count, fill| Slot::Memory { element, count, fill, by_value: false };
        let slots = [
            Slot::Whole(5),
            Slot::Float(0x3fc0_0000),
            memory(Element::Whole(1), 7, Fill::Small),
            memory(Element::F64, 2, Fill::Zero),
        ];
        assert_eq!((kernel.shared, kernel.slots), (96, slots.to_vec()));
        let refused: Vec<_> = kernel.refused.iter().map(|(by, text)| (by.name, text.as_str())).collect();
        assert_eq!(refused, [("spirv64", "a: b")]);
    }

    #[test]
    fn wrong_lines_are_named() {
        for line in
            ["in u8 7", "out u8 7 wave", "in u7 7 wave", "refused arm: no", "refused spirv64", "u64 x", "?"]
        {
            let error = check(&format!("//@ launch 1 1\n//@ {line}")).expect_err(line);
            assert_eq!(error, format!("`{line}` is no line of a manifest"));
        }
        assert_eq!(check("//! Nothing.").expect_err("no launch"), "no line `//@ launch GRID BLOCK`");
        assert!(check("//@ launch 1x1x1x1 1").expect_err("four").contains("three dimensions"));
    }
}
