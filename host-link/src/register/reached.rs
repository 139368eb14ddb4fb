//! Which kernels a program can launch at all: a trial of the link tells, with a variable for each kernel in place of
//! its images. The linker leaves out what nothing reaches, and says so.
//!
//! Tried is only where kernels are refused; other links don't pay for it.

use abi::names::REGION_PREFIX;
use anyhow::Result;
use host_link::job::{Job, Trial};
use host_link::response_file;
use object::write::{Object, Symbol, SymbolSection};
use object::{Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// What linkers with `--print-gc-sections` say of a section that they leave out.
///
/// Source: ld/ldmain.c of GNU binutils 2.40; lld/ELF/MarkLive.cpp of LLVM 22.1.
const REMOVED: &str = "removing unused section";

/// The kernels of `refused` that nothing reaches which the program consists of. None where that can't be told: a link
/// that fails, or is somebody else's.
pub(crate) fn unreached<'k>(job: &Job, refused: &BTreeSet<&'k str>) -> BTreeSet<&'k str> {
    let trial = job.trial.as_ref().and_then(|trial| removed(job, trial, refused).ok());
    let removed = trial.unwrap_or_default();
    let is_removed = |index: usize| removed.lines().any(|line| line.contains(&section(index)));
    refused.iter().enumerate().filter(|(index, _)| is_removed(*index)).map(|(_, kernel)| *kernel).collect()
}

/// A name that is part of no other's.
fn section(index: usize) -> String {
    format!(".data.outboard.reached.{index}.kernel")
}

/// What the linker says of sections that it leaves out.
fn removed(job: &Job, trial: &Trial, kernels: &BTreeSet<&str>) -> Result<String> {
    let folder = tempfile::Builder::new().prefix("outboard-trial.").tempdir()?;
    let object = folder.path().join("kernels.o");
    std::fs::write(&object, variables(kernels)?)?;
    let arguments = arguments(trial, &job.program, &object, &folder.path().join("linked"));
    let file = folder.path().join("arguments");
    std::fs::write(&file, response_file::write(&arguments))?;
    let mut response = OsString::from("@");
    response.push(file);
    let output = Command::new(&trial.linker).arg(response).output()?;
    if !output.status.success() {
        anyhow::bail!("the trial fails");
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    Ok(said.lines().filter(|line| line.contains(REMOVED)).map(|line| format!("{line}\n")).collect())
}

/// Those of the link, for another output.
fn arguments(trial: &Trial, program: &Path, object: &Path, output: &Path) -> Vec<OsString> {
    let mut arguments = vec![object.into()];
    let mut is_output = false;
    for argument in &trial.arguments {
        let replaced = std::mem::replace(&mut is_output, argument == "-o");
        arguments.push(if replaced && argument == program.as_os_str() {
            output.into()
        } else {
            argument.clone()
        });
    }
    arguments.extend(["-Wl,--gc-sections".into(), "-Wl,--print-gc-sections".into()]);
    arguments
}

/// An object with the variable by which launches know their kernel, in a section of its own for each of `kernels`.
fn variables(kernels: &BTreeSet<&str>) -> Result<Vec<u8>> {
    const SIZE: u64 = 8;
    let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    for (index, kernel) in kernels.iter().enumerate() {
        let id = object.add_section(Vec::new(), section(index).into_bytes(), SectionKind::Data);
        let value = object.append_section_data(id, &[0; SIZE as usize], SIZE);
        object.add_symbol(Symbol {
            name: format!("{REGION_PREFIX}{kernel}").into_bytes(),
            value,
            size: SIZE,
            kind: SymbolKind::Data,
            scope: SymbolScope::Linkage,
            weak: false,
            section: SymbolSection::Section(id),
            flags: SymbolFlags::None,
        });
    }
    object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
    Ok(object.write()?)
}

#[cfg(test)]
mod tests {
    use super::{Trial, arguments};
    use std::path::Path;

    #[test]
    fn the_trial_writes_another_file() {
        let words = |text: &str| text.split(' ').map(Into::into).collect::<Vec<std::ffi::OsString>>();
        let trial = Trial { linker: "cc".into(), arguments: words("a.o -o main -lx main") };
        let found = arguments(&trial, Path::new("main"), Path::new("k.o"), Path::new("t"));
        assert_eq!(found, words("k.o a.o -o t -lx main -Wl,--gc-sections -Wl,--print-gc-sections"));
    }
}
