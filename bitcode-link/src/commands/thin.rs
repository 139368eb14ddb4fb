//! `bitcode-link thin`: the thin link, the jobs by whoever runs them, and the last link.

use super::engine::{Progress, Teller};
use super::tell;
pub(crate) use super::thin_arguments::Arguments;
use super::thin_arguments::Executor;
use anyhow::{Context as _, Result};
use bitcode_link::cache::{Cache, Key};
use bitcode_link::output::Outputs;
use bitcode_link::thin::executor::{BuildFiles, BuildSystem, run_dask, run_threads};
use bitcode_link::thin::{
    FinalLink, Inputs, Job, LinkKind, Lookup, ThinError, ThinOptions, ThinPlan, job_key, object_names,
    open_cache, plan_thin, read_inputs,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<()> {
    let options = options(arguments)?;
    let mut inputs = read_inputs(&arguments.inputs)?;
    for warning in &inputs.warnings {
        tell("warning", &warning.to_string(), json);
    }
    let system = match arguments.executor {
        Executor::Ninja => Some(BuildSystem::Ninja),
        Executor::Make => Some(BuildSystem::Make),
        Executor::Threads | Executor::Dask => None,
    };
    if let Some(system) = system {
        return write_build_files(arguments, &options, &mut inputs, system, json);
    }
    let started = Instant::now();
    let plan = plan_thin(&inputs, &options)?;
    let planned = started.elapsed();
    if plan.config.assembly && arguments.output.is_some() {
        return Err(ThinError::NothingToLink { triple: plan.triple }.into());
    }
    let compiled = compile(arguments, &plan, json)?;
    let started = Instant::now();
    write_objects(arguments, &options, &inputs, &plan, &compiled.objects)?;
    if arguments.engine.progress != Progress::Never {
        tell("summary", &summary(arguments, &compiled, planned, started.elapsed()), json);
    }
    Ok(())
}

fn options(arguments: &Arguments) -> Result<ThinOptions> {
    let kind = match &arguments.kind {
        kind if kind.shared => LinkKind::Shared,
        kind if kind.pie => LinkKind::Pie,
        kind if kind.relocatable || arguments.output.is_none() => LinkKind::Objects,
        _ => LinkKind::Static,
    };
    let mut exports: BTreeSet<String> = arguments.exports.iter().cloned().collect();
    if let Some(path) = &arguments.export_list {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("can't read `{}`", path.display()))?;
        exports.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned));
    }
    let listed = !arguments.exports.is_empty() || arguments.export_list.is_some();
    Ok(ThinOptions {
        kind,
        exports: listed.then_some(exports),
        entry: arguments.entry.clone(),
        cpu: arguments.code.cpu.clone(),
        features: arguments.code.features.clone(),
        code_model: arguments.code.code_model(),
        level: arguments.code.opt_level,
    })
}

/// The objects of all jobs.
struct Compiled {
    objects: Vec<Vec<u8>>,
    cached: usize,
    taken: Duration,
}

fn compile(arguments: &Arguments, plan: &ThinPlan<'_>, json: bool) -> Result<Compiled> {
    let started = Instant::now();
    let cache = open_cache(arguments.cache_dir.as_deref())?;
    let keys: Vec<Key> = match cache {
        Some(_) => plan.jobs.iter().map(|job| job_key(job, &plan.config)).collect(),
        None => Vec::new(),
    };
    let mut lookup = Lookup::of(cache.as_ref(), &keys);
    lookup.damaged.iter().for_each(|text| tell("warning", text, json));
    lookup.objects.resize(plan.jobs.len(), None);
    let missing: Vec<usize> = (0..plan.jobs.len()).filter(|index| lookup.objects[*index].is_none()).collect();
    let wanted: Vec<&Job<'_>> = missing.iter().map(|index| &plan.jobs[*index]).collect();
    let made = execute(arguments, plan, &wanted, json)?;
    if let Some(cache) = &cache
        && let Some(warning) = keep(cache, missing.iter().map(|index| &keys[*index]).zip(&made))
    {
        tell("warning", &warning, json);
    }
    for (index, object) in missing.iter().zip(made) {
        lookup.objects[*index] = Some(object);
    }
    let cached = plan.jobs.len() - missing.len();
    Ok(Compiled { objects: lookup.objects.into_iter().flatten().collect(), cached, taken: started.elapsed() })
}

/// Keeps objects, as many as there is room for. What to say where there was too little.
fn keep<'a>(cache: &Cache, objects: impl Iterator<Item = (&'a Key, &'a Vec<u8>)>) -> Option<String> {
    let kept: Vec<_> = objects.map(|(key, object)| cache.keep(key, object)).collect();
    let failed: Vec<_> = kept.iter().filter_map(|kept| kept.as_ref().err()).collect();
    let first = failed.first()?;
    let (folder, all) = (cache.folder().display(), kept.len());
    Some(format!("the cache `{folder}` can't keep {} of {all} objects: {first}", failed.len()))
}

