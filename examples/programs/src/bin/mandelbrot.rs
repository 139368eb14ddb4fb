//! The Mandelbrot set as a picture. Shows a launch over two dimensions whose items each own a
//! pixel, in memory that is only copied back.
//!
//! `mandelbrot [WIDTH] [FILE]`

use outboard::prelude::*;
use outboard_examples::{argument, fingerprint};
use std::fs::File;
use std::io::BufWriter;

type Pixel = [u8; 3];

const LIMIT: u32 = 500;

/// After how many steps the point is known to run away; `LIMIT` if it is not.
fn steps(re: f64, im: f64) -> u32 {
    let (mut x, mut y) = (0.0, 0.0);
    for step in 0..LIMIT {
        (x, y) = (x * x - y * y + re, 2.0 * x * y + im);
        if x * x + y * y > 4.0 {
            return step;
        }
    }
    LIMIT
}

fn color(steps: u32) -> Pixel {
    if steps == LIMIT {
        return [0; 3];
    }
    [3, 5, 9].map(|speed| (steps * speed % 256) as u8)
}

fn main() -> anyhow::Result<()> {
    let width = argument(1, 1200)?;
    let file = std::env::args().nth(2).unwrap_or_else(|| "mandelbrot.png".into());
    let height = width * 2 / 3;
    let device = Device::default();
    let mut image: Vec<Pixel> = vec![[0; 3]; width * height];
    let scale = 3.0 / width as f64;
    device.scope(|d| {
        // Only written: nothing is copied to the device.
        let mut image = d.from(&mut image);
        d.over((width, height)).run(each(&mut image), move |it, pixel| {
            *pixel.of(it) = color(steps(it.x() as f64 * scale - 2.0, it.y() as f64 * scale - 1.0));
        })
    })?;

    let mut encoder = png::Encoder::new(BufWriter::new(File::create(&file)?), width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(image.as_flattened())?;
    println!("{width} x {height} pixels: {}", fingerprint(image.as_flattened().iter().copied()));
    println!("{}", device.stats());
    Ok(())
}
