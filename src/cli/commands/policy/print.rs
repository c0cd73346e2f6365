//! A policy on stdout.

use crate::cli::commands::Context;
use crate::cli::failure::Result;
use crate::controls::in_json;

/// Prints a policy. The names in it may be those of somebody else's server.
pub(super) fn print(context: &Context, policy: &str) -> Result<()> {
    let lines: Vec<_> = policy.lines().map(in_json).collect();
    context.output.raw((lines.join("\n") + "\n").as_bytes())?;
    Ok(())
}
