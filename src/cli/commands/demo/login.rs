//! A login in the demo, with a browser and a person that are made up.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::Url;
use reqwest::header::LOCATION;

use super::stage::Stage;
use crate::clock::runtime;
use crate::error::Code;
use crate::sandbox::{Consent, PUBLIC_CLIENT_ID};
use crate::zoom::http_client;

/// How often a browser is sent on until it has arrived: from Zoom to zoomtok, and there to the last page.
const MOST_REDIRECTS: usize = 5;

/// How much is shown of the address of Zoom's page, in characters.
const SHOWN_ADDRESS: usize = 72;

/// Logs somebody in, whose account gets a profile of its own.
pub(super) fn run(stage: &Stage<'_>) -> Result<()> {
    stage.step("login takes a person to Zoom's page; no secret, and no file to edit")?;
    stage.sandbox.consent(Consent::Allow);
    let arguments =
        ["login", "--profile", "me", "--browser", "--client-id", PUBLIC_CLIENT_ID, "--no-browser"];
    stage.command("zoomtok login --profile me --browser");
    let mut login = stage
        .child(&arguments)
        .env("ZOOM_OAUTH_URL", stage.sandbox.oauth_url())
        .env("ZOOM_API_URL", stage.sandbox.api_url())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run zoomtok")?;
    let said = login.stderr.take().context("zoomtok has no stderr")?;
    for line in BufReader::new(said).lines() {
        let line = line.context("cannot read what zoomtok said")?;
        match Url::parse(&line) {
            Ok(page) => {
                let shown: String = line.chars().take(SHOWN_ADDRESS).collect();
                stage.show(&[&format!("{shown}…")])?;
                stage.note("Somebody opens it, and allows the app.")?;
                browse(page)?;
            }
            Err(_) => stage.show(&[&line])?,
        }
    }
    let status = login.wait().context("cannot wait for zoomtok")?;
    ensure!(status.success(), "login ended with {status}");
    stage.zoomtok(&["check", "--profile", "me"], Code::Done)
}

/// Opens a page as a browser does: it goes where it is sent.
fn browse(mut page: Url) -> Result<()> {
    let client = http_client(&page)?;
    runtime()?.block_on(async {
        for _ in 0..MOST_REDIRECTS {
            let answer = client.get(page.clone()).send().await.context("cannot open a page")?;
            let Some(next) = answer.headers().get(LOCATION) else {
                ensure!(answer.status().is_success(), "a page was answered with {}", answer.status());
                return Ok(());
            };
            page = page.join(next.to_str()?)?;
        }
        bail!("the browser was sent on again and again")
    })
}
