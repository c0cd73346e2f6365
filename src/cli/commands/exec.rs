//! `zoomtok exec`

use std::process::Command;

use super::{Context, Run, get};
use crate::cli::args::Exec;
use crate::cli::failure::Result;
use crate::clock::rfc3339;
use crate::error::{Code, Error};

impl Run for Exec {
    fn reads_once(&self) -> bool {
        true
    }

    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self)
    }
}

fn run(context: &Context, exec: &Exec) -> Result<Code> {
    get::warn_on_terminal(context)?;
    let kept = get::ensure_for_more(context, exec.threshold)?;
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

/// Runs the command and gives its exit status. Windows cannot replace a process.
#[cfg(windows)]
fn replace(mut command: Command) -> std::io::Result<Code> {
    use std::io::ErrorKind;
    // Ctrl-C reaches both. The command decides what that means, so this process stays and waits.
    let _listening = (tokio::signal::windows::ctrl_c()?, tokio::signal::windows::ctrl_break()?);
    let status = match command.status() {
        Err(error) if error.kind() == ErrorKind::NotFound => match script(&command).status() {
            Err(other) if other.kind() == ErrorKind::NotFound => return Err(error),
            status => status?,
        },
        status => status?,
    };
    Ok(Code::Command(status.code().unwrap_or(1)))
}

/// The same command as a script. Only programs are found without their extension, and many are scripts, such as npx.
#[cfg(windows)]
fn script(command: &Command) -> Command {
    let mut program = command.get_program().to_owned();
    program.push(".cmd");
    let mut script = Command::new(program);
    script.args(command.get_args());
    script.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    script
}
