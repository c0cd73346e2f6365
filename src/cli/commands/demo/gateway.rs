//! The gateway in the demo: before a server that could do harm, and whose token ends.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::client::Client;
use super::stage::Stage;
use crate::clock::Clock as _;
use crate::error::{Code, Error};
use crate::files::Reservation;

/// How long is waited for what another process does within a second.
const TRIES: u32 = 100;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// The rights of the agent over the notes: read them, and delete them where a person allows it.
const POLICY: &str = r#"{"version": "1", "default": "deny",
  "tools": {"read_notes": {}, "delete_all_notes": {"approve": true}}}"#;

/// Has a client call the server behind a gateway, while the policy, a person and Zoom have their say.
pub(super) fn run(stage: &Stage<'_>) -> Result<()> {
    stage.step("gateway puts a policy and a fresh token before any other server")?;
    let path = stage.directory.path().join("notes.json");
    Reservation::new(&path, POLICY.len())?.commit(POLICY.as_bytes())?;
    stage.command("zoomtok gateway --policy notes.json -- notes-server");
    let program = stage.program.to_string_lossy().into_owned();
    let arguments =
        ["gateway", "--name", "notes", "--policy", "notes.json", "--", &program, "demo", "--notes-server"];
    let mut client = Client::start(stage, &arguments)?;
    let seen = client
        .greet()
        .and_then(|()| refused(stage, &mut client))
        .and_then(|()| approved(stage, &mut client))
        .and_then(|()| renewed(stage, &mut client));
    let said = client.end()?;
    seen.with_context(|| format!("the gateway does not do what it should; it said: {said:?}"))
}

fn words(answer: &Value) -> &str {
    answer["content"][0]["text"].as_str().unwrap_or_default()
}

fn refused(stage: &Stage<'_>, client: &mut Client) -> Result<()> {
    stage.call("publish_notes")?;
    let answer = client.call("publish_notes")?;
    ensure!(answer["isError"] == true && words(&answer).starts_with("[POLICY DENIED]"), "{answer}");
    stage.fill(words(&answer).split(' '), " ")
}

/// The call waits until somebody allows it.
fn approved(stage: &Stage<'_>, client: &mut Client) -> Result<()> {
    stage.call("delete_all_notes")?;
    let asked = client.begin("tools/call", &json!({ "name": "delete_all_notes", "arguments": {} }))?;
    let id = waiting(stage)?;
    stage.note("The policy asks for a person, so it waits.")?;
    stage.zoomtok(&["approval", "allow", &id], Code::Done)?;
    let answer = client.result("tools/call", asked)?;
    ensure!(answer["isError"] != true, "{answer}");
    stage.show(&[&format!("  {}", words(&answer))])
}

/// The id of the call that waits.
fn waiting(stage: &Stage<'_>) -> Result<String> {
    for _ in 0..TRIES {
        let listed = stage.child(&["approval", "list", "--json"]).output().context("cannot run zoomtok")?;
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap_or_default();
        if let Some(id) = listed["approvals"][0]["id"].as_str() {
            return Ok(id.to_owned());
        }
        stage.context.clock.sleep(BETWEEN_TRIES, &stage.context.stop).map_err(Error::from)?;
    }
    anyhow::bail!("no call waits for a person")
}

/// Another server takes over with another token, and the client goes on.
fn renewed(stage: &Stage<'_>, client: &mut Client) -> Result<()> {
    stage.step("Another token: another server takes over, and the client notices nothing")?;
    stage.call("read_notes")?;
    let before = client.call("read_notes")?;
    stage.show(&[&format!("  {}", words(&before))])?;
    stage.zoomtok(&["get", "-f"], Code::Done)?;
    let mut after = client.call("read_notes")?;
    for _ in 0..TRIES {
        if words(&after) != words(&before) {
            break;
        }
        stage.context.clock.sleep(BETWEEN_TRIES, &stage.context.stop).map_err(Error::from)?;
        after = client.call("read_notes")?;
    }
    ensure!(words(&after) != words(&before) && after["isError"] != true, "{after}");
    stage.call("read_notes")?;
    stage.show(&[&format!("  {}", words(&after))])
}
