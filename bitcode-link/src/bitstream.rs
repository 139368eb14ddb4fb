//! LLVM's bitstream, read with nothing but its bytes: blocks, records, abbreviations.
//!
//! Source: "LLVM Bitcode File Format", llvm/docs/BitCodeFormat.rst, and BitstreamReader.h (LLVM 22.1).
//! Total: any bytes give records or [`Malformed`].

use thiserror::Error;

/// Bytes that are no bitcode, and where that shows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The bytes end too early.
    #[error("it is cut off: {what} at byte {at} needs {needs} bytes, and {has} are there")]
    Truncated {
        /// What goes on beyond the end.
        what: &'static str,
        /// Where that starts.
        at: u64,
        /// Its size.
        needs: u64,
        /// What is there of it.
        has: u64,
    },
    /// Something that LLVM doesn't write.
    #[error("at byte {at} {what}")]
    Structure {
        /// Where.
        at: u64,
        /// What is wrong there.
        what: &'static str,
    },
    /// Something else stands where a block should start.
    #[error("at byte {at} garbage follows the bitcode")]
    Garbage {
        /// Where.
        at: u64,
    },
    /// Blocks, and none is a module.
    #[error("it has no module in it")]
    NoModule,
}

type Result<T> = std::result::Result<T, Malformed>;

/// Abbreviation identifiers that every block has.
///
/// Source: `FixedAbbrevIDs`, llvm/Bitstream/BitCodeEnums.h (LLVM 22.1).
const END_BLOCK: u64 = 0;
const ENTER_SUBBLOCK: u64 = 1;
const DEFINE_ABBREV: u64 = 2;
const UNABBREV_RECORD: u64 = 3;
const FIRST_ABBREV: u64 = 4;

/// Width of abbreviation identifiers outside of all blocks.
const TOP_LEVEL_WIDTH: u32 = 2;
/// More than LLVM reads in one piece is no field of LLVM's.
const WIDEST_FIELD: u64 = 64;
/// Characters of the `Char6` encoding.
const CHAR6: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";

/// A place in the bytes, counted in bits.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    bit: u64,
}

/// A block that was entered: its records are read by [`Block::records`].
#[derive(Debug, Clone)]
pub(crate) struct Block<'a> {
    pub(crate) id: u64,
    width: u32,
    cursor: Cursor<'a>,
}

/// How one field of an abbreviated record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Literal(u64),
    Fixed(u32),
    Vbr(u32),
    Char6,
    Array,
    Blob,
}

