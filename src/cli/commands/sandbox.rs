//! `zoomtok sandbox`

use anyhow::Result;

use super::Context;
use crate::error::Code;

pub(in crate::cli) fn run(_: &Context, _: &crate::cli::args::Sandbox) -> Result<Code> {
    Ok(Code::Done)
}
