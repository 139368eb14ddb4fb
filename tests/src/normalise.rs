//! LLVM's text in one normal form: what differs between machines and runs, and says nothing, goes.

use std::path::Path;

/// Normalises LLVM IR and messages: drops the module's name and source file, hides the bytes of images and the
/// paths of `folder` and the repository, and numbers content hashes in order of appearance.
pub fn normalise(text: &str, folder: Option<&Path>) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        if !line.starts_with("; ModuleID = ") && !line.starts_with("source_filename = ") {
            lines.push(hide_image(line.trim_end()));
        }
    }
    let mut text = lines.join("\n");
    if let Some(folder) = folder {
        text = text.replace(&folder.display().to_string(), "$DIR");
    }
    text = text.replace(&crate::workspace().display().to_string(), "$ROOT");
    let text = number_hashes(&text);
    let start = text.len() - text.trim_start_matches('\n').len();
    format!("{}\n", text[start..].trim_end())
}

/// An image's bytes say nothing and change with every compiler: an ELF file as a string constant becomes `c"ELF"`.
fn hide_image(line: &str) -> String {
    match line.split_once(r#"c"\7FELF"#) {
        Some((before, image)) => {
            let after = image.split_once('"').map_or("", |(_, after)| after);
            format!(r#"{before}c"ELF"{after}"#)
        }
        None => line.to_owned(),
    }
}

/// The fewest hexadecimal digits that count as a content hash. LLVM's own symbols have none that long.
const HASH_DIGITS: usize = 24;

/// Replaces each content hash by `HASH1`, `HASH2` and so on, in order of appearance.
fn number_hashes(text: &str) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let run = rest[start..].find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len() - start);
        let word = &rest[start..start + run];
        result.push_str(&rest[..start]);
        let letters =
            word.bytes().any(|b| b.is_ascii_lowercase()) && word.bytes().any(|b| b.is_ascii_digit());
        if run >= HASH_DIGITS && letters && !word.bytes().any(|b| b.is_ascii_uppercase()) {
            let number = seen.iter().position(|hash| *hash == word).unwrap_or_else(|| {
                seen.push(word);
                seen.len() - 1
            });
            result.push_str(&format!("HASH{}", number + 1));
        } else {
            result.push_str(word);
        }
        rest = &rest[start + run..];
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::normalise;
    use std::path::Path;

    #[test]
    fn images_are_hidden() {
        let text = r#"@image = hidden constant [9 x i8] c"\7FELF\02\01\01\00\22", align 16"#;
        assert_eq!(normalise(text, None), "@image = hidden constant [9 x i8] c\"ELF\", align 16\n");
    }

    #[test]
    fn only_noise_goes() {
        let text = "; ModuleID = '/tmp/x/a.ll'\nsource_filename = \"a.ll\"\n\n@__outboard_0123456789abcdef01234567 = x  \n\
                    @__outboard_fedcba9876543210fedcba98 = y\n; /tmp/x/a.ll\n@b = @__outboard_0123456789abcdef01234567\n\n";
        assert_eq!(
            normalise(text, Some(Path::new("/tmp/x"))),
            "@__outboard_HASH1 = x\n@__outboard_HASH2 = y\n; $DIR/a.ll\n@b = @__outboard_HASH1\n"
        );
    }
}