impl<'a> Cursor<'a> {
    /// A cursor at byte `at` of `bytes`.
    pub(crate) fn at(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, bit: at as u64 * 8 }
    }

    /// The byte that the cursor is in.
    pub(crate) fn byte(&self) -> u64 {
        self.bit / 8
    }

    fn bits_left(&self) -> u64 {
        (self.bytes.len() as u64 * 8).saturating_sub(self.bit)
    }

    fn wrong(&self, what: &'static str) -> Malformed {
        Malformed::Structure { at: self.byte(), what }
    }

    fn need(&self, what: &'static str, bits: u64) -> Result<()> {
        if bits <= self.bits_left() {
            return Ok(());
        }
        let (needs, has) = (bits.div_ceil(8), self.bits_left() / 8);
        Err(Malformed::Truncated { what, at: self.byte(), needs, has })
    }

    /// `width` bits, at most 64, the lowest first.
    fn fixed(&mut self, width: u32) -> Result<u64> {
        self.need("a field", u64::from(width))?;
        let mut value = 0;
        let mut done = 0;
        while done < width {
            let (byte, shift) = ((self.bit / 8) as usize, (self.bit % 8) as u32);
            let count = (8 - shift).min(width - done);
            let bits = (u64::from(self.bytes[byte]) >> shift) & ((1 << count) - 1);
            value |= bits << done;
            done += count;
            self.bit += u64::from(count);
        }
        Ok(value)
    }

    /// A number in groups of `width` bits, whose highest bit says that another group follows.
    fn vbr(&mut self, width: u32) -> Result<u64> {
        let more = 1 << (width - 1);
        let (mut value, mut shift) = (0_u64, 0);
        loop {
            let group = self.fixed(width)?;
            let bits = group & (more - 1);
            if bits != 0 && (shift >= 64 || (bits << shift) >> shift != bits) {
                return Err(self.wrong("a number is too large"));
            }
            value |= if shift < 64 { bits << shift } else { 0 };
            if group & more == 0 {
                return Ok(value);
            }
            shift += width - 1;
        }
    }

    /// Moves to the next multiple of 32 bits.
    fn align(&mut self) -> Result<()> {
        let aligned = self.bit.next_multiple_of(32);
        self.need("padding", aligned - self.bit)?;
        self.bit = aligned;
        Ok(())
    }

    /// The block that starts here outside of all blocks; the cursor is behind it afterwards.
    pub(crate) fn top_level_block(&mut self) -> Result<Block<'a>> {
        let start = self.byte();
        match self.fixed(TOP_LEVEL_WIDTH)? {
            ENTER_SUBBLOCK => self.enter(),
            _ => Err(Malformed::Garbage { at: start }),
        }
    }

    /// Reads a block's header, and steps over its content.
    fn enter(&mut self) -> Result<Block<'a>> {
        let id = self.vbr(8)?;
        let width = self.vbr(4)?;
        if !(2..=32).contains(&width) {
            return Err(self.wrong("a block has identifiers of an impossible width"));
        }
        self.align()?;
        let words = self.fixed(32)?;
        self.need("a block", words * 32)?;
        let start = self.clone();
        self.bit += words * 32;
        let bytes = &self.bytes[..self.byte() as usize];
        Ok(Block { id, width: width as u32, cursor: Cursor { bytes, bit: start.bit } })
    }

    /// The definition of an abbreviation.
    fn abbreviation(&mut self) -> Result<Vec<Encoding>> {
        let count = self.vbr(5)?;
        self.need("an abbreviation", count)?;
        let mut encodings = Vec::new();
        for _ in 0..count {
            let encoding = if self.fixed(1)? == 1 {
                Encoding::Literal(self.vbr(8)?)
            } else {
                match self.fixed(3)? {
                    1 => self.width()?.map_or(Encoding::Literal(0), Encoding::Fixed),
                    2 => self.width()?.map_or(Encoding::Literal(0), Encoding::Vbr),
                    3 => Encoding::Array,
                    4 => Encoding::Char6,
                    5 => Encoding::Blob,
                    _ => return Err(self.wrong("an abbreviation has an unknown encoding")),
                }
            };
            encodings.push(encoding);
        }
        let last = encodings.len().saturating_sub(1);
        let well_formed = encodings.iter().enumerate().all(|(index, encoding)| match encoding {
            Encoding::Array => index + 1 == last && index > 0,
            Encoding::Blob => index == last && index > 0,
            _ => true,
        });
        let of_array = encodings.len() >= 2 && encodings[last - 1] == Encoding::Array;
        let element_is_scalar = !matches!(encodings.last(), Some(Encoding::Array | Encoding::Blob));
        if encodings.is_empty() || !well_formed || (of_array && !element_is_scalar) {
            return Err(self.wrong("an abbreviation is not well-formed"));
        }
        Ok(encodings)
    }

    /// The width of a field; none for 0, which stands for the number 0.
    fn width(&mut self) -> Result<Option<u32>> {
        match self.vbr(5)? {
            0 => Ok(None),
            width if width <= WIDEST_FIELD => Ok(Some(width as u32)),
            _ => Err(self.wrong("a field is too wide")),
        }
    }

    fn scalar(&mut self, encoding: Encoding) -> Result<u64> {
        match encoding {
            Encoding::Literal(value) => Ok(value),
            Encoding::Fixed(width) => self.fixed(width),
            // One bit would be nothing but the mark that another group follows.
            Encoding::Vbr(1) => Err(self.wrong("a field is too narrow")),
            Encoding::Vbr(width) => self.vbr(width),
            Encoding::Char6 => Ok(u64::from(CHAR6[self.fixed(6)? as usize])),
            Encoding::Array | Encoding::Blob => Err(self.wrong("an array has no scalar elements")),
        }
    }

    fn unabbreviated(&mut self, record: &mut Record<'a>) -> Result<()> {
        record.code = self.vbr(6)?;
        let count = self.vbr(6)?;
        // Each operand takes 6 bits at least, so no memory is asked for that the bytes don't fill.
        self.need("a record", count.saturating_mul(6))?;
        for _ in 0..count {
            let operand = self.vbr(6)?;
            record.operands.push(operand);
        }
        Ok(())
    }

    fn abbreviated(&mut self, encodings: &[Encoding], record: &mut Record<'a>) -> Result<()> {
        let (code, fields) = encodings.split_first().ok_or_else(|| self.wrong("a record has no code"))?;
        record.code = self.scalar(*code)?;
        let mut fields = fields.iter();
        while let Some(field) = fields.next() {
            match field {
                Encoding::Array => {
                    let count = self.vbr(6)?;
                    let element = *fields.next().unwrap_or(&Encoding::Array);
                    self.need("an array", count)?;
                    for _ in 0..count {
                        let operand = self.scalar(element)?;
                        record.operands.push(operand);
                    }
                }
                Encoding::Blob => {
                    let size = self.vbr(6)?;
                    self.align()?;
                    self.need("a blob", size.saturating_mul(8))?;
                    let start = self.byte() as usize;
                    record.blob = &self.bytes[start..start + size as usize];
                    self.bit += size * 8;
                    self.align()?;
                }
                scalar => {
                    let operand = self.scalar(*scalar)?;
                    record.operands.push(operand);
                }
            }
        }
        Ok(())
    }
}

