//! `zoomtok exec`

use std::process::Command;

use anyhow::Result;

use super::{Context, get};
use crate::cli::args::Exec;
use crate::clock::rfc3339;
use crate::error::{Code, Error};
use crate::keeper::Unlike;

pub(in crate::cli) fn run(context: &Context, exec: &Exec) -> Result<Code> {
    let kept = get::ensure(context, exec.threshold, Unlike::None)?;
    context.warn(&kept.warnings);
    let Some((program, arguments)) = exec.command.split_first() else { return Ok(Code::Usage) };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("ZOOM_ACCESS_TOKEN", kept.token.expose())
        .env("ZOOM_TOKEN_EXPIRES_AT", rfc3339(kept.expires_at));
    replace(command)
        .map_err(|source| Error::Command { command: program.to_string_lossy().into_owned(), source }.into())
}

/// Becomes the command, so that signals reach it and its exit status is seen by whoever waits.
#[cfg(unix)]
fn replace(mut command: Command) -> std::io::Result<Code> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

/// Runs the command and gives its exit status. Windows cannot replace a process; Ctrl-C reaches both.
#[cfg(not(unix))]
fn replace(mut command: Command) -> std::io::Result<Code> {
    let status = command.status()?;
    Ok(Code::Command(status.code().unwrap_or(1)))
}
