//! Option prices: exponentials, logarithms and branches.
//@ launch 2 32
//@ u64 64
//@ f64 0.05
//@ in f64 64 wave
//@ out f64 128
//@ close 1e-11

use crate::device::{global_x, input, own_range};

fn normal(x: f64) -> f64 {
    let k = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let terms = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * k);
    let tail = (-0.5 * x * x).exp() * 0.398_942_280_401 * sum;
    if x > 0.0 { 1.0 - tail } else { tail }
}

#[unsafe(no_mangle)]
pub extern "C" fn black_scholes(n: usize, rate: f64, prices: *const f64, out: *mut f64) {
    let prices = input(prices, n);
    let i = global_x();
    let Some(out) = own_range(out, 2 * n, 2 * i, 2) else { return };
    let (spot, strike, years, volatility) =
        (50.0 + 20.0 * prices[i], 55.0, 0.5 + prices[(i + 1) % n].abs(), 0.3);
    let d1 =
        ((spot / strike).ln() + (rate + 0.5 * volatility * volatility) * years) / (volatility * years.sqrt());
    let d2 = d1 - volatility * years.sqrt();
    let discounted = strike * (-rate * years).exp();
    out[0] = spot * normal(d1) - discounted * normal(d2);
    out[1] = discounted * normal(-d2) - spot * normal(-d1);
}
