//! `zoomtok sandbox`

use anyhow::{Context as _, Result};

use super::Context;
use crate::cli::args;
use crate::error::Code;
use crate::sandbox::{Options, Sandbox};

pub(in crate::cli) fn run(context: &Context, flags: &args::Sandbox) -> Result<Code> {
    let options = Options { port: flags.port, token_life: flags.token_life, ..Options::default() };
    let sandbox =
        Sandbox::start(options).with_context(|| format!("cannot listen on 127.0.0.1:{}", flags.port))?;
    for line in sandbox.instructions().lines() {
        context.output.text(line)?;
    }
    sandbox.run_forever();
    Ok(Code::Done)
}
