//! The buffer in which device code reports panics and printed text to the host.
//!
//! An image that can report exports the variable [`REPORTS`], a pointer that is null until the host gives it
//! the address of a buffer in device memory: a [`Header`], whose `capacity` the host sets, and records
//! behind it. A record is a [`Record`], then the texts without terminators (kernel, file, text), padded to 8
//! bytes, then the values. Of panics one has a record: on x86_64 that of the first item in the launch's order, on GPUs
//! the first to be told. The item ends, and the others go on.

/// The variable of an image.
pub const REPORTS: &str = "__outboard_reports";

/// [`Record::kind`] of printed text: each `{}` in it stands for a value.
pub const PRINTED: u32 = 1;
/// [`Record::kind`] of a panic: its message is as printed text is.
pub const PANICKED: u32 = 2;

/// A position that isn't known.
pub const NOWHERE: u32 = u32::MAX;

/// The most bytes of a text, and the most values, that a record carries.
pub const LONGEST_TEXT: u64 = 1024;
/// See [`LONGEST_TEXT`].
pub const MOST_VALUES: u64 = 16;

/// What stands at the start of the buffer.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Header {
    /// The bytes behind this header.
    pub capacity: u64,
    /// How many of them were wanted; what did not fit whole was lost.
    pub used: u64,
    /// 1 when a thread has panicked.
    pub panicked: u64,
    /// Of the launches of a round, one panic is written. The host starts another, with the next number, when
    /// it has read a panic and nothing runs.
    pub round: u64,
}

/// What stands at the start of a record.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// Bytes of the whole record, a multiple of 8.
    pub size: u32,
    /// [`PRINTED`] or [`PANICKED`]; anything else is nothing.
    pub kind: u32,
    /// The block, x first.
    pub block: [u32; 3],
    /// The thread in it.
    pub thread: [u32; 3],
    /// Source line of a panic, or 0.
    pub line: u32,
    /// Source column of a panic, or 0.
    pub column: u32,
    /// Bytes of the kernel's name.
    pub kernel_length: u32,
    /// Bytes of the source file's name.
    pub file_length: u32,
    /// Bytes of the message.
    pub text_length: u32,
    /// Values behind the texts.
    pub value_count: u32,
}
