//! Images that are loaded and called: every geometry, every slot, every kind of input.

use crate::support::{device_link, llvm, printed};
use abi::launch::pack_geometry;
use std::path::{Path, PathBuf};

/// A folder with the driver in it, for one test.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let driver = folder.path().join("driver");
        printed(llvm("clang").args(["-O1", "driver.c", "-ldl", "-o"]).arg(driver));
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Compiles a case with clang.
    fn compile(&self, source: &str, output: &str, flags: &[&str]) -> PathBuf {
        let output = self.file(output);
        printed(llvm("clang").args(flags).args(["-c", source, "-o"]).arg(&output));
        output
    }

    /// Links `inputs` and returns the image.
    fn link(&self, inputs: &[&Path], flags: &[&str]) -> PathBuf {
        let (container, image) = (self.file("dev.offload"), self.file("image.so"));
        printed(device_link().arg("link").args(inputs).args(flags).arg("-o").arg(&container));
        assert_eq!(printed(device_link().arg("verify").arg(&container)), b"", "nothing to note");
        printed(device_link().arg("extract").arg(&container).arg("-o").arg(&image));
        image
    }

    /// Calls `kernel` with a buffer of `count` zeros, and returns it.
    fn call(&self, image: &Path, kernel: &str, count: usize, slots: &[String]) -> Vec<u64> {
        let mut driver = std::process::Command::new(self.file("driver"));
        let bytes = printed(driver.arg(image).arg(kernel).arg((8 * count).to_string()).args(slots));
        bytes.chunks_exact(8).map(|chunk| u64::from_le_bytes(chunk.try_into().expect("8 bytes"))).collect()
    }
}

fn launch(grid: [u32; 3], block: [u32; 3], slots: &[&str]) -> Vec<String> {
    let geometry = pack_geometry(grid, block).map(|slot| slot.to_string());
    geometry.into_iter().chain(slots.iter().map(|slot| (*slot).to_owned())).collect()
}

/// What `record` writes: ids plus one, once for every work item.
fn expected(grid: [u32; 3], block: [u32; 3]) -> Vec<u32> {
    let extent = [0, 1, 2].map(|axis| grid[axis] * block[axis]);
    let mut out = Vec::new();
    for z in 0..extent[2] {
        for y in 0..extent[1] {
            for x in 0..extent[0] {
                let at = [x, y, z];
                out.extend([0, 1, 2].map(|axis| at[axis] / block[axis] + 1));
                out.extend([0, 1, 2].map(|axis| at[axis] % block[axis] + 1));
            }
        }
    }
    out
}

#[test]
fn every_work_item_once_and_in_its_place() {
    let bench = Bench::new();
    let geometries = [
        ([1, 1, 1], [1, 1, 1]),
        ([7, 1, 1], [13, 1, 1]),
        ([17, 1, 1], [1, 1, 1]),
        ([3, 5, 1], [2, 7, 1]),
        ([1, 1, 11], [1, 3, 1]),
        ([2, 3, 5], [3, 2, 7]),
        ([0, 1, 1], [4, 1, 1]),
        ([4, 0, 1], [4, 1, 1]),
        ([4, 1, 0], [4, 1, 1]),
        ([4, 1, 1], [0, 1, 1]),
        ([4, 1, 1], [4, 0, 1]),
        ([4, 1, 1], [4, 1, 0]),
    ];
    for (clang, link) in [("-O0", "-O0"), ("-O0", "-O2"), ("-O2", "-O1"), ("-O3", "-O3")] {
        let bitcode = bench.compile("work_items.c", "k.bc", &[clang, "-g", "-emit-llvm"]);
        let image = bench.link(&[&bitcode], &[link]);
        for (grid, block) in geometries {
            let expected = expected(grid, block);
            let count = expected.len().div_ceil(2) + 1;
            let found = bench.call(&image, "record", count, &launch(grid, block, &["p"]));
            let found: Vec<_> = found.iter().flat_map(|pair| [*pair as u32, (*pair >> 32) as u32]).collect();
            let (items, rest) = found.split_at(expected.len());
            assert_eq!(items, expected, "clang {clang}, device-link {link}, {grid:?} x {block:?}");
            assert!(rest.iter().all(|number| *number == 0), "nothing behind the last item is touched");
        }
    }
}

