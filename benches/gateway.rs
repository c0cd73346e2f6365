//! Measures what a gateway adds to a server: `cargo bench --bench gateway`.
//!
//! The server is this program itself, started with `serve`: it answers each call at once, with its arguments. A client calls
//! it directly, through a gateway, and through one that counts, in turns of a few hundred calls; the difference of the
//! medians of a round is what the gateway adds. With `-- --check` it fails if a limit in benches/README.md is exceeded.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot continue has failed; this one creates files, reads the clock and prints"
)]

#[allow(dead_code, reason = "this one needs no sandbox")]
mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _, stdin, stdout};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{Report, Spread, ZOOMTOK};

const INITIALIZE: &str = r#""method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"0"}}"#;

const CALL: &str = r#""method":"tools/call","params":{"name":"echo","arguments":{"path":"/a/b/c","limit":20,"deep":{"list":[1,2,3]}}}"#;

/// A limit that is never reached, so that every call is counted.
const COUNTED: &str = r#"{"version": "1", "default": "allow",
    "all_tools": {"limits": [{"counter": "calls", "window": "day", "max": 1000000000, "scope": "grant"}]}}"#;

const UNCOUNTED: &str = r#"{"version": "1", "default": "allow"}"#;

/// How many calls are in a turn, and how many turns each has; and how many right after the start.
const CALLS: usize = 400;
const ROUNDS: usize = 25;
const FIRST_ROUNDS: usize = 5;

/// A policy is read again at each call until it has stayed as it is for three seconds.
const SETTLED: Duration = Duration::from_millis(3500);

/// The most that a gateway may add to the median of a call, in microseconds: over standard input and output without a limit and with
/// one, and over HTTP.
const ADDED: [f64; 3] = [60.0, 120.0, 250.0];

fn main() {
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return serve();
    }
    let mut report = Report::begin();
    let directory = tempfile::tempdir().unwrap();
    for (name, policy) in [("counted.json", COUNTED), ("uncounted.json", UNCOUNTED)] {
        fs::write(directory.path().join(name), policy).unwrap();
    }
    start(&mut report, directory.path());
    calls(&mut report, directory.path());
    sessions(&mut report, directory.path());
    report.end();
}

/// A server that answers.
fn serve() {
    let mut out = stdout().lock();
    for line in stdin().lock().lines().map_while(Result::ok) {
        let id = |line: &str| {
            let at = line.find(r#""id":"#)? + 5;
            Some(line[at..].split([',', '}']).next()?.trim().to_owned())
        };
        let Some(id) = id(&line) else { continue };
        let result = if line.contains("initialize") {
            r#"{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"bench","version":"0"}}"#
        } else if line.contains("tools/list") {
            r#"{"tools":[{"name":"echo","inputSchema":{"type":"object"}}]}"#
        } else {
            r#"{"content":[{"type":"text","text":"some words that a tool might say, and a few more of them"}]}"#
        };
        // Whoever has asked may have ended.
        let _ =
            writeln!(out, r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#).and_then(|()| out.flush());
    }
}

/// The command of the server itself.
fn server() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("serve");
    command
}

/// The same behind a gateway under this policy.
fn behind(directory: &Path, policy: &str, more: &[&str]) -> Command {
    let mut command = Command::new(ZOOMTOK);
    command.args(["gateway", "--no-token", "-q", "--name", "bench", "--policy", policy]).args(more).arg("--");
    command.arg(std::env::current_exe().unwrap()).arg("serve").current_dir(directory);
    command.env("XDG_STATE_HOME", directory.join("state")).env("XDG_CONFIG_HOME", directory.join("config"));
    command
}

/// A session over pipes.
struct Session {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    id: u64,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.input.take();
        let _ = self.process.wait();
    }
}

impl Session {
    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let (input, output) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        let mut session = Self { process, input, output, id: 0 };
        session.ask(INITIALIZE);
        let input = session.input.as_mut().unwrap();
        input.write_all(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n").unwrap();
        session
    }

