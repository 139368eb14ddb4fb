//! Kernels of AMD's code objects, by the metadata in their note.

use super::Resources;
use super::message_pack::decode;
use object::read::elf::{ElfFile64, FileHeader as _, SectionHeader as _};
use object::{LittleEndian, Object as _, ObjectSymbol as _};
use serde_json::Value;

/// Source: "Code Object V3 and Above Metadata", llvm/docs/AMDGPUUsage.rst (LLVM 22.1).
const OWNER: &[u8] = b"AMDGPU";
const KERNELS: &str = "amdhsa.kernels";

/// The kernels of a code object.
pub(super) fn of_code_object(bytes: &[u8]) -> Vec<Resources> {
    let Ok(file) = ElfFile64::<LittleEndian>::parse(bytes) else { return Vec::new() };
    let code = |name: &str| {
        let mut symbols = file.dynamic_symbols().chain(file.symbols());
        symbols.find(|symbol| symbol.name() == Ok(name)).map(|symbol| symbol.size())
    };
    let metadata = metadata(&file, bytes).unwrap_or_default();
    let kernels = metadata.get(KERNELS).and_then(Value::as_array);
    let kernel = |kernel: &Value| {
        let number = |key: &str| kernel.get(key).and_then(Value::as_u64);
        let name = kernel.get(".name").and_then(Value::as_str)?;
        let spilled = [".vgpr_spill_count", ".sgpr_spill_count"].map(number);
        Some(Resources {
            name: name.to_owned(),
            registers: number(".vgpr_count"),
            scalar_registers: number(".sgpr_count"),
            spills: spilled[0].zip(spilled[1]).map(|(vectors, scalars)| vectors + scalars),
            stack: number(".private_segment_fixed_size"),
            shared: number(".group_segment_fixed_size"),
            code: code(name),
            parameters: kernel.get(".args").and_then(Value::as_array).map(|all| explicit_size(all)),
        })
    };
    kernels.into_iter().flatten().filter_map(kernel).collect()
}

/// The bytes of the parameters that the launch passes; the runtime adds hidden ones.
fn explicit_size(arguments: &[Value]) -> u64 {
    let hidden = |argument: &&Value| {
        let kind = argument.get(".value_kind").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.starts_with("hidden_"))
    };
    let explicit = arguments.iter().filter(|argument| !hidden(argument));
    explicit.filter_map(|argument| argument.get(".size")?.as_u64()).sum()
}

fn metadata(file: &ElfFile64<'_, LittleEndian>, bytes: &[u8]) -> Option<Value> {
    let header = file.elf_header();
    let sections = header.section_headers(LittleEndian, bytes).ok()?;
    for section in sections {
        let Ok(Some(mut notes)) = section.notes(LittleEndian, bytes) else { continue };
        while let Ok(Some(note)) = notes.next() {
            if note.name() == OWNER {
                return decode(note.desc());
            }
        }
    }
    None
}
