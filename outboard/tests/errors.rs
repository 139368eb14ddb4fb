//! The exact text of the errors that programs meet.

use outboard::Error;
use outboard::prelude::*;

/// Compares the text, with this file's name and the places in it left out: they change with every edit.
#[track_caller]
fn check(result: Result<(), Error>, expected: &str) {
    let text = result.expect_err("an error").to_string();
    let mut shown = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(file!()) {
        shown += &rest[..at];
        shown += "FILE";
        let place = &rest[at + file!().len()..];
        rest = place.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
        // The colon behind the place is the message's.
        if place.len() > rest.len() && place[..place.len() - rest.len()].ends_with(':') {
            shown.push(':');
        }
    }
    shown += rest;
    assert_eq!(shown, expected);
}

#[test]
fn slices_that_are_too_short() {
    let mut y = [0u32; 10];
    check(
        Device::default().over(11).run(each(&mut y), |it, y| *y.of(it) = 1),
        "a slice of 10 elements is too short: 11 items need 11\n\
         help: launch over the length of the slice that the items change",
    );
    check(
        Device::default().over(5).run(each_chunk(&mut y, 3), |it, y| y.of(it)[0] = 1),
        "a slice of 10 elements is too short: 5 items need 15\n\
         help: launch over the length of the slice that the items change",
    );
    check(
        Device::default().over(1).run(each_chunk(&mut y, 0), |it, y| y.of(it)[0] = 1),
        "a slice of 10 elements is too short: 1 items need 1\n\
         help: launch over the length of the slice that the items change",
    );
    check(
        [1u32; 20].offload().map(|x| *x).collect_into(&mut y),
        "a slice of 10 elements is too short: 20 items need 20\n\
         help: launch over the length of the slice that the items change",
    );
    assert_eq!(y, [0; 10]);
    assert!(Device::default().over(4).run(each_chunk(&mut y, 3), |it, y| y.of(it)[0] = 1).is_ok());
}

#[test]
fn more_items_than_there_are_numbers() {
    check(
        Device::default().over((usize::MAX, 2)).run((), |_, ()| {}),
        "18446744073709551615 x 2 x 1 is more than a launch can have\nhelp: have each item do more, or launch in parts",
    );
    check(
        Device::default().blocks(1usize << 40, 1).run((), |_, ()| {}),
        "1099511627776 x 1 x 1 is more than a launch can have\nhelp: have each item do more, or launch in parts",
    );
}

// Miri ends where memory is not there, instead of telling.
#[cfg(not(miri))]
#[test]
fn too_much_memory() {
    let huge = usize::MAX / 16;
    check(
        Device::default().scope(|d| d.alloc(huge, 0u64).map(|_| ())),
        "no memory for 9223372036854775800 bytes\nhelp: work on a part at a time",
    );
    check(
        (0..huge).offload().collect_vec().map(|_| ()),
        "no memory for 9223372036854775800 bytes\nhelp: work on a part at a time",
    );
}

fn second_digit<'k>(it: Item<'k>, (x, y): (&'k [u32], Own<'k, u32>)) {
    *y.of(it) = 100 / (x[it.index() + 1] - 1);
}

#[test]
fn panics_of_kernels() {
    let device = Device::cpu();
    let mut y = [0u32; 4];
    let help = "help: `OUTBOARD_DEVICE=cpu` runs kernels on the CPU, where a debugger can follow them";
    check(
        device.over(3).run((&[5u32, 6, 7], each(&mut y)), second_digit),
        &format!(
            "the kernel `errors::second_digit` panicked in item (2, 0, 0) at FILE: index out of bounds: \
             the len is 3 but the index is 3\n{help}"
        ),
    );
    // What ran before is there: a launch is not undone.
    assert_eq!(y[..2], [20, 16]);
    check(
        device.over(1).run((&[5u32, 1], each(&mut y)), second_digit),
        &format!(
            "the kernel `errors::second_digit` panicked in item (0, 0, 0) at FILE: attempt to divide by zero\n{help}"
        ),
    );
    check(
        device
            .over((3, 5))
            .run((), |it, ()| assert!(it.y() < 4 || it.x() < 1, "item {} is {}", it.index(), "bad")),
        &format!(
            "the kernel `errors::panics_of_kernels::{{{{closure}}}}` panicked in item (1, 4, 0) at FILE: item 13 is bad\n{help}"
        ),
    );
    check(
        device.over(1).run((), |_, ()| std::panic::panic_any(5)),
        &format!(
            "the kernel `errors::panics_of_kernels::{{{{closure}}}}` panicked in item (0, 0, 0) at FILE: \
             a panic whose payload is no text\n{help}"
        ),
    );
}

#[test]
fn panics_on_a_device() {
    let device = Device::default();
    let mut y = [0u32; 4];
    let result = device.over(3).run((&[5u32, 6, 7], each(&mut y)), second_digit);
    check(
        result,
        "the kernel `errors::second_digit` panicked in item (2, 0, 0) at FILE: index out of bounds: \
         the len is 3 but the index is 3\n\
         help: `OUTBOARD_DEVICE=cpu` runs kernels on the CPU, where a debugger can follow them",
    );
    // The launch is over, and the next one is not its affair.
    assert_eq!(y[..2], [20, 16]);
    let result = device.over(2).run((&[5u32, 6, 7], each(&mut y)), second_digit);
    assert!(result.is_ok(), "{result:?}");
    assert!(y.offload_mut().on(&device).for_each(|_| panic!("a message")).is_err());
}