fn execute(
    arguments: &Arguments,
    plan: &ThinPlan<'_>,
    wanted: &[&Job<'_>],
    json: bool,
) -> Result<Vec<Vec<u8>>> {
    let engine = &arguments.engine;
    let teller = Teller::new(engine, wanted.len(), json);
    let on_event = |event| teller.tell(&event);
    if arguments.executor == Executor::Dask {
        let program = engine.program()?;
        return Ok(run_dask(wanted, &plan.config, &engine.shipping(&program, &on_event)?)?);
    }
    Ok(run_threads(wanted, &plan.config, engine.limit(), &on_event)?)
}

fn write_objects(
    arguments: &Arguments,
    options: &ThinOptions,
    inputs: &Inputs,
    plan: &ThinPlan<'_>,
    objects: &[Vec<u8>],
) -> Result<()> {
    let suffix = if plan.config.assembly { "thin.s" } else { "thin.o" };
    let regular = plan.regular.iter().map(|object| ("regular.o".to_owned(), object.as_slice()));
    let named = object_names(&plan.jobs, suffix).into_iter().zip(objects.iter().map(Vec::as_slice));
    let all: Vec<(String, &[u8])> = regular.chain(named).collect();
    if let Some(folder) = &arguments.objects {
        let mut outputs = Outputs::with_folders();
        for (name, object) in &all {
            outputs.add(&folder.join(name), object).map_err(ThinError::File)?;
        }
        outputs.persist().map_err(ThinError::File)?;
    }
    if let Some(output) = &arguments.output {
        final_link(arguments, options, inputs).run(&all, output)?;
    }
    Ok(())
}

fn final_link<'a>(arguments: &'a Arguments, options: &'a ThinOptions, inputs: &'a Inputs) -> FinalLink<'a> {
    FinalLink {
        options,
        linker: arguments.linker.as_deref(),
        arguments: &arguments.linker_arguments,
        natives: &inputs.native_files,
    }
}

fn write_build_files(
    arguments: &Arguments,
    options: &ThinOptions,
    inputs: &mut Inputs,
    system: BuildSystem,
    json: bool,
) -> Result<()> {
    let folder = arguments
        .objects
        .as_deref()
        .context("build systems need a place for what they make\nhelp: say with --objects which folder")?;
    inputs.name_files_in(folder);
    let plan = plan_thin(inputs, options)?;
    let program = std::env::current_exe().context("can't tell where this program is")?;
    let program = program.display().to_string();
    let command: Vec<String> = std::iter::once(program.clone()).chain(std::env::args().skip(1)).collect();
    let more: Vec<String> = match &arguments.cache_dir {
        Some(cache) => vec![format!("--cache-dir={}", cache.display())],
        None => Vec::new(),
    };
    let mut files = BuildFiles {
        system,
        folder,
        program: &program,
        command: &command,
        arguments: &more,
        inputs: &arguments.inputs,
        link: None,
        natives: &inputs.native_files,
    };
    if let Some(output) = &arguments.output {
        files.link = Some((output, link_command(arguments, options, inputs, &plan, folder, output)?));
    }
    let file = files.write(&plan, &inputs.inputs)?;
    if arguments.engine.progress != Progress::Never {
        tell("summary", &format!("{} modules; the jobs are in `{}`", plan.jobs.len(), file.display()), json);
    }
    Ok(())
}

fn link_command(
    arguments: &Arguments,
    options: &ThinOptions,
    inputs: &Inputs,
    plan: &ThinPlan<'_>,
    folder: &Path,
    output: &Path,
) -> Result<Vec<String>> {
    let link = final_link(arguments, options, inputs);
    let exports: PathBuf = folder.join("exports");
    if let Some(text) = link.export_list() {
        let mut outputs = Outputs::with_folders();
        outputs.add(&exports, text.as_bytes()).map_err(ThinError::File)?;
        outputs.persist().map_err(ThinError::File)?;
    }
    let in_folder = |name: String| folder.join(name).display().to_string();
    let mut objects: Vec<String> = plan.regular.iter().map(|_| in_folder("regular.o".to_owned())).collect();
    objects.extend(object_names(&plan.jobs, "thin.o").into_iter().map(in_folder));
    Ok(link.command(&objects, &exports, output)?)
}

/// What was done, and what it took.
fn summary(arguments: &Arguments, compiled: &Compiled, planned: Duration, written: Duration) -> String {
    let count = compiled.objects.len();
    let by = match arguments.executor {
        Executor::Dask => "dask".to_owned(),
        _ => format!("threads, {} at a time", arguments.engine.limit()),
    };
    format!(
        "{count} modules, {} compiled, {} from the cache; thin link {:.3} s, back ends {:.3} s \
         ({by}), output {:.3} s",
        count - compiled.cached,
        compiled.cached,
        planned.as_secs_f64(),
        compiled.taken.as_secs_f64(),
        written.as_secs_f64()
    )
}
