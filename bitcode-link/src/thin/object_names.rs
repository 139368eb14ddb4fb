//! Names for the objects of jobs.

use super::plan::Job;
use std::collections::HashSet;

/// Names for the objects of `jobs`: those of the modules, as far as they go in one folder.
pub fn object_names(jobs: &[Job<'_>], suffix: &str) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut name = |module: &str| {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._+-".contains(c) { c } else { '_' };
        let stem: String = module.trim_start_matches(['/', '.']).chars().map(plain).collect();
        let stem = stem.strip_suffix(".o").or_else(|| stem.strip_suffix(".bc")).unwrap_or(&stem);
        let mut name = format!("{stem}.{suffix}");
        let mut number = 1;
        // No two modules have one name, but two names may become one.
        while !taken.insert(name.clone()) {
            number += 1;
            name = format!("{stem}-{number}.{suffix}");
        }
        name
    };
    jobs.iter().map(|job| name(&job.module.name)).collect()
}
