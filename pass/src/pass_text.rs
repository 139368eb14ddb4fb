//! A pass and its parameters as pipeline text: `name<key=value;key=value>`.
//!
//! LLVM keeps `, ( )` for itself and rustc splits at blanks, so values are written with `%XX` for bytes that
//! would be taken for something else.

/// Bytes of a value that are written as they are.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._-+:@=~#".contains(&byte) || byte >= 0x80
}

/// The parameters of `text` if it names the pass `name`: `Some("")` where there are none.
pub(crate) fn parameters<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    match text.strip_prefix(name)? {
        "" => Some(""),
        rest => rest.strip_prefix('<')?.strip_suffix('>'),
    }
}

/// Keys and decoded values, in order.
pub(crate) fn split(parameters: &str) -> Vec<(String, String)> {
    let parts = parameters.split(';').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (key.to_owned(), decode(value))
        })
        .collect()
}

/// `value` so that it survives in a pipeline's text.
pub(crate) fn encode(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        let mut buffer = [0; 4];
        let bytes = character.encode_utf8(&mut buffer).as_bytes();
        if bytes.iter().all(|byte| is_plain(*byte)) {
            text.push(character);
        } else {
            text.extend(bytes.iter().map(|byte| format!("%{byte:02X}")));
        }
    }
    text
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
