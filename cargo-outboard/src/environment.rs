//! `env`: the flags of a build as cargo's configuration has them, for builds without this command.

use crate::error::Result;
use crate::run_cargo::{BOOTSTRAP, Plan};
use crate::toolchain::TARGET;
use crate::{args::CargoOptions, args::OwnOptions};
use std::fmt::Write as _;

/// The text of a `.cargo/config.toml`.
pub(crate) fn configuration(own: &OwnOptions) -> Result<String> {
    let plan = Plan::of(own, &CargoOptions::default())?;
    Ok(text(&plan.own_flags))
}

fn text(flags: &[String]) -> String {
    let mut list = String::new();
    for flag in flags {
        let _ = writeln!(list, "    {},", serde_json::Value::from(flag.as_str()));
    }
    format!(
        "[env]\n{BOOTSTRAP} = \"1\"\n\n[build]\ntarget = \"{TARGET}\"\n\n[target.{TARGET}]\nrustflags = [\n{list}]\n\
         rustdocflags = [\n{list}]\n"
    )
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn it_is_cargos_configuration() {
        insta::assert_snapshot!(text(&["-Ca=\"b\"".into(), "--cfg=outboard".into()]), @r#"
        [env]
        RUSTC_BOOTSTRAP = "1"

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
