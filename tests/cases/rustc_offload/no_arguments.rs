//! A kernel without arguments runs as often as it is launched. What it counts in a static of the image is seen
//! by a kernel that another module, so another codegen unit, launches: the image is loaded once.
//@ prints: 3
//@ moves: 8 to the device, 8 from it

mod counting {
    unsafe extern "C" {
        fn count_call();
    }

    #[inline(never)]
    pub fn count() {
        core::intrinsics::offload::<_, _, ()>(count_call, [1, 1, 1], [1, 1, 1], ());
    }
}

mod reporting {
    unsafe extern "C" {
        fn report_calls(calls: &mut [f64; 1]);
    }

    #[inline(never)]
    pub fn report(calls: &mut [f64; 1]) {
        core::intrinsics::offload::<_, _, ()>(report_calls, [1, 1, 1], [1, 1, 1], (calls,));
    }
}

pub fn run() {
    for _ in 0..std::hint::black_box(3) {
        counting::count();
    }
    let mut calls = std::hint::black_box([0.0]);
    reporting::report(&mut calls);
    println!("{}", calls[0]);
}
