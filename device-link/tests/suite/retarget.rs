//! The rules that make code for a device of host bitcode, each by what it leaves of a small case.

use crate::support::{device_link, llvm, printed, run};
use llvm_plugin::inkwell::context::Context;
use llvm_plugin::inkwell::memory_buffer::MemoryBuffer;
use llvm_plugin::inkwell::values::AnyValue as _;
use std::path::Path;

const NVPTX64: &str = "nvptx64:sm_90";
const AMDGCN: &str = "amdgcn:gfx90a";
const SPIRV64: &str = "spirv64";
const GPUS: [&str; 3] = [NVPTX64, AMDGCN, SPIRV64];

/// Links retarget/`case` for `target` and returns the module of stage `stage`. All must go well.
fn stage(case: &str, target: &str, stage: &str, flags: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    if let Err(text) = link(case, target, folder.path(), flags) {
        panic!("{case} for {target}: {text}");
    }
    let path = folder.path().join("temps").join(stage);
    std::fs::read_to_string(path).expect("device-link writes its stages")
}

/// The message with which that is refused.
fn refusal(case: &str, target: &str, flags: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    link(case, target, folder.path(), flags).expect_err("the case is refused")
}

fn link(case: &str, target: &str, folder: &Path, flags: &[&str]) -> Result<(), String> {
    let output = folder.join("dev.offload");
    let mut command = device_link();
    command.args(["link", &format!("retarget/{case}"), "--target", target, "--emit", "ptx"]).args(flags);
    let temps = format!("--save-temps={}", folder.join("temps").display());
    let result = run(command.arg(temps).arg("-o").arg(&output));
    assert!(result.status.code().is_some(), "{case} for {target}: a signal ended it");
    assert_eq!(result.status.success(), output.exists(), "{case} for {target}");
    if result.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&result.stderr).trim_end().to_owned())
}

/// The lines of `module` that have any of `words`, as they are but for their indentation.
fn lines(module: &str, words: &[&str]) -> String {
    let found = module.lines().filter(|line| words.iter().any(|word| line.contains(word)));
    found.map(str::trim).collect::<Vec<_>>().join("\n")
}

/// The function `name`.
fn function(module: &str, name: &str) -> String {
    let start = format!("@{name}(");
    let mut found = module.lines().skip_while(|line| !(line.starts_with("define") && line.contains(&start)));
    let mut text = String::new();
    for line in found.by_ref() {
        text += line.split(" #").next().unwrap_or(line);
        text += "\n";
        if line == "}" {
            break;
        }
    }
    text
}

#[test]
fn what_compilers_say_of_the_host() {
    for target in GPUS {
        let module = stage("host.ll", target, "entries.ll", &[]);
        let host = ["x86", "target-cpu", "sse4", "probe-stack", "personality", "landingpad", "invoke"];
        assert_eq!(lines(&module, &host), "", "{target}");
        let hindrances = ["noinline", "optnone", "uwtable", "cold", "fastcc"];
        assert_eq!(lines(&module, &hindrances), "", "{target}");
    }
}

#[test]
fn entries() {
    insta::assert_snapshot!(function(&stage("host.ll", NVPTX64, "entries.ll", &[]), "kernel"), @"
    define protected ptx_kernel void @kernel(ptr addrspace(1) %0, i64 %1, i64 %2, i64 %3, ptr addrspace(1) %4)
    entry:
      %argument = addrspacecast ptr addrspace(1) %4 to ptr
      call void @store(ptr %argument)
      ret void
    }
    ");
    insta::assert_snapshot!(function(&stage("host.ll", AMDGCN, "entries.ll", &[]), "kernel"), @"
    define protected amdgpu_kernel void @kernel(ptr addrspace(1) %0, i64 %1, i64 %2, i64 %3, ptr addrspace(1) %4)
    entry:
      %argument = addrspacecast ptr addrspace(1) %4 to ptr
      call void @store(ptr %argument)
      ret void
    }
    ");
    insta::assert_snapshot!(function(&stage("host.ll", SPIRV64, "entries.ll", &[]), "kernel"), @"
    define protected spir_kernel void @kernel(ptr addrspace(1) %0, i64 %1, i64 %2, i64 %3, ptr addrspace(1) %4)
    entry:
      %argument = addrspacecast ptr addrspace(1) %4 to ptr addrspace(4)
      call spir_func void @store(ptr addrspace(4) %argument)
      ret void
    }
    ");
}

