//! `env`: the flags of a build as cargo's configuration has them, for builds without this command.

use crate::error::Result;
use crate::flags::LINK_OPTIONS;
use crate::run_cargo::{BOOTSTRAP, Plan};
use crate::toolchain::TARGET;
use crate::{args::CargoOptions, args::OwnOptions};
use std::fmt::Write as _;

/// The text of a `.cargo/config.toml`.
pub(crate) fn configuration(own: &OwnOptions) -> Result<String> {
    let plan = Plan::of(own, &CargoOptions::default())?;
    Ok(text(&plan.own_flags, &plan.link_options))
}

fn text(flags: &[String], link_options: &str) -> String {
    let mut list = String::new();
    for flag in flags {
        let _ = writeln!(list, "    {},", serde_json::Value::from(flag.as_str()));
    }
    // JSON's texts are TOML's.
    let options = serde_json::Value::from(link_options);
    format!(
        "[env]\n{BOOTSTRAP} = \"1\"\n{LINK_OPTIONS} = {options}\n\n[build]\ntarget = \"{TARGET}\"\n\n[target.{TARGET}]\nrustflags = [\n{list}]\n\
         rustdocflags = [\n{list}]\n"
    )
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn it_is_cargos_configuration() {
        insta::assert_snapshot!(text(&["-Ca=\"b\"".into(), "--cfg=outboard".into()], "--outboard-device=host\n"), @r#"
        [env]
        RUSTC_BOOTSTRAP = "1"
        OUTBOARD_LINK_OPTIONS = "--outboard-device=host\n"

        [build]
        target = "x86_64-unknown-linux-gnu"

        [target.x86_64-unknown-linux-gnu]
        rustflags = [
            "-Ca=\"b\"",
            "--cfg=outboard",
        ]
        rustdocflags = [
            "-Ca=\"b\"",
            "--cfg=outboard",
        ]
        "#);
    }
}
