//! `zoomtok demo`: the life of a token, shown with the real program against the sandbox.
//!
//! Each step says what it is about to show, runs zoomtok as a person would, and looks whether it was so. A demo that
//! shows something else than it says fails.

mod client;
mod gateway;
mod login;
mod mishap;
mod notes;
mod stage;
mod watched;

use std::process::{Child, Output, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use self::mishap::Mishap;
use self::stage::Stage;
use super::{Context, Run};
use crate::cli::{args, failure};
use crate::error::Code;
use crate::sandbox::{Endpoint, Fault};
use crate::store::Store as _;

/// How many processes want a token at once.
const CROWD: usize = 10;

impl Run for args::Demo {
    fn run(&self, context: &Context) -> failure::Result<Code> {
        if self.notes_server {
            notes::serve();
            return Ok(Code::Done);
        }
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
    login::run(&stage)?;
    watched::run(&stage)?;
    client::run(&stage)?;
    gateway::run(&stage)?;
    stage.show(&[
        "",
        "That is all it takes. With your own app: see the README, from \"Real use\" on,",
        "or type: zoomtok setup",
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
    let text = || stage.store().read()?.file().changed(&[], &[]);
    let before = text()?;
    stage.sandbox.fail(Endpoint::Token, Fault::Html(502), u32::MAX);
    stage.zoomtok(&["get", "-f"], Code::Transient)?;
    let after = text()?;
    ensure!(before == after, "the .env has changed");
    stage.sandbox.heal(Endpoint::Token);
    stage.zoomtok(&["get", "-f"], Code::Done)
}
