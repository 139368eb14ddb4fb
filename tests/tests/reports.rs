//! What device code prints and where it panics, read from the buffer as a host does that gave it to the device.

use std::path::PathBuf;

use abi::reports::{Header, PANICKED, PRINTED, Record};
use tests::kernels::build::image;
use tests::kernels::devices::{find_opencl, opencl_runtime};
use tests::{Run, Scratch, compile, device_link, llvm, stable, workspace};

/// A record, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Report {
    kind: u32,
    text: String,
    values: Vec<u64>,
    block: [u32; 3],
    thread: [u32; 3],
    place: (String, u32, u32),
    kernel: String,
}

/// A device that reports.
struct Device {
    scratch: Scratch,
    target: &'static str,
    bitcode: PathBuf,
    /// Without the arguments.
    driver: Vec<PathBuf>,
}

fn case(name: &str) -> PathBuf {
    workspace().join("tests/cases/reports").join(name)
}

impl Device {
    /// Every device that this machine has.
    fn all() -> Vec<Self> {
        let mut devices = vec![Self::new("x86_64")];
        match find_opencl() {
            Ok(python) => {
                devices.push(Self { driver: vec![python, case("opencl.py")], ..Self::new("spirv64") });
            }
            Err(why) => report(&format!("left out: spirv64: {why}")),
        }
        devices
    }

    fn new(target: &'static str) -> Self {
        let scratch = Scratch::new();
        let bitcode = scratch.path("reporting.bc");
        let rustc = Run::new(&stable().rustc).args(["--edition=2024", "--crate-type=lib", "--emit=llvm-bc"]);
        rustc.args(["-O", "-Cpanic=abort", "-o"]).arg(&bitcode).arg(case("reporting.rs")).ok();
        let driver = scratch.path("driver");
        let clang = Run::new(llvm().tool("clang")).arg("-O1").arg(case("libomptarget.c"));
        clang.args(compile::link_flags()).arg("-o").arg(&driver).ok();
        Self { scratch, target, bitcode, driver: vec![driver] }
    }

    /// Links with `flags`, and runs a kernel on `items` with a buffer of `capacity` bytes.
    fn run(
        &self,
        flags: &[&str],
        kernel: &str,
        items: u32,
        bad: u64,
        capacity: usize,
    ) -> (Header, Vec<Report>) {
        let container = self.scratch.path("dev.offload");
        let link = Run::new(device_link()).args(["link", "--target", self.target]).args(flags);
        link.arg(&self.bitcode).arg("-o").arg(&container).ok();
        let driver = Run::new(&self.driver[0]).args(&self.driver[1..]);
        let driver = driver.env("OCL_ICD_VENDORS", opencl_runtime()).env("OMP_TARGET_OFFLOAD", "MANDATORY");
        let driver = driver.arg(image(&self.scratch, &container, "dev")).arg(kernel);
        let ran = driver.args([items.to_string(), bad.to_string(), capacity.to_string()]).ok();
        let (header, records) = ran.output.split_at(size_of::<Header>());
        let word = |index: usize| u64::from_le_bytes(header[8 * index..][..8].try_into().expect("8 bytes"));
        let header = Header { capacity: word(0), used: word(1), panicked: word(2), round: word(3) };
        let mut found = reports(records);
        // Threads report in any order.
        found.sort();
        (header, found)
    }

    /// A text that item `i` of `kernel` prints.
    fn printed(&self, kernel: &str, i: u32, text: &str, values: &[u64]) -> Report {
        let place = (String::new(), 0, 0);
        let (text, kernel) = (text.to_owned(), kernel.to_owned());
        let (block, thread) = ([i, 0, 0], [0; 3]);
        Report { kind: PRINTED, text, values: values.to_vec(), block, thread, place, kernel }
    }

    /// A panic of item `i` where `code` stands in reporting.rs.
    fn panicked(&self, kernel: &str, i: u32, text: &str, code: &str) -> Report {
        let path = case("reporting.rs");
        let source = std::fs::read_to_string(&path).expect("the case can be read");
        let mut lines = (1..).zip(source.lines());
        let (line, column) =
            lines.find_map(|(line, text)| Some((line, text.find(code)?))).expect("the source has the code");
        let column = u32::try_from(column + 1).expect("small");
        let place = (path.display().to_string(), line, column);
        Report { kind: PANICKED, place, ..self.printed(kernel, i, text, &[]) }
    }