#[test]
fn guards_and_kernels_that_call_kernels() {
    let bench = Bench::new();
    let bitcode = bench.compile("work_items.c", "k.bc", &["-O2", "-emit-llvm"]);
    let image = bench.link(&[&bitcode], &["--kernel", "guarded", "--kernel", "twice"]);
    for n in [0usize, 1, 2, 97, 255, 256, 257, 1009] {
        for (kernel, times) in [("guarded", 1), ("twice", 2)] {
            let grid = u32::try_from(n.div_ceil(64)).expect("small") + 1;
            let found =
                bench.call(&image, kernel, n, &launch([grid, 1, 1], [64, 1, 1], &[&n.to_string(), "p"]));
            let found: Vec<_> = found.iter().flat_map(|pair| [*pair as u32, (*pair >> 32) as u32]).collect();
            let item = |index: usize| if index < n { times * (3 * index as u32 + 1) } else { 0 };
            assert!(found.iter().enumerate().all(|(index, value)| *value == item(index)), "{kernel} {n}");
        }
    }
}

#[test]
fn every_type_of_slot() {
    let bench = Bench::new();
    let image = bench.link(&[Path::new("slots.ll")], &[]);
    let values: [u64; 8] = [
        0xffff_ffff_ffff_fff1,
        0xaaaa_aaaa_aaaa_aa85,
        0xbbbb_bbbb_bbbb_8001,
        0xcccc_cccc_ccfe_dcba,
        0xdddd_dddd_8000_0001,
        0x0123_4567_89ab_cdef,
        0xeeee_eeee_0000_0000 | u64::from(1.5f32.to_bits()),
        (-2.25f64).to_bits(),
    ];
    let slots: Vec<_> = values.iter().map(u64::to_string).collect();
    let slots: Vec<_> = slots.iter().map(String::as_str).chain(["p"]).collect();
    let found = bench.call(&image, "scalars", 8, &launch([1; 3], [1; 3], &slots));
    let wanted = [
        1,
        0x85u8 as i8 as i64 as u64,
        0x8001,
        0xfedcba,
        0x8000_0001,
        0x0123_4567_89ab_cdef,
        1.5f64.to_bits(),
        (-2.25f64).to_bits(),
    ];
    assert_eq!(found, wanted);
    // The structure is read from the buffer, which is zero, and changed by every work item for itself.
    let found = bench.call(&image, "copies", 5, &launch([1; 3], [4, 1, 1], &["p", "p"]));
    assert_eq!(found, [5, 10, 10, 10, 0], "the first item's store to `out` is what later copies start from");
}

#[test]
fn other_inputs_and_libraries() {
    let bench = Bench::new();
    let bitcode = bench.compile("outside.c", "outside.bc", &["-O1", "-emit-llvm"]);
    let object = bench.compile("from_object.c", "from_object.o", &["-O1", "-fPIC"]);
    let image = bench.link(
        &[&bitcode, Path::new("from_module.ll"), &object],
        &["--kernel", "outside", "--entry", "object_entry"],
    );
    let found = bench.call(&image, "outside", 8, &launch([1; 3], [1; 3], &["16", "p"]));
    let division = ((16u128 << 64) / 3) as u64;
    assert_eq!(found[..2], [16f64.sin().to_bits(), 65536f64.to_bits()]);
    assert_eq!(found[2..], [division, 112, 1176, 112, 1176, 0]);
    assert_eq!(bench.call(&image, "object_entry", 4, &["4".to_owned(), "p".to_owned()]), [0, 1, 4, 9]);
}

#[test]
fn objects_call_into_modules() {
    let bench = Bench::new();
    let object = bench.compile("outside.c", "outside.o", &["-O1", "-fPIC"]);
    let data = bench.compile("from_object.c", "from_object.o", &["-O1", "-fPIC"]);
    let image = bench.link(
        &[&object, Path::new("caller.ll"), Path::new("from_module.ll"), &data],
        &["--kernel", "caller"],
    );
    let found = bench.call(&image, "caller", 8, &launch([1; 3], [1; 3], &["8", "p"]));
    assert_eq!(found[3..5], [56, 1088]);
    let exports =
        String::from_utf8(printed(llvm("llvm-nm").args(["-D", "--defined-only", "-j"]).arg(&image)));
    assert_eq!(exports.expect("text"), "caller\n", "kernels alone are exported");
}

