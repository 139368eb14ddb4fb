//! The instructions that markers and atomic operations become on GPUs: what no machine without one can run.

use crate::support::{cases, device_link, printed, refused};
use crate::targets::{AMDGCN, Gpu, NVPTX64, Shelf, targets};
use std::path::Path;

/// The instructions of a kernel that have one of `words` in them, without the registers.
fn instructions(shelf: &Shelf, kernel: &str, view: &str, words: &[&str]) -> String {
    let text = printed(device_link().arg("inspect").arg(shelf.file("dev.offload")).args([kernel, view]));
    let text = String::from_utf8(text).expect("text");
    let code = text.lines().map(|line| line.split("//").next().unwrap_or(line).trim());
    let chosen = code.filter(|line| words.iter().any(|word| line.contains(word)));
    let plain = |line: &str| {
        let words = line.trim_end_matches(';').split([' ', '\t']);
        let kept = words.filter(|word| !word.is_empty() && !is_operand(word));
        kept.collect::<Vec<_>>().join(" ")
    };
    chosen.map(plain).collect::<Vec<_>>().join("\n")
}

/// A register, an address or a number.
fn is_operand(word: &str) -> bool {
    word.starts_with(['%', '[', '-'])
        || word.trim_end_matches(',').chars().all(|c| c.is_ascii_hexdigit())
        || word.starts_with(['v', 's']) && word[1..].starts_with(|c: char| c.is_ascii_digit() || c == '[')
}

/// Links for every processor, then one for the tests to look at.
fn link(shelf: &Shelf, module: &Path, gpu: &Gpu, chosen: &str) {
    shelf.link(&[module], &targets(gpu), &[]);
    shelf.link(&[module], &[chosen.to_owned()], if gpu.name == "nvptx64" { &["--emit=ptx"] } else { &[] });
}

