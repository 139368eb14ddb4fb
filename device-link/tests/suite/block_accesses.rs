//! Memory of a block: what one thread alone reaches on x86_64 is accessed without atomic operations, and nothing else.

use crate::support::{device_link, printed};
use std::collections::BTreeSet;

/// The operations of functions of kernel `k` that are atomic.
fn atomic_operations(ir: &str) -> BTreeSet<String> {
    let functions = ir.split("\ndefine ").filter(|text| text.contains("@k.item"));
    let lines = functions.flat_map(str::lines).map(str::trim_start);
    let operation = |line: &str| {
        let line = line.split_once(" = ").map_or(line, |(_, operation)| operation);
        let words: Vec<_> = line.split(' ').take(2).collect();
        let is_atomic = words[0] == "cmpxchg" || words[0] == "atomicrmw" || words.get(1) == Some(&"atomic");
        is_atomic.then(|| words.join(" "))
    };
    lines.filter_map(operation).collect()
}

#[test]
fn only_what_others_reach_is_atomic() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let temps = folder.path().join("temps");
    let mut link = device_link();
    link.args(["link", "block_accesses.ll", "--assume-convergent-source"]);
    link.arg(format!("--save-temps={}", temps.display()));
    printed(link.arg("-o").arg(folder.path().join("dev.offload")));
    let read = |name: &str| std::fs::read_to_string(temps.join(name)).expect("IR of that step");
    assert_eq!(atomic_operations(&read("linked.ll").replace("@k(", "@k.item(")).len(), 5);
    let expected = ["atomicrmw add", "store atomic"].map(str::to_owned);
    assert_eq!(atomic_operations(&read("entries.ll")), expected.into());
}
