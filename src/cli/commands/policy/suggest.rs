//! `zoomtok policy suggest`

use super::print::print;
use super::tools::{Tools, wrong};
use crate::cli::commands::Context;
use crate::cli::failure::Result;
use crate::error::Code;
use crate::policy::class::Classed;
use crate::policy::suggest::{Suggested, suggest};

pub(super) fn run(context: &Context, tools: &Tools) -> Result<Code> {
    let Suggested { tools, policy } = suggest(&tools.listed, tools.asks()).map_err(wrong)?;
    let widest = tools.iter().map(|tool| tool.name.chars().count()).max().unwrap_or_default();
    for Classed { name, class, severity, evidence, gives_secrets } in &tools {
        let secrets = if *gives_secrets { "; gives secrets away" } else { "" };
        context.output.talk(&format!("{class:<11}  {severity:<6}  {name:<widest$}  {evidence}{secrets}"));
    }
    print(context, &policy)?;
    Ok(Code::Done)
}
