//! `zoomtok demo`

use anyhow::Result;

use super::Context;
use crate::error::Code;

pub(in crate::cli) fn run(_: &Context) -> Result<Code> {
    Ok(Code::Done)
}
