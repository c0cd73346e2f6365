//! How Docker and systemd read a `.env`, by their documentation, and a daemon of Docker's to ask its client with.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::env_file::page::Said;

/// `docker run --env-file`: lines of `NAME=value`, and nothing has a meaning but a `#` at the beginning. A name alone takes the
/// variable from Docker's own environment, where there is none here.
pub(crate) fn docker(text: &str) -> Said {
    let mut said = Said::Unset;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.split_once('=').map_or((line, None), |(name, value)| (name, Some(value)));
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Said::Fails;
        }
        if let Some(value) = value.filter(|_| name == "X") {
            said = Said::Value(value.into());
        }
    }
    said
}

/// Where in a line systemd is.
enum At {
    Start,
    Name,
    /// Before a value, or behind a part of it in quotes.
    Value,
    Word,
    Quote(char),
    Comment,
}

/// `EnvironmentFile=` of systemd.exec(5): comments begin a line, quotes a value, and a backslash joins lines.
pub(crate) fn systemd(text: &str) -> Said {
    let (mut at, mut name, mut value, mut said) = (At::Start, String::new(), String::new(), Said::Unset);
    let mut end = |name: &mut String, value: &mut String, is_word: bool| {
        if name.trim_end() == "X" {
            said = Said::Value(if is_word { value.trim_end() } else { value.as_str() }.to_owned());
        }
        name.clear();
        value.clear();
    };
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let ends = c == '\n' || c == '\r';
        at = match at {
            At::Start if c == '#' || c == ';' => At::Comment,
            At::Start if c.is_ascii_whitespace() => At::Start,
            At::Name if ends => {
                name.clear();
                At::Start
            }
            At::Name if c == '=' => At::Value,
            At::Start | At::Name => {
                name.push(c);
                At::Name
            }
            At::Value | At::Word if ends => {
                end(&mut name, &mut value, matches!(at, At::Word));
                At::Start
            }
            At::Value if c == '\'' || c == '"' => At::Quote(c),
            At::Value if c.is_ascii_whitespace() => At::Value,
            At::Value | At::Word => {
                let pushed = if c == '\\' { rest.next().filter(|c| *c != '\n') } else { Some(c) };
                value.extend(pushed);
                At::Word
            }
            At::Quote(quote) if c == quote => At::Value,
            At::Quote('"') if c == '\\' => {
                match rest.next() {
                    Some(c @ ('"' | '\\' | '`' | '$')) => value.push(c),
                    Some('\n') | None => {}
                    Some(c) => value.extend(['\\', c]),
                }
                At::Quote('"')
            }
            At::Quote(quote) => {
                value.push(c);
                At::Quote(quote)
            }
            At::Comment if c == '\n' => At::Start,
            At::Comment => At::Comment,
        };
    }
    if matches!(at, At::Value | At::Word | At::Quote(_)) {
        end(&mut name, &mut value, matches!(at, At::Word));
    }
    said
}

/// Answers Docker's client as its daemon would, and keeps what it asks to be created.
pub(crate) struct Daemon {
    address: String,
    asked: Receiver<Value>,
}

impl Daemon {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        let (sender, asked) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                thread::spawn(move || {
                    while let Some(body) = answer(&stream) {
                        if let Ok(body) = serde_json::from_slice(&body) {
                            let _ = sender.send(body);
                        }
                    }
                });
            }
        });
        Self { address, asked }
    }

    fn create(&self, file: &Path) -> bool {
        let home = file.parent().unwrap();
        Command::new("docker")
            .args(["create", "--env-file", file.to_str().unwrap(), "image"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("DOCKER_HOST", &self.address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// The value that Docker reads for `X` in a file.
    pub(crate) fn ask(&self, file: &Path) -> Said {
        if !self.create(file) {
            return Said::Fails;
        }
        let asked = self.asked.recv_timeout(Duration::from_secs(10)).unwrap();
        let variables = asked["Env"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut values = variables.filter_map(|variable| variable.strip_prefix("X="));
        values.next_back().map_or(Said::Unset, |value| Said::Value(value.to_owned()))
    }
}

/// Answers one request; gives its body.
fn answer(mut stream: &TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let is_create = line.contains("/containers/create");
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok().filter(|read| *read > 0)?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (status, answer) =
        if is_create { ("201 Created", r#"{"Id":"0","Warnings":[]}"#) } else { ("200 OK", "") };
    let head = format!(
        "HTTP/1.1 {status}\r\nApi-Version: 1.44\r\nOstype: linux\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{answer}",
        answer.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    Some(body)
}
