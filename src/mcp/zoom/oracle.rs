//! Properties of the server for anything that its client sends.

#![expect(clippy::panic, reason = "a property that does not hold ends a test")]

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::sync::watch;

use super::catalog::catalog;
use super::serve::end;
use super::server::{Parts, Server};
use super::tools::{self, Definition};
use crate::clock::{Shutdown, SystemClock, pause};
use crate::mcp::wire::session::session;
use crate::mcp::wire::stdio::Patient;
use crate::policy::Catalog;
use crate::policy::gate::{Gate, Ground, Voice};
use crate::settings::Environment;
use crate::tokens::Tokens;

/// The id of the last request. No other has it but by chance.
const LAST: u64 = 7_711_241;

/// The longest that a server may take for some lines, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tools and catalog are made once: that takes longer than a session.
static TOOLS: LazyLock<(Vec<Definition>, Catalog)> = LazyLock::new(|| (tools::all(), catalog()));

/// Takes what a client sends, a message a line, to a server that cannot ask Zoom.
///
/// # Panics
///
/// The server ends, does not answer the request behind it all, or sends what is no JSON-RPC.
pub fn json_rpc(data: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let Ok(runtime) = runtime else { panic!("there is no room for a runtime") };
    runtime.block_on(async {
        let (client, server) = tokio::io::duplex(64 * 1024);
        tokio::select! {
            () = serve_over(server) => panic!("the server has ended"),
            () = assert_is_served(client, data) => {}
            () = pause(PATIENCE) => panic!("the server does not answer"),
        }
    });
}

/// A server of no policy, no `.env`, and no Zoom: with these addresses every call fails before anything is sent.
async fn serve_over(pipe: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
    let (tools, catalog) = &*TOOLS;
    let nowhere = ["ZOOM_API_URL", "ZOOM_OAUTH_URL"].map(|name| (name, "ftp://localhost".into()));
    let clock = SystemClock::start();
    let env_file = "/there is no such directory/.env".into();
    let tokens = Tokens::new(Environment::from_pairs(nowhere), env_file, None, clock, Shutdown::never());
    let gate = Gate::new(Ground::nothing(), catalog.clone(), clock, Voice::silent());
    let (leave, gone) = watch::channel(());
    let begun = Arc::new(AtomicBool::new(false));
    let (read, write) = tokio::io::split(pipe);
    let transport = Patient::new(read, write, Arc::clone(&begun), leave);
    let (gate, tokens, tools) = (Arc::new(gate), Arc::new(tokens), tools.clone());
    let stop = tokens.stop.clone();
    let server = Server::new(Parts { tools, gate, tokens: Arc::clone(&tokens), gone: gone.clone() });
    tokio::select! {
        () = session(server, transport, &begun) => {}
        () = end(&stop, gone, &tokens) => {}
    }
}

/// Sends it and one more request, and reads to the answer of that.
async fn assert_is_served(pipe: impl AsyncRead + AsyncWrite + Send, data: &[u8]) {
    let (read, mut write) = tokio::io::split(pipe);
    let last = format!("\n{}\n", json!({"jsonrpc": "2.0", "id": LAST, "method": "ping"}));
    let sent = async {
        let sent = write.write_all(data).await;
        assert!(sent.is_ok() && write.write_all(last.as_bytes()).await.is_ok(), "the server has gone");
    };
    let answered = async {
        let mut lines = BufReader::new(read).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let message: Value = serde_json::from_str(&line).unwrap_or_default();
            assert_eq!(message["jsonrpc"], "2.0", "{line}");
            if message["id"] == LAST {
                return;
            }
        }
        panic!("the server has left");
    };
    tokio::join!(sent, answered);
}
