//! `train DICTIONARY FILE...`: makes a dictionary of what the records in objects and libraries have in common. `cargo
//! xtask dictionary` runs it over the programs in `examples`.

use std::error::Error;
use std::path::PathBuf;

/// As large as pays: twice as much saves a hundredth more.
const SIZE: usize = 32 * 1024;

/// The compressor's trainer looks at samples of at most this size, and a dictionary helps at the beginning.
const SAMPLE: usize = 64 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let output = arguments.next().ok_or("where to?")?;
    let mut files: Vec<_> = arguments.collect();
    files.sort();
    let mut samples = Vec::new();
    for file in files {
        let bytes = std::fs::read(&file)?;
        for start in memchr::memmem::find_iter(&bytes, &offload_records::MAGIC) {
            let Some(Ok(record)) = offload_records::records(&bytes[start..]).next() else { continue };
            let mut content = record.content()?;
            content.truncate(SAMPLE);
            samples.push(content);
        }
    }
    let dictionary = zstd::dict::from_samples(&samples, SIZE)?;
    std::fs::write(output, dictionary)?;
    Ok(())
}
