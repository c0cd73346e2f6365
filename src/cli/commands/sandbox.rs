//! `zoomtok sandbox`

use super::{Context, Run};
use crate::cli::args;
use crate::cli::failure::Result;
use crate::error::{Code, Error};
use crate::sandbox::{Options, Sandbox};

impl Run for args::Sandbox {
    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self)
    }
}

fn run(context: &Context, flags: &args::Sandbox) -> Result<Code> {
    let options = Options { port: flags.port, token_life: flags.token_life, ..Options::default() };
    let sandbox = Sandbox::start(options)
        .map_err(|source| Error::Other { action: format!("listen on 127.0.0.1:{}", flags.port), source })?;
    for line in sandbox.instructions().lines() {
        context.output.text(line)?;
    }
    sandbox.run_forever();
    Ok(Code::Done)
}
