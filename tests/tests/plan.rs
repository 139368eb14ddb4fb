//! The generator by itself: a plan that the pass prints gives the same module through the generator, a plan
//! written by hand serves another front end's calls, and a plan that does not fit is an error.

use serde_json::{Value, json};
use std::path::PathBuf;
use tests::{Run, Scratch, llvm, plugin, snapshot, workspace};

/// A folder with `kernels.offload`: kernels axpy, fill and sum.
fn scratch_with_images() -> Scratch {
    let scratch = Scratch::new();
    let source = workspace().join("lit/Inputs/kernels.c");
    let flags = ["-shared", "-fPIC", "-nostdlib", "-o", "kernels.so"];
    Run::new(llvm().tool("clang")).dir(scratch.folder()).args(flags).arg(source).ok();
    Run::new(llvm().tool("llvm-offload-binary"))
        .dir(scratch.folder())
        .args(["-o", "kernels.offload"])
        .arg("--image=file=kernels.so,triple=x86_64-unknown-linux-gnu,arch=,kind=openmp")
        .ok();
    scratch
}

fn case(name: &str) -> PathBuf {
    workspace().join("tests/cases/plans").join(name)
}

fn opt(scratch: &Scratch, passes: &str) -> Run {
    Run::new(llvm().tool("opt"))
        .dir(scratch.folder())
        .arg(format!("-load-pass-plugin={}", plugin().display()))
        .arg(format!("-passes={passes}"))
}

fn emit_plan(scratch: &Scratch, plan: &str, module: &str) -> Run {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let example = ["build", "--quiet", "--workspace", "--example", "emit_plan"];
    Run::new(cargo).dir(workspace()).args(example).ok();
    scratch.write("plan.json", plan);
    Run::new(tests::workspace::target().join("debug/examples/emit_plan"))
        .dir(scratch.folder())
        .arg("plan.json")
        .arg(case(module))
        .args(["-o", "emitted.ll"])
}

#[test]
fn a_printed_plan_emits_what_the_pass_emits() {
    let scratch = scratch_with_images();
    for registration in ["constructor", "call-site"] {
        let options = format!("images=kernels.offload;registration={registration}");
        let printed = opt(&scratch, &format!("print<offload;format=plan;{options}>"))
            .arg("-disable-output")
            .arg(case("launches.ll"))
            .ok();
        emit_plan(&scratch, &printed.stderr, "launches.ll").ok();
        opt(&scratch, &format!("offload-host<{options}>"))
            .args(["-S", "-o", "pass.ll"])
            .arg(case("launches.ll"))
            .ok();
        let read = |name: &str| std::fs::read_to_string(scratch.path(name)).expect("it was written");
        assert_eq!(read("emitted.ll"), read("pass.ll"));
    }
}

/// A plan for the call of `my_launch`.
fn own_plan() -> Value {
    json!({
        "containers": ["kernels.offload"],
        "launches": [{
            "site": { "function": "main", "call": 1 },
            "kernel": "axpy",
            "device": -1,
            "grid": [{ "operand": 2 }, 1, 1],
            "block": [64, 1, 1],
            "shared_bytes": 0,
            "arguments": [{ "map": "TO | FROM", "base": 0, "size": { "operand": 1 }, "name": "data" }],
        }],
    })
}

#[test]
fn a_plan_for_another_front_end() {
    let scratch = scratch_with_images();
    emit_plan(&scratch, &own_plan().to_string(), "own_marker.ll").ok();
    let emitted = std::fs::read_to_string(scratch.path("emitted.ll")).expect("it was written");
    let main = emitted.split("define i32 @main").nth(1).and_then(|rest| rest.split("\n}").next());
    snapshot!(tests::normalise(main.expect("main is there"), None));
}

#[test]
fn plans_that_do_not_fit() {
    let cases: [(&str, &str, Value); 9] = [
        ("no such function", "/launches/0/site/function", json!("mian")),
        ("no such call", "/launches/0/site/call", json!(2)),
        ("a call without a status", "/launches/0/site/call", json!(0)),
        ("an operand of another type", "/launches/0/grid/0/operand", json!(1)),
        ("an operand too far", "/launches/0/arguments/0/base", json!(9)),
        ("a missing kernel", "/launches/0/kernel", json!("apxy")),
        ("an unknown flag", "/launches/0/arguments/0/map", json!("TO | FORM")),
        ("a flag of the pass's own", "/launches/0/arguments/0/map", json!("TO | TARGET_PARAM")),
        ("one call twice", "/launches", json!([own_plan()["launches"][0], own_plan()["launches"][0]])),
    ];
    let scratch = scratch_with_images();
    let texts = cases.into_iter().map(|(what, place, value)| {
        let mut plan = own_plan();
        *plan.pointer_mut(place).expect("the place is there") = value;
        let ran = emit_plan(&scratch, &plan.to_string(), "own_marker.ll").fails();
        assert!(!scratch.path("emitted.ll").exists(), "output of a failed run:\n{ran}");
        format!("## {what}\n{}", ran.stderr)
    });
    snapshot!(texts.collect::<Vec<_>>().join("\n"));
}
