//! A client that writes down everything it hears, and answers what a server asks it: for the same dialogue with a server and
//! with a gateway before it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::mcp_session::SOON;
use crate::support::processes::Running;

/// The client's answer to a request of the server: a `result` or an `error`.
pub(crate) type Answers = Box<dyn Fn(&Value) -> Value>;

pub(crate) struct Client {
    process: Running,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    answers: Answers,
    pub(crate) heard: Vec<Value>,
}

impl Client {
    pub(crate) fn new(mut command: Command, answers: Answers) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Running::new(command.spawn().unwrap());
        let stdout = BufReader::new(process.stdout());
        let (sender, lines) = channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        Self { stdin: Some(process.stdin()), process, lines, answers, heard: Vec::new() }
    }

    /// Sends a message, and waits for nothing.
    pub(crate) fn write(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Sends a message. After a request it reads on until that is answered.
    pub(crate) fn say(&mut self, line: &str) {
        self.write(line);
        let Ok(message) = serde_json::from_str::<Value>(line) else { return };
        if message["method"].is_string() && message.get("id").is_some() {
            while !self.hear(&message["id"]) {}
        }
    }

    /// Reads on until the server has sent so many requests or notifications of this method.
    pub(crate) fn wait_for(&mut self, count: usize, method: &str) {
        while self.heard.iter().filter(|message| message["method"] == method).count() < count {
            self.hear(&Value::from(method));
        }
    }

    /// Reads one message; says whether it answers this request. Requests of the server are answered.
    fn hear(&mut self, id: &Value) -> bool {
        let line = self.lines.recv_timeout(SOON).unwrap_or_else(|_| panic!("no answer to {id}"));
        let mut message: Value = serde_json::from_str(&line).unwrap();
        let is_answer = message.get("method").is_none();
        if !is_answer && message.get("id").is_some() {
            let mut answer = (self.answers)(&message);
            answer["jsonrpc"] = "2.0".into();
            answer["id"] = message["id"].take();
            self.write(&answer.to_string());
        }
        let answers = is_answer && message["id"] == *id;
        self.heard.push(message);
        answers
    }

    /// Has nothing more to say, and gives everything that it has heard once the server ends or has been silent for so long.
    pub(crate) fn end(mut self, silence: Duration) -> Vec<Value> {
        drop(self.stdin.take());
        let is_silent = loop {
            match self.lines.recv_timeout(silence) {
                Ok(line) => self.heard.push(serde_json::from_str(&line).unwrap()),
                Err(why) => break why == RecvTimeoutError::Timeout,
            }
        };
        while !is_silent && self.process.runs() {
            thread::sleep(Duration::from_millis(10));
        }
        self.process.kill();
        self.heard
    }
}
