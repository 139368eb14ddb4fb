//! What is in an image: a table of what its kernels take, and its code as text.

use crate::error::Error;
use crate::linker::llvm_prefix;
use crate::resources::{Resources, measure};
use crate::tool;
use crate::{Result, cuda, ir_text};
use abi::kinds::ImageKind;
use abi::names::{IR_KEY, LINKED_IR_KEY, PTX_KEY, RESOURCES_KEY};
use bitcode_link::FileError;
use diagnostics::names;
use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSymbol as _};
use offload_binary::{Image, architecture};
use serde::Serialize;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// NVIDIA's disassembler of cubins.
const NVDISASM: &str = "nvdisasm";

/// Images and what their kernels take.
#[derive(Debug, Serialize)]
pub struct Inspection {
    images: Vec<InspectedImage>,
}

#[derive(Debug, Serialize)]
struct InspectedImage {
    triple: String,
    arch: String,
    image_kind: String,
    size: usize,
    kernels: Vec<Resources>,
}

/// The code of an image as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// LLVM's IR, after optimization, where `--embed-ir` kept it.
    Ir,
    /// The same as it was linked, before optimization.
    LinkedIr,
    /// PTX, where the image is PTX or `--embed-ir` kept it.
    Ptx,
    /// Machine code.
    Assembly,
    /// SPIR-V.
    Spirv,
}

/// What the kernels of `images` take: as it was recorded when the image was linked, else as the image itself
/// tells. Only `kernel`, if one is named.
pub fn inspect(images: &[Image], kernel: Option<&str>) -> Result<Inspection> {
    let mut inspected = Vec::new();
    for image in images {
        let recorded = image.string(RESOURCES_KEY).and_then(|json| serde_json::from_str(json).ok());
        let mut kernels: Vec<Resources> = recorded.unwrap_or_else(|| measure(image, ""));
        kernels.retain(|found| kernel.is_none_or(|wanted| found.name == wanted));
        inspected.push(InspectedImage {
            triple: image.triple().to_owned(),
            arch: image.arch().to_owned(),
            image_kind: image.kind.to_string(),
            size: image.bytes.len(),
            kernels,
        });
    }
    match kernel {
        Some(kernel) if inspected.iter().all(|image| image.kernels.is_empty()) => {
            Err(Error::NotInContainer { kernel: kernel.to_owned(), known: names(images) })
        }
        _ => Ok(Inspection { images: inspected }),
    }
}

