//! An MCP client in the demo: what Claude does with zoomtok's own server, until a policy stops it.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use owo_colors::Style;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::clock::Clock as _;
use crate::error::Error;

/// How often a minute the built-in policy lets an agent refresh.
const LIMIT: usize = 10;

/// The seconds of a minute that must remain for the calls up to the limit; they take a tenth of it.
const ROOM: i64 = 5;

/// How many columns are filled.
const WIDTH: usize = 76;

/// Runs the server as a client does, asks it for meetings, and goes on refreshing until that is refused.
pub(super) fn run(stage: &Stage<'_>) -> Result<()> {
    stage.step("mcp serves Zoom to an agent; here a client takes the place of Claude Desktop")?;
    stage.command("zoomtok mcp --no-watch");
    let mut client = Client::start(stage, &["mcp", "--no-watch"])?;
    let seen = tools(stage, &mut client)
        .and_then(|()| meetings(stage, &mut client))
        .and_then(|()| refreshes(stage, &mut client));
    let said = client.end()?;
    // The server's messages are worth seeing where something went wrong.
    seen.with_context(|| format!("the server does not do what it should; it said: {said:?}"))
}

fn tools(stage: &Stage<'_>, client: &mut Client) -> Result<()> {
    client.greet()?;
    let listed = client.ask("tools/list", &json!({}))?;
    let tools = listed["tools"].as_array().context("there is no list of tools")?;
    stage.show(&[&format!("It has {} tools:", tools.len())])?;
    stage.fill(tools.iter().filter_map(|tool| tool["name"].as_str()), ", ")
}

fn meetings(stage: &Stage<'_>, client: &mut Client) -> Result<()> {
    stage.call("list_meetings")?;
    let answer = client.call("list_meetings")?;
    let meetings = answer["structuredContent"]["meetings"].as_array().context("there are no meetings")?;
    for meeting in meetings {
        let field = |name: &str| meeting[name].as_str().unwrap_or_default();
        stage.show(&[&format!("  📅 {}  {} ({})", field("start_time"), field("topic"), meeting["id"])])?;
    }
    Ok(())
}

fn refreshes(stage: &Stage<'_>, client: &mut Client) -> Result<()> {
    stage.step("An agent that has lost its way refreshes without end: the policy stops it")?;
    let clock = stage.context.clock;
    let left = 60 - clock.now().timestamp().rem_euclid(60);
    if left < ROOM {
        stage
            .note(&format!("A limit counts by the minutes of the clock; the next one begins in {left} s."))?;
        clock.sleep(Duration::from_secs(left.unsigned_abs()), &stage.context.stop).map_err(Error::from)?;
    }
    let before = stage.sandbox.token_requests().len();
    let (mut passed, mut granted) = (0, String::new());
    let refused = loop {
        let answer = client.call("zoom_refresh_token")?;
        let text = answer["content"][0]["text"].as_str().unwrap_or_default().to_owned();
        if answer["isError"] == true {
            break text;
        }
        passed += 1;
        granted = text;
        // On a machine that stood still for seconds a minute may have ended meanwhile, and with it a count.
        ensure!(passed < 2 * LIMIT, "it lets {passed} calls pass");
    };
    ensure!(passed >= LIMIT && refused.starts_with("[POLICY DENIED]"), "after {passed} calls: {refused}");
    stage.call(&format!("zoom_refresh_token   (× {passed})"))?;
    stage.fill(granted.split(' '), " ")?;
    stage.call("zoom_refresh_token")?;
    stage.fill(refused.split(' '), " ")?;
    let asked = stage.sandbox.token_requests().len() - before;
    ensure!(asked == passed, "Zoom was asked {asked} times");
    stage.note(&format!("Zoom was asked {asked} times, and not once more."))?;
    Ok(())
}

impl Stage<'_> {
    /// A call that the client makes.
    pub(super) fn call(&self, call: &str) -> Result<()> {
        Ok(self.output.styled(&format!("→ {call}"), Style::new().bold())?)
    }

    /// Shows words in lines that fit on a narrow terminal.
    pub(super) fn fill<'w>(&self, words: impl Iterator<Item = &'w str>, between: &str) -> Result<()> {
        let mut line = String::new();
        for word in words {
            if !line.is_empty() {
                line += between;
            }
            if line.len() + word.len() > WIDTH {
                self.show(&[&format!("  {}", line.trim_end())])?;
                line.clear();
            }
            line += word;
        }
        self.show(&[&format!("  {line}")])
    }
}

/// The server, and the lines between it and this client.
pub(super) struct Client {
    server: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    asked: u64,
}

impl Client {
    /// Starts zoomtok with these arguments as a client does.
    pub(super) fn start(stage: &Stage<'_>, arguments: &[&str]) -> Result<Self> {
        let mut command = stage.child(arguments);
        // A client hands over little of its environment; on Windows no program can do without the places of the system
        // and of its libraries.
        let of_system: &[&str] = if cfg!(windows) { &["SystemRoot", "PATH"] } else { &[] };
        let of_system = of_system.iter().filter_map(|name| Some(((*name).into(), std::env::var_os(name)?)));
        let set = command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let environment: Vec<(OsString, OsString)> = set.chain(of_system).collect();
        command.env_clear().envs(environment);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut server = command.spawn().context("cannot run zoomtok")?;
        let (requests, answers) =
            server.stdin.take().zip(server.stdout.take()).context("there are no pipes")?;
        Ok(Self { server, requests, answers: BufReader::new(answers).lines(), asked: 0 })
    }

    /// Begins a session.
    pub(super) fn greet(&mut self) -> Result<()> {
        let hello = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "zoomtok demo", "version": env!("CARGO_PKG_VERSION") },
        });
        self.ask("initialize", &hello)?;
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
    }

    fn send(&mut self, message: &Value) -> Result<()> {
        writeln!(self.requests, "{message}").context("the server has ended")
    }

    /// Sends a request, and gives its number.
    pub(super) fn begin(&mut self, method: &str, params: &Value) -> Result<u64> {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        Ok(id)
    }

    /// The result of a request.
    fn ask(&mut self, method: &str, params: &Value) -> Result<Value> {
        let id = self.begin(method, params)?;
        self.result(method, id)
    }

    /// Waits for the result of a request that was sent.
    pub(super) fn result(&mut self, method: &str, id: u64) -> Result<Value> {
        for line in &mut self.answers {
            let mut message: Value = serde_json::from_str(&line.context("cannot read from the server")?)
                .context("the server says what is not JSON")?;
            // Between them come notifications, which have no id.
            if message["id"] == id {
                ensure!(message["error"].is_null(), "{method}: {}", message["error"]);
                return Ok(message["result"].take());
            }
        }
        bail!("the server has ended")
    }

    pub(super) fn call(&mut self, tool: &str) -> Result<Value> {
        self.ask("tools/call", &json!({ "name": tool, "arguments": {} }))
    }

    /// Ends the server as clients do, by closing its input, and gives what it has said beside its answers.
    pub(super) fn end(self) -> Result<String> {
        drop(self.requests);
        let ended = self.server.wait_with_output().context("cannot wait for the server")?;
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        ensure!(ended.status.success(), "the server ended with {}; it said: {said:?}", ended.status);
        Ok(said)
    }
}
