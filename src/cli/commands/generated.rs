//! `zoomtok completions` and `zoomtok man`: what is generated from the arguments.

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Context;
use crate::cli::args::Cli;
use crate::error::Code;

pub(in crate::cli) fn completions(context: &Context, shell: Shell) -> Result<Code> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "zoomtok", &mut script);
    context.output.raw(&script)?;
    Ok(Code::Done)
}

pub(in crate::cli) fn man(context: &Context) -> Result<Code> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).context("cannot make the manual page")?;
    context.output.raw(&page)?;
    Ok(Code::Done)
}
