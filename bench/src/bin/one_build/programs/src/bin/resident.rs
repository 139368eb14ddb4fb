//! The smallest launches of the crate, of data that is on the device. A line with a case on standard input is a turn:
//! so many launches are timed, and nanoseconds a launch are printed.

use outboard::prelude::*;
use std::time::Instant;

const LAUNCHES: u32 = 100;

/// A buffer of 64 bytes.
type Buffer = [u64; 8];

fn main() -> Result<(), outboard::Error> {
    let device = Device::default().require();
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = [Buffer::default(); 8];
    device.scope(|scope| {
        let [mut a, mut b, mut c, mut d] = [&mut a, &mut b, &mut c, &mut d].map(|buffer| scope.tofrom(&mut buffer[..]));
        let [mut e, mut f, mut g, mut h] = [&mut e, &mut f, &mut g, &mut h].map(|buffer| scope.tofrom(&mut buffer[..]));
        for line in std::io::stdin().lines() {
            let start = Instant::now();
            for _ in 0..LAUNCHES {
                let over = scope.over(1);
                match line.as_deref() {
                    // Nothing that it could write to: the check is the kernel's work.
                    Ok("0") => over.run(0u64, |it, limit| assert!(it.index() as u64 <= limit))?,
                    Ok("1") => over.run(each(&mut a), |it, a| *a.of(it) += 1)?,
                    Ok("4") => over.run(
                        (each(&mut a), each(&mut b), each(&mut c), each(&mut d)),
                        |it, (a, b, c, d)| {
                            for buffer in [a, b, c, d] {
                                *buffer.of(it) += 1;
                            }
                        },
                    )?,
                    _ => over.run(
                        (
                            (each(&mut a), each(&mut b), each(&mut c), each(&mut d)),
                            (each(&mut e), each(&mut f), each(&mut g), each(&mut h)),
                            (1u64, 2u64, 3u64, 4u64, 5u64, 6u64, 7u64),
                        ),
                        |it, ((a, b, c, d), (e, f, g, h), (p, q, r, s, t, u, v))| {
                            for buffer in [a, b, c, d, e, f, g, h] {
                                *buffer.of(it) += p * q * r * s * t * u * v;
                            }
                        },
                    )?,
                }
            }
            println!("{}", start.elapsed().as_nanos() as f64 / f64::from(LAUNCHES));
        }
        Ok(())
    })
}