#[test]
fn panics() {
    let module = stage("panics.ll", "x86_64", "linked.ll", &[]);
    insta::assert_snapshot!(lines(&module, &["@panic.message", "call void @__outboard_dev_panic"]), @r#"
    @panic.message.2 = private unnamed_addr constant [54 x i8] c"index out of bounds: the len is {} but the index is {}"
    @panic.message.4 = private unnamed_addr constant [5 x i8] c"abort"
    call void @__outboard_dev_panic(ptr nonnull @text, i64 7, ptr nonnull @where)
    call void @__outboard_dev_panic_with_numbers(ptr nonnull @panic.message.2, i64 54, ptr nonnull @where, i64 3, i64 %index)
    call void @__outboard_dev_panic(ptr nonnull @text, i64 7, ptr nonnull @where)
    call void @__outboard_dev_panic(ptr nonnull @panic.message.4, i64 5, ptr null)
    "#);
    for target in GPUS {
        let left = stage("panics.ll", target, "optimized.ll", &[]);
        assert_eq!(lines(&left, &["@_ZN4core", "@abort("]), "", "{target}");
    }
}

#[test]
fn markers_that_the_host_defines() {
    for target in ["x86_64", NVPTX64, AMDGCN, SPIRV64] {
        let left = stage("host_markers.ll", target, "optimized.ll", &[]);
        assert_eq!(lines(&left, &["host_only", "of_the_thread", "4242", "4243"]), "", "{target}");
    }
    for target in GPUS {
        let left = stage("host_barrier.ll", target, "optimized.ll", &["--assume-convergent-source"]);
        assert_eq!(lines(&left, &["host_only", "host_memory"]), "", "{target}");
    }
}

#[test]
fn allocators() {
    let calls = |target| lines(&stage("allocator.ll", target, "entries.ll", &[]), &["alloc(", "@free"]);
    insta::assert_snapshot!(calls(NVPTX64), @"
    declare ptr @malloc(i64)
    declare void @free(ptr)
    %memory.i1 = call ptr @malloc(i64 8) #1
    %memory.i = call ptr @malloc(i64 16) #1
    call void @free(ptr nonnull %memory.i1) #1
    call void @free(ptr nonnull %memory.i) #1
    ");
    insta::assert_snapshot!(calls("x86_64"), @"
    declare ptr @aligned_alloc(i64, i64)
    declare void @free(ptr)
    %memory.i1 = call ptr @aligned_alloc(i64 4, i64 8) #1
    %memory.i = call ptr @aligned_alloc(i64 4, i64 16) #1
    call void @free(ptr nonnull %memory.i1) #1
    call void @free(ptr nonnull %memory.i) #1
    %28 = call ptr @aligned_alloc(i64 noundef %6, i64 noundef %27) #11
    call void @free(ptr noundef %0) #11
    ");
    for target in [AMDGCN, SPIRV64] {
        assert_eq!(calls(target), "", "{target}");
        let module = stage("allocator.ll", target, "entries.ll", &[]);
        assert!(module.contains("no allocator on this target"), "{target}");
    }
}

#[test]
fn mathematics() {
    let module = stage("math.ll", SPIRV64, "entries.ll", &[]);
    insta::assert_snapshot!(lines(&module, &[" call spir_func"]), @"
    %sin.i = call spir_func float @_Z3sinf(float %x.i) #2
    %power.i = call spir_func float @_Z4pownfi(float %sin.i, i32 %argument3) #2
    %tanh.i = call spir_func float @_Z4tanhf(float %power.i) #0
    %remainder.i = call spir_func float @_Z4fmodff(float %tanh.i, float 3.000000e+00) #2
    %arc.i = call spir_func double @_Z5atan2dd(double %y.i, double 2.000000e+00) #0
    %exp.i = call spir_func <2 x double> @_Z3expDv2_d(<2 x double> %z.i) #2
    %own.i = call spir_func i32 @tan(i32 %argument3) #3
    ");
    for target in [NVPTX64, AMDGCN] {
        let left = stage("math.ll", target, "optimized.ll", &[]);
        assert_eq!(
            lines(&left, &["declare float @_Z", "declare double @_Z", "frem", "tanhf"]),
            "",
            "{target}"
        );
    }
    insta::assert_snapshot!(refusal("math.ll", AMDGCN, &["--libclc", "/nowhere/clc"]), @"
    error[OB0029]: can't read `/nowhere/clc/amdgcn-amd-amdhsa.bc`, which has the function `sin` for GPUs: No such file or directory (os error 2)
    help: install libclc for LLVM 22, or give its folder with --libclc
    ");
}

#[test]
fn conversions_of_wide_integers() {
    for target in [NVPTX64, AMDGCN] {
        let module = stage("wide_integers.ll", target, "entries.ll", &[]);
        let left = ["uitofp i128", "sitofp i128", "= fptosi", "fptoui.sat.i128"];
        assert_eq!(lines(&module, &left), "", "{target}");
    }
    let module = stage("wide_integers.ll", NVPTX64, "entries.ll", &[]);
    insta::assert_snapshot!(lines(&function(&module, "kernel"), &["call"]), @"
    %converted.i = call double @__floatuntidf(i128 %n.i)
    %converted1.i = call float @__floattisf(i128 %n.i)
    %converted2.i = call i128 @__fixunsdfti(double %x.i)
    %converted3.i = call i128 @__fixdfti(double %x.i)
    ");
}

#[test]
fn memory() {
    let words = ["@table =", "@one =", "@counter =", "@shared =", "alloca", "llvm.lifetime", "llvm.memcpy"];
    let memory = |target| {
        let module = stage("memory.ll", target, "entries.ll", &["--allow-mutable-statics"]);
        lines(&module, &words)
    };
    insta::assert_snapshot!(memory(NVPTX64), @"
    @table = internal addrspace(4) constant [2 x %pair] [%pair { ptr addrspacecast (ptr addrspace(4) @one to ptr), i64 1 }, %pair { ptr addrspacecast (ptr addrspace(4) @two to ptr), i64 2 }]
    @one = internal addrspace(4) constant i32 11
    @counter = internal addrspace(1) global i32 0
    @shared = internal addrspace(3) global [4 x float] poison
    declare void @llvm.lifetime.start.p0(ptr captures(none)) #0
    declare void @llvm.lifetime.end.p0(ptr captures(none)) #0
    declare void @llvm.memcpy.p0.p0.i64(ptr noalias writeonly captures(none), ptr noalias readonly captures(none), i64, i1 immarg) #1
    %slot.i = alloca [64 x i32], align 4
    call void @llvm.lifetime.start.p0(ptr nonnull %slot.i)
    call void @llvm.memcpy.p0.p0.i64(ptr noundef nonnull align 4 dereferenceable(256) %slot.i, ptr noundef nonnull align 1 dereferenceable(256) %argument, i64 256, i1 false)
    call void @llvm.lifetime.end.p0(ptr nonnull %slot.i)
    ");
    insta::assert_snapshot!(memory(AMDGCN), @"
    @table = internal addrspace(4) constant [2 x %pair] [%pair { ptr addrspacecast (ptr addrspace(4) @one to ptr), i64 1 }, %pair { ptr addrspacecast (ptr addrspace(4) @two to ptr), i64 2 }]
    @one = internal addrspace(4) constant i32 11
    @counter = internal addrspace(1) global i32 0
    @shared = internal addrspace(3) global [4 x float] poison
    declare void @llvm.memcpy.p0.p0.i64(ptr noalias writeonly captures(none), ptr noalias readonly captures(none), i64, i1 immarg) #0
    %slot.i = alloca [64 x i32], align 4, addrspace(5)
    call void @llvm.lifetime.start.p5(ptr addrspace(5) %slot.i)
    call void @llvm.memcpy.p0.p0.i64(ptr noundef nonnull align 4 dereferenceable(256) %slot.generic.i, ptr noundef nonnull align 1 dereferenceable(256) %argument, i64 256, i1 false)
    call void @llvm.lifetime.end.p5(ptr addrspace(5) %slot.i)
    declare void @llvm.lifetime.end.p5(ptr addrspace(5) captures(none)) #2
    declare void @llvm.lifetime.start.p5(ptr addrspace(5) captures(none)) #2
    ");
    insta::assert_snapshot!(memory(SPIRV64), @"
    @table = internal addrspace(1) constant [2 x %pair.0] [%pair.0 { ptr addrspace(4) addrspacecast (ptr addrspace(1) @one to ptr addrspace(4)), i64 1 }, %pair.0 { ptr addrspace(4) addrspacecast (ptr addrspace(1) @two to ptr addrspace(4)), i64 2 }]
    @one = internal addrspace(1) constant i32 11
    @counter = internal addrspace(1) global i32 0
    @shared = internal addrspace(3) global [4 x float] poison
    %slot.i = alloca [64 x i32], align 4
    call void @llvm.lifetime.start.p0(ptr %slot.i)
    call void @llvm.memcpy.p4.p4.i64(ptr addrspace(4) noundef nonnull align 4 dereferenceable(256) %slot.generic.i, ptr addrspace(4) noundef nonnull align 1 dereferenceable(256) %argument, i64 256, i1 false)
    call void @llvm.lifetime.end.p0(ptr %slot.i)
    declare void @llvm.memcpy.p4.p4.i64(ptr addrspace(4) noalias writeonly captures(none), ptr addrspace(4) noalias readonly captures(none), i64, i1 immarg) #1
    declare void @llvm.lifetime.start.p0(ptr captures(none)) #2
    declare void @llvm.lifetime.end.p0(ptr captures(none)) #2
    ");
}

#[test]
fn structures_in_memory() {
    for target in GPUS {
        let module = stage("passed.ll", target, "entries.ll", &[]);
        assert_eq!(lines(&module, &["byval", "sret"]), "", "{target}");
        // A copy for each call, each of which writes to its own.
        let copies = lines(&module, &["llvm.memcpy"]).lines().filter(|line| line.contains("call")).count();
        assert_eq!(copies, 2, "{target}");
    }
}

#[test]
fn what_not_every_device_can() {
    let all = ["assembly", "intrinsic", "mutable", "local", "pointer", "wide"];
    let kernels: Vec<_> = all.iter().flat_map(|name| ["--kernel", name]).collect();
    insta::assert_snapshot!(refusal("limits.ll", SPIRV64, &kernels), @"
    error[OB0015]: kernel `assembly` has assembly of the host (`rdtsc`), which spirv64 can't run
      in `asm_part` (retarget/limits.ll)
      in `assembly` (retarget/limits.ll)
    help: write it in the language itself, or keep it from kernels by a condition at compile time
    error[OB0015]: kernel `intrinsic` uses the host's intrinsic `llvm.x86.sse.rsqrt.ps`, which spirv64 doesn't have
      in `intrinsic` (retarget/limits.ll)
    help: write it in the language itself, or keep it from kernels by a condition at compile time
    error[OB0013]: kernel `local` uses the thread-local variable `calls`
      in `local` (retarget/limits.ll)
    help: a device has no threads of the host; pass the value as an argument
    error[OB0014]: kernel `mutable` uses the variable `variable`, which can change
      in `mutable` (retarget/limits.ll)
    help: pass it as an argument; or give --allow-mutable-statics, and the device has a copy of its own
    error[OB0016]: kernel `pointer` calls through a pointer, and spirv64 has no function pointers
      in `pointer` (retarget/limits.ll)
    help: use generics or an enumeration where a function pointer, `dyn` or a virtual call is
    error[OB0018]: kernel `wide` computes with integers of more than 64 bits, which spirv64 doesn't have
      in `wide` (retarget/limits.ll)
    help: use two integers of 64 bits
    ");
    insta::assert_snapshot!(refusal("limits.ll", AMDGCN, &kernels), @"
    error[OB0015]: kernel `assembly` has assembly of the host (`rdtsc`), which amdgcn can't run
      in `asm_part` (retarget/limits.ll)
      in `assembly` (retarget/limits.ll)
    help: write it in the language itself, or keep it from kernels by a condition at compile time
    error[OB0015]: kernel `intrinsic` uses the host's intrinsic `llvm.x86.sse.rsqrt.ps`, which amdgcn doesn't have
      in `intrinsic` (retarget/limits.ll)
    help: write it in the language itself, or keep it from kernels by a condition at compile time
    error[OB0013]: kernel `local` uses the thread-local variable `calls`
      in `local` (retarget/limits.ll)
    help: a device has no threads of the host; pass the value as an argument
    error[OB0014]: kernel `mutable` uses the variable `variable`, which can change
      in `mutable` (retarget/limits.ll)
    help: pass it as an argument; or give --allow-mutable-statics, and the device has a copy of its own
    ");
    insta::assert_snapshot!(refusal("limits.ll", "x86_64", &kernels), @"
    error[OB0013]: kernel `local` uses the thread-local variable `calls`
      in `local` (retarget/limits.ll)
    help: a device has no threads of the host; pass the value as an argument
    error[OB0014]: kernel `mutable` uses the variable `variable`, which can change
      in `mutable` (retarget/limits.ll)
    help: pass it as an argument; or give --allow-mutable-statics, and the device has a copy of its own
    ");
    let fine = ["--kernel", "hidden", "--kernel", "mutable", "--allow-mutable-statics"];
    for target in GPUS {
        let left = stage("limits.ll", target, "optimized.ll", &fine);
        assert_eq!(lines(&left, &["asm", "pause"]), "", "{target}");
    }
    for target in [NVPTX64, AMDGCN] {
        stage("limits.ll", target, "optimized.ll", &["--kernel", "pointer", "--kernel", "wide"]);
    }
}

#[test]
fn arithmetic_of_the_host() {
    let module = stage("arithmetic.ll", SPIRV64, "optimized.ll", &[]);
    assert_eq!(lines(&module, &["with.overflow", "bitreverse", "maximumnum", "nand"]), "");
    for target in [NVPTX64, AMDGCN] {
        stage("arithmetic.ll", target, "optimized.ll", &[]);
    }
}

/// What stands for `llvm.*.with.overflow` folds to the right constants for all pairs of extreme numbers.
#[test]
fn overflow_in_plain_instructions() {
    const VALUES: [i64; 9] = [0, 1, -1, 2, -2, i64::MAX, i64::MIN, 0x7fff_ffff, -0x8000_0000];
    let mut text = String::new();
    let mut expected = Vec::new();
    for (a, b) in VALUES.iter().flat_map(|a| VALUES.iter().map(move |b| (*a, *b))) {
        let (x, y) = (a.cast_unsigned(), b.cast_unsigned());
        let unsigned = |(value, over): (u64, bool)| (value.cast_signed(), over);
        for (name, (value, over)) in [
            ("sadd", a.overflowing_add(b)),
            ("ssub", a.overflowing_sub(b)),
            ("smul", a.overflowing_mul(b)),
            ("uadd", unsigned(x.overflowing_add(y))),
            ("usub", unsigned(x.overflowing_sub(y))),
            ("umul", unsigned(x.overflowing_mul(y))),
        ] {
            let call = format!("call {{ i64, i1 }} @llvm.{name}.with.overflow.i64(i64 {a}, i64 {b})");
            text += &format!("define {{ i64, i1 }} @f{}() {{\n", expected.len());
            text += &format!("  %pair = {call}\n  ret {{ i64, i1 }} %pair\n}}\n");
            let zero = value == 0 && !over;
            let folded =
                if zero { "zeroinitializer".to_owned() } else { format!("{{ i64 {value}, i1 {over} }}") };
            expected.push((call, folded));
        }
    }
    let context = Context::create();
    let buffer = MemoryBuffer::create_from_memory_range_copy(text.as_bytes(), "overflow");
    let module = context.create_module_from_ir(buffer).expect("valid IR");
    llvm_plugin::expand::expand_arithmetic(&module);
    for (index, (call, folded)) in expected.iter().enumerate() {
        let function = module.get_function(&format!("f{index}")).expect("it was defined above");
        let printed = function.print_to_string().to_string();
        assert!(printed.contains(&format!("ret {{ i64, i1 }} {folded}")), "{call}: {printed}");
    }
}

/// The compiler's own functions compute what the host's do.
#[test]
fn functions_of_the_compiler() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("builtins");
    printed(llvm("clang").args(["-std=c23", "-O1", "-fno-builtin", "builtins.c", "-o"]).arg(&program));
    let report = printed(&mut std::process::Command::new(&program));
    assert_eq!(String::from_utf8_lossy(&report), "0 of 1354623 differ\n");
}

/// Where LLVM has no way back, the message says so, and there is no signal and no output.
#[test]
fn what_llvm_gives_up_on() {
    insta::assert_snapshot!(refusal("scalable.ll", SPIRV64, &[]), @"error: LLVM gave up on spirv64-unknown-unknown: Possible incorrect use of LLT::getNumElements() for scalable vector. Scalable flag may be dropped, use LLT::getElementCount() instead");
}

#[test]
fn layouts() {
    insta::assert_snapshot!(refusal("layout.ll", AMDGCN, &[]), @"
    error[OB0027]: `table` has a `[2 x %mixed]` in memory, which lies differently there on amdgcn than on the host
    help: use types of fixed width, without `long double` and 128-bit members in structures
    ");
    stage("layout.ll", NVPTX64, "optimized.ll", &[]);
    insta::assert_snapshot!(refusal("long_double.ll", NVPTX64, &[]), @"
    error[OB0027]: `kernel` has a `x86_fp80` in memory, which lies differently there on nvptx64 than on the host
    help: use types of fixed width, without `long double` and 128-bit members in structures
    ");
}

#[test]
fn barriers() {
    let calls = |case, target, flags: &[&str]| {
        let module = stage(case, target, "optimized.ll", flags);
        lines(&module, &["barrier", "Barrier"]).lines().filter(|line| line.contains("call")).count()
    };
    for target in GPUS {
        assert_eq!(calls("barrier.ll", target, &[]), 1, "{target}");
        assert_eq!(calls("moved_barrier.ll", target, &["--assume-convergent-source"]), 1, "{target}");
    }
    insta::assert_snapshot!(refusal("moved_barrier.ll", NVPTX64, &[]), @"
    error[OB0022]: kernel `untold` reaches `__outboard_dev_barrier`, and its compiler may have put that under a condition that not all threads share
      in `wait` (retarget/moved_barrier.ll)
      in `untold` (retarget/moved_barrier.ll)
    help: compile with -Zmir-enable-passes=-JumpThreading -Cno-prepopulate-passes and give --assume-convergent-source; in C, declare it __attribute__((convergent))
    ");
}
