//! What building and testing needs, what of it is there, and how to get the rest.

use std::fmt::Write;
use std::path::Path;

use super::environment;
use crate::run;
use prerequisites::packages::{FOR_DEVELOPERS as PACKAGES, Package, installed, is_llvm_version};
use prerequisites::tools::{self, DEBIAN_PREFIX, LLVM_VERSION, Llvm, NIGHTLIES, PREFIX_VARIABLE, Toolchain};
use prerequisites::wheels::{FOR_DEVELOPERS as WHEELS, Wheel};

/// One line of the table.
struct Need {
    what: String,
    wanted: String,
    found: Result<String, String>,
    fix: String,
    optional: bool,
    package: Option<&'static Package>,
}

/// Everything that is wanted, with what was found.
pub(crate) struct Needs(Vec<Need>);

impl Needs {
    /// Looks, and changes nothing.
    pub(crate) fn look() -> Self {
        let llvm = Llvm::find();
        // LLVM from elsewhere is judged by its files; Debian's by dpkg, which knows the versions too.
        let own_llvm = std::env::var_os(PREFIX_VARIABLE).is_some() || tools::on_path("dpkg-query").is_none();
        let mut needs = vec![rust(), llvm_itself(llvm.as_ref().ok())];
        if own_llvm {
            needs.extend(llvm.ok().and_then(|llvm| llvm_parts(&llvm)));
        }
        let installed =
            if tools::on_path("dpkg-query").is_some() { Some(installed(&PACKAGES)) } else { None };
        for package in &PACKAGES {
            if !(package.llvm && own_llvm) {
                needs.push(package_need(package, installed.as_deref()));
            }
        }
        needs.push(nightly());
        needs.extend(
            WHEELS.iter().zip(environment().found(&WHEELS)).map(|(wheel, found)| wheel_need(wheel, found)),
        );
        Self(needs)
    }

    /// How many things are needed, whether there or not.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().filter(|need| !need.optional).count()
    }

    /// What is needed and not there.
    pub(crate) fn missing(&self) -> Vec<&str> {
        let missing = self.0.iter().filter(|need| need.found.is_err() && !need.optional);
        missing.map(|need| need.what.as_str()).collect()
    }

    /// The packages that apt should install. One of LLVM's missing: all of them, for they go by one version.
    pub(crate) fn packages_to_install(&self) -> Vec<&'static Package> {
        let missing = |need: &&Need| need.found.is_err();
        let llvm_missing = self.0.iter().filter(missing).any(|need| need.package.is_some_and(|p| p.llvm));
        let wanted = self.0.iter().filter(|need| need.found.is_err() || llvm_missing);
        wanted.filter_map(|need| need.package.filter(|p| need.found.is_err() || p.llvm)).collect()
    }

    /// The table for people.
    pub(crate) fn table(&self) -> String {
        let mut rows = vec![["what", "wanted", "found", "how to fix"].map(str::to_owned)];
        for need in &self.0 {
            let (found, fix) = match &need.found {
                Ok(found) => (found.clone(), String::new()),
                Err(why) => (why.clone(), need.fix.clone()),
            };
            let mark = if need.optional { " (optional)" } else { "" };
            rows.push([format!("{}{mark}", need.what), need.wanted.clone(), found, fix]);
        }
        let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2)];
        let mut text = String::new();
        for [what, wanted, found, fix] in &rows {
            let [a, b, c] = widths;
            writeln!(text, "{}", format!("{what:a$}  {wanted:b$}  {found:c$}  {fix}").trim_end())
                .expect("a String takes everything");
        }
        text.trim_end().to_owned()
    }
}

fn rust() -> Need {
    let found = Toolchain::of_workspace(&run::root()).and_then(|toolchain| {
        let text = format!("{} (LLVM {})", toolchain.release, toolchain.llvm);
        if toolchain.llvm.starts_with("22.") { Ok(text) } else { Err(text) }
    });
    Need {
        what: "rustc".into(),
        wanted: "LLVM 22 inside".into(),
        found,
        fix: "use rustup: it reads rust-toolchain.toml".into(),
        optional: false,
        package: None,
    }
}

