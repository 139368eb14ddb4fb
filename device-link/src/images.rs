//! Images out of the inputs: what is compiled by itself, all of it at several places at a time, and the images
//! linked of what came out.

use crate::cached::LinkCache;
use crate::compile::{Compiled, KeptTexts, Work, compile};
use crate::input::AllInputs;
use crate::kernels::Kernels;
use crate::options::Options;
use crate::output::Temps;
use crate::parts::{self, Part};
use crate::progress::Step;
use crate::target::{self, Selection};
use crate::trace::Trace;
use crate::{Error, ImageReport, Result, image, levels, native_members, problem};
use bitcode_link::jobs;
use diagnostics::Warning;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What images are made of, and how.
pub(crate) struct Link<'a> {
    pub(crate) inputs: &'a AllInputs,
    pub(crate) options: &'a Options,
    pub(crate) cache: Option<&'a LinkCache>,
    pub(crate) trace: &'a Trace,
    /// Whether there are several images.
    pub(crate) several: bool,
}

/// An image that is to be made.
struct ImagePlan<'a> {
    selection: &'a Selection,
    name: String,
    temps: Temps,
    parts: Vec<Part>,
}

/// What is compiled by itself: a part of an image, for one of its processors.
struct Unit<'a> {
    plan: &'a ImagePlan<'a>,
    part: usize,
    /// Empty for the target's generic one.
    cpu: &'a str,
}

/// An image on its way. Whoever compiles the last of its units links it.
struct Progress<'a> {
    units: Vec<Unit<'a>>,
    compiled: Vec<Mutex<Option<Result<Compiled>>>>,
    /// How many units are not compiled yet.
    left: AtomicUsize,
    linked: Mutex<Option<Result<ImageReport>>>,
}

/// All code of an image.
pub(crate) struct Assembly {
    pub(crate) codes: Vec<Vec<u8>>,
    pub(crate) kernels: Kernels,
    /// The processor to record.
    pub(crate) arch: String,
    /// Whether it exports [`abi::reports::REPORTS`].
    pub(crate) reports: bool,
    pub(crate) texts: KeptTexts,
}

impl Link<'_> {
    /// The images for `selections`, and what is worth saying about making them.
    pub(crate) fn make(&self, selections: &[&Selection]) -> (Vec<Result<ImageReport>>, Vec<Warning>) {
        let limit = self.options.jobs.unwrap_or_else(jobs::default_jobs);
        let plans: Vec<_> = selections.iter().map(|selection| self.plan(selection)).collect();
        let images: Vec<_> = plans.iter().map(|plan| plan.as_ref().ok().map(Progress::of)).collect();
        let units = |image| (0..Progress::units(image)).map(move |unit| (image, unit));
        let units: Vec<_> = images.iter().flatten().flat_map(units).collect();
        let done = AtomicUsize::new(0);
        let warnings = jobs::run(limit, &units, |(image, unit)| {
            let warnings = self.advance(image, *unit);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(listener) = &self.options.progress {
                let name = &image.units[*unit].plan.name;
                listener.tell(&Step { image: name, done, all: units.len() });
            }
            warnings
        });
        let linked: Vec<_> = images.into_iter().map(|image| image.map(Progress::into_result)).collect();
        let result = |(plan, linked): (Result<ImagePlan<'_>>, Option<Result<ImageReport>>)| {
            plan.and_then(|_| linked.expect("what was planned was made"))
        };
        (plans.into_iter().zip(linked).map(result).collect(), warnings.into_iter().flatten().collect())
    }

    /// Compiles a unit of `image`, and links the image if it was the last.
    fn advance(&self, image: &Progress<'_>, unit: usize) -> Vec<Warning> {
        let (compiled, warnings) = self.find_or_compile(&image.units[unit]);
        *locked(&image.compiled[unit]) = Some(compiled);
        if image.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            let results = image.compiled.iter().map(|result| locked(result).take());
            let codes = all_or_errors(results.flatten().collect());
            let plan = image.units[unit].plan;
            *locked(&image.linked) = Some(codes.and_then(|codes| self.link(plan, &codes)));
        }
        warnings
    }

    /// Finds out what an image is compiled from.
    fn plan<'s>(&self, selection: &'s Selection) -> Result<ImagePlan<'s>> {
        let name = selection.to_string();
        let temps = Temps::new(self.options.save_temps.as_deref())?;
        let temps = if self.several { temps.inside(&name)? } else { temps };
        let mut inputs = self.inputs.for_target(selection)?;
        let take = || native_members::take(&mut inputs, self.options);
        self.trace.time("take objects of archives", &name, take)?;
        let parts = parts::split(inputs, selection.target, self.options)?;
        levels::check(selection, &parts)?;
        Ok(ImagePlan { selection, name, temps, parts })
    }

    /// The code of `unit`, and what is worth saying about the cache.
    fn find_or_compile(&self, unit: &Unit<'_>) -> (Result<Compiled>, Vec<Warning>) {
        let mut warnings = Vec::new();
        let part = &unit.plan.parts[unit.part];
        let place = self.cache.zip(part.made_of.as_deref()).map(|(cache, made_of)| {
            let key = cache.part_key((unit.plan.selection, &part.options), unit.cpu, made_of);
            (cache, key)
        });
        if let Some((cache, key)) = &place
            && let Some(compiled) = cache.find_part(key, &mut warnings)
        {
            return (Ok(compiled), warnings);
        }
        let compiled = self.compile(unit);
        if let (Some((cache, key)), Ok(compiled)) = (&place, &compiled) {
            warnings.extend(cache.keep_part(key, compiled, &unit.plan.name));
        }
        (compiled, warnings)
    }

    fn compile(&self, unit: &Unit<'_>) -> Result<Compiled> {
        let Unit { plan, part, cpu, .. } = *unit;
        let levels = plan.selection.cpus.len() > 1;
        let mut name = plan.name.clone();
        let mut temps = plan.temps.clone();
        if plan.parts.len() > 1 {
            name = format!("{name}, part {part}");
            temps = temps.inside(&format!("part-{part}"))?;
        }
        if levels {
            temps = temps.inside(cpu)?;
        }
        llvm_plugin::fatal::name_work(&name);
        let Part { inputs, options, optimized, .. } = &plan.parts[part];
        let work = Work {
            inputs,
            target: plan.selection.target,
            options,
            temps: &temps,
            name: &name,
            optimized: *optimized,
            levels,
            trace: self.trace,
        };
        compile(&work, cpu)
    }

    /// Links the code of an image.
    fn link(&self, plan: &ImagePlan<'_>, codes: &[Compiled]) -> Result<ImageReport> {
        let ImagePlan { selection, name, temps, parts } = plan;
        llvm_plugin::fatal::name_work(name);
        let mut assembly = Assembly::of(codes);
        if selection.cpus.len() > 1 {
            levels::add_entries(&mut assembly, selection, self.options, temps)?;
        }
        let objects = parts.first().map_or(&[][..], |part| &part.inputs.objects);
        let emitted = self.trace.time("make the image", name, || {
            target::emit_image(selection, &assembly, objects, self.options, temps)
        })?;
        let (commands, notes) = (emitted.commands.clone(), emitted.notes.clone());
        let image = image::make(emitted, selection.target, &assembly)?;
        Ok(ImageReport { image, kernels: assembly.kernels.signatures(), commands, notes })
    }
}

