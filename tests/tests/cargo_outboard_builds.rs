//! What `cargo outboard` builds again, what it shows meanwhile, and that runs beside each other don't mix.

use tests::Run;
use tests::outboard_project::Project;

/// What cargo says that it compiles.
fn compiled(stderr: &str) -> Vec<&str> {
    stderr.lines().filter_map(|line| line.trim().strip_prefix("Compiling ")?.split(' ').next()).collect()
}

#[test]
fn other_devices_cost_a_link_and_no_more() {
    let project = Project::new();
    let build = |device| project.outboard(&["build", "--device", device]).ok().stderr;
    build("host");
    let again = build("host");
    assert!(compiled(&again).is_empty(), "{again}");
    let other = build("host,spirv64");
    assert_eq!(compiled(&other), ["app"], "{other}");
    assert!(other.contains("Outboard 1 kernel in `app`, for x86_64, spirv64: "), "{other}");
    assert!(compiled(&build("host,spirv64")).is_empty());
    let back = build("host");
    assert!(back.contains("Outboard 1 kernel in `app`, for x86_64: "), "{back}");
}

#[test]
fn runs_beside_each_other_tell_what_they_made_themselves() {
    let project = Project::new();
    let other = Project::beside(&project, "other");
    let summary = |stderr: &str| stderr.lines().last().unwrap_or_default().trim().to_owned();
    let build = |project: &Project| {
        project.append("src/main.rs", "\n// built anew\n");
        summary(&project.outboard(&["build"]).ok().stderr)
    };
    let (one, two) = std::thread::scope(|scope| {
        let (one, two) = (scope.spawn(|| build(&project)), scope.spawn(|| build(&other)));
        (one.join().expect("it is built"), two.join().expect("it is built"))
    });
    assert!(one.starts_with("Outboard 1 kernel in `app`, for x86_64: "), "{one}");
    assert!(two.starts_with("Outboard 1 kernel in `other`, for x86_64: "), "{two}");
}

/// The command with a terminal: util-linux's `script` gives it one.
fn on_a_terminal(project: &Project, arguments: &str) -> Run {
    let run = project.outboard_under("script", &["--quiet", "--return", "--command"]);
    let run = run.arg(format!("\"$CARGO\" outboard {arguments}")).arg("/dev/null");
    run.env("TERM", "xterm").env("CI", "")
}

#[test]
fn progress_is_for_terminals() {
    const SHOWN: &str = "\x1b[1;36m     Linking\x1b[0m images for `app`";
    let project = Project::new();
    // No image is found in a cache: making several takes long enough to be seen.
    let without_cache = |run: Run| {
        project.append("src/main.rs", "\n// built anew\n");
        run.env("OUTBOARD_CACHE", project.scratch.path("cache"))
            .env("OUTBOARD_DEVICES", "host,gfx90a,spirv64")
    };
    let anew = || drop(std::fs::remove_dir_all(project.scratch.path("cache")));
    without_cache(on_a_terminal(&project, "build")).ok().says(SHOWN);
    for quiet in ["build --quiet", "build --config term.progress.when=\\\"never\\\""] {
        anew();
        without_cache(on_a_terminal(&project, quiet)).ok().says_not("images for");
    }
    anew();
    let colorless = without_cache(on_a_terminal(&project, "build --color never")).ok();
    colorless.says("\x1b[K     Linking images for `app`").says_not(SHOWN);
    anew();
    without_cache(project.outboard(&["build"])).ok().says_not("images for");
}

/// Helpers that C has become part of the crate, and another version of them is another build.
#[test]
fn helpers_are_inlined_and_tracked_by_content() {
    let project = Project::new();
    project.append(
        "src/main.rs",
        "unsafe extern \"C\" { fn helper_answer(x: i32) -> i32; }
         #[unsafe(no_mangle)] pub extern \"C\" fn ask_helper(x: i32) -> i32 { unsafe { helper_answer(x) } }\n",
    );
    let write_helpers = |answer: i32| {
        let source = format!("int helper_answer(int x) {{ return x + {answer}; }}");
        let source = project.scratch.write("helpers.c", source);
        let clang = Run::new(tests::llvm().tool("clang")).args(["-O2", "-emit-llvm", "-c"]).arg(source);
        clang.arg("-o").arg(project.path("my helpers.bc")).ok();
    };
    let build = || project.outboard(&["build", "--inline-helpers", "my helpers.bc"]).ok().stderr;
    write_helpers(1);
    assert!(compiled(&build()).contains(&"app"), "the first build");
    assert!(compiled(&build()).is_empty(), "nothing changed");
    write_helpers(2);
    assert!(compiled(&build()).contains(&"app"), "other helpers");
    write_helpers(1);
    assert!(
        project
            .outboard(&["env", "--inline-helpers", "my helpers.bc"])
            .ok()
            .stdout
            .contains("my%20helpers.bc>")
    );
    project
        .outboard(&["build", "--inline-helpers", "nowhere.bc"])
        .fails()
        .says("can't read `")
        .says("nowhere.bc`");
}
