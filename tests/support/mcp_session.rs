//! A client of `zoomtok mcp` that knows only pipes and lines, so that every byte of a test is the test's own: as little of
//! the protocol as it takes to call tools, many at once.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zoomtok::sandbox::{Sandbox, Seen};

use crate::support::canaries::Shows;
use crate::support::processes::Running;
use crate::support::{Ended, Home};

/// How long anything may take that is done in milliseconds; a busy machine is slow.
pub(crate) const SOON: Duration = Duration::from_secs(25);

/// A server, and its client.
pub(crate) struct Session {
    process: Running,
    /// None once the client has nothing more to say.
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    /// Messages that came while another one was waited for.
    kept: VecDeque<Value>,
    asked: u64,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// The answer to a call of a tool.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) is_error: bool,
    pub(crate) text: String,
    /// The structured content; null where there is none.
    pub(crate) value: Value,
}

/// A request that is under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent(u64);

impl Sent {
    /// Not a number, so that no line that is made up can have the same.
    fn id(self) -> String {
        format!("asked {}", self.0)
    }
}

impl Session {
    /// Starts `zoomtok mcp` with these arguments behind it, and begins a session.
    #[track_caller]
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut session = Self::without_greeting(home, arguments);
        session.greet("2025-11-25");
        session
    }

    /// Starts `zoomtok mcp` with these arguments behind it, and says nothing.
    #[track_caller]
    pub(crate) fn without_greeting(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.command([&["mcp"], arguments].concat());
        // The entry of `mcp --install` names it too.
        command.env("ZOOM_ENV_FILE", home.env_path());
        Self::of(command)
    }

    /// Starts a server by this command, and says nothing.
    #[track_caller]
    pub(crate) fn of(mut command: Command) -> Self {
        let mut process = Running::new(command.stdin(Stdio::piped()).spawn().unwrap());
        let (sender, lines) = channel();
        let (stdout, stderr) = (Arc::<Mutex<String>>::default(), Arc::<Mutex<String>>::default());
        let reads_stdout = collect(process.stdout(), Arc::clone(&stdout), move |line| {
            // Nobody listens any more when the session has ended.
            let _ = sender.send(line);
        });
        let reads_stderr = collect(process.stderr(), Arc::clone(&stderr), drop);
        Self {
            stdin: Some(process.stdin()),
            process,
            lines,
            kept: VecDeque::new(),
            asked: 0,
            stdout,
            stderr,
            readers: vec![reads_stdout, reads_stderr],
        }
    }

    /// Begins a session of this protocol version, and gives what the server says of itself.
    #[track_caller]
    pub(crate) fn greet(&mut self, version: &str) -> Value {
        let client = json!({"name": "tests", "version": "1"});
        let mut answer = self.ask(
            "initialize",
            &json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client}),
        );
        self.notify("notifications/initialized", &json!({}));
        answer["result"].take()
    }

    /// Writes these bytes. A server that has ended takes none, which is for the test to find out.
    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let stdin = self.stdin.as_mut().unwrap();
        let _ = stdin.write_all(bytes.as_ref()).and_then(|()| stdin.flush());
    }

    /// Sends a request whose params are this text, which may be what no serializer writes.
    pub(crate) fn send_text(&mut self, method: &str, params: &str) -> Sent {
        self.asked += 1;
        let sent = Sent(self.asked);
        let id = sent.id();
        self.write(format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":\"{id}\",\"method\":\"{method}\",\"params\":{params}}}\n"
        ));
        sent
    }

    /// Sends a call of a tool.
    pub(crate) fn send(&mut self, tool: &str, arguments: &Value) -> Sent {
        self.send_text("tools/call", &json!({"name": tool, "arguments": arguments}).to_string())
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.write(format!("{}\n", json!({"jsonrpc": "2.0", "method": method, "params": params})));
    }

    /// Tells that nobody wants to know any more.
    pub(crate) fn cancel(&mut self, sent: Sent) {
        self.notify("notifications/cancelled", &json!({"requestId": sent.id(), "reason": "a test"}));
    }

    /// Sends a request and waits for the whole response.
    #[track_caller]
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let sent = self.send_text(method, &params.to_string());
        self.response(sent)
    }

    /// Waits for a response: the whole message, with a result or an error.
    #[track_caller]
    pub(crate) fn response(&mut self, sent: Sent) -> Value {
        let id = sent.id();
        self.message(|message| message.get("method").is_none() && message["id"] == id)
    }

    /// Waits for an answer to what the other side could not read.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn response_to_nothing(&mut self) -> Value {
        self.message(|message| message.get("method").is_none() && message["id"].is_null())
    }

    /// Waits for a notification of this method.
    #[track_caller]
    pub(crate) fn notification(&mut self, method: &str) -> Value {
        self.message(|message| message["method"] == method)
    }

    /// Waits for a message; what else comes meanwhile is kept.
    #[track_caller]
    fn message(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(found) = self.kept.iter().position(&is_wanted) {
            return self.kept.remove(found).unwrap();
        }
        let deadline = Instant::now() + SOON;
        loop {
            let line = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            let message =
                parsed(&line.unwrap_or_else(|error| panic!("no such message: {error}\n{}", self.stderr())));
            if is_wanted(&message) {
                return message;
            }
            self.kept.push_back(message);
        }
    }

    /// Drops what has come and nobody has waited for.
    pub(crate) fn forget(&mut self) {
        self.kept.clear();
    }

    /// Waits for what a call gave; fails where the protocol gave it an error.
    #[track_caller]
    pub(crate) fn answer(&mut self, sent: Sent) -> Answer {
        let response = self.response(sent);
        let result = &response["result"];
        Answer {
            is_error: result["isError"].as_bool().unwrap_or(false),
            text: result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{response}")).to_owned(),
            value: result["structuredContent"].clone(),
        }
    }

    /// Calls a tool.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "it reads better at the call")]
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Answer {
        let sent = self.send(tool, &arguments);
        self.answer(sent)
    }

    /// Calls a tool so many times at once.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "it reads better at the call")]
    pub(crate) fn call_many(&mut self, tool: &str, arguments: Value, n: usize) -> Vec<Answer> {
        let sent: Vec<Sent> = (0..n).map(|_| self.send(tool, &arguments)).collect();
        sent.into_iter().map(|sent| self.answer(sent)).collect()
    }

    /// The names of the tools that are listed.
    #[track_caller]
    pub(crate) fn tools(&mut self) -> Vec<String> {
        let response = self.ask("tools/list", &json!({}));
        let tools = response["result"]["tools"].as_array().unwrap_or_else(|| panic!("{response}"));
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The lines that it has printed on stderr so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// All that it has said so far, to its client and on stderr.
    pub(crate) fn said(&self) -> String {
        self.stdout.lock().unwrap().clone() + &self.stderr()
    }

    /// Waits until it has printed a line with this on stderr.
    #[track_caller]
    pub(crate) fn wait_for(&self, part: &str) {
        wait_until(part, || self.stderr().contains(part));
    }

    /// Says that from here on the server shows tokens: those it got with credentials that came with a call are the
    /// answer to that call.
    pub(crate) fn shows_given_tokens(&mut self) {
        self.process.may_show(Shows::Tokens);
    }

    /// The number of the server's process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The process of the server.
    pub(crate) fn process(&mut self) -> &mut Running {
        &mut self.process
    }

    /// Closes its standard input, waits for its end, and gives all that it has said; fails unless it ended well.
    #[track_caller]
    pub(crate) fn close(mut self) -> String {
        self.stdin = None;
        self.wait().expect(0);
        self.said()
    }

    /// Closes its standard input and waits for its end, as [`Session::end`] does.
    #[track_caller]
    pub(crate) fn leave(mut self) -> Ended {
        self.stdin = None;
        self.wait()
    }

    /// Waits for its end. Messages to the client that nobody has looked at are in `stdout`.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        self.wait()
    }

    #[track_caller]
    fn wait(&mut self) -> Ended {
        let mut status = None;
        wait_until("its end", || {
            status = self.process.status();
            status.is_some()
        });
        // Its output is complete when the pipes have ended.
        self.readers.drain(..).for_each(|reader| reader.join().unwrap());
        let unread = self.lines.try_iter().map(|line| parsed(&line));
        let unseen: Vec<String> =
            self.kept.drain(..).chain(unread).map(|message| message.to_string()).collect();
        Ended {
            code: status.and_then(|status| status.code()),
            stdout: unseen.join("\n"),
            stderr: self.stderr(),
        }
    }

    /// Ends it as SIGKILL does.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

