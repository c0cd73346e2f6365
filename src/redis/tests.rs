//! A Redis of a unit test's own.
#![cfg(all(target_os = "linux", feature = "fleet"))]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{Access, Address, Connection, Keys, Reply};
use crate::clock::pause;

/// A Redis that ends with its test.
pub(crate) struct Server {
    child: Child,
    #[expect(dead_code, reason = "held: it is removed with the server")]
    directory: TempDir,
    port: u16,
}

impl Server {
    /// None where there is no redis-server.
    fn start(runtime: &Runtime) -> Option<Self> {
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            crate::skip::skip("redis", "redis-server is not installed");
            return None;
        }
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let server = Self::at(port, tempfile::tempdir().unwrap());
            if runtime.block_on(server.is_ready()) {
                return Some(server);
            }
        }
        panic!("redis-server does not start");
    }

    fn at(port: u16, directory: TempDir) -> Self {
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string(), "--dir"]);
        let child = command.arg(directory.path()).stdout(Stdio::null()).spawn().unwrap();
        Self { child, directory, port }
    }

    async fn is_ready(&self) -> bool {
        for _ in 0..1000 {
            if Connection::open(&self.access()).is_ok_and(|mut connection| connection.ask(&[b"PING"]).is_ok())
            {
                return true;
            }
            pause(Duration::from_millis(10)).await;
        }
        false
    }

    /// The access to it, with a key of its own.
    pub(crate) fn access(&self) -> Access {
        let keys = Keys::read(STANDARD.encode([1; 32]).as_bytes()).unwrap();
        Access::new(Address::parse(&format!("redis://127.0.0.1:{}", self.port)).unwrap(), None, None, keys)
    }

    /// Ends it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Has it carry out a command.
    pub(crate) fn ask(&self, command: &[&str]) -> Reply {
        let command: Vec<&[u8]> = command.iter().map(|part| part.as_bytes()).collect();
        Connection::open(&self.access()).unwrap().ask(&command).unwrap()
    }

    /// A value as it is kept.
    pub(crate) fn dump(&self, key: &str) -> Vec<u8> {
        self.ask(&["DUMP", key]).bytes().unwrap_or_default().to_vec()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a test with a Redis of its own, where there is one to be had.
pub(crate) fn with_server(test: impl FnOnce(&Runtime, Server)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let Some(server) = Server::start(&runtime) {
        test(&runtime, server);
    }
}
