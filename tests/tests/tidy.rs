//! The rules of the house that a program can check. Each failure says what to do instead.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tests::workspace::{files, rust_sources};
use tests::{Run, workspace};

/// What a crate may see.
struct Direction {
    package: &'static str,
    may_see: &'static [&'static str],
    may_see_llvm: bool,
    instead: &'static str,
}

const LLVM: [&str; 2] = ["inkwell", "llvm-sys"];
const ANYTHING: &[&str] = &["*"];

const DIRECTIONS: &[Direction] = &[
    Direction {
        package: "outboard-abi",
        may_see: &[],
        may_see_llvm: false,
        instead: "abi holds facts alone; what has logic belongs to the crate that uses the fact",
    },
    Direction {
        package: "outboard-diagnostics",
        may_see: &[],
        may_see_llvm: false,
        instead: "diagnostics knows what messages look like; what they are about is who makes them",
    },
    Direction {
        package: "offload-binary",
        may_see: &["outboard-abi"],
        may_see_llvm: false,
        instead: "offload-binary knows bytes; what needs LLVM belongs to device-link or host-codegen",
    },
    Direction {
        package: "offload-records",
        may_see: &["outboard-abi", "outboard-diagnostics"],
        may_see_llvm: false,
        instead: "offload-records knows bytes; who makes bitcode of a module, or modules of bitcode, is pass and host-link",
    },
    Direction {
        package: "outboard-llvm-plugin",
        may_see: &[],
        may_see_llvm: true,
        instead: "llvm-plugin knows LLVM, not offloading; pass what it needs as arguments",
    },
    Direction {
        package: "host-codegen",
        may_see: &["outboard-abi", "offload-binary", "outboard-llvm-plugin"],
        may_see_llvm: true,
        instead: "host-codegen emits a plan; the pass and host-link make plans and read files",
    },
    Direction {
        package: "bitcode-link",
        may_see: &["outboard-diagnostics", "outboard-llvm-plugin"],
        may_see_llvm: true,
        instead: "bitcode-link knows LLVM, not offloading; device-link adds what it must know",
    },
    Direction {
        package: "device-link",
        may_see: &[
            "outboard-abi",
            "outboard-diagnostics",
            "offload-binary",
            "bitcode-link",
            "outboard-llvm-plugin",
            "runtime-bitcode",
        ],
        may_see_llvm: true,
        instead: "device-link never sees the host side; what both need is a fact in abi or bytes in offload-binary",
    },
    Direction {
        package: "outboard-pass",
        may_see: &[
            "outboard-abi",
            "outboard-diagnostics",
            "offload-binary",
            "offload-records",
            "host-codegen",
            "bitcode-link",
            "outboard-llvm-plugin",
        ],
        may_see_llvm: true,
        instead: "the pass never makes images; it reads what device-link wrote, through offload-binary",
    },
    Direction {
        package: "outboard",
        may_see: &["outboard-abi", "outboard-macros"],
        may_see_llvm: false,
        instead: "users build outboard without LLVM: it knows the launch contract, and opens the runtime by name",
    },
    Direction {
        package: "outboard-macros",
        may_see: &[],
        may_see_llvm: false,
        instead: "macros write what a user of outboard could write by hand",
    },
    Direction {
        package: "host-link",
        may_see: &[
            "outboard-abi",
            "outboard-diagnostics",
            "offload-binary",
            "offload-records",
            "bitcode-link",
            "device-link",
            "host-codegen",
            "outboard-llvm-plugin",
            "runtime-bitcode",
        ],
        may_see_llvm: true,
        instead: "host-link alone sees both sides, and makes nothing itself: pass and device-link do",
    },
    Direction {
        package: "runtime-bitcode",
        may_see: &[],
        may_see_llvm: false,
        instead: "runtime-bitcode is for build scripts, and runs LLVM's clang",
    },
    Direction {
        package: "outboard-prerequisites",
        may_see: &[],
        may_see_llvm: false,
        instead: "prerequisites must build on a machine without LLVM, and knows nothing of what is built",
    },
    Direction {
        package: "cargo-outboard",
        may_see: &["outboard-diagnostics", "outboard-prerequisites"],
        may_see_llvm: false,
        instead: "cargo-outboard sets flags and runs programs; what needs LLVM is in device-link and host-link",
    },
    Direction {
        package: "xtask",
        may_see: &["outboard-prerequisites"],
        may_see_llvm: false,
        instead: "xtask must build on a machine without LLVM; run the program instead of linking the crate",
    },
    Direction {
        package: "outboard-examples",
        may_see: &["outboard"],
        may_see_llvm: false,
        instead: "examples are what a user would write",
    },
    Direction { package: "tests", may_see: ANYTHING, may_see_llvm: true, instead: "" },
    Direction { package: "bench", may_see: ANYTHING, may_see_llvm: true, instead: "" },
];

