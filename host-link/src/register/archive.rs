//! Bitcode of units as archives, of which the device link takes what it needs: one archive for each file that had
//! units, so that messages can say where code came from.

use crate::embedded::Embedded;
use crate::error::Error;
use crate::roots::Needed;
use crate::units::Unit;
use diagnostics::Diagnostic;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Archives in a folder that goes away with this.
pub(crate) struct Archives {
    folder: tempfile::TempDir,
    /// Each archive, and the file that it stands for.
    files: Vec<(PathBuf, PathBuf)>,
}

impl Archives {
    pub(crate) fn write(needed: &Needed<'_>) -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix("outboard-register.").tempdir();
        let folder = folder.map_err(|source| Error::Write { path: std::env::temp_dir(), source })?;
        let units = needed.units.iter().map(|unit| (unit.file, Member::Unit(unit)));
        let embedded = needed.embedded.iter().map(|one| (one.file.as_path(), Member::Embedded(one)));
        let mut by_file: Vec<(&Path, Vec<Member<'_>>)> = Vec::new();
        let mut positions = HashMap::new();
        for (file, member) in units.chain(embedded) {
            let position = *positions.entry(file).or_insert(by_file.len());
            if position == by_file.len() {
                by_file.push((file, Vec::new()));
            }
            by_file[position].1.push(member);
        }
        let mut files = Vec::new();
        for (number, (file, members)) in by_file.into_iter().enumerate() {
            // The number makes names differ, and the key of the image does not depend on where the folder is.
            let path = folder.path().join(format!("{number}.a"));
            std::fs::write(&path, archive(&members)?)
                .map_err(|source| Error::Write { path: path.clone(), source })?;
            files.push((path, file.to_owned()));
        }
        Ok(Self { folder, files })
    }

    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.files.iter().map(|(path, _)| path.clone()).collect()
    }

    /// `text` with the files' own names in place of the archives'.
    pub(crate) fn name_files(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // Backwards, for the first archive's name is the end of others'.
        for (archive, file) in self.files.iter().rev() {
            text = text.replace(&archive.display().to_string(), &file.display().to_string());
        }
        debug_assert!(!text.contains(&self.folder.path().display().to_string()));
        text
    }

    /// The same of a message.
    pub(crate) fn in_words_of_files(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.message = self.name_files(&diagnostic.message);
        let children = diagnostic.children.into_iter();
        diagnostic.children = children.map(|child| self.in_words_of_files(child)).collect();
        diagnostic
    }
}

/// What becomes a member of an archive.
enum Member<'n> {
    Unit(&'n Unit<'n>),
    Embedded(&'n Embedded),
}

impl Member<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Unit(unit) => &unit.summary.module,
            Self::Embedded(embedded) => &embedded.place,
        }
    }

    fn bitcode(&self) -> Result<Cow<'_, [u8]>, Error> {
        match self {
            Self::Unit(unit) => unit.bitcode().map(Cow::Owned),
            Self::Embedded(embedded) => Ok(Cow::Borrowed(&embedded.bitcode)),
        }
    }
}

/// An archive with names in front of the members' content, as BSD has them: of any length.
///
/// Source: "Archive files", the manual of FreeBSD's ar(5).
fn archive(members: &[Member<'_>]) -> Result<Vec<u8>, Error> {
    let mut bytes = b"!<arch>\n".to_vec();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for member in members {
        let module = member.name();
        let copies = known.entry(module).and_modify(|copies| *copies += 1).or_insert(0);
        let name = if *copies == 0 { module.to_owned() } else { format!("{module}#{copies}") };
        let bitcode = member.bitcode()?;
        let size = name.len() + bitcode.len();
        // Name, time, owner, group, mode and size, in decimal but for the mode.
        let header =
            format!("{:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", format!("#1/{}", name.len()), 0, 0, 0, 644);
        bytes.extend(header.as_bytes());
        bytes.extend(name.as_bytes());
        bytes.extend(&*bitcode);
        if bytes.len() % 2 == 1 {
            bytes.push(b'\n');
        }
    }
    Ok(bytes)
}
