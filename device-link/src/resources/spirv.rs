//! Kernels of SPIR-V modules: the driver decides on registers, so code and parameters are all there is.

use super::Resources;
use std::collections::HashMap;

/// Source: SPIR-V Specification 1.6, 2.3 "Physical Layout of a SPIR-V Module and Instruction", and 3.42.
const MAGIC: u32 = 0x0723_0203;
const HEADER_WORDS: usize = 5;
const OP_ENTRY_POINT: u32 = 15;
const OP_FUNCTION: u32 = 54;
const OP_FUNCTION_PARAMETER: u32 = 55;
const OP_FUNCTION_END: u32 = 56;
/// Every parameter of an entry is a slot.
const SLOT_BYTES: u64 = 8;

/// The kernels of a module.
pub(super) fn of_module(bytes: &[u8]) -> Vec<Resources> {
    let words: Vec<u32> = bytes
        .chunks_exact(4)
        .map(|chunk| u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]))
        .collect();
    if words.first() != Some(&MAGIC) {
        return Vec::new();
    }
    let mut entries: HashMap<u32, String> = HashMap::new();
    let mut kernels = Vec::new();
    // The function that is being read: its words and parameters.
    let mut function: Option<(u32, u64, u64)> = None;
    let mut rest = words.get(HEADER_WORDS..).unwrap_or_default();
    while let Some(first) = rest.first() {
        let length = (first >> 16) as usize;
        let Some(instruction) = rest.get(..length).filter(|instruction| !instruction.is_empty()) else {
            break;
        };
        if let Some((_, words, _)) = &mut function {
            *words += length as u64;
        }
        match (first & 0xffff, instruction) {
            (OP_ENTRY_POINT, [_, _, id, name @ ..]) => {
                entries.insert(*id, text(name));
            }
            (OP_FUNCTION, [_, _, id, ..]) => function = Some((*id, length as u64, 0)),
            (OP_FUNCTION_PARAMETER, _) => {
                if let Some((_, _, parameters)) = &mut function {
                    *parameters += 1;
                }
            }
            (OP_FUNCTION_END, _) => {
                if let Some((id, words, parameters)) = function.take()
                    && let Some(name) = entries.get(&id)
                {
                    kernels.push(Resources {
                        name: name.clone(),
                        code: Some(4 * words),
                        parameters: Some(SLOT_BYTES * parameters),
                        ..Resources::default()
                    });
                }
            }
            _ => {}
        }
        rest = &rest[length..];
    }
    kernels
}

fn text(words: &[u32]) -> String {
    let bytes: Vec<u8> =
        words.iter().flat_map(|word| word.to_le_bytes()).take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