    /// What items `from..to` print that get to the end of `reporting`.
    fn whole(&self, items: impl Iterator<Item = u32> + Clone) -> Vec<Report> {
        let first = items.clone().map(|i| self.first(i));
        first.chain(items.map(|i| self.printed("reporting", i, "item {} is through", &[i.into()]))).collect()
    }

    fn first(&self, i: u32) -> Report {
        let number = u64::from(i);
        self.printed("reporting", i, "item {} gives {}", &[number, number * number])
    }
}

fn reports(mut bytes: &[u8]) -> Vec<Report> {
    let mut found = Vec::new();
    while bytes.len() >= size_of::<Record>() {
        let word = |index: usize| u32::from_le_bytes(bytes[4 * index..][..4].try_into().expect("4 bytes"));
        let size = word(0) as usize;
        if size == 0 {
            break;
        }
        let texts = [word(10), word(11), word(12)].map(|length| length as usize);
        let mut rest = &bytes[size_of::<Record>()..size];
        let [kernel, file, text] = texts.map(|length| {
            let (text, tail) = rest.split_at(length);
            rest = tail;
            String::from_utf8(text.to_vec()).expect("text")
        });
        let count = word(13) as usize;
        let values = bytes[size - 8 * count..size].chunks_exact(8);
        let values = values.map(|value| u64::from_le_bytes(value.try_into().expect("8 bytes"))).collect();
        let [block, thread] = [2, 5].map(|first| [first, first + 1, first + 2].map(word));
        let place = (file, word(8), word(9));
        found.push(Report { kind: word(1), text, values, block, thread, place, kernel });
        bytes = &bytes[size..];
    }
    found
}

fn sorted(mut reports: Vec<Report>) -> Vec<Report> {
    reports.sort();
    reports
}

/// What is there when item 1 of 5 panics: the others go on, but where x86_64, which runs them one after the other, is
/// stopped by a trap.
fn around_a_panic(device: &Device, recorded: bool) -> Vec<Report> {
    let stopped = device.target == "x86_64" && !recorded;
    let others: Vec<u32> = if stopped { vec![0] } else { vec![0, 2, 3, 4] };
    device.whole(others.into_iter()).into_iter().chain([device.first(1)]).collect()
}

#[test]
fn prints_and_panics_are_recorded() {
    for device in Device::all() {
        for level in ["-O0", "-O2"] {
            let flags = ["--panic=record", level];
            let (header, found) = device.run(&flags, "reporting", 3, 99, 4096);
            assert_eq!(found, sorted(device.whole(0..3)), "{} {level}", device.target);
            assert_eq!((header.panicked, header.capacity), (0, 4096));
            let (header, found) = device.run(&flags, "reporting", 5, 1, 4096);
            let mut expected = around_a_panic(&device, true);
            expected.push(device.panicked("reporting", 1, "too bad", "panic!("));
            assert_eq!(found, sorted(expected), "{} {level}", device.target);
            assert_eq!(header.panicked, 1);
        }
    }
}

#[test]
fn an_index_out_of_bounds_ends_its_work_item() {
    for device in Device::all() {
        let (header, found) = device.run(&["--panic=record"], "indexing", 10, 1, 4096);
        let rows = [1, 4, 1, 5, 9, 2, 6, 5, 3].into_iter().zip(0..);
        let printed = rows.map(|(row, i)| device.printed("indexing", i, "row {} is {}", &[i.into(), row]));
        let message = "index out of bounds: the len is {} but the index is {}";
        let panicked = Report { values: vec![10, 10], ..device.panicked("indexing", 9, message, "ROWS[(") };
        assert_eq!(found, sorted(printed.chain([panicked]).collect()), "{}", device.target);
        assert_eq!(header.panicked, 1);
    }
}

#[test]
fn what_does_not_fit_is_counted() {
    for device in Device::all() {
        let (whole, found) = device.run(&[], "indexing", 4, 0, 4096);
        let each = usize::try_from(whole.used).expect("small") / found.len();
        let (header, found) = device.run(&[], "indexing", 4, 0, 2 * each + each / 2);
        assert_eq!(found.len(), 2, "{}", device.target);
        assert_eq!(header.used, whole.used, "what was wanted");
    }
}

#[test]
fn panics_are_not_recorded_unless_asked_for() {
    for device in Device::all() {
        let (header, found) = device.run(&[], "reporting", 5, 1, 4096);
        assert_eq!(found, sorted(around_a_panic(&device, false)), "{}", device.target);
        assert_eq!(header.panicked, 0);
    }
}

#[expect(clippy::print_stderr, reason = "a test that leaves something out says so")]
fn report(what: &str) {
    eprintln!("{what}");
}
