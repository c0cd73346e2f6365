//! The MCP server, as seen by the client that starts it: `cargo bench --bench mcp`.
//!
//! Measures how soon the server answers, its memory and processor time while idle, and how many calls per second it
//! makes to the sandbox, which runs in a separate process. With `-- --check` it fails if a limit in benches/README.md
//! is exceeded. Parts that need something missing on the machine (node, /proc) are skipped with a message. If
//! `ZOOMTOK_BENCH_BEFORE` names another zoomtok, the counted calls alternate between both.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement that cannot continue has failed; this one creates files, reads the clock and prints"
)]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{Report, Sandbox, Spread, ZOOMTOK};

/// The server to compare with: the official SDK with one tool that does nothing.
const NODE_SERVER: &str = r#"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "node", version: "0" });
server.registerTool("ping", { description: "Answers", inputSchema: {} }, async () => ({
  content: [{ type: "text", text: "pong" }],
}));
await server.connect(new StdioServerTransport());
"#;

const SDK: &str = "@modelcontextprotocol/sdk@1.32";

const INITIALIZE: &str = r#""method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"0"}}"#;

/// A limit that is never reached, so that every call is counted.
const COUNTED: &str = r#"{"version": "1", "default": "allow",
    "all_tools": {"limits": [{"counter": "calls", "window": "day", "max": 1000000000, "scope": "grant"}]}}"#;

const UNCOUNTED: &str = r#"{"version": "1", "default": "allow"}"#;

const GET_USER: &str = r#""method":"tools/call","params":{"name":"get_user","arguments":{"user_id":"me"}}"#;

const STATUS: &str = r#""method":"tools/call","params":{"name":"zoom_token_status","arguments":{}}"#;

/// The number of requests in flight at once, if they do not wait for each other.
const IN_FLIGHT: usize = 32;

/// A server and its client.
struct Server {
    process: Child,
    /// Closed to stop the server.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// The id of the last request.
    id: u64,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.input.take();
        let _ = self.process.wait();
    }
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let (input, output) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        let mut server = Self { process, input, output, id: 0 };
        server.send(INITIALIZE);
        server.receive();
        server
    }

    fn send(&mut self, request: &str) {
        self.id += 1;
        let line = format!("{{\"jsonrpc\":\"2.0\",\"id\":{},{request}}}\n", self.id);
        self.input.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
    }

    fn receive(&mut self) {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert!(
            line.contains(r#""result":"#) && !line.contains(r#""isError":true"#),
            "the answer is {line:?}"
        );
    }

    /// How long `count` calls take with `in_flight` of them at once.
    fn calls(&mut self, request: &str, count: usize, in_flight: usize) -> Duration {
        let start = Instant::now();
        for _ in 0..in_flight {
            self.send(request);
        }
        for done in 1..=count {
            self.receive();
            if done + in_flight <= count {
                self.send(request);
            }
        }
        start.elapsed()
    }
}

fn main() {
    let mut report = Report::begin();
    let (sandbox, _) = Sandbox::start();
    for (name, policy) in [("counted.json", COUNTED), ("uncounted.json", UNCOUNTED)] {
        fs::write(sandbox.path().join(name), policy).unwrap();
    }
    start(&mut report, &sandbox);
    idle(&mut report, &sandbox);
    throughput(&mut report, &sandbox);
    drop(sandbox);
    report.end();
}

fn zoomtok(sandbox: &Sandbox, policy: &str) -> Command {
    server(Path::new(ZOOMTOK), sandbox, policy)
}

fn server(program: &Path, sandbox: &Sandbox, policy: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["mcp", "--policy", policy]).current_dir(sandbox.path());
    command.env("XDG_STATE_HOME", sandbox.path().join("state"));
    command
}

/// The time from the start of the process to its answer to `initialize`.
fn start(report: &mut Report, sandbox: &Sandbox) {
    let time = |mut command: Command| {
        let start = Instant::now();
        let server = Server::start(&mut command);
        let time = start.elapsed();
        drop(server);
        time
    };
    let Some(directory) = node_directory() else {
        println!("node or its SDK is missing: the start is not compared with it\n");
        return;
    };
    let node = || {
        let mut command = Command::new("node");
        command.arg("zoomtok-bench.mjs").current_dir(&directory);
        command
    };
    let (mut ours, mut theirs) = (|| time(zoomtok(sandbox, "counted.json")), || time(node()));
    report.compare(40, ("zoomtok mcp, initialize", &mut ours), ("node, initialize", &mut theirs), 1.0 / 50.0);
    let server = Server::start(&mut node());
    if let Some(memory) = status(&server.process, "VmRSS") {
        println!("{:<24} {memory:>8} KiB after initialize\n", "node");
    }
}

/// A directory with the SDK and a server that uses it: the one that `ZOOMTOK_BENCH_NODE` names, or one that npm fills
/// once.
fn node_directory() -> Option<PathBuf> {
    let directory = std::env::var_os("ZOOMTOK_BENCH_NODE")
        .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-node"), PathBuf::from);
    if !directory.join("node_modules/@modelcontextprotocol/sdk").exists() {
        fs::create_dir_all(&directory).unwrap();
        let npm = Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", SDK])
            .current_dir(&directory)
            .status();
        npm.ok().filter(std::process::ExitStatus::success)?;
    }
    fs::write(directory.join("zoomtok-bench.mjs"), NODE_SERVER).unwrap();
    Command::new("node").arg("--version").stdout(Stdio::null()).status().ok()?;
    Some(directory)
}

