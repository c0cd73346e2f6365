//! A gateway before a stand-in server, which says what it was given.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Home;
use crate::support::mcp_session::Session;
use crate::support::processes::Running;

/// The stand-in for somebody's server.
pub(crate) fn server() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_zoomtok"))
        .with_file_name("examples")
        .join(format!("stand_in_server{}", std::env::consts::EXE_SUFFIX))
}

/// Where the stand-in notes what it was given.
pub(crate) fn record(home: &Home) -> PathBuf {
    home.work().join("record.env")
}

/// Starts a gateway with these options before a stand-in server, and begins a session.
#[track_caller]
pub(crate) fn start(home: &Home, options: &[&str]) -> Session {
    let mut session = without_greeting(home, options, &[]);
    session.greet("2025-11-25");
    session
}

/// Starts a gateway with these options before a stand-in server with those, and says nothing.
#[track_caller]
pub(crate) fn without_greeting(home: &Home, options: &[&str], of_server: &[&str]) -> Session {
    let (server, record) = (server(), record(home));
    let behind = ["--", server.to_str().unwrap(), "--record", record.to_str().unwrap()];
    let mut command = home.command([&["gateway"], options, &behind[..], of_server].concat());
    command.env("ZOOM_ENV_FILE", home.env_path());
    Session::of(command)
}

/// A gateway that listens.
pub(crate) struct Listening {
    pub(crate) process: Running,
    /// The address of its endpoint.
    pub(crate) address: String,
}

impl Listening {
    /// Starts one with these arguments, on a port that is free.
    #[track_caller]
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.command([&["gateway", "--listen", "0"], arguments].concat());
        command.env("ZOOM_ENV_FILE", home.env_path());
        let mut process = Running::new(command.spawn().unwrap());
        let mut stderr = BufReader::new(process.stderr());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "it has ended");
            if let Some(at) = line.find("http://") {
                break line[at..].trim().to_owned();
            }
        };
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).for_each(drop));
        Self { process, address }
    }
}

/// One message that a server was given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Given {
    pub(crate) pid: u64,
    pub(crate) token: String,
    pub(crate) message: Value,
}

impl Given {
    /// Whether it is a call of this tool.
    pub(crate) fn calls(&self, tool: &str) -> bool {
        self.message["method"] == "tools/call" && self.message["params"]["name"] == tool
    }
}

/// Everything that the servers of a home were given, in order.
pub(crate) fn given(home: &Home) -> Vec<Given> {
    let text = fs::read_to_string(record(home)).unwrap_or_default();
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        Given {
            pid: line["pid"].as_u64().unwrap(),
            token: line["token"].as_str().unwrap().to_owned(),
            message: line["message"].take(),
        }
    };
    text.lines().map(line).collect()
}
