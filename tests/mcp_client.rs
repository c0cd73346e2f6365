//! A client of `zoomtok mcp` that knows only pipes and lines, so that every byte of a test is the test's own.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::processes::Running;
use crate::support::{Ended, Home};

/// How long an answer may take that is there in milliseconds; a busy machine is slow.
const SOON: Duration = Duration::from_secs(20);

/// A server that runs, and the pipes to it.
pub(crate) struct Client {
    process: Running,
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    /// What came while something else was waited for.
    kept: VecDeque<Value>,
    asked: u64,
}

impl Client {
    /// Starts `zoomtok mcp` with these further arguments; no session is begun.
    #[track_caller]
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        Self::of(home.command([&["mcp"], arguments].concat()))
    }

    /// Starts `zoomtok mcp` and begins a session.
    #[track_caller]
    pub(crate) fn begin(home: &Home, arguments: &[&str]) -> Self {
        let mut client = Self::start(home, arguments);
        client.initialize("2025-11-25");
        client
    }

    /// A client of a server that is not started yet.
    #[track_caller]
    pub(crate) fn of(mut command: Command) -> Self {
        let mut process = Running::new(command.stdin(Stdio::piped()).spawn().unwrap());
        let stdin = Some(process.stdin());
        let stdout = BufReader::new(process.stdout());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.split(b'\n') {
                let Ok(line) = line else { return };
                let _ = sender.send(line);
            }
        });
        Self { process, stdin, lines, kept: VecDeque::new(), asked: 0 }
    }

    /// Begins a session of this protocol version and gives what the server says of itself.
    #[track_caller]
    pub(crate) fn initialize(&mut self, version: &str) -> Value {
        let client = json!({"name": "a test", "version": "1"});
        let mut answer = self.request(
            "initialize",
            &json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client}),
        );
        self.notify("notifications/initialized", &json!({}));
        answer["result"].take()
    }

    /// Sends these bytes. A server that has ended takes none, which is for the test to find out.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        let _ = stdin.write_all(bytes).and_then(|()| stdin.flush());
    }

    /// Sends a request and gives its id; [`Client::answer`] waits for what comes of it.
    pub(crate) fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.asked += 1;
        // Not a number, so that no line that is made up can have the same.
        let id = json!(format!("asked {}", self.asked));
        self.message(json!({"id": id, "method": method, "params": parameters}));
        id
    }

    /// Sends a request to call a tool and gives its id.
    pub(crate) fn ask_tool(&mut self, tool: &str, arguments: &Value) -> Value {
        self.ask("tools/call", &json!({"name": tool, "arguments": arguments}))
    }

    /// Waits for the answer to a request: the whole message, with a result or an error.
    #[track_caller]
    pub(crate) fn answer(&mut self, id: &Value) -> Value {
        self.wait_for(|message| message.get("method").is_none() && message["id"] == *id)
    }

    /// Sends a request and waits for its answer.
    #[track_caller]
    pub(crate) fn request(&mut self, method: &str, parameters: &Value) -> Value {
        let id = self.ask(method, parameters);
        self.answer(&id)
    }

    /// Calls a tool and gives its result; an error of the protocol is none.
    #[track_caller]
    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let id = self.ask_tool(tool, arguments);
        let mut answer = self.answer(&id);
        assert!(answer["result"].is_object(), "{answer}");
        answer["result"].take()
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, parameters: &Value) {
        self.message(json!({"method": method, "params": parameters}));
    }

    /// Waits for a notification of this method.
    #[track_caller]
    pub(crate) fn notification(&mut self, method: &str) -> Value {
        self.wait_for(|message| message["method"] == method)
    }

    /// The names of the tools that are listed.
    #[track_caller]
    pub(crate) fn tools(&mut self) -> Vec<String> {
        let answer = self.request("tools/list", &json!({}));
        let tools = answer["result"]["tools"].as_array().unwrap();
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Drops what has come and nobody has waited for.
    pub(crate) fn forget(&mut self) {
        self.kept.clear();
    }

    /// The process of the server.
    pub(crate) fn process(&mut self) -> &mut Running {
        &mut self.process
    }

    /// Closes the standard input of the server and goes on reading.
    pub(crate) fn close_input(&mut self) {
        drop(self.stdin.take());
    }

    /// Closes the standard input of the server and waits for its end; what it still printed is in `stdout`.
    #[track_caller]
    pub(crate) fn close(mut self) -> Ended {
        self.close_input();
        self.end()
    }

    /// Waits for the end of the server; what it printed and nobody has looked at yet is in `stdout`.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        let mut rest: Vec<_> = self.kept.drain(..).map(|message| message.to_string()).collect();
        let began = Instant::now();
        while self.process.runs() {
            assert!(began.elapsed() < SOON, "it does not end");
            // What it prints is taken meanwhile by a thread: it never waits for that.
            thread::sleep(Duration::from_millis(5));
        }
        // The channel ends with the standard output of the server.
        rest.extend(self.lines.iter().map(|line| parsed(&line).to_string()));
        Ended { stdout: rest.join("\n"), ..self.process.end() }
    }

    fn message(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        self.send(format!("{message}\n").as_bytes());
    }

    #[track_caller]
    fn wait_for(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(found) = self.kept.iter().position(&wanted) {
            return self.kept.remove(found).unwrap();
        }
        loop {
            let line = self.lines.recv_timeout(SOON);
            let message = parsed(&line.unwrap_or_else(|error| panic!("no such message: {error}")));
            if wanted(&message) {
                return message;
            }
            self.kept.push_back(message);
        }
    }
}

/// A line of the server, which must be a message of JSON-RPC.
#[track_caller]
fn parsed(line: &[u8]) -> Value {
    let message = serde_json::from_slice::<Value>(line).ok().filter(|message| message["jsonrpc"] == "2.0");
    message.unwrap_or_else(|| panic!("not JSON-RPC: {}", String::from_utf8_lossy(line)))
}