/// Collects what a server prints, by lines: half of one is none until there is no more. Each also goes to `take`.
fn collect(
    from: impl Read + Send + 'static,
    said: Arc<Mutex<String>>,
    take: impl Fn(Vec<u8>) + Send + 'static,
) -> JoinHandle<()> {
    let mut from = BufReader::new(from);
    thread::spawn(move || {
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            said.lock().unwrap().push_str(&String::from_utf8_lossy(&line));
            take(std::mem::take(&mut line));
        }
    })
}

/// A line of the server, which must be a message of JSON-RPC.
#[track_caller]
fn parsed(line: &[u8]) -> Value {
    let message = serde_json::from_slice::<Value>(line).ok().filter(|message| message["jsonrpc"] == "2.0");
    message.unwrap_or_else(|| panic!("not JSON-RPC: {}", String::from_utf8_lossy(line)))
}

impl Answer {
    /// Fails unless the tool did what it was asked for.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!(!self.is_error, "{}", self.text);
        self
    }

    /// Fails unless it is an error that says all of these.
    #[track_caller]
    pub(crate) fn fails(self, parts: &[&str]) -> Self {
        assert!(self.is_error, "{}", self.text);
        for part in parts {
            assert!(self.text.contains(part), "{part:?} is not in {:?}", self.text);
        }
        self
    }

    /// Whether the policy refused it.
    pub(crate) fn is_denied(&self) -> bool {
        self.is_error && self.text.starts_with("[POLICY DENIED] ")
    }
}

/// The token in the `.env`.
#[track_caller]
pub(crate) fn token(home: &Home) -> String {
    home.value("ZOOM_ACCESS_TOKEN").unwrap()
}

/// The calls of the API so far.
pub(crate) fn api_calls(sandbox: &Sandbox) -> Vec<Seen> {
    sandbox.requests().into_iter().filter(|seen| seen.path.starts_with("/v2/")).collect()
}

/// Waits for something that happens soon.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + SOON;
    while !is() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The number of zoomtok's own tools, from the list that was looked at.
pub(crate) fn all_tools() -> usize {
    let list = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/mcp/zoom/tools/tests/tools.json"));
    serde_json::from_str::<Vec<Value>>(list).unwrap().len()
}