#[test]
fn atomic_operations_of_nvidia_gpus() {
    const WORDS: [&str; 3] = ["atom.", "fence", "membar"];
    let shelf = Shelf::new();
    let module = shelf.compile(&NVPTX64, "scopes.c");
    link(&shelf, &module, &NVPTX64, "nvptx64:sm_75");
    // Without a scope, an operation of PTX is for the device.
    insta::assert_snapshot!(instructions(&shelf, "scopes", "--ptx", &WORDS), @"
    atom.global.add.u32
    fence.sc.gpu
    atom.cta.global.max.u64
    atom.relaxed.cta.global.cas.b32
    fence.sc.cta
    ");
    insta::assert_snapshot!(instructions(&shelf, "orders", "--ptx", &WORDS), @"
    atom.sys.global.add.u32
    fence.acq_rel.sys
    atom.sys.global.add.u32
    atom.sys.global.or.b64
    fence.acq_rel.sys
    fence.sc.sys
    atom.sys.global.exch.b64
    fence.acq_rel.sys
    atom.sys.global.add.f32
    atom.acq_rel.sys.global.cas.b32
    fence.sc.sys
    ");
    // The first with scopes, and one that has none yet.
    for (processor, atomic) in [("sm_60", "atom.sys.global.add.u32"), ("sm_50", "atom.global.add.u32")] {
        shelf.link(&[&module], &[format!("nvptx64:{processor}")], &["--emit=ptx"]);
        let code = instructions(&shelf, "orders", "--ptx", &WORDS);
        assert_eq!(code.lines().next(), Some(atomic), "{processor}: {code}");
        assert_eq!(code.matches("membar.sys").count(), 7, "{processor}: {code}");
    }
}

#[test]
fn atomic_operations_of_amd_gpus() {
    const WORDS: [&str; 3] = ["atomic", "global_wb", "global_inv"];
    let shelf = Shelf::new();
    let module = shelf.compile(&AMDGCN, "scopes.c");
    link(&shelf, &module, &AMDGCN, "amdgcn:gfx1201");
    insta::assert_snapshot!(instructions(&shelf, "scopes", "--asm", &WORDS), @"
    global_atomic_add_u32 th:TH_ATOMIC_RETURN scope:SCOPE_DEV
    global_inv scope:SCOPE_DEV
    global_atomic_max_u64 th:TH_ATOMIC_RETURN scope:SCOPE_SE
    global_atomic_cmpswap_b32 th:TH_ATOMIC_RETURN scope:SCOPE_SE
    global_inv scope:SCOPE_SE
    ");
    insta::assert_snapshot!(instructions(&shelf, "orders", "--asm", &WORDS), @"
    global_atomic_add_u32 th:TH_ATOMIC_RETURN scope:SCOPE_SYS
    global_wb scope:SCOPE_SYS
    global_atomic_sub_u32 th:TH_ATOMIC_RETURN scope:SCOPE_SYS
    global_atomic_or_b64 th:TH_ATOMIC_RETURN scope:SCOPE_SYS
    global_inv scope:SCOPE_SYS
    global_wb scope:SCOPE_SYS
    global_atomic_swap_b64 th:TH_ATOMIC_RETURN scope:SCOPE_SYS
    global_inv scope:SCOPE_SYS
    global_atomic_add_f32 th:TH_ATOMIC_RETURN scope:SCOPE_SYS
    global_wb scope:SCOPE_SYS
    global_atomic_cmpswap_b32 scope:SCOPE_SYS
    global_inv scope:SCOPE_SYS
    global_wb scope:SCOPE_SYS
    global_inv scope:SCOPE_SYS
    ");
}

#[test]
fn what_threads_do_together() {
    let shelf = Shelf::new();
    let module = shelf.compile(&NVPTX64, "native.c");
    link(&shelf, &module, &NVPTX64, "nvptx64:sm_75");
    let ptx = |kernel: &str, words: &[&str]| instructions(&shelf, kernel, "--ptx", words);
    insta::assert_snapshot!(ptx("lanes", &["activemask", "shfl", "vote"]), @"
    activemask.b32
    shfl.sync.idx.b32
    activemask.b32
    shfl.sync.idx.b32
    shfl.sync.idx.b32
    activemask.b32
    vote.sync.ballot.b32
    ");
    insta::assert_snapshot!(ptx("reverse", &["t.shared", "d.shared", "bar."]), @"
    st.shared.b32
    bar.sync
    ld.shared.b32
    ");
    insta::assert_snapshot!(ptx("dynamic", &["t.shared", "d.shared", "bar."]), @"
    st.shared.b32
    bar.sync
    ld.shared.b32
    ");
    let module = shelf.compile(&AMDGCN, "native.c");
    link(&shelf, &module, &AMDGCN, "amdgcn:gfx90a");
    let assembly = |kernel: &str, words: &[&str]| instructions(&shelf, kernel, "--asm", words);
    insta::assert_snapshot!(assembly("lanes", &["mbcnt", "permute", "exec"]), @"
    v_mbcnt_lo_u32_b32
    v_mbcnt_hi_u32_b32
    ds_bpermute_b32
    ds_bpermute_b32
    ds_bpermute_b32
    s_and_b64 vcc, exec
    ");
    insta::assert_snapshot!(assembly("reverse", &["ds_", "barrier"]), @"
    ds_write_b32
    s_barrier
    ds_read_b32
    ");
    insta::assert_snapshot!(assembly("dynamic", &["ds_", "barrier"]), @"
    ds_write_b32
    s_barrier
    ds_read_b32
    ");
}

/// A panic that the host will read ends its thread; one that nobody reads is a trap.
#[test]
fn a_recorded_panic_ends_its_thread() {
    let shelf = Shelf::new();
    let module = shelf.compile(&NVPTX64, "panics.c");
    let ptx = |flag: &str| {
        shelf.link(&[&module], &targets(&NVPTX64), &[flag]);
        shelf.link(&[&module], &["nvptx64:sm_75".to_owned()], &[flag, "--emit=ptx"]);
        instructions(&shelf, "panics", "--ptx", &["exit", "trap", "bar."])
    };
    insta::assert_snapshot!(ptx("--panic=record"), @"
    bar.sync
    trap; exit
    exit
    exit
    ");
    insta::assert_snapshot!(ptx("--panic=trap"), @"
    bar.sync
    trap; exit
    ");

    let module = shelf.compile(&AMDGCN, "panics.c");
    let counts = |flag: &str| {
        shelf.link(&[&module], &targets(&AMDGCN), &[flag]);
        shelf.link(&[&module], &["amdgcn:gfx90a".to_owned()], &[flag]);
        ["s_trap", "s_barrier", "atomic_"]
            .map(|word| instructions(&shelf, "panics", "--asm", &[word]).lines().count())
    };
    assert_eq!(counts("--panic=record"), [1, 1, 2]);
    assert_eq!(counts("--panic=trap"), [1, 1, 0]);
}

/// AMD's GPUs have no instruction that ends one lane: the kernel returns.
#[test]
fn a_recorded_panic_is_a_return_on_amd_gpus() {
    let shelf = Shelf::new();
    let module = shelf.compile(&AMDGCN, "panics.c");
    let folder = shelf.file("temps");
    let keep = format!("--save-temps={}", folder.display());
    shelf.link(&[&module], &["amdgcn:gfx90a".to_owned()], &["--panic=record", &keep]);
    let text = std::fs::read_to_string(folder.join("optimized.ll")).expect("kept");
    assert!(!text.contains("__outboard_dev_leave_item"), "{text}");
    assert_eq!(text.matches("ret void").count(), 2, "of the kernel, and of its panic:\n{text}");
    assert_eq!(text.matches("call void @llvm.trap()").count(), 1, "where nobody reads:\n{text}");
}

/// How often a SPIR-V module has the instruction `code`.
fn count_spirv(module: &[u8], code: u32) -> usize {
    const HEADER: usize = 5;
    let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("4 bytes"));
    let words: Vec<_> = module.chunks_exact(4).map(word).collect();
    let (mut at, mut count) = (HEADER, 0);
    while at < words.len() {
        count += usize::from(words[at] & 0xffff == code);
        at += (words[at] >> 16) as usize;
    }
    count
}

/// A check whose failure can't be reached is none: drivers leave it out.
#[test]
fn panics_of_spirv_are_reached() {
    const OP_STORE: u32 = 62;
    const OP_RETURN: u32 = 253;
    const OP_UNREACHABLE: u32 = 255;
    // Too much to be inlined.
    const STORES: usize = 3100;
    let shelf = Shelf::new();
    let text = std::fs::read_to_string(cases().join("traps.ll")).expect("a case");
    let stores = "  store volatile i64 %n, ptr %x\n".repeat(STORES);
    let module = shelf.file("traps.ll");
    std::fs::write(&module, text.replace("  ; STORES\n", &stores)).expect("writable");
    for level in ["-O0", "-O3"] {
        shelf.link(&[&module], &["spirv64".to_owned()], &[level]);
        let module = shelf.file("traps.spv");
        printed(device_link().arg("extract").arg(shelf.file("dev.offload")).arg("-o").arg(&module));
        let module = std::fs::read(&module).expect("extracted");
        assert_eq!(count_spirv(&module, OP_UNREACHABLE), 0, "{level}");
        assert_eq!(count_spirv(&module, OP_RETURN), 3, "of function and kernel, and its panic: {level}");
        assert_eq!(count_spirv(&module, OP_STORE), STORES + 1, "the function's, and one nowhere: {level}");
    }
}

#[test]
fn recursion_is_refused_for_spirv() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = folder.path().join("never.offload");
    let arguments = ["link", "recursion.ll", "--target", "spirv64", "-o", &*output.to_string_lossy()];
    insta::assert_snapshot!(refused(&arguments, &output, folder.path()), @"
    error[OB0017]: kernel `climbs` reaches `right`, which calls itself, and spirv64 has no recursion
      in `right` (recursion.ll)
      in `climbs` (recursion.ll)
    help: write it as a loop that keeps what is left to do in an array
    ");
}
