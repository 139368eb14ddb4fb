//! Runs the FileCheck tests in `lit/`.

use tests::workspace::target;
use tests::{Run, device_link, llvm, plugin, workspace};

#[test]
fn lit() {
    let lit = llvm().lit().expect("`lit` is under LLVM's prefix or on the PATH: `cargo xtask setup --check`");
    let parameter = |name: &str, value: &std::path::Path| format!("-D{name}={}", value.display());
    let ran = Run::new(lit)
        .arg("-v")
        .arg(parameter("plugin", plugin()))
        .arg(parameter("device_link", device_link()))
        .arg(parameter("llvm", llvm().prefix()))
        .arg(parameter("output", &target().join("lit")))
        .arg(workspace().join("lit"))
        .run();
    // lit knows states that leave its exit status 0 and still mean that a test did not run.
    ran.succeeded().says_not("Unsupported").says_not("Unresolved");
}
