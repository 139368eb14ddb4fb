//! How one argument of a launch is mapped.
//!
//! Source: `OpenMPOffloadMappingFlags`, llvm/Frontend/OpenMP/OMPConstants.h (LLVM 22.1).

bitflags::bitflags! {
    /// libomptarget's map type bits.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct MapFlags: u64 {
        /// Copied to the device before the launch.
        const TO = 0x1;
        /// Copied back after the launch.
        const FROM = 0x2;
        /// Copied even where the mapping already exists.
        const ALWAYS = 0x4;
        /// Unmapped whatever its reference count.
        const DELETE = 0x8;
        /// The pointer is stored in the object that the previous argument maps.
        const PTR_AND_OBJ = 0x10;
        /// Handed to the kernel. The pass sets it on every argument.
        const TARGET_PARAM = 0x20;
        /// The device address is wanted back.
        const RETURN_PARAM = 0x40;
        /// A private copy for this launch.
        const PRIVATE = 0x80;
        /// By value: the base pointer is the 64-bit value itself.
        const LITERAL = 0x100;
        /// Mapped because a rule says so, not because the program did.
        const IMPLICIT = 0x200;
        /// In memory close to the device, where there is a choice.
        const CLOSE = 0x400;
        /// Must be mapped already: anything else ends the program.
        const PRESENT = 0x1000;
        /// Counted apart from the ordinary reference count (OpenACC).
        const OMPX_HOLD = 0x2000;
        /// The pointer is attached to mapped storage.
        const ATTACH = 0x4000;
        /// The transfer is strided.
        const NON_CONTIG = 0x1000_0000_0000;
        /// The index, plus one, of the argument that this one is a member of.
        const MEMBER_OF = 0xffff_0000_0000_0000;
    }
}

impl MapFlags {
    /// Scalars: one 8-byte slot, zero-extended.
    pub const BY_VALUE: Self = Self::LITERAL;

    /// The bits that a launch may give (docs/launch-contract.md, clause 5).
    pub const LAUNCH: Self = Self::TO
        .union(Self::FROM)
        .union(Self::ALWAYS)
        .union(Self::DELETE)
        .union(Self::PRIVATE)
        .union(Self::LITERAL)
        .union(Self::IMPLICIT)
        .union(Self::CLOSE)
        .union(Self::PRESENT)
        .union(Self::OMPX_HOLD);
}

impl std::fmt::Display for MapFlags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_empty() {
            return f.write_str("ALLOC");
        }
        bitflags::parser::to_writer(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::MapFlags;

    #[test]
    fn prints_words() {
        assert_eq!((MapFlags::TO | MapFlags::FROM).to_string(), "TO | FROM");
        assert_eq!(MapFlags::empty().to_string(), "ALLOC");
        assert_eq!(MapFlags::from_bits_retain(0x801).to_string(), "TO | 0x800");
    }

    #[test]
    fn presets_have_the_runtimes_numbers() {
        assert_eq!((MapFlags::TO | MapFlags::FROM | MapFlags::TARGET_PARAM).bits(), 0x23);
        assert_eq!((MapFlags::BY_VALUE | MapFlags::TARGET_PARAM).bits(), 0x120);
        assert_eq!((MapFlags::PRESENT | MapFlags::TARGET_PARAM).bits(), 0x1020);
    }
}