fn names(images: &[Image]) -> Vec<String> {
    let listed = |image: &Image| image.kernels().ok();
    let names = images
        .iter()
        .filter_map(listed)
        .flat_map(|kernels| kernels.names().into_iter().map(ToOwned::to_owned).collect::<Vec<_>>());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names.dedup();
    names
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const TITLES: [&str; 8] =
            ["kernel", "registers", "scalar", "spills", "stack", "shared", "code", "parameters"];
        for (position, image) in self.images.iter().enumerate() {
            let arch = if image.arch.is_empty() { String::new() } else { format!(" {}", image.arch) };
            let InspectedImage { triple, image_kind, size, .. } = image;
            writeln!(f, "image {position}: {triple}{arch}, {image_kind}, {size} bytes")?;
            let symbols: Vec<_> = image.kernels.iter().map(|kernel| kernel.name.as_str()).collect();
            let rows: Vec<_> = std::iter::once(TITLES.map(ToOwned::to_owned))
                .chain(names::listed(&symbols).into_iter().zip(&image.kernels).map(row))
                .collect();
            let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
            let widths: Vec<_> = (0..TITLES.len()).map(width).collect();
            for row in &rows {
                write!(f, "  {:<width$}", row[0], width = widths[0])?;
                for (cell, width) in row.iter().zip(&widths).skip(1) {
                    write!(f, "  {cell:>width$}")?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

/// What a kernel takes, behind its name.
fn row((name, kernel): (String, &Resources)) -> [String; 8] {
    let cell = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    [
        name,
        cell(kernel.registers),
        cell(kernel.scalar_registers),
        cell(kernel.spills),
        cell(kernel.stack),
        cell(kernel.shared),
        cell(kernel.code),
        cell(kernel.parameters),
    ]
}

/// The code of `image` as text; only that of `kernel`, if one is named and the text can be cut.
pub fn view(image: &Image, kernel: Option<&str>, view: View) -> Result<String> {
    let missing = |reason: &str| Error::NoView {
        triple: image.triple().to_owned(),
        arch: image.arch().to_owned(),
        reason: reason.to_owned(),
    };
    match view {
        View::Ir | View::LinkedIr => {
            let key = if view == View::Ir { IR_KEY } else { LINKED_IR_KEY };
            let text = image.string(key).ok_or_else(|| missing("it was linked without --embed-ir"))?;
            let Some(kernel) = kernel else { return Ok(text.to_owned()) };
            ir_text::needed_by(text, kernel).ok_or_else(|| missing("its IR has no such kernel"))
        }
        View::Ptx if architecture(image.triple()) != "nvptx64" => Err(missing("it isn't for nvptx64")),
        View::Ptx => {
            let own = (image.kind == ImageKind::PTX).then(|| String::from_utf8_lossy(&image.bytes));
            let kept = || image.string(PTX_KEY).map(Into::into);
            let text = own.or_else(kept).ok_or_else(|| missing("it was linked without --embed-ir"))?;
            Ok(kernel.map_or_else(|| text.to_string(), |kernel| cut(&text, &format!(".entry {kernel}("))))
        }
        View::Spirv if image.kind == ImageKind::SPIRV => disassemble(image, "spirv-dis", "kernels.spv", &[]),
        View::Spirv => Err(missing("it is no SPIR-V")),
        View::Assembly => match architecture(image.triple()) {
            "spirv64" => disassemble(image, "spirv-dis", "kernels.spv", &[]),
            "nvptx64" if image.kind == ImageKind::CUBIN => {
                let only = kernel.and_then(|kernel| symbol_index(&image.bytes, kernel));
                let only = only.map(|index| format!("--cuda-function-index={index}"));
                let only: Vec<_> = only.iter().map(String::as_str).collect();
                disassemble(image, NVDISASM, "kernels.cubin", &[&["--print-code"], &only[..]].concat())
            }
            "nvptx64" => Err(missing("it is PTX, which has no machine code yet")),
            _ => {
                let only = kernel.map(|kernel| format!("--disassemble-symbols={kernel}"));
                let only = only.unwrap_or_else(|| "--disassemble".to_owned());
                disassemble(image, "llvm-objdump", "kernels.so", &["--no-show-raw-insn", &only])
            }
        },
    }
}

/// The lines of PTX from the directive with `name` in it to the next `}` at the beginning of a line.
fn cut(text: &str, name: &str) -> String {
    let mut lines = text.lines().skip_while(|line| !(line.starts_with('.') && line.contains(name)));
    let mut found = String::new();
    for line in lines.by_ref() {
        found += line;
        found.push('\n');
        if line.starts_with('}') {
            break;
        }
    }
    found
}

/// The number of the symbol `name` in an image's table.
fn symbol_index(image: &[u8], name: &str) -> Option<usize> {
    let file = ElfFile64::<LittleEndian>::parse(image).ok()?;
    let symbol = file.symbols().find(|symbol| symbol.name() == Ok(name))?;
    Some(symbol.index().0)
}

fn disassemble(image: &Image, name: &'static str, file: &str, arguments: &[&str]) -> Result<String> {
    let (candidates, help) = if name == NVDISASM {
        let help = "install CUDA and set CUDA_HOME, or have `cargo xtask setup` bring NVIDIA's wheel";
        (cuda::candidates(name), help)
    } else {
        let own = std::iter::once(llvm_prefix().join("bin").join(name));
        let help = "llvm-objdump is of LLVM 22, spirv-dis of the package spirv-tools";
        (own.chain(tool::on_path(name)).collect(), help)
    };
    let program = tool::find(name, &candidates, help)?;
    let folder = tempfile::tempdir().map_err(FileError::writing(&std::env::temp_dir()))?;
    let path = folder.path().join(file);
    std::fs::write(&path, &image.bytes).map_err(FileError::writing(&path))?;
    let output = tool::run(name, Command::new(program).args(arguments).arg(&path))?;
    Ok(without_folder(&String::from_utf8_lossy(&output.stdout), folder.path()))
}

/// The temporary folder is nothing to know.
fn without_folder(text: &str, folder: &Path) -> String {
    text.replace(&format!("{}/", folder.display()), "")
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn one_function_of_a_text() {
        let text =
            "// .entry k(\n.visible .entry kk()\n{\n}\n.visible .entry k(\n)\n{\n  ret;\n}\n.func f()\n";
        assert_eq!(cut(text, ".entry k("), ".visible .entry k(\n)\n{\n  ret;\n}\n");
        assert_eq!(cut(text, ".entry missing("), "");
    }
}
