//! A summary as bytes: a head, the symbols in columns, and their names in one piece at the end, as the bitcode has
//! them too. Any bytes give a summary or what is wrong with them.

use crate::summary::{Summary, Symbol, SymbolKind};

/// In place of a position in the bitcode: the names don't stand there in one piece.
const NOT_CUT: u64 = u64::MAX;

/// Bit of a symbol's first byte: it has a place in the source. Below it stands its kind.
const HAS_PLACE: u8 = 4;

/// A summary, as it was read.
pub(crate) struct Parts<'a> {
    pub(crate) summary: Summary,
    /// The names in one piece.
    pub(crate) names: &'a [u8],
    /// Where they were cut out of the bitcode.
    pub(crate) cut_at: Option<u64>,
}

/// The names of all symbols, one behind the other.
pub(crate) fn names(summary: &Summary) -> Vec<u8> {
    summary.symbols.iter().flat_map(|symbol| symbol.name.bytes()).collect()
}

/// The bytes of `summary`, whose `names` have been cut out of the bitcode at a position.
pub(crate) fn write(summary: &Summary, names: &[u8], cut_at: Option<usize>) -> Vec<u8> {
    let head = serde_json::to_vec(summary).expect("a summary is plain data");
    let mut bytes = cut_at.map_or(NOT_CUT, |at| at as u64).to_le_bytes().to_vec();
    write_number(&mut bytes, head.len() as u64);
    bytes.extend(head);
    write_number(&mut bytes, summary.symbols.len() as u64);
    // Columns, for what stands in one is alike.
    for symbol in &summary.symbols {
        let kind = match symbol.kind {
            SymbolKind::Undefined => 0,
            SymbolKind::Defined => 1,
            SymbolKind::Local => 2,
        };
        bytes.push(kind | if symbol.begin.is_some() { HAS_PLACE } else { 0 });
    }
    summary.symbols.iter().for_each(|symbol| write_number(&mut bytes, symbol.name.len() as u64));
    for (file, line) in summary.symbols.iter().filter_map(|symbol| symbol.begin) {
        write_number(&mut bytes, file.into());
        write_number(&mut bytes, line.into());
    }
    bytes.extend(names);
    bytes
}

/// What [`write`] has written.
pub(crate) fn read(mut bytes: &[u8]) -> Result<Parts<'_>, String> {
    let (cut_at, rest) = bytes.split_first_chunk().ok_or(ENDS_EARLY)?;
    let cut_at = u64::from_le_bytes(*cut_at);
    bytes = rest;
    let head = take_counted(&mut bytes)?;
    let mut summary: Summary = serde_json::from_slice(head).map_err(|error| error.to_string())?;
    let kinds = take_counted(&mut bytes)?;
    let mut lengths = Vec::with_capacity(kinds.len());
    for _ in kinds {
        lengths.push(take_number(&mut bytes)?);
    }
    let mut begins = Vec::with_capacity(kinds.len());
    for kind in kinds {
        begins.push(if kind & HAS_PLACE == 0 { None } else { Some(take_place(&mut bytes)?) });
    }
    let names = bytes;
    for ((kind, length), begin) in kinds.iter().zip(lengths).zip(begins) {
        let name = std::str::from_utf8(take(&mut bytes, length)?).map_err(|error| error.to_string())?;
        let kind = match kind & !HAS_PLACE {
            0 => SymbolKind::Undefined,
            1 => SymbolKind::Defined,
            2 => SymbolKind::Local,
            other => return Err(format!("a symbol is of the kind {other}, which there is not")),
        };
        summary.symbols.push(Symbol { name: name.to_owned(), kind, begin });
    }
    if !bytes.is_empty() {
        return Err("its names are longer than its symbols say".to_owned());
    }
    Ok(Parts { summary, names, cut_at: (cut_at != NOT_CUT).then_some(cut_at) })
}

const ENDS_EARLY: &str = "its summary ends early";

/// LEB128.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> Result<u64, String> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(ENDS_EARLY)?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err("a number in its summary is too long".to_owned())
}

fn take_place(bytes: &mut &[u8]) -> Result<(u32, u32), String> {
    let too_large = |_| "a place in its summary is too far away".to_owned();
    let (file, line) = (take_number(bytes)?, take_number(bytes)?);
    Ok((file.try_into().map_err(too_large)?, line.try_into().map_err(too_large)?))
}

fn take<'a>(bytes: &mut &'a [u8], count: u64) -> Result<&'a [u8], String> {
    let count = usize::try_from(count).map_err(|_| ENDS_EARLY)?;
    let (taken, rest) = bytes.split_at_checked(count).ok_or(ENDS_EARLY)?;
    *bytes = rest;
    Ok(taken)
}

fn take_counted<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let count = take_number(bytes)?;
    take(bytes, count)
}

#[cfg(test)]
mod tests {
    use super::{names, read, take_number, write, write_number};
    use crate::summary::{Summary, Symbol, SymbolKind};

    fn summary() -> Summary {
        let symbol = |name: &str, kind, begin| Symbol { name: name.into(), kind, begin };
        Summary {
            module: "unit".into(),
            symbols: vec![
                symbol("table", SymbolKind::Local, None),
                symbol("axpy", SymbolKind::Defined, Some((0, 300))),
                symbol("", SymbolKind::Local, None),
                symbol("memcpy", SymbolKind::Undefined, None),
            ],
            files: vec!["main.rs".into()],
            ..Summary::default()
        }
    }

    #[test]
    fn there_and_back() {
        for cut_at in [None, Some(7)] {
            let bytes = write(&summary(), &names(&summary()), cut_at);
            let parts = read(&bytes).expect("whole");
            assert_eq!(parts.summary, summary());
            assert_eq!((parts.names, parts.cut_at), (&b"tableaxpymemcpy"[..], cut_at.map(|at| at as u64)));
        }
    }

    #[test]
    fn any_bytes_give_an_answer() {
        let whole = write(&summary(), &names(&summary()), Some(7));
        for at in 0..whole.len() {
            assert!(read(&whole[..at]).is_err(), "cut at {at}");
            for value in 0..=u8::MAX {
                let mut bytes = whole.clone();
                bytes[at] = value;
                // Any answer will do, but there is one.
                let _ = read(&bytes).map(|parts| parts.summary);
            }
        }
    }

    #[test]
    fn numbers() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), (1 << 63) - 1] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            assert_eq!(take_number(&mut &bytes[..]), Ok(number));
        }
        assert_eq!(take_number(&mut &[0xff; 10][..]), Err("a number in its summary is too long".to_owned()));
    }
}
