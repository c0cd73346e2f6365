//! Where the demo plays: a directory of its own and a sandbox, and what is shown of them.

use std::io::{IsTerminal as _, stdout};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use owo_colors::Style;
use tempfile::TempDir;

use crate::cli::commands::Context;
use crate::cli::output;
use crate::clock::Clock as _;
use crate::error::{Code, Error};
use crate::files::Reservation;
use crate::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Options, Sandbox};
use crate::settings::{EXPORTED_ONLY, NAMES};
use crate::store::{EnvStore, NewTokens, Store as _};

/// How long each step stays on a terminal before the next one.
const BETWEEN_STEPS: Duration = Duration::from_secs(2);

/// Where the demo plays: a directory of its own and a sandbox.
pub(super) struct Stage<'a> {
    pub(super) context: &'a Context,
    pub(super) output: output::Output,
    pub(super) sandbox: Sandbox,
    pub(super) directory: TempDir,
    pub(super) program: PathBuf,
    pub(super) pause: Duration,
}

impl<'a> Stage<'a> {
    pub(super) fn new(context: &'a Context) -> Result<Self> {
        let sandbox = Sandbox::start(Options::default()).context("cannot listen on 127.0.0.1")?;
        let directory = tempfile::tempdir().context("cannot make a temporary directory")?;
        let env = format!(
            "# The app, as its page on marketplace.zoom.us shows it\n\
             ZOOM_ACCOUNT_ID={ACCOUNT_ID}\nZOOM_CLIENT_ID={CLIENT_ID}\nZOOM_CLIENT_SECRET={CLIENT_SECRET}\n\
             ZOOM_OAUTH_URL={}\nZOOM_API_URL={}\n",
            sandbox.oauth_url(),
            sandbox.api_url()
        );
        let path = directory.path().join(".env");
        Reservation::new(&path, env.len())?.commit(env.as_bytes())?;
        let program = std::env::current_exe().context("cannot tell where this program is")?;
        let pause = if stdout().is_terminal() { BETWEEN_STEPS } else { Duration::ZERO };
        Ok(Self { context, output: context.output.while_read(), sandbox, directory, program, pause })
    }

    pub(super) fn show(&self, lines: &[&str]) -> Result<()> {
        Ok(lines.iter().try_for_each(|line| self.output.data(line))?)
    }

    pub(super) fn step(&self, title: &str) -> Result<()> {
        self.context.clock.sleep(self.pause, &self.context.stop).map_err(Error::from)?;
        self.show(&[""])?;
        Ok(self.output.styled(title, Style::new().bold().underline())?)
    }

    /// A line of the demo itself in what others print.
    pub(super) fn note(&self, line: &str) -> Result<(), Error> {
        self.output.data(&format!("# {line}"))
    }

    pub(super) fn command(&self, command: &str) {
        // A line that cannot be shown here cannot be shown by the command either, and the command says so.
        let _ = self.output.styled(&format!("$ {command}"), Style::new().bold());
    }

    /// zoomtok with these arguments, in this directory and with nothing of the user's settings.
    pub(super) fn child(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.directory.path()).stdin(Stdio::null());
        for name in NAMES.iter().chain(&EXPORTED_ONLY) {
            command.env_remove(name);
        }
        command.env("ZOOM_ENV_FILE", ".env");
        command.env("XDG_STATE_HOME", self.directory.path()).env("XDG_CONFIG_HOME", self.directory.path());
        command
    }

    /// Runs zoomtok as a person would, and looks whether it ends as it should.
    pub(super) fn zoomtok(&self, arguments: &[&str], code: Code) -> Result<()> {
        let typed = arguments.join(" ");
        self.command(&format!("zoomtok {typed}"));
        let status = self.child(arguments).status().context("cannot run zoomtok")?;
        if status.code() != Some(code.number()) {
            bail!("zoomtok {typed} ended with {status}");
        }
        if code != Code::Done {
            self.note(&format!("exit status {}", code.number()))?;
        }
        Ok(())
    }

    pub(super) fn store(&self) -> EnvStore {
        let directory = self.directory.path();
        EnvStore::new(directory.join(".env"), NAMES, Some(directory.to_owned()))
    }

    /// Puts a token into the `.env`, as if time had passed.
    pub(super) fn put(&self, token: &str) -> Result<()> {
        let store = self.store();
        let turn = store.turn(&store.read()?, &self.context.clock, &self.context.stop)?;
        let access_token = Some(token.to_owned().into());
        turn.reserve(&turn.read()?)?.put(&NewTokens { access_token, ..NewTokens::default() })?;
        Ok(())
    }

    /// Says how often Zoom was asked for a token so far, and fails when it was another number.
    pub(super) fn asked(&self, times: usize) -> Result<()> {
        let seen = self.sandbox.token_requests().len();
        ensure!(seen == times, "Zoom was asked {seen} times for a token, not {times}");
        Ok(self.note(&format!("Requests for a token so far: {seen}"))?)
    }
}