/// The item that panicked.
fn culprit(result: Result<(), Error>) -> Option<[usize; 3]> {
    match result {
        Err(Error::DevicePanic { item, .. }) => item,
        other => panic!("no panic of a kernel: {other:?}"),
    }
}

/// Not only the kernel itself panics, and not only in items that are asked for one coordinate.
#[inline(never)]
fn refuse(index: usize, bad: usize) {
    assert!(index != bad, "the bad one");
}

#[test]
fn the_item_that_panicked_is_known() {
    // Miri is slow.
    let (n, [w, h, d], threads) = if cfg!(miri) { (300, [4, 3, 2], 2) } else { (1000, [40, 9, 3], 32) };
    let device = Device::default();
    for bad in [0, 1, n / 3, n - 1] {
        let expected = Some([bad, 0, 0]);
        assert_eq!(culprit(device.over(n).run((), move |it, ()| refuse(it.index(), bad))), expected);
        let mut y = vec![0u32; n];
        let by_iterator = y.offload_mut().enumerate().for_each(move |(i, y)| {
            *y = 1;
            refuse(i, bad);
        });
        assert_eq!(culprit(by_iterator), expected);
    }
    for bad in [[0, 0, 0], [w - 1, 0, 0], [2, h - 1, 0], [w - 1, h - 1, d - 1]] {
        let number = move |it: Item<'_>| (it.z() * h + it.y()) * w + it.x();
        let bad_number = (bad[2] * h + bad[1]) * w + bad[0];
        let result = device.over((w, h, d)).run((), move |it, ()| refuse(number(it), bad_number));
        assert_eq!(culprit(result), Some(bad));
        if bad[2] == 0 {
            let result = device.over((w, h)).run((), move |it, ()| refuse(number(it), bad_number));
            assert_eq!(culprit(result), Some(bad));
        }
    }
    for (block, thread) in [(0, 0), (0, threads - 1), (2, 1), (4, threads - 1)] {
        let kernel = move |it: BlockItem<'_>, ()| {
            refuse(it.block_x() * 100 + it.thread_x(), block * 100 + thread);
        };
        let error = device.blocks(5, threads).run((), kernel).expect_err("a panic");
        let item = block * threads + thread;
        let place =
            format!("panicked in item ({item}, 0, 0), thread ({thread}, 0, 0) of block ({block}, 0, 0), at ");
        assert!(error.to_string().contains(&place), "{error}");
        assert_eq!(culprit(Err(error)), Some([item, 0, 0]));
    }
}

#[test]
fn main_prints_the_text_of_an_error() {
    let error = Device::default().over(4).run(each(&mut [0u8; 3]), |it, y| *y.of(it) = 1).expect_err("short");
    assert_eq!(
        format!("Error: {error:?}"),
        "Error: a slice of 3 elements is too short: 4 items need 4\n\
         help: launch over the length of the slice that the items change"
    );
}

#[test]
fn a_panic_stops_all_threads() {
    let mut counts = [0u32; 1];
    let error = Device::cpu().over(1 << 24).run(atomic(&mut counts), |it, counts| {
        assert!(it.index() != 5, "stop");
        counts.add(0, 1);
    });
    assert!(matches!(error, Err(Error::DevicePanic { item: Some([5, 0, 0]), .. })), "{error:?}");
    assert!(counts[0] < 1 << 24);
}

#[test]
fn panics_of_the_program_itself_are_left_alone() {
    let _ = Device::cpu().over(1).run((), |_, ()| panic!("in a kernel"));
    let outcome = std::panic::catch_unwind(|| panic!("outside"));
    assert_eq!(outcome.expect_err("it panicked").downcast_ref::<&str>(), Some(&"outside"));
}

#[test]
fn devices_that_are_not_there() {
    if Device::default().is_cpu() {
        check(
            Device::number(3).map(|_| ()),
            "there is no device 3: the program can use 0, counted from 0\nhelp: `Device::all()` lists them",
        );
    }
}

#[test]
fn parts_of_what_is_mapped() {
    let x = [1u32; 100];
    let result = Device::default().scope(|d| {
        let _first = d.to(&x[..60]);
        let second = d.to(&x[40..]);
        second.offload().sum().map(|_| ())
    });
    if Device::default().is_cpu() {
        assert!(result.is_ok());
    } else {
        check(
            result,
            "a slice of 240 bytes is on the device in part, and cannot be mapped as a whole\n\
             help: map the whole slice once, and use parts of it in the scope",
        );
    }
}

#[test]
fn images_are_known_at_run_time() {
    let device = Device::default();
    let mut y = [0u32; 4];
    let found = device.over(4).kernel_info(&each(&mut y), &|it: Item<'_>, y: Own<'_, u32>| *y.of(it) = 1);
    let info = device.info();
    assert_eq!(found.images, info.images);
    if !outboard::built_with_plugin() {
        assert_eq!((info.number, info.count, info.images.len()), (None, 0, 0));
    } else if !device.is_cpu() {
        assert_eq!((info.number, Device::all().len()), (Some(0), info.count as usize));
        let [image] = info.images.as_slice() else { panic!("{:?}", info.images) };
        assert!(image.triple == "x86_64-unknown-linux-gnu" && image.bytes > 0, "{image:?}");
    }
}
