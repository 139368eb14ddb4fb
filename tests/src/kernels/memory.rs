//! What kernels are given in memory, the same on every machine, and how results are compared.

/// What memory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Whole numbers of so many bytes.
    Whole(usize),
    /// Floats of 4 bytes.
    F32,
    /// Floats of 8 bytes.
    F64,
}

/// What memory is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Zeros.
    Zero,
    /// Floats from -1 to 1, whole numbers of any size.
    Wave,
    /// Numbers from 0 to 99.
    Small,
    /// Numbers below this one.
    Index(u64),
    /// Decimal numbers as text, in fields of 8 bytes.
    Digits,
    /// Letters in UTF-8, some of more than one byte, in lines of 32 bytes.
    Letters,
}

impl Element {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "u8" | "i8" => Self::Whole(1),
            "u16" | "i16" => Self::Whole(2),
            "u32" | "i32" => Self::Whole(4),
            "u64" | "i64" => Self::Whole(8),
            "f32" => Self::F32,
            "f64" => Self::F64,
            _ => return None,
        })
    }

    /// Its size in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::Whole(size) => size,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

impl Fill {
    pub(super) fn parse(word: &str, number: Option<&str>) -> Option<Self> {
        Some(match (word, number) {
            ("zero", None) => Self::Zero,
            ("wave", None) => Self::Wave,
            ("small", None) => Self::Small,
            ("digits", None) => Self::Digits,
            ("letters", None) => Self::Letters,
            ("index", Some(number)) => Self::Index(number.parse().ok()?),
            _ => return None,
        })
    }

    /// The bytes of `count` elements. Another `seed` gives others.
    pub fn bytes(self, element: Element, count: usize, seed: u64) -> Vec<u8> {
        match self {
            Self::Digits => return fields(8, count, |at| (mix(seed, at) % 2_000_000).to_string()),
            Self::Letters => return fields(32, count, |at| letters(mix(seed, at))),
            _ => {}
        }
        let number = |at: usize| match self {
            Self::Small => mix(seed, at) % 100,
            Self::Index(below) => mix(seed, at) % below,
            Self::Wave => mix(seed, at),
            _ => 0,
        };
        let wave = |at: usize| (mix(seed, at) >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
        let real = |at: usize| if self == Self::Wave { wave(at) } else { number(at) as f64 };
        (0..count)
            .flat_map(|at| match element {
                Element::Whole(size) => number(at).to_le_bytes()[..size].to_vec(),
                Element::F32 => (real(at) as f32).to_le_bytes().to_vec(),
                Element::F64 => real(at).to_le_bytes().to_vec(),
            })
            .collect()
    }
}

/// A number that looks like chance and is none: SplitMix64's finaliser.
fn mix(seed: u64, at: usize) -> u64 {
    let mut x = (seed << 32 | at as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

/// Text in fields of `width` bytes, filled up with blanks.
fn fields(width: usize, count: usize, text: impl Fn(usize) -> String) -> Vec<u8> {
    let mut bytes = vec![b' '; count];
    for (at, field) in bytes.chunks_exact_mut(width).enumerate() {
        let text = text(at);
        field[..text.len()].copy_from_slice(text.as_bytes());
    }
    bytes
}

fn letters(mut number: u64) -> String {
    const LETTERS: [char; 8] = ['a', 'Z', 'ß', 'é', 'ж', '漢', '🚤', '-'];
    let mut text = String::new();
    while number > 0 && text.len() < 28 {
        text.push(LETTERS[(number % 8) as usize]);
        number /= 8;
    }
    text
}

/// What differs between the host's bytes and a device's, if anything: floats may differ by `close`.
pub fn difference(element: Element, host: &[u8], device: &[u8], close: f64) -> Option<String> {
    if host.len() != device.len() {
        return Some(format!("{} bytes instead of {}", device.len(), host.len()));
    }
    let size = element.size();
    let pairs = host.chunks_exact(size).zip(device.chunks_exact(size));
    let mut wrong = pairs.enumerate().filter(|(_, (host, device))| {
        host != device && !(close > 0.0 && is_close(element, host, device, close))
    });
    let (at, (host, device)) = wrong.next()?;
    let count = 1 + wrong.count();
    Some(format!(
        "element {at} is {} instead of {}, {count} differ",
        show(element, device),
        show(element, host)
    ))
}

fn is_close(element: Element, host: &[u8], device: &[u8], close: f64) -> bool {
    let (Some(host), Some(device)) = (real(element, host), real(element, device)) else { return false };
    let both_nan = host.is_nan() && device.is_nan();
    both_nan || (host - device).abs() <= close * host.abs().max(device.abs()).max(1.0)
}

fn real(element: Element, bytes: &[u8]) -> Option<f64> {
    match element {
        Element::F32 => Some(f32::from_le_bytes(bytes.try_into().ok()?).into()),
        Element::F64 => Some(f64::from_le_bytes(bytes.try_into().ok()?)),
        Element::Whole(_) => None,
    }
}

fn show(element: Element, bytes: &[u8]) -> String {
    match real(element, bytes) {
        Some(number) => format!("{number:e}"),
        None => {
            let hexadecimal: Vec<_> = bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect();
            format!("0x{}", hexadecimal.concat())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Element, Fill, difference};

    #[test]
    fn fills_are_what_they_say() {
        let bytes = Fill::Small.bytes(Element::Whole(2), 50, 1);
        assert!(bytes.chunks(2).all(|two| two[0] < 100 && two[1] == 0) && bytes.len() == 100);
        let floats = Fill::Wave.bytes(Element::F64, 100, 1);
        let floats: Vec<_> =
            floats.chunks(8).map(|eight| f64::from_le_bytes(eight.try_into().expect("8"))).collect();
        assert!(floats.iter().all(|x| (-1.0..1.0).contains(x)) && floats.iter().any(|x| *x < -0.5));
        let text = String::from_utf8(Fill::Letters.bytes(Element::Whole(1), 320, 3)).expect("UTF-8");
        assert!(text.chars().any(|c| c.len_utf8() == 4), "{text}");
        let digits = String::from_utf8(Fill::Digits.bytes(Element::Whole(1), 64, 3)).expect("text");
        assert!(digits.split_whitespace().all(|number| number.parse::<u32>().is_ok()), "{digits}");
        assert_ne!(Fill::Wave.bytes(Element::Whole(8), 2, 0), Fill::Wave.bytes(Element::Whole(8), 2, 1));
    }

    #[test]
    fn differences_are_found_and_named() {
        let (one, near) = (1.0f32.to_le_bytes(), 1.000_001_f32.to_le_bytes());
        assert_eq!(difference(Element::F32, &one, &near, 1e-5), None);
        assert_eq!(
            difference(Element::F32, &one, &near, 0.0).as_deref(),
            Some("element 0 is 1.0000009536743164e0 instead of 1e0, 1 differ")
        );
        let found = difference(Element::Whole(2), &[1, 2, 3, 4, 5, 6], &[1, 2, 0, 4, 5, 0], 1.0);
        assert_eq!(found.as_deref(), Some("element 1 is 0x0400 instead of 0x0403, 2 differ"));
        assert_eq!(difference(Element::F64, &one, &[], 0.0).as_deref(), Some("0 bytes instead of 4"));
    }
}
