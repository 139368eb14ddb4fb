//! Where settings come from, and what is said of wrong ones.

use super::{Settings, check_device};
use crate::args::{OwnOptions, Runtime, VectorMath};
use serde_json::{Value, json};
use std::path::Path;

fn metadata(table: &Value) -> crate::error::Result<(Settings, Vec<String>)> {
    Settings::of_metadata(&json!({ "outboard": table }), "package.metadata", Path::new("/project"))
}

#[test]
fn the_command_line_is_over_the_environment_over_the_package_over_the_workspace() {
    let options = OwnOptions { device: vec!["host".into()], ..OwnOptions::default() };
    let line = Settings::of_options(&options).expect("a device");
    let environment = |name: &str| match name {
        "OUTBOARD_DEVICES" => Some("sm_90, gfx90a".to_owned()),
        "OUTBOARD_RUNTIME" => Some("linked".to_owned()),
        "OUTBOARD_VECTOR_MATH" => Some("none".to_owned()),
        _ => None,
    };
    let environment = Settings::of_environment(environment).expect("devices");
    assert_eq!(environment.devices.as_deref(), Some(&["sm_90".to_owned(), "gfx90a".to_owned()][..]));
    let table = json!({ "devices": ["spirv64"], "runtime": "lazy", "require": false, "cache": "images" });
    let (package, warnings) = metadata(&table).expect("settings");
    assert!(warnings.is_empty());
    let (workspace, _) =
        metadata(&json!({ "require": true, "runtime-files": ["rt.so"], "inline-helpers": ["c.bc"] }))
            .expect("settings");
    let all = line.over(environment).over(package).over(workspace);
    assert_eq!(all.devices, Some(vec!["host".to_owned()]));
    assert_eq!(all.runtime, Some(Runtime::Linked));
    assert_eq!(all.vector_math, Some(VectorMath::None));
    assert_eq!(all.require, Some(false));
    assert_eq!(all.cache.as_deref(), Some(Path::new("/project/images")));
    assert_eq!(all.runtime_files, Some(vec!["/project/rt.so".into()]));
    assert_eq!(all.inline_helpers, Some(vec!["/project/c.bc".into()]));
}

#[test]
fn unknown_keys_are_warned_about() {
    let (_, warnings) = metadata(&json!({ "device": ["host"], "zzzzzz": 1 })).expect("no error");
    assert_eq!(
        warnings,
        [
            "`package.metadata.outboard.device` means nothing\nhelp: did you mean `devices`?",
            "`package.metadata.outboard.zzzzzz` means nothing\n\
             help: the keys are cache, devices, inline-helpers, require, runtime, runtime-files, vector-math",
        ]
    );
}

#[test]
fn values_that_are_wrong() {
    let error = |table: &Value| metadata(table).expect_err("wrong").to_string();
    assert_eq!(
        error(&json!({ "devices": "host" })),
        "`package.metadata.outboard.devices` is a list of texts, not \"host\""
    );
    assert_eq!(
        error(&json!({ "runtime": "late" })),
        "`package.metadata.outboard.runtime` is \"lazy\" or \"linked\", not \"late\""
    );
    assert_eq!(
        error(&json!({ "vector-math": "svml" })),
        "`package.metadata.outboard.vector-math` is \"libmvec\" or \"none\", not \"svml\""
    );
    assert_eq!(
        error(&json!({ "require": 1 })),
        "`package.metadata.outboard.require` is true or false, not 1"
    );
    assert_eq!(error(&json!([])), "`[package.metadata.outboard]` is a table, not []");
}

#[test]
fn devices() {
    for device in ["host", "sm_90", "sm_90a", "gfx90a", "spirv64", "nvptx64:sm_80", "x86_64:v3"] {
        check_device(device).expect(device);
    }
    let error = |device: &str| check_device(device).expect_err("unknown").to_string();
    assert_eq!(error("hots"), "there is no device `hots`\nhelp: did you mean `host`?");
    assert_eq!(error("spriv64"), "there is no device `spriv64`\nhelp: did you mean `spirv64`?");
    assert_eq!(
        error("radeon"),
        "there is no device `radeon`\n\
         help: devices are host, sm_90 and the like for NVIDIA, gfx90a and the like for AMD, spirv64"
    );
}
