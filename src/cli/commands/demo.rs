//! `zoomtok demo`: the life of a token, shown with the real program against the sandbox.
//!
//! Each step says what it is about to show, runs zoomtok as a person would, and looks whether it was so. A demo that
//! shows something else than it says fails.

mod client;
mod mishap;
mod watched;

use std::io::{IsTerminal as _, stdout};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use owo_colors::Style;
use tempfile::TempDir;

use self::mishap::Mishap;
use super::{Context, Run};
use crate::cli::{args, failure, output};
use crate::clock::Clock as _;
use crate::error::{Code, Error};
use crate::files::Reservation;
use crate::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Endpoint, Fault, Options, Sandbox};
use crate::settings::{ENV_FILE, NAMES};
use crate::store::{EnvStore, NewTokens, Store as _};

/// How long each step stays on a terminal before the next one.
const BETWEEN_STEPS: Duration = Duration::from_secs(2);

/// How many processes want a token at once.
const CROWD: usize = 10;

impl Run for args::Demo {
    fn run(&self, context: &Context) -> failure::Result<Code> {
        play(context).map_err(|error| Mishap(error).into())
    }
}

fn play(context: &Context) -> Result<Code> {
    let stage = Stage::new(context)?;
    stage.show(&[
        &format!("A made-up Zoom listens on {}, and everything below", stage.sandbox.oauth_url()),
        "happens in a directory that is gone at the end.",
    ])?;
    no_token(&stage)?;
    fetched(&stage)?;
    handed_on(&stage)?;
    nearly_expired(&stage)?;
    ten_at_once(&stage)?;
    outage(&stage)?;
    watched::run(&stage)?;
    client::run(&stage)?;
    stage.show(&[
        "",
        "That is all it takes. With your own app: see the README, from \"Real use\" on.",
        "And to have that server in Claude Desktop: zoomtok mcp --install",
    ])?;
    Ok(Code::Done)
}

fn no_token(stage: &Stage<'_>) -> Result<()> {
    stage.step("An .env with credentials and no token")?;
    stage.zoomtok(&["check"], Code::Failed)
}

fn fetched(stage: &Stage<'_>) -> Result<()> {
    stage.step("get fetches one, and keeps it as long as it is good")?;
    stage.zoomtok(&["get"], Code::Done)?;
    stage.zoomtok(&["get"], Code::Done)?;
    stage.zoomtok(&["check"], Code::Done)?;
    stage.asked(1)
}

fn handed_on(stage: &Stage<'_>) -> Result<()> {
    stage.step("exec hands it to a program, whose exit status is its own")?;
    // zoomtok itself is the one program that is sure to be there.
    let program = stage.program.to_string_lossy().into_owned();
    stage.command("zoomtok exec -- zoomtok check -t 60");
    let status =
        stage.child(&["exec", "--", &program, "check", "-t", "60"]).status().context("cannot run zoomtok")?;
    ensure!(status.success(), "exec ended with {status}");
    Ok(())
}

fn nearly_expired(stage: &Stage<'_>) -> Result<()> {
    stage.step("An hour later: 45 seconds are left")?;
    stage.put(&stage.sandbox.mint(45))?;
    stage.zoomtok(&["check"], Code::Failed)?;
    stage.zoomtok(&["get"], Code::Done)?;
    stage.asked(2)
}

fn ten_at_once(stage: &Stage<'_>) -> Result<()> {
    stage.step(&format!("It has expired, and {CROWD} programs want it at once: one request"))?;
    stage.put(&stage.sandbox.mint(-60))?;
    stage.sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(700)), 1);
    stage.command(&format!("zoomtok get --print   (× {CROWD})"));
    let crowd: Vec<Child> = (0..CROWD)
        .map(|_| stage.child(&["get", "--print"]).stdout(Stdio::piped()).spawn())
        .collect::<Result<_, _>>()
        .context("cannot run zoomtok")?;
    let mut tokens = Vec::new();
    for child in crowd {
        let Output { status, stdout, .. } = child.wait_with_output().context("cannot wait for zoomtok")?;
        ensure!(status.success(), "one of them ended with {status}");
        tokens.push(stdout);
    }
    tokens.dedup();
    ensure!(tokens.len() == 1, "they got {} tokens", tokens.len());
    stage.show(&[&format!("All {CROWD} have the same new token.")])?;
    stage.asked(3)
}

fn outage(stage: &Stage<'_>) -> Result<()> {
    stage.step("Zoom is down: .env stays as it is; once it is back, get -f brings a token")?;
    let text = || stage.store().read()?.file().with(&[]);
    let before = text()?;
    stage.sandbox.fail(Endpoint::Token, Fault::Html(502), u32::MAX);
    stage.zoomtok(&["get", "-f"], Code::Passing)?;
    let after = text()?;
    ensure!(before == after, "the .env has changed");
    stage.sandbox.heal(Endpoint::Token);
    stage.zoomtok(&["get", "-f"], Code::Done)
}

/// Where the demo plays: a directory of its own and a sandbox.
struct Stage<'a> {
    context: &'a Context,
    output: output::Output,
    sandbox: Sandbox,
    directory: TempDir,
    program: PathBuf,
    pause: Duration,
}

impl<'a> Stage<'a> {
    fn new(context: &'a Context) -> Result<Self> {
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

    fn show(&self, lines: &[&str]) -> Result<()> {
        Ok(lines.iter().try_for_each(|line| self.output.data(line))?)
    }

    fn step(&self, title: &str) -> Result<()> {
        self.context.clock.sleep(self.pause, &self.context.stop).map_err(Error::from)?;
        self.show(&[""])?;
        Ok(self.output.styled(title, Style::new().bold().underline())?)
    }

    /// A line of the demo itself in what others print.
    fn note(&self, line: &str) -> Result<(), Error> {
        self.output.data(&format!("# {line}"))
    }

    fn command(&self, command: &str) {
        // What cannot be shown here cannot be shown by the command either, and is told there.
        let _ = self.output.styled(&format!("$ {command}"), Style::new().bold());
    }

    /// zoomtok with these arguments, in this directory and with nothing of the user's settings.
    fn child(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.directory.path()).stdin(Stdio::null());
        for name in NAMES.iter().chain([&ENV_FILE]) {
            command.env_remove(name);
        }
        command.env(ENV_FILE, ".env").env("XDG_STATE_HOME", self.directory.path());
        command
    }

    /// Runs zoomtok as a person would, and looks whether it ends as it should.
    fn zoomtok(&self, arguments: &[&str], code: Code) -> Result<()> {
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

    fn store(&self) -> EnvStore {
        let directory = self.directory.path();
        EnvStore::new(directory.join(".env"), NAMES, Some(directory.to_owned()))
    }

    /// Puts a token into the `.env`, as if time had passed.
    fn put(&self, token: &str) -> Result<()> {
        let store = self.store();
        let turn = store.turn(&store.read()?, &self.context.clock, &self.context.stop)?;
        let access_token = Some(token.to_owned().into());
        turn.reserve(&turn.read()?)?.put(&NewTokens { access_token, ..NewTokens::default() })?;
        Ok(())
    }

    /// Says how often Zoom was asked for a token so far, and fails when it was another number.
    fn asked(&self, times: usize) -> Result<()> {
        let seen = self.sandbox.token_requests().len();
        ensure!(seen == times, "Zoom was asked {seen} times for a token, not {times}");
        Ok(self.note(&format!("Requests for a token so far: {seen}"))?)
    }
}
