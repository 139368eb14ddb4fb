//! `cargo xtask demo`: a real program, from its source to its run on a device.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{run, setup};
use xtask::tools::Llvm;

/// libomptarget prints every transfer. Source: `OMP_INFOTYPE_DATA_TRANSFER`, Shared/Debug.h (LLVM 22.1).
const INFO_DATA_TRANSFER: &str = "32";

/// The task.
pub(crate) fn run() -> Result<()> {
    setup::ensure(setup::Purpose::Run)?;
    let llvm = Llvm::find()?;
    println!("\n1. the plugin and the device linker");
    run::build_products("release")?;
    let folder = run::built("demo");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file = |name: &str| folder.join(name);
    let heat = run::root().join("examples/heat");

    println!("\n2. the kernels: Rust to bitcode, bitcode to an image for the device");
    run::shown(&mut compile_kernels(&heat.join("kernels.rs"), &file("kernels.bc")))?;
    let mut link = run::in_root(run::built("release").join("device-link"));
    run::shown(link.arg("link").arg(file("kernels.bc")).arg("-o").arg(file("heat.offload")))?;

    println!("\n3. the host program: stock rustc with the plugin, which embeds the image");
    let (source, container) = (heat.join("main.rs"), file("heat.offload"));
    run::shown(&mut compile_host(&llvm, &source, &container, &file("heat")))?;

    println!("\n4. the run");
    let mut list = run::in_root(run::built("release").join("device-link"));
    let (images, _) = run::captured(list.args(["list", "--json"]).arg(file("heat.offload")))?;
    let mut heat = Command::new(file("heat"));
    let (printed, info) = run::captured(heat.env("LIBOMPTARGET_INFO", INFO_DATA_TRANSFER))?;
    let moved = Moved::parse(&info);
    println!("{}", describe_images(&images)?);
    println!("transfers   {} MiB to the device, {} MiB from it", moved.to >> 20, moved.from >> 20);
    print!("{printed}");
    println!("\nYou can run it again: LIBOMPTARGET_INFO=32 {}", file("heat").display());
    Ok(())
}

/// Kernels know nothing of panics and unwinding, and hold no debug info that a host would want.
fn compile_kernels(source: &Path, bitcode: &Path) -> Command {
    let mut command = run::in_root("rustc");
    command.args(["--edition=2024", "--crate-type=lib", "--emit=llvm-bc", "-O", "-Cpanic=abort"]);
    command.arg(source).arg("-o").arg(bitcode);
    command
}

/// `-Z llvm-plugins` is what stable rustc takes only with `RUSTC_BOOTSTRAP=1`.
fn compile_host(llvm: &Llvm, source: &Path, container: &Path, program: &Path) -> Command {
    let lib = llvm.lib_dir();
    let plugin = run::built("release").join("liboutboard_pass.so");
    let mut command = run::in_root("rustc");
    command.env("RUSTC_BOOTSTRAP", "1").args(["--edition=2024", "-O"]);
    command.arg(format!("-Zllvm-plugins={}", plugin.display()));
    command.arg(format!("-Cpasses=offload-host<images={}>", escaped(container)));
    command.arg("-L").arg(format!("native={}", lib.display())).args(["-lomptarget", "-lomp"]);
    command.arg(format!("-Clink-arg=-Wl,-rpath,{}", lib.display()));
    command.arg(source).arg("-o").arg(program);
    command
}

/// A path as a pass parameter: bytes that the pipeline's text gives a meaning to, blanks and others are `%XX`.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        if !byte.is_ascii_graphic() || b",()<>;%".contains(&byte) {
            text.push_str(&format!("%{byte:02X}"));
        } else {
            text.push(char::from(byte));
        }
    }
    text
}

/// What `device-link list --json` tells, a line for each image.
fn describe_images(json: &str) -> Result<String> {
    let list: serde_json::Value = serde_json::from_str(json).context("device-link list printed no JSON")?;
    let images = list["images"].as_array().context("device-link list told of no images")?;
    let describe = |image: &serde_json::Value| {
        let kernels = image["kernels"].as_array().into_iter().flatten();
        let names: Vec<_> = kernels.filter_map(|kernel| kernel["name"].as_str()).collect();
        let triple = image["triple"].as_str().unwrap_or_default();
        format!("image       {triple}, {} bytes\nkernels     {}", image["size"], names.join(", "))
    };
    Ok(images.iter().map(describe).collect::<Vec<_>>().join("\n"))
}

/// Bytes that libomptarget copied.
#[derive(Debug, Default, PartialEq, Eq)]
struct Moved {
    to: u64,
    from: u64,
}

impl Moved {
    /// Adds up lines such as `Copying data from host to device, HstPtr=0x…, TgtPtr=0x…, Size=8192, Name=unknown`.
    fn parse(info: &str) -> Self {
        let mut moved = Self::default();
        for line in info.lines() {
            let Some((_, size)) = line.split_once(", Size=") else { continue };
            let size = size.split(',').next().and_then(|size| size.parse::<u64>().ok()).unwrap_or(0);
            if line.contains("from host to device") {
                moved.to += size;
            } else if line.contains("from device to host") {
                moved.from += size;
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::{Moved, describe_images, escaped};
    use std::path::Path;

    #[test]
    fn transfers_add_up() {
        let info = "\
omptarget device 0 info: Copying data from host to device, HstPtr=0x1, TgtPtr=0x2, Size=4, Name=now
omptarget device 0 info: Copying data from host to device, HstPtr=0x1, TgtPtr=0x2, Size=8, Name=now
omptarget device 0 info: Copying data from device to host, TgtPtr=0x2, HstPtr=0x1, Size=16, Name=next
omptarget device 0 info: Launching kernel
";
        assert_eq!(Moved::parse(info), Moved { to: 12, from: 16 });
    }

    #[test]
    fn images_are_named_with_their_kernels() {
        let json = r#"{"images":[{"triple":"x86_64","size":12,"kernels":[{"name":"a"},{"name":"b"}]}]}"#;
        let text = describe_images(json).expect("the JSON of device-link list");
        assert_eq!(text, "image       x86_64, 12 bytes\nkernels     a, b");
        let error = describe_images("{}").expect_err("no images");
        assert_eq!(error.to_string(), "device-link list told of no images");
    }

    #[test]
    fn paths_are_escaped() {
        assert_eq!(escaped(Path::new("/ä b/c,d(1)%.offload")), "/%C3%A4%20b/c%2Cd%281%29%25.offload");
    }
}
