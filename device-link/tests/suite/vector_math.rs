//! Mathematics of vectors: results within the error that is told, functions that the processor has, and none of it
//! where it isn't wanted.

use crate::support::{device_link, llvm, printed};
use abi::launch::pack_geometry;
use std::path::{Path, PathBuf};
use std::process::Command;

/// libmvec's functions are at most so many units in the last place off, and libm's at most one.
const MOST: u64 = 4 + 1;

/// A number of items that no vector divides.
const ITEMS: u16 = 1009;

/// Links the cases for `cpu`, and builds what calls them.
fn link(folder: &Path, cpu: &str, flags: &[&str]) -> PathBuf {
    let file = |name: &str| folder.join(name);
    let image = file("image.so");
    printed(llvm("clang").args(["-O1", "driver.c", "-ldl", "-o"]).arg(file("driver")));
    printed(llvm("clang").args(["-O1", "-emit-llvm", "-c", "vector_math.c", "-o"]).arg(file("k.bc")));
    let mut link = device_link();
    link.args(["link", "--target", &format!("x86_64:{cpu}")]).args(flags).arg(file("k.bc"));
    printed(link.arg("-o").arg(file("dev.offload")));
    printed(device_link().arg("extract").arg(file("dev.offload")).arg("-o").arg(&image));
    image
}

/// The functions of libmvec that an image calls.
fn called(image: &Path) -> Vec<String> {
    let symbols = printed(llvm("llvm-nm").args(["-D", "-u", "-j"]).arg(image));
    let symbols = String::from_utf8(symbols).expect("text");
    let names = symbols.lines().filter_map(|name| name.split('@').next());
    names.filter(|name| name.starts_with("_ZGV")).map(ToOwned::to_owned).collect()
}

fn call(image: &Path, kernel: &str) -> Vec<u8> {
    let mut driver = Command::new(image.with_file_name("driver"));
    driver.arg(image).arg(kernel).arg((usize::from(ITEMS) * size_of::<f64>()).to_string());
    let geometry = pack_geometry([u32::from(ITEMS), 1, 1], [1; 3]);
    printed(driver.args(geometry.map(|slot| slot.to_string())).arg("p"))
}

/// How many numbers lie between two, and one more.
fn apart(a: i64, b: i64) -> u64 {
    let ordered = |bits: i64| if bits < 0 { i64::MIN - bits } else { bits };
    ordered(a).abs_diff(ordered(b))
}

type Functions<T> = [(&'static str, fn(T) -> T); 5];

const F64: Functions<f64> = [
    ("sin_f64", f64::sin),
    ("cos_f64", f64::cos),
    ("exp_f64", f64::exp),
    ("log_f64", f64::ln),
    ("pow_f64", |x| x.powf(1.5 - x)),
];

const F32: Functions<f32> = [
    ("sin_f32", f32::sin),
    ("cos_f32", f32::cos),
    ("exp_f32", f32::exp),
    ("log_f32", f32::ln),
    ("pow_f32", |x| x.powf(1.5 - x)),
];

/// Every result is at most so far from libm's.
#[track_caller]
fn check(image: &Path, most: u64) {
    for (kernel, function) in F64 {
        for (item, bytes) in (0..ITEMS).zip(call(image, kernel).chunks_exact(size_of::<f64>())) {
            let found = i64::from_le_bytes(bytes.try_into().expect("8 bytes"));
            let wanted = function(0.25 + 0.031_25 * f64::from(item)).to_bits().cast_signed();
            assert!(apart(found, wanted) <= most, "{kernel}, item {item}: {found:x}, {wanted:x}");
        }
    }
    for (kernel, function) in F32 {
        for (item, bytes) in (0..ITEMS).zip(call(image, kernel).chunks_exact(size_of::<f32>())) {
            let found = i32::from_le_bytes(bytes.try_into().expect("4 bytes"));
            let wanted = function(0.25 + 0.031_25 * f32::from(item)).to_bits().cast_signed();
            let apart = apart(found.into(), wanted.into());
            assert!(apart <= most, "{kernel}, item {item}: {found:x}, {wanted:x}");
        }
    }
}

#[test]
fn functions_of_the_processor_and_no_other() {
    let (avx2, avx512) = (is_x86_feature_detected!("avx2"), is_x86_feature_detected!("avx512bw"));
    let processors = [
        ("x86-64", "b", true),
        ("x86-64-v3", "bd", avx2),
        ("haswell", "bd", avx2),
        ("x86-64-v4", "bde", avx512),
    ];
    for (cpu, letters, runs) in processors {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let image = link(folder.path(), cpu, &[]);
        let called = called(&image);
        for function in ["sin", "sinf", "cos", "cosf", "exp", "expf", "log", "logf", "pow", "powf"] {
            let of_function = |name: &&String| name.ends_with(&format!("_{function}"));
            assert!(called.iter().any(|name| of_function(&name)), "{cpu}, {function}: {called:?}");
        }
        let letter = |name: &String| name.chars().nth("_ZGV".len()).expect("a letter");
        assert!(called.iter().all(|name| letters.contains(letter(name))), "{cpu}: {called:?}");
        if runs {
            check(&image, MOST);
        }
    }
}

#[test]
fn no_vectors_where_they_are_not_wanted() {
    for flags in [&["--vector-math=none"][..], &["--vector-math=none", "-O3"], &["-O0"]] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let image = link(folder.path(), "x86-64", flags);
        assert_eq!(called(&image), [""; 0], "{flags:?}");
        let needed = printed(llvm("llvm-readelf").arg("-d").arg(&image));
        assert!(!String::from_utf8_lossy(&needed).contains("libmvec"), "{flags:?}");
        check(&image, 0);
    }
}
