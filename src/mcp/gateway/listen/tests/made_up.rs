//! A house whose sessions answer by themselves, and clients that write what they like.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;

use super::super::house::{Closed, Opened, Peer};
use super::*;
use crate::mcp::gateway::mirror::ParamHeaders;
use crate::mcp::gateway::seam::Outgoing;

/// The record of a house.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) opened: AtomicUsize,
    pub(super) ended: AtomicUsize,
    pub(super) dropped: AtomicUsize,
    pub(super) heard: Mutex<Vec<Value>>,
    pub(super) hung_up: Mutex<Vec<u64>>,
    /// Whether bob's grant is gone.
    pub(super) bob_is_gone: AtomicBool,
}

impl Seen {
    pub(super) fn heard(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}

pub(super) struct MadeUp(pub(super) Arc<Seen>);

pub(super) struct Echo {
    outgoing: mpsc::Sender<Outgoing>,
    seen: Arc<Seen>,
}

impl House for MadeUp {
    type Grant = &'static str;
    type Peer = Echo;

    async fn admit(&self, bearer: &str) -> Result<Option<&'static str>, Closed> {
        match bearer {
            "ztg_alice" => Ok(Some("alice")),
            "ztg_bob" => Ok(Some("bob")),
            "ztg_broken" => Err(Closed { reason: "the grants cannot be read".into(), is_for_now: false }),
            "ztg_later" => Err(Closed { reason: "the grants cannot be asked for".into(), is_for_now: true }),
            _ => Ok(None),
        }
    }

    fn name<'a>(&self, grant: &'a &'static str) -> &'a str {
        grant
    }

    async fn is_valid(&self, grant: &&'static str) -> bool {
        *grant != "bob" || !self.0.bob_is_gone.load(Ordering::Relaxed)
    }

    fn is_same(&self, one: &&'static str, other: &&'static str) -> bool {
        one == other
    }

    fn open(&self, _: &&'static str) -> Result<Opened<Echo>, String> {
        self.0.opened.fetch_add(1, Ordering::Relaxed);
        let (outgoing, receiver) = mpsc::channel(10);
        Ok((Arc::new(Echo { outgoing, seen: Arc::clone(&self.0) }), receiver))
    }

    fn health(&self) -> Result<String, String> {
        Ok("ok".into())
    }

    async fn metrics(&self, sessions: usize) -> String {
        format!("zoomtok_gateway_sessions {sessions}\n")
    }
}

impl Peer for Echo {
    async fn hear(self: Arc<Self>, message: hyper::body::Bytes, ticket: u64, _: ParamHeaders) {
        let message: Value = serde_json::from_slice(&message).unwrap();
        self.seen.heard.lock().unwrap().push(message.clone());
        let say = async |text: Value, ticket: Option<u64>, answers: bool| {
            // The session may have ended.
            let _ = self.outgoing.send(Outgoing { text: text.to_string(), ticket, answers }).await;
        };
        let notification = |method: &str| json!({"jsonrpc": "2.0", "method": method});
        let mut result = json!({"heard": message["method"]});
        match message["method"].as_str().unwrap_or_default() {
            "initialize" if message["params"]["slow"] == true => pause(Duration::from_hours(1)).await,
            "initialize" if message["params"]["fails"] == true => {
                let error =
                    json!({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -1, "message": "no"}});
                return say(error, Some(ticket), true).await;
            }
            "initialize" => result = json!({"protocolVersion": "2025-11-25"}),
            "progress" => say(notification("progress"), Some(ticket), false).await,
            "never" => return,
            "half" => return say(notification("progress"), Some(ticket), false).await,
            "unasked" => say(notification("unasked"), None, false).await,
            _ => {}
        }
        if !message["id"].is_null() {
            say(json!({"jsonrpc": "2.0", "id": message["id"], "result": result}), Some(ticket), true).await;
        }
    }

    async fn hang_up(self: Arc<Self>, ticket: u64) {
        self.seen.hung_up.lock().unwrap().push(ticket);
    }

    async fn end(self: Arc<Self>) {
        self.seen.ended.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.seen.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// A front that is served until this is dropped.
pub(super) struct Served {
    pub(super) port: u16,
    pub(super) seen: Arc<Seen>,
    pub(super) sessions: Arc<Sessions<MadeUp>>,
    pub(super) stop: CancellationToken,
    pub(super) serving: tokio::task::JoinHandle<()>,
}

pub(super) async fn serve(idle: Duration, sweep: Duration) -> Served {
    let seen = Arc::new(Seen::default());
    let clock = SystemClock::start();
    let sessions = Arc::new(Sessions::new(MadeUp(Arc::clone(&seen)), clock, idle));
    let front = Front { sessions: Arc::clone(&sessions), hosts: Hosts::Loopback, sweep };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let stop = CancellationToken::new();
    let until = stop.clone();
    let serving = tokio::spawn(async move { front.serve(listener, until).await });
    Served { port, seen, sessions, stop, serving }
}

/// A front with the limits of a real one.
pub(super) async fn served() -> Served {
    serve(IDLE, SWEEP).await
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A connection of a client.
pub(super) struct Wire(pub(super) TcpStream);

impl Wire {
    pub(super) async fn to(served: &Served) -> Self {
        Self(TcpStream::connect(("127.0.0.1", served.port)).await.unwrap())
    }

    pub(super) async fn write(&mut self, text: &str) {
        // The other side may have closed already.
        let _ = self.0.write_all(text.as_bytes()).await;
    }

    /// Reads until a text has come, or until the end.
    pub(super) async fn until(&mut self, end: &str) -> String {
        let mut got = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(size) = self.0.read(&mut piece).await {
            if size == 0 {
                break;
            }
            got.extend_from_slice(&piece[..size]);
            if !end.is_empty() && String::from_utf8_lossy(&got).contains(end) {
                break;
            }
        }
        String::from_utf8_lossy(&got).into_owned()
    }
}

/// Sends a request on a connection of its own, and gives everything that comes.
pub(super) async fn exchange(served: &Served, request: &str) -> String {
    let mut wire = Wire::to(served).await;
    wire.write(request).await;
    wire.until("").await
}

/// A request of alice's, with more headers, which end with a line end.
pub(super) fn request(method: &str, more: &str, body: &str) -> String {
    let length = if method == "POST" { format!("content-length: {}\r\n", body.len()) } else { String::new() };
    let bearer = if more.contains("authorization:") { "" } else { "authorization: Bearer ztg_alice\r\n" };
    format!(
        "{method} /mcp HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         accept: application/json, text/event-stream\r\n{bearer}{more}{length}\r\n{body}"
    )
}

pub(super) fn asked(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}).to_string()
}

pub(super) fn post(session: &str, method: &str) -> String {
    request("POST", &format!("mcp-session-id: {session}\r\n"), &asked(method, &json!({})))
}

/// Begins a session, and gives its id.
pub(super) async fn begin(served: &Served) -> String {
    let answer = exchange(served, &request("POST", "", &asked("initialize", &json!({})))).await;
    session_of(&answer).unwrap_or_else(|| panic!("{answer}"))
}

pub(super) fn session_of(answer: &str) -> Option<String> {
    answer.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).map(str::to_owned)
}

pub(super) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// The body of an answer that came as JSON.
pub(super) fn json_of(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap_or_else(|_| panic!("{answer}"))
}

/// Whether something comes true before long.
pub(super) async fn comes_true(mut is_true: impl FnMut() -> bool) -> bool {
    for _ in 0..400 {
        if is_true() {
            return true;
        }
        pause(Duration::from_millis(10)).await;
    }
    false
}
