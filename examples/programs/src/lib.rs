//! What the programs have in common: how they show that two runs gave the same.

use std::hash::Hasher;

/// Equal for equal bits: `fingerprint(y.iter().map(|y| y.to_bits()))`.
pub fn fingerprint(bits: impl IntoIterator<Item = impl Into<u64>>) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    bits.into_iter().for_each(|bits| hasher.write_u64(bits.into()));
    format!("{:016x}", hasher.finish())
}

/// The number in that place of the command line, or `default` where there is none.
///
/// # Errors
///
/// What is there is no number.
pub fn argument(place: usize, default: usize) -> anyhow::Result<usize> {
    match std::env::args().nth(place) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| anyhow::anyhow!("`{text}` is no number")),
    }
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn fingerprints_differ_in_one_bit() {
        assert_eq!(fingerprint([1u32, 2]), fingerprint([1u64, 2]));
        assert_ne!(fingerprint([0.0f64.to_bits()]), fingerprint([(-0.0f64).to_bits()]));
    }
}
