//! `zoomtok mcp`

mod install;
mod serve;
pub(super) mod surroundings;

use super::Context;
use crate::cli::args::Mcp;
use crate::cli::failure::Result;
use crate::error::{Code, Error};

/// `fault` is what is wrong with the context; there is none for an install.
pub(in crate::cli) fn run(context: &Context, mcp: &Mcp, fault: Option<Error>) -> Result<Code> {
    if mcp.install { install::run(context, mcp) } else { serve::run(context, mcp, fault) }
}
