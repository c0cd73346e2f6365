//! `zoomtok mcp`

mod install;
mod serve;

use super::{Context, Run};
use crate::cli::args::Mcp;
use crate::cli::failure::Result;
use crate::error::{Code, Error};

impl Run for Mcp {
    fn run(&self, context: &Context) -> Result<Code> {
        if self.install { install::run(context, self) } else { serve::run(context, self, None) }
    }

    /// A server starts whatever is wrong, and reports it to its client.
    fn run_despite(&self, context: &Context, fault: Error) -> Result<Code> {
        if self.install { Err(fault.into()) } else { serve::run(context, self, Some(fault)) }
    }
}