impl ImagePlan<'_> {
    fn units(&self) -> impl Iterator<Item = Unit<'_>> {
        let cpus = self.selection.cpus.iter().map(String::as_str);
        let cpus: Vec<_> = if self.selection.cpus.is_empty() { vec![""] } else { cpus.collect() };
        let of_part = move |part| cpus.clone().into_iter().map(move |cpu| Unit { plan: self, part, cpu });
        (0..self.parts.len()).flat_map(of_part)
    }
}

impl<'a> Progress<'a> {
    fn of(plan: &'a ImagePlan<'a>) -> Self {
        let units: Vec<_> = plan.units().collect();
        let compiled = units.iter().map(|_| Mutex::new(None)).collect();
        Self { left: AtomicUsize::new(units.len()), units, compiled, linked: Mutex::new(None) }
    }

    fn units(&self) -> usize {
        self.units.len()
    }

    /// What became of it, once all units were compiled.
    fn into_result(self) -> Result<ImageReport> {
        let linked = self.linked.into_inner().unwrap_or_else(PoisonError::into_inner);
        linked.expect("whoever compiled the last unit linked the image")
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Assembly {
    fn of(codes: &[Compiled]) -> Self {
        Self {
            codes: codes.iter().map(|one| one.code.clone()).collect(),
            kernels: Kernels::union(codes.iter().map(|one| &one.kernels)),
            arch: codes.first().map(|one| one.arch.clone()).unwrap_or_default(),
            reports: codes.iter().any(|one| one.reports),
            texts: join_texts(codes.iter().flat_map(|one| &one.texts)),
        }
    }
}

/// The texts with the same key one behind the other.
fn join_texts<'a>(texts: impl Iterator<Item = &'a (String, String)>) -> KeptTexts {
    let mut joined = KeptTexts::new();
    for (key, text) in texts {
        match joined.iter_mut().find(|(known, _)| known == key) {
            Some((_, before)) => before.push_str(text),
            None => joined.push((key.clone(), text.clone())),
        }
    }
    joined
}

/// All codes of an image; or what is wrong with kernels, of all of them; or the first other error.
fn all_or_errors(results: Vec<Result<Compiled>>) -> Result<Vec<Compiled>> {
    let (mut codes, mut refusals) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(compiled) => codes.push(compiled),
            Err(Error::Kernels(found)) => refusals.extend(found),
            Err(error) => return Err(error),
        }
    }
    if refusals.is_empty() { Ok(codes) } else { Err(Error::Kernels(problem::of_one_image(refusals))) }
}
