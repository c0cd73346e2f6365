//! A client of `zoomtok mcp`: as little of the protocol as it takes to call tools, many at once.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zoomtok::sandbox::{Options, Sandbox, Seen};

use crate::canaries::{Shows, assert_clean};
use crate::support::Home;

/// How long an answer may take that the server does not wait for; a busy machine is slow.
const SOON: Duration = Duration::from_secs(25);

/// A server, and its client.
pub(crate) struct Session {
    child: Child,
    /// None once the client has nothing more to say.
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    /// Answers that came while another one was waited for, by their ids.
    answers: HashMap<i64, Value>,
    /// What the server has sent that is no answer.
    pub(crate) notices: Vec<Value>,
    next_id: i64,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
    shows: Shows,
}

/// What a call of a tool gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) is_error: bool,
    pub(crate) text: String,
    /// The structured content; null where there is none.
    pub(crate) value: Value,
}

/// A call that is under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent(i64);

impl Session {
    /// Starts `zoomtok mcp` with these arguments behind it, and begins a session.
    #[track_caller]
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.command([&["mcp"], arguments].concat());
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let (stdout, stderr) = (Arc::<Mutex<String>>::default(), Arc::<Mutex<String>>::default());
        let (mut out, kept) = (BufReader::new(child.stdout.take().unwrap()), Arc::clone(&stdout));
        let reads_stdout = thread::spawn(move || {
            let mut line = String::new();
            while out.read_line(&mut line).is_ok_and(|read| read > 0) {
                kept.lock().unwrap().push_str(&line);
                // Nobody listens any more when the session has ended.
                let _ = sender.send(std::mem::take(&mut line));
            }
        });
        let (mut err, kept) = (child.stderr.take().unwrap(), Arc::clone(&stderr));
        let reads_stderr = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = err.read(&mut buffer) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
        });
        let mut session = Self {
            stdin: child.stdin.take(),
            child,
            lines,
            answers: HashMap::new(),
            notices: Vec::new(),
            next_id: 0,
            stdout,
            stderr,
            readers: vec![reads_stdout, reads_stderr],
            shows: Shows::Nothing,
        };
        session.ask(
            "initialize",
            &json!({
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "tests", "version": "1"},
            }),
        );
        session.write(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        session
    }

    /// Writes a line as it is.
    #[track_caller]
    pub(crate) fn write(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Sends a request whose params are this text, which may be what no serializer writes.
    #[track_caller]
    pub(crate) fn send_text(&mut self, method: &str, params: &str) -> Sent {
        self.next_id += 1;
        let id = self.next_id;
        self.write(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#));
        Sent(id)
    }

    /// Sends a call of a tool.
    #[track_caller]
    pub(crate) fn send(&mut self, tool: &str, arguments: &Value) -> Sent {
        self.send_text("tools/call", &json!({"name": tool, "arguments": arguments}).to_string())
    }

    /// Tells that nobody wants to know any more.
    #[track_caller]
    pub(crate) fn cancel(&mut self, Sent(id): Sent) {
        let notice =
            json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
        self.write(&notice.to_string());
    }

    /// Sends a request and waits for the whole response.
    #[track_caller]
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let sent = self.send_text(method, &params.to_string());
        self.response(sent)
    }

    /// Waits for a response.
    #[track_caller]
    pub(crate) fn response(&mut self, Sent(id): Sent) -> Value {
        let deadline = Instant::now() + SOON;
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            self.receive(deadline.saturating_duration_since(Instant::now()))
                .unwrap_or_else(|error| panic!("no answer: {error}\n{}", self.stderr()));
        }
    }

    /// Takes in one line.
    fn receive(&mut self, patience: Duration) -> Result<(), RecvTimeoutError> {
        let message: Value = serde_json::from_str(&self.lines.recv_timeout(patience)?).unwrap();
        match message["id"].as_i64() {
            Some(id) => drop(self.answers.insert(id, message)),
            None => self.notices.push(message),
        }
        Ok(())
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

    /// What it has printed on stderr so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// All that it has said so far, to its client and on stderr.
    pub(crate) fn said(&self) -> String {
        self.stdout.lock().unwrap().clone() + &self.stderr()
    }

    /// Waits until it has said something on stderr.
    #[track_caller]
    pub(crate) fn wait_for(&self, part: &str) {
        wait_until(part, || self.stderr().contains(part));
    }

    /// Says that from here on the server shows tokens: those it got with credentials that came with a call are the
    /// answer to that call.
    pub(crate) fn shows_given_tokens(&mut self) {
        self.shows = Shows::Tokens;
    }

    /// Closes its standard input, waits for its end, and gives all that it has said; fails unless it ended well.
    #[track_caller]
    pub(crate) fn close(mut self) -> String {
        drop(self.stdin.take());
        let status = self.child.wait().unwrap();
        self.readers.drain(..).for_each(|reader| reader.join().unwrap());
        assert!(status.success(), "{status}\n{}", self.stderr());
        self.said()
    }

    /// Ends it as SIGKILL does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Session {
    /// No server outlives its test, also not one that failed.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !thread::panicking() {
            self.readers.drain(..).for_each(|reader| reader.join().unwrap());
            assert_clean(self.said(), self.shows, "what the server said");
        }
    }
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

/// A Zoom as it usually is.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

/// A home whose token has so many seconds left.
pub(crate) fn home(sandbox: &Sandbox, left: i64) -> Home {
    Home::of(sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(left)))
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