    fn ask(&mut self, request: &str) {
        self.id += 1;
        let line = format!("{{\"jsonrpc\":\"2.0\",\"id\":{},{request}}}\n", self.id);
        self.input.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert!(line.contains(r#""result":"#) && !line.contains("isError"), "the answer is {line:?}");
    }

    /// The memory of the gateway: resident, and its own part of that, in KiB.
    fn memory(&self) -> (u64, u64) {
        memory(self.process.id())
    }
}

fn memory(pid: u32) -> (u64, u64) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    (of("VmRSS:").unwrap_or_default(), of("RssAnon:").unwrap_or_default())
}

/// The time until the answer to `initialize`, directly and through a gateway.
fn start(report: &mut Report, directory: &Path) {
    let time = |command: Command| {
        let start = Instant::now();
        let session = Session::start(command);
        let time = start.elapsed();
        drop(session);
        time
    };
    let mut added = Vec::new();
    for _ in 0..40 {
        let direct = time(server());
        let through = time(behind(directory, "uncounted.json", &[]));
        added.push((through.as_secs_f64() - direct.as_secs_f64()) * 1000.0);
    }
    let added = Spread::of(added.into_iter());
    println!("initialize: {:.2} ms more ({:.2} to {:.2}), 40 pairs\n", added.median, added.low, added.high);
    if added.median > 5.0 {
        report.fail(format!("initialize takes {:.2} ms longer through a gateway, not 5", added.median));
    }
}

/// The median of a turn of calls, in microseconds.
fn turn(mut call: impl FnMut()) -> f64 {
    let times = (0..CALLS).map(|_| {
        let start = Instant::now();
        call();
        start.elapsed().as_secs_f64() * 1e6
    });
    Spread::of(times).median
}

fn calls(report: &mut Report, directory: &Path) {
    let mut direct = Session::start(server());
    let mut plain = Session::start(behind(directory, "uncounted.json", &[]));
    let mut at_first = Vec::new();
    for round in 0..=FIRST_ROUNDS {
        let direct = turn(|| direct.ask(CALL));
        let added = turn(|| plain.ask(CALL)) - direct;
        // The first one warms up.
        at_first.extend((round > 0).then_some(added));
    }
    let mut counted = Session::start(behind(directory, "counted.json", &[]));
    let web = Web::start(directory, "uncounted.json");
    let mut http = web.session();
    turn(|| counted.ask(CALL));
    turn(|| http.ask(CALL));
    sleep(SETTLED);
    for _ in 0..2 {
        turn(|| direct.ask(CALL));
        turn(|| plain.ask(CALL));
        turn(|| counted.ask(CALL));
        turn(|| http.ask(CALL));
    }
    let (mut base, mut added) = (Vec::new(), [Vec::new(), Vec::new(), Vec::new()]);
    for _ in 0..ROUNDS {
        let direct = turn(|| direct.ask(CALL));
        added[0].push(turn(|| plain.ask(CALL)) - direct);
        added[1].push(turn(|| counted.ask(CALL)) - direct);
        added[2].push(turn(|| http.ask(CALL)) - direct);
        base.push(direct);
    }
    println!(
        "a call of the server itself: {:.0} us; {ROUNDS} rounds of {CALLS} calls each",
        Spread::of(base.into_iter()).median
    );
    let names = ["through a gateway", "through one that counts", "over HTTP through a gateway"];
    for ((name, limit), added) in names.into_iter().zip(ADDED).zip(added) {
        let added = Spread::of(added.into_iter());
        println!("{name:<28} {:>6.0} us more ({:.0} to {:.0})", added.median, added.low, added.high);
        if added.median > limit {
            report.fail(format!("a call takes {:.0} us longer {name}, not {limit:.0}", added.median));
        }
    }
    let at_first = Spread::of(at_first.into_iter());
    let Spread { median, low, high } = at_first;
    println!("{:<28} {median:>6.0} us more ({low:.0} to {high:.0})", "through one in its first 3 s");
    let (resident, own) = plain.memory();
    println!("\nmemory of a gateway with one client: {resident} KiB, of which {own} KiB are its own");
    if own > 2 * 1024 {
        report.fail(format!("a gateway has {own} KiB of its own, not 2048"));
    }
}

/// A gateway that listens.
struct Web {
    process: Child,
    port: u16,
    bearer: String,
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A session over HTTP, on one connection.
struct WebSession<'w> {
    web: &'w Web,
    stream: BufReader<TcpStream>,
    session: Option<String>,
    id: u64,
}

impl Web {
    fn start(directory: &Path, policy: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut grant = Command::new(ZOOMTOK);
        grant.args(["grant", "add", "-q"]).arg(format!("bench{port}"));
        grant.current_dir(directory).env("XDG_CONFIG_HOME", directory.join("config"));
        let bearer = String::from_utf8(grant.output().unwrap().stdout).unwrap().trim().to_owned();
        let at = format!("127.0.0.1:{port}");
        let process = behind(directory, policy, &["--listen", &at]).spawn().unwrap();
        let start = Instant::now();
        while TcpStream::connect(&*at).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "it does not listen");
            sleep(Duration::from_millis(10));
        }
        Self { process, port, bearer }
    }

    fn session(&self) -> WebSession<'_> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut session = WebSession { web: self, stream: BufReader::new(stream), session: None, id: 0 };
        session.ask(INITIALIZE);
        session.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
        session
    }
}

impl WebSession<'_> {
    fn ask(&mut self, request: &str) {
        self.id += 1;
        let answer = self.post(&format!("{{\"jsonrpc\":\"2.0\",\"id\":{},{request}}}", self.id));
        assert!(answer.contains(r#""result":"#) && !answer.contains("isError"), "the answer is {answer:?}");
    }

    fn post(&mut self, body: &str) -> String {
        let session = self.session.as_ref().map(|id| format!("Mcp-Session-Id: {id}\r\n")).unwrap_or_default();
        let Web { port, bearer, .. } = self.web;
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {bearer}\r\n{session}\
             Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            let line = line.trim_end();
            let (name, value) = line.split_once(": ").unwrap_or_default();
            match &*name.to_ascii_lowercase() {
                "content-length" => length = value.parse().unwrap(),
                "mcp-session-id" => self.session = Some(value.to_owned()),
                _ => {}
            }
            assert!(!line.starts_with("HTTP/1.1 4") && !line.starts_with("HTTP/1.1 5"), "{line}");
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }
}

/// The memory of each further idle session, which has a server of its own.
fn sessions(report: &mut Report, directory: &Path) {
    const MANY: u64 = 50;
    let web = Web::start(directory, "uncounted.json");
    let first = web.session();
    sleep(Duration::from_millis(500));
    let (_, before) = memory(web.process.id());
    let others: Vec<WebSession<'_>> = (0..MANY).map(|_| web.session()).collect();
    sleep(Duration::from_secs(1));
    let (_, after) = memory(web.process.id());
    let each = after.saturating_sub(before) as f64 / MANY as f64;
    println!("each further idle session: {each:.0} KiB, {MANY} of them");
    if each > 64.0 {
        report.fail(format!("an idle session takes {each:.0} KiB, not 64"));
    }
    drop((first, others));
}
