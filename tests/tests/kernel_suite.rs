//! The kernel suite, as far as it takes minutes: all kernels of a mode in one image for each target, what runs here
//! run, and every refusal. `cargo xtask matrix` is all of it.

use std::path::PathBuf;

use tests::kernels::build::{MODES, Mode};
use tests::kernels::devices::Devices;
use tests::kernels::{Kernel, TARGETS, Target, all, build, matrix, table};
use tests::{Scratch, is_blessing, workspace};

#[test]
fn the_suite_is_large_and_the_table_is_its_own() {
    let kernels = all();
    assert!(kernels.len() >= 40, "{} kernels", kernels.len());
    assert!(kernels.iter().filter(|kernel| kernel.is_c()).count() >= 5);
    let path = workspace().join("docs/targets.md");
    let text = std::fs::read_to_string(&path).expect("docs/targets.md is there");
    let (before, rest) = text.split_once(table::BEGIN).expect("the table's beginning is marked");
    let (found, after) = rest.split_once(table::END).expect("the table's end is marked");
    let table = format!("\n{}", table::works_where(&kernels));
    if is_blessing() {
        let text = format!("{before}{}{table}{}{after}", table::BEGIN, table::END);
        std::fs::write(&path, text).expect("docs/targets.md can be written");
    } else {
        assert_eq!(found, table, "`cargo xtask bless` writes the table of docs/targets.md anew");
    }
}

/// All kernels that `target` takes, in one image.
fn link_together(
    scratch: &Scratch,
    kernels: &[Kernel],
    modules: &[PathBuf],
    target: Target,
    mode: Mode,
) -> PathBuf {
    let taken: Vec<_> = kernels.iter().filter(|kernel| kernel.refusal(target).is_none()).collect();
    assert!(taken.len() >= 40, "{} takes {} kernels", target.name, taken.len());
    let name = format!("{}-{}", mode.name, target.name);
    let (ran, container) = build::link(scratch, modules, &taken, target, &name);
    ran.succeeded();
    container
}

/// Links one image of a mode for each target, and runs its kernels on x86_64.
fn check_together(mode: &str, targets: &[&str]) {
    let mode = Mode::named(mode);
    let (scratch, kernels) = (Scratch::new(), all());
    let modules = build::bitcode(&scratch, &kernels, mode);
    let devices = Devices::new(&scratch, &kernels);
    let mut wrong = Vec::new();
    for name in targets {
        let target = Target::named(name).expect("a target");
        let container = link_together(&scratch, &kernels, &modules, target, mode);
        if target.name != "x86_64" {
            continue;
        }
        let image = build::image(&scratch, &container, &format!("{}-{name}", mode.name));
        for kernel in kernels.iter().filter(|kernel| kernel.runs(target)) {
            if let Err(why) = devices.check(kernel, target, &image) {
                wrong.push(format!("{}: {why}", table::title(kernel, target, mode.name)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn optimized_kernels_link_for_all_targets_and_run_on_x86_64() {
    check_together("O3", &TARGETS.map(|target| target.name));
}

#[test]
fn kernels_without_optimization_link_and_run_on_x86_64() {
    check_together("O0", &["x86_64", "nvptx64", "amdgcn"]);
}

/// Each in an image of its own: an OpenCL runtime compiles all of an image before it runs a kernel of it.
#[test]
fn spirv_kernels_compute_what_the_host_does() {
    let (scratch, kernels) = (Scratch::new(), all());
    let target = Target::named("spirv64").expect("a target");
    let taken: Vec<_> = kernels.into_iter().filter(|kernel| kernel.runs(target)).collect();
    let devices = Devices::new(&scratch, &taken);
    if let Some(why) = devices.missing(target) {
        report(&format!("left out: {why}"));
        return;
    }
    let cells = matrix::mode(&scratch, &devices, &taken, &[target], Mode::named("O3"), 2);
    let wrong = table::failures(&cells);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[expect(clippy::print_stderr, reason = "a test that leaves something out says so")]
fn report(what: &str) {
    eprintln!("{what}");
}

#[test]
fn what_a_target_cannot_do_is_refused_by_name() {
    let scratch = Scratch::new();
    let refused: Vec<_> = all().into_iter().filter(|kernel| !kernel.refused.is_empty()).collect();
    let mode = Mode::named("O3");
    assert!(MODES.contains(&mode));
    let modules = build::bitcode(&scratch, &refused, mode);
    let mut wrong = Vec::new();
    for target in TARGETS {
        for kernel in refused.iter().filter(|kernel| kernel.refusal(target).is_some()) {
            let outcome = matrix::link_alone(&scratch, &modules, kernel, target, "refused");
            if let Err(why) = outcome {
                wrong.push(format!("{}: {why}", table::title(kernel, target, mode.name)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