fn llvm_itself(llvm: Option<&Llvm>) -> Need {
    let found = llvm.map(|llvm| format!("{} in {}", llvm.version(), llvm.prefix().display()));
    let wrong_place = std::env::var_os(PREFIX_VARIABLE).map(|prefix| format!("not in {}", prefix.display()));
    let fix = match &wrong_place {
        Some(_) => format!("unset {PREFIX_VARIABLE}, or set it to an LLVM {LLVM_VERSION}"),
        None => format!("`cargo xtask setup`, or set {PREFIX_VARIABLE}"),
    };
    Need {
        what: "LLVM".into(),
        wanted: LLVM_VERSION.into(),
        found: found.ok_or_else(|| wrong_place.unwrap_or_else(|| format!("not in {DEBIAN_PREFIX}"))),
        fix,
        optional: false,
        package: None,
    }
}

/// What an LLVM from elsewhere lacks.
fn llvm_parts(llvm: &Llvm) -> Option<Need> {
    let missing = llvm.missing_parts();
    (!missing.is_empty()).then(|| Need {
        what: "LLVM's parts".into(),
        wanted: "all".into(),
        found: Err(format!("lacks {}", missing.join(", "))),
        fix: format!("an LLVM {LLVM_VERSION} built with clang, lld, openmp, offload and its tools"),
        optional: false,
        package: None,
    })
}

fn package_need(package: &'static Package, installed: Option<&[(String, String)]>) -> Need {
    let found = match installed {
        Some(installed) => match installed.iter().find(|(name, _)| name == package.name) {
            Some((_, version)) if package.llvm && !is_llvm_version(version) => Err(version.clone()),
            Some((_, version)) => Ok(version.clone()),
            None => Err("nothing".into()),
        },
        None => {
            let place = Path::new("/usr").join(package.evidence);
            if place.exists() { Ok(place.display().to_string()) } else { Err("nothing".into()) }
        }
    };
    Need {
        what: package.name.into(),
        wanted: if package.llvm { LLVM_VERSION.into() } else { "any".into() },
        found,
        fix: if tools::on_path("apt-get").is_some() { "`cargo xtask setup`" } else { "install it" }.into(),
        optional: package.optional,
        package: Some(package),
    }
}

fn wheel_need(wheel: &Wheel, found: Result<String, String>) -> Need {
    Need {
        what: format!("{}, for {}", wheel.name, wheel.purpose),
        wanted: wheel.version.into(),
        found,
        fix: "`cargo xtask setup`".into(),
        optional: true,
        package: None,
    }
}

fn nightly() -> Need {
    let found = Toolchain::nightly().map(|found| format!("{} (LLVM {})", found.release, found.llvm));
    Need {
        what: "nightly rustc".into(),
        wanted: "LLVM 22 inside".into(),
        found: found.map_err(|_| "nothing".into()),
        fix: format!("rustup toolchain install {} --profile minimal", NIGHTLIES[0]),
        optional: true,
        package: None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Need, Needs, PACKAGES};

    fn need(what: &str, found: Result<&str, &str>) -> Need {
        Need {
            what: what.into(),
            wanted: "22.1".into(),
            found: found.map(str::to_owned).map_err(str::to_owned),
            fix: "install it".into(),
            optional: what == "libllvm19",
            package: PACKAGES.iter().find(|package| package.name == what),
        }
    }

    #[test]
    fn one_llvm_package_missing_installs_all_of_them() {
        let needs = Needs(vec![
            need("llvm-22", Ok("1:22.1.8-1")),
            need("clang-22", Err("nothing")),
            need("g++", Ok("4:12")),
            need("libllvm19", Err("nothing")),
        ]);
        let names: Vec<_> = needs.packages_to_install().iter().map(|package| package.name).collect();
        assert_eq!(names, ["llvm-22", "clang-22", "libllvm19"]);
        assert_eq!(needs.missing(), ["clang-22"]);
    }

    #[test]
    fn a_row_says_how_to_fix_only_what_is_missing() {
        let needs = Needs(vec![need("llvm-22", Ok("1:22.1.8-1")), need("libllvm19", Err("nothing"))]);
        assert_eq!(
            needs.table(),
            "what                  wanted  found       how to fix\n\
             llvm-22               22.1    1:22.1.8-1\n\
             libllvm19 (optional)  22.1    nothing     install it"
        );
    }
}