/// Memory and processor time while the server is idle.
fn idle(report: &mut Report, sandbox: &Sandbox) {
    let mut server = Server::start(&mut zoomtok(sandbox, "counted.json"));
    server.send(r#""method":"tools/list""#);
    server.receive();
    for when in ["after tools/list", "after one call"] {
        if when == "after one call" {
            server.calls(GET_USER, 1, 1);
        }
        sleep(Duration::from_secs(3));
        let Some(memory) = status(&server.process, "VmRSS") else {
            println!("/proc is missing: memory and processor time are not measured\n");
            return;
        };
        let own = status(&server.process, "RssAnon").unwrap_or_default();
        let threads = status(&server.process, "Threads").unwrap_or_default();
        println!("{when:<24} {memory:>8} KiB, {own} of them its own, {threads} threads");
        if memory > 10 * 1024 {
            report.fail(format!("{when} the server holds {memory} KiB, not 10 MiB"));
        }
    }
    let before = processor_time(&server.process);
    sleep(Duration::from_secs(10));
    let used = processor_time(&server.process).saturating_sub(before);
    println!("{:<24} {:>8.2} ms of processor time in 10 s\n", "idle", used.as_secs_f64() * 1000.0);
    if used > Duration::from_millis(5) {
        report.fail(format!("idle the server uses {used:?} in 10 s, not 5 ms"));
    }
}

/// One way to call the server.
struct Way {
    name: &'static str,
    program: PathBuf,
    policy: &'static str,
    request: &'static str,
    in_flight: usize,
    /// The promised number of calls per second, if any.
    limit: f64,
}

/// Calls per second over one connection, and their processor time.
fn throughput(report: &mut Report, sandbox: &Sandbox) {
    const ROUNDS: usize = 11;
    const CALLS: u32 = 2000;
    let way = |name, policy, request, in_flight, limit| {
        let program = ZOOMTOK.into();
        Way { name, program, policy, request, in_flight, limit }
    };
    let mut ways = vec![
        way("counted, 32 in flight", "counted.json", GET_USER, IN_FLIGHT, 2000.0),
        way("uncounted, 32 in flight", "uncounted.json", GET_USER, IN_FLIGHT, 0.0),
        way("counted, one at a time", "counted.json", GET_USER, 1, 0.0),
        way("uncounted, one at a time", "uncounted.json", GET_USER, 1, 0.0),
        way("without Zoom", "uncounted.json", STATUS, IN_FLIGHT, 0.0),
    ];
    if let Some(program) = std::env::var_os("ZOOMTOK_BENCH_BEFORE") {
        let name = "the same, before";
        ways.insert(
            1,
            Way { program: program.into(), ..way(name, "counted.json", GET_USER, IN_FLIGHT, 0.0) },
        );
    }
    let mut servers: Vec<Server> =
        ways.iter().map(|way| Server::start(&mut server(&way.program, sandbox, way.policy))).collect();
    let mut samples: Vec<Vec<[f64; 3]>> = vec![Vec::new(); ways.len()];
    // The first round warms up.
    for round in 0..=ROUNDS {
        for ((way, server), samples) in ways.iter().zip(&mut servers).zip(&mut samples) {
            let of_both = |server: &Server| [&server.process, &sandbox.process].map(processor_time);
            let before = of_both(server);
            let time = server.calls(way.request, CALLS as usize, way.in_flight);
            let after = of_both(server);
            let each = |time: Duration| (time / CALLS).as_secs_f64() * 1e6;
            if round > 0 {
                let [ours, zooms] = [0, 1].map(|at| each(after[at].saturating_sub(before[at])));
                samples.push([f64::from(CALLS) / time.as_secs_f64(), ours, zooms]);
            }
        }
    }
    for (way, samples) in ways.iter().zip(samples) {
        let [rate, ours, zooms] = [0, 1, 2].map(|at| Spread::of(samples.iter().map(|sample| sample[at])));
        println!(
            "{:<24} {:>8.0} calls/s  ({:.0} to {:.0}); processor time a call: {:.0} µs, and {:.0} µs in the sandbox",
            way.name, rate.median, rate.low, rate.high, ours.median, zooms.median
        );
        if rate.median < way.limit {
            report.fail(format!("{}: {:.0} calls a second, not {:.0}", way.name, rate.median, way.limit));
        }
    }
    println!("{:<24} {ROUNDS} rounds of {CALLS} calls, taking turns\n", "");
}

/// A number from `/proc/PID/status`, if there is one.
fn status(process: &Child, field: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The processor time of a process's existing threads; zero without `/proc`.
fn processor_time(process: &Child) -> Duration {
    let Ok(threads) = fs::read_dir(format!("/proc/{}/task", process.id())) else { return Duration::ZERO };
    threads
        .filter_map(|thread| {
            let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
        })
        .sum()
}
