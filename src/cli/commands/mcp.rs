//! `zoomtok mcp`

mod install;
mod serve;

use anyhow::Result;

use super::Context;
use crate::cli::args::Mcp;
use crate::error::Code;

pub(in crate::cli) fn run(context: &Context, mcp: &Mcp) -> Result<Code> {
    if mcp.install { install::run(context, mcp) } else { serve::run(context, mcp) }
}
