//! MessagePack, in which AMD's code objects describe their kernels, as JSON.

use serde_json::{Map, Value};

/// How deep values may nest: the metadata does to 4.
const DEEPEST: usize = 16;

/// The value that `bytes` begin with. Total: nothing for what isn't MessagePack, or too deep.
///
/// Source: <https://github.com/msgpack/msgpack/blob/master/spec.md>, "Formats".
pub(super) fn decode(bytes: &[u8]) -> Option<Value> {
    Reader { rest: bytes }.value(0)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// A number of `count` bytes, the highest first.
    fn number(&mut self, count: usize) -> Option<u64> {
        Some(self.take(count)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn size(&mut self, count: usize) -> Option<usize> {
        usize::try_from(self.number(count)?).ok()
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        let first = *self.take(1)?.first()?;
        let low = usize::from(first & 0x0f);
        match first {
            0x00..=0x7f => Some(first.into()),
            0x80..=0x8f => self.map(low, depth),
            0x90..=0x9f => self.array(low, depth),
            0xa0..=0xbf => self.text(usize::from(first & 0x1f)),
            0xc0 => Some(Value::Null),
            0xc2 => Some(false.into()),
            0xc3 => Some(true.into()),
            0xc4..=0xc6 => {
                let size = self.size(1 << (first - 0xc4))?;
                self.take(size).map(|_| Value::Null)
            }
            0xca => Some(f64::from(f32::from_bits(u32::try_from(self.number(4)?).ok()?)).into()),
            0xcb => Some(f64::from_bits(self.number(8)?).into()),
            0xcc..=0xcf => self.number(1 << (first - 0xcc)).map(Into::into),
            0xd0..=0xd3 => {
                let bytes = 1 << (first - 0xd0);
                let unused = 64 - 8 * bytes;
                Some((((self.number(bytes)? << unused).cast_signed()) >> unused).into())
            }
            0xd9..=0xdb => {
                let size = self.size(1 << (first - 0xd9))?;
                self.text(size)
            }
            0xdc | 0xdd => {
                let size = self.size(2 << (first - 0xdc))?;
                self.array(size, depth)
            }
            0xde | 0xdf => {
                let size = self.size(2 << (first - 0xde))?;
                self.map(size, depth)
            }
            0xe0.. => Some(first.cast_signed().into()),
            _ => None,
        }
    }

    fn text(&mut self, size: usize) -> Option<Value> {
        Some(String::from_utf8_lossy(self.take(size)?).into_owned().into())
    }

    fn array(&mut self, size: usize, depth: usize) -> Option<Value> {
        // One byte each at least: a size that can't be there is no reason to reserve memory.
        (0..size).map(|_| self.value(depth + 1)).collect::<Option<Vec<_>>>().map(Value::Array)
    }

    fn map(&mut self, size: usize, depth: usize) -> Option<Value> {
        let mut map = Map::new();
        for _ in 0..size {
            let key = self.value(depth + 1)?;
            let key = key.as_str().map_or_else(|| key.to_string(), ToOwned::to_owned);
            map.insert(key, self.value(depth + 1)?);
        }
        Some(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form() {
        let bytes = [
            &[0x86, 0xa1, b'a', 0x93, 1, 0xff, 0xc0][..],
            &[0xa1, b'b', 0xcd, 1, 2, 0xa1, b'c', 0xd1, 0xff, 0xfe, 0xa1, b'd', 0xd9, 2, b'x', b'y'],
            &[0xa1, b'e', 0xdc, 0, 1, 0xc3, 0xa1, b'f', 0xca, 0x3f, 0xc0, 0, 0],
        ]
        .concat();
        let wanted = json!({"a": [1, -1, null], "b": 258, "c": -2, "d": "xy", "e": [true], "f": 1.5});
        assert_eq!(decode(&bytes), Some(wanted));
        for cut in 0..bytes.len() {
            assert_eq!(decode(&bytes[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn what_is_none() {
        assert_eq!(decode(&[0xc1]), None);
        assert_eq!(decode(&[0x91; 1000]), None, "too deep");
        assert_eq!(decode(&[0xdd, 0xff, 0xff, 0xff, 0xff, 1]), None, "an array that isn't there");
    }
}