#[test]
fn the_architecture_fits_on_a_page_or_three() {
    let text =
        std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let count = text.lines().count();
    assert!(
        count <= 150,
        "ARCHITECTURE.md has {count} lines, 150 at most: details belong to module documentation"
    );
}

#[test]
fn every_clause_of_the_contract_has_a_test() {
    let contract =
        std::fs::read_to_string(workspace().join("docs/launch-contract.md")).expect("the contract");
    let clauses: Vec<&str> = contract
        .lines()
        .filter_map(|line| line.strip_prefix("## ")?.split_once(". ").map(|(number, _)| number))
        .collect();
    let tests = files(&|path| path.parent().is_some_and(|folder| folder.ends_with("lit/launch-contract")));
    let has_test = |clause: &str| {
        let prefix = format!("{clause:0>2}-");
        tests
            .iter()
            .any(|test| test.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix)))
    };
    let untested: Vec<&&str> = clauses.iter().filter(|clause| !has_test(clause)).collect();
    assert!(clauses.len() >= 12, "the contract has {} numbered clauses", clauses.len());
    assert!(
        untested.is_empty(),
        "clauses {untested:?} have no test: add lit/launch-contract/NN-behaviour.ll"
    );
}

#[test]
fn crates_see_only_what_they_may() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let ran = Run::new(cargo).args(["metadata", "--no-deps", "--format-version=1"]).dir(workspace()).ok();
    let metadata: Value = serde_json::from_str(&ran.stdout).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().expect("a package has a name");
        let Some(direction) = DIRECTIONS.iter().find(|direction| direction.package == name) else {
            wrong.push(format!("{name} is new: say in DIRECTIONS (tests/tests/tidy.rs) what it may see"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("a list of dependencies") {
            let seen = dependency["name"].as_str().expect("a dependency has a name");
            // Tests may look anywhere; the shape of the house is what programs are made of.
            let in_tests = dependency["kind"] == "dev";
            let allowed = match direction.may_see {
                ANYTHING => true,
                may_see if ours.contains(seen) => may_see.contains(&seen),
                _ => direction.may_see_llvm || !LLVM.contains(&seen),
            };
            if !allowed && !in_tests {
                wrong.push(format!("{name} depends on {seen}: {}", direction.instead));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Runs `find` on every file, and lists what it finds as `path:line: text`.
#[track_caller]
fn check(files: &[std::path::PathBuf], instead: &str, find: impl Fn(&str, &str) -> Vec<(usize, String)>) {
    assert!(!files.is_empty(), "no file was looked at");
    let mut wrong = Vec::new();
    for path in files {
        let name = path.strip_prefix(workspace()).expect("in the repository").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        wrong.extend(find(&name, &text).into_iter().map(|(line, text)| format!("{name}:{line}: {text}")));
    }
    assert!(wrong.is_empty(), "{}\n{instead}", wrong.join("\n"));
}

/// Lines that `wrong` accepts, numbered from 1.
fn lines(text: &str, wrong: impl Fn(&str) -> bool) -> Vec<(usize, String)> {
    let numbered = text.lines().enumerate().filter(|(_, line)| wrong(line));
    numbered.map(|(index, line)| (index + 1, line.trim().to_owned())).collect()
}

/// Programs that tests and examples compile: what a user would write, not the house.
fn is_program(name: &str) -> bool {
    ["examples/", "lit/", "fuzz/"].iter().any(|folder| name.starts_with(folder) || name.contains("/fuzz/"))
        || name.contains("/cases/")
        || name.contains("/programs/")
}

/// The text with the insides of strings, character literals and comments blanked, its lines kept.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match literal_or_comment(rest) {
            0 => {
                code.push(first);
                first.len_utf8()
            }
            length => {
                code.extend(rest[..length].chars().map(|c| if c == '\n' { c } else { ' ' }));
                length
            }
        };
        rest = &rest[length..];
    }
    code
}

/// The length of the string, character literal or comment that the text starts with; 0 for anything else.
fn literal_or_comment(text: &str) -> usize {
    let until =
        |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    let hashes = text.strip_prefix('r').map_or(0, |raw| raw.len() - raw.trim_start_matches('#').len());
    if text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if text.starts_with("/*") {
        until("*/", 2)
    } else if text.starts_with('r') && text[1 + hashes..].starts_with('"') {
        until(&format!("\"{}", "#".repeat(hashes)), hashes + 2)
    } else if text.starts_with('"') {
        let mut escaped = false;
        let end = text.char_indices().skip(1).find(|&(_, c)| {
            let is_end = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            is_end
        });
        end.map_or(text.len(), |(at, _)| at + 1)
    } else if text.starts_with("'\"'") {
        3
    } else {
        0
    }
}

fn has_word(code: &str, word: &str) -> bool {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word)
}

#[test]
fn unsafe_code_stays_at_the_border() {
    check(
        &rust_sources(),
        "unsafe code lives in llvm-plugin, pass/src/entry.rs and outboard/src/launch: give them a safe function for it\n\
         (a program that a test or bench compiles belongs into a folder `programs` or `cases`)",
        |name, text| {
            let border =
                ["llvm-plugin/", "outboard/src/launch/"].iter().any(|folder| name.starts_with(folder))
                    || ["pass/src/entry.rs", "outboard-macros/src/derive_plain.rs"].contains(&name);
            if border || is_program(name) {
                Vec::new()
            } else {
                lines(&code_of(text), |line| has_word(line, "unsafe"))
            }
        },
    );
}

#[test]
fn names_of_llvm_and_libomptarget_stand_in_abi() {
    check(
        &rust_sources(),
        "names that LLVM or libomptarget fix are constants in abi: use abi::names or abi::entry_points",
        |name, text| {
            let excepted = ["abi/", "tests/", "bench/"].iter().any(|folder| name.starts_with(folder))
                || name.contains("/tests/")
                || name.contains("/tests.rs");
            let program = text.split("#[cfg(test)]").next().unwrap_or_default();
            lines(program, |line| {
                !excepted && ["\"__tgt_", "\"llvm_offload"].iter().any(|s| line.contains(s))
            })
        },
    );
}

#[test]
fn files_are_short() {
    const LIMIT: usize = 500;
    let sources = files(&|path| has_extension(path, &["rs", "cpp", "h", "py"]));
    check(&sources, "split it by phase: one file, one thing that it produces", |_, text| {
        let count = text.lines().count();
        if count > LIMIT { vec![(count, format!("longer than {LIMIT} lines"))] } else { Vec::new() }
    });
}

#[test]
fn every_source_says_what_it_is() {
    check(
        &rust_sources(),
        "open the file with one to five lines of `//!`: what comes in, what goes out",
        |_, text| {
            if text.starts_with("//!") { Vec::new() } else { vec![(1, "no `//!`".into())] }
        },
    );
}

#[test]
fn files_are_named_by_what_they_produce() {
    const BANNED: [&str; 9] =
        ["util", "utils", "helper", "helpers", "common", "misc", "handle", "process", "gen"];
    let sources = files(&|path| has_extension(path, &["rs", "cpp", "h", "py", "c", "ll"]));
    check(&sources, "name the file by what it produces", |name, _| {
        let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
        if BANNED.contains(&&*stem) { vec![(1, format!("`{stem}` says nothing"))] } else { Vec::new() }
    });
}

#[test]
fn nothing_is_left_for_later() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("todo", "!(")];
    check(&texts(), "do it now, or write an issue", |_, text| {
        lines(text, |line| words.iter().any(|word| line.contains(word)))
    });
}

#[test]
fn no_path_of_one_machine() {
    let roots = [concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];
    check(&texts(), "a path must hold on every machine", |_, text| {
        lines(text, |line| roots.iter().any(|root| line.contains(root)))
    });
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|found| extensions.iter().any(|extension| found == *extension))
}

fn texts() -> Vec<std::path::PathBuf> {
    files(&|path| {
        has_extension(path, &["rs", "cpp", "h", "py", "c", "ll", "md", "toml", "sh", "test", "snap"])
    })
}

#[test]
fn words_in_strings_and_comments_are_no_code() {
    let check = |text: &str, expected: &str| assert_eq!(code_of(text), expected);
    check(r#"a("unsafe \" b"); // unsafe"#, "a(             );          ");
    check("r#\"unsafe \" \n \"# unsafe", "            \n    unsafe");
    check("'\"' unsafe /* unsafe */", "    unsafe             ");
    check("for x", "for x");
    assert!(has_word("pub unsafe fn a()", "unsafe"));
    assert!(!has_word("#![forbid(unsafe_code)]", "unsafe"));
}