/// What rustc makes of equal functions.
#[test]
fn aliases() {
    let bench = Bench::new();
    let image = bench.link(&[Path::new("aliases.ll")], &[]);
    for kernel in ["original", "alias", "alias_of_alias"] {
        let found = bench.call(&image, kernel, 3, &launch([3, 1, 1], [1; 3], &["p"]));
        assert_eq!(found, [0, 1, 2], "{kernel}");
    }
}

#[test]
fn entries_of_their_own() {
    let bench = Bench::new();
    let image = bench.link(&[Path::new("entry.ll")], &["--entry", "fill"]);
    assert_eq!(bench.call(&image, "fill", 4, &["3".to_owned(), "p".to_owned()]), [0, 1, 2, 0]);
    let object = bench.compile("from_object.c", "from_object.o", &["-O1", "-fPIC"]);
    let image = bench.link(&[&object], &["--entry", "object_entry"]);
    assert_eq!(bench.call(&image, "object_entry", 3, &["3".to_owned(), "p".to_owned()]), [0, 1, 4]);
}

#[test]
fn processors() {
    let bench = Bench::new();
    // Intrinsics of a processor need it, also where the kernel's callers don't name it.
    let flags = ["-O2", "-emit-llvm", "-march=x86-64-v2"];
    let bitcode = bench.compile("work_items.c", "k.bc", &flags);
    for arch in ["", "x86-64", "native", "x86-64,x86-64-v2", "x86-64,x86-64-v3,x86-64-v4"] {
        let image = bench.link(&[&bitcode], &["--target", &format!("x86_64:{arch}"), "--kernel", "guarded"]);
        let found = bench.call(&image, "guarded", 2, &launch([1; 3], [4, 1, 1], &["4", "p"]));
        assert_eq!(found, [1 | 4 << 32, 7 | 10 << 32], "{arch}");
    }
}

#[test]
fn what_a_link_tells() {
    let bench = Bench::new();
    let (temps, container) = (bench.file("temps"), bench.file("dev.offload"));
    let link = |flags: &[&str]| {
        let mut command = device_link();
        command.args(["link", "names.ll", "--target", "x86_64:x86-64-v3"]);
        command.arg(format!("--save-temps={}", temps.display()));
        let text = printed(command.args(flags).arg("-o").arg(&container));
        String::from_utf8(text).expect("text")
    };
    assert_eq!(link(&[]), "");
    let verbose = link(&["-v"]);
    let lines: Vec<_> = verbose.lines().collect();
    assert!(
        lines[0].starts_with("image 0: x86_64-unknown-linux-gnu x86-64-v3, object, openmp, "),
        "{verbose}"
    );
    assert_eq!(lines[1..3], ["  axpy(geometry, pointer)", "  scale(geometry, pointer)"]);
    assert!(lines[3].starts_with("command: ") && lines[3].contains("ld.lld"), "{verbose}");
    let json = link(&["--message-format", "json"]);
    assert!(json.starts_with("{\"reason\":\"linked\",\"output\":") && json.lines().count() == 1, "{json}");
    assert!(json.contains("\"images\":[{\"triple\":\"x86_64-unknown-linux-gnu\""), "{json}");
    let mut files: Vec<_> = std::fs::read_dir(&temps)
        .expect("made")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ["entries.ll", "kernels.o", "kernels.so", "linked.ll", "optimized.ll"]);
}

#[test]
fn the_same_bytes_every_time() {
    let bench = Bench::new();
    let link = |folder: &str| {
        std::fs::create_dir_all(bench.file(folder)).expect("writable");
        let bitcode = bench.compile("work_items.c", &format!("{folder}/k.bc"), &["-O2", "-g", "-emit-llvm"]);
        bench.link(&[&bitcode], &[]);
        std::fs::read(bench.file("dev.offload")).expect("written")
    };
    let first = link("here");
    assert_eq!(link("here"), first);
    assert_eq!(link("somewhere/else"), first, "the place of the input is not in the image");
}
