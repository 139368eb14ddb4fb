//! What the programs of this package do.

use kernels::{scale, square, squares};
use launching::{Ran, for_each};

/// Launches everything, checks what it computes, and tells where it ran.
pub fn launch_all() -> Vec<(&'static str, Ran)> {
    let mut floats = [1.0_f32, 2.0, 3.0];
    let generic_f32 = scale(&mut floats, 2.0);
    assert_eq!(floats, [3.0, 5.0, 7.0]);

    let mut doubles = [0.5_f64; 100];
    let generic_f64 = scale(&mut doubles, 4.0);
    assert_eq!(doubles, [3.0; 100]);

    let mut integers = [1_i64, -2, 3];
    let of_library = squares(&mut integers);
    assert_eq!(integers, [1, 4, 9]);

    let (offset, limit) = (7_i64, 12);
    let capturing = for_each(&mut integers, move |element| *element = (square(*element) + offset).min(limit));
    assert_eq!(integers, [8, 12, 12]);

    let mut digits = [b'7' as i64, b'4' as i64];
    let parsing = for_each(&mut digits, |digit| {
        let text = [*digit as u8, b'2'];
        *digit = std::str::from_utf8(&text).ok().and_then(|text| text.parse::<i64>().ok()).unwrap_or(-1);
    });
    assert_eq!(digits, [72, 42]);

    vec![
        ("generic f32", generic_f32),
        ("generic f64", generic_f64),
        ("of the library", of_library),
        ("capturing", capturing),
        ("parsing", parsing),
    ]
}

/// The same as text, for programs.
pub fn report() -> String {
    launch_all().into_iter().map(|(name, ran)| format!("{name}: {ran:?}\n")).collect()
}

/// Where launches of this test run are meant to run.
pub fn expected() -> String {
    std::env::var("EXPECTED").unwrap_or_else(|_| "Host".into())
}

#[cfg(test)]
mod tests {
    #[test]
    fn unit() {
        assert!(super::launch_all().iter().all(|(_, ran)| format!("{ran:?}") == super::expected()));
    }
}