/// One record of a block.
#[derive(Debug, Default)]
pub(crate) struct Record<'a> {
    pub(crate) code: u64,
    pub(crate) operands: Vec<u64>,
    pub(crate) blob: &'a [u8],
}

impl Record<'_> {
    /// The operands as text, one character each.
    pub(crate) fn text(&self) -> String {
        let bytes: Vec<u8> = self.operands.iter().map(|operand| *operand as u8).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl<'a> Block<'a> {
    /// That something in the block is wrong.
    pub(crate) fn wrong(&self, what: &'static str) -> Malformed {
        self.cursor.wrong(what)
    }

    /// Gives each record of the block to `visit`, and steps over the blocks in it.
    pub(crate) fn own_records(self, visit: impl FnMut(&Record<'a>)) -> Result<()> {
        self.records(visit, |_| Ok(()))
    }

    /// Gives each record of the block to `visit`, and each block in it to `enter`.
    ///
    /// Abbreviations that a BLOCKINFO block defines for this one aren't known: LLVM defines some for blocks
    /// inside of modules alone.
    pub(crate) fn records(
        mut self,
        mut visit: impl FnMut(&Record<'a>),
        mut enter: impl FnMut(Block<'a>) -> Result<()>,
    ) -> Result<()> {
        let cursor = &mut self.cursor;
        let mut abbreviations: Vec<Vec<Encoding>> = Vec::new();
        let mut record = Record::default();
        loop {
            record.operands.clear();
            record.blob = &[];
            match cursor.fixed(self.width)? {
                END_BLOCK => return cursor.align(),
                ENTER_SUBBLOCK => {
                    enter(cursor.enter()?)?;
                    continue;
                }
                DEFINE_ABBREV => {
                    abbreviations.push(cursor.abbreviation()?);
                    continue;
                }
                UNABBREV_RECORD => cursor.unabbreviated(&mut record)?,
                id => {
                    let known = abbreviations.get((id - FIRST_ABBREV) as usize);
                    let encodings = known.ok_or_else(|| cursor.wrong("a record has no abbreviation"))?;
                    cursor.abbreviated(encodings, &mut record)?;
                }
            }
            visit(&record);
        }
    }
}
