//! A server over HTTP: the sandbox's, and one with a script.

mod answering;
mod legacy;
mod scripted;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Url;
use serde_json::{Value, json};

use super::bearer::Obtaining;
use super::*;
use crate::mutex::locked;
use crate::sandbox::{Endpoint, Fault, Options, Sandbox};
use crate::token::Token;

/// Far longer than anything here takes.
const HANG_TIMEOUT: Duration = Duration::from_secs(20);

/// A token that is replaced by another of these whenever it is refused.
struct Purse {
    tokens: Mutex<Vec<String>>,
    renewals: AtomicUsize,
}

impl Purse {
    fn of(tokens: &[&str]) -> Arc<Self> {
        let tokens = tokens.iter().rev().map(|token| (*token).to_owned()).collect();
        Arc::new(Self { tokens: Mutex::new(tokens), renewals: AtomicUsize::new(0) })
    }

    fn top(&self) -> Result<Token, String> {
        let tokens = locked(&self.tokens);
        tokens.last().map(|token| Token::new(token.clone()).unwrap()).ok_or("the purse is empty".into())
    }

    fn renewals(&self) -> usize {
        self.renewals.load(Ordering::Relaxed)
    }
}

impl Bearer for Purse {
    fn current(&self) -> Obtaining<'_> {
        Box::pin(async { self.top() })
    }

    fn instead_of(&self, rejected: Token) -> Obtaining<'_> {
        Box::pin(async move {
            if self.top().as_ref() == Ok(&rejected) {
                self.renewals.fetch_add(1, Ordering::Relaxed);
                locked(&self.tokens).pop();
            }
            self.top()
        })
    }
}

/// A client of a server.
struct Client {
    server: HttpServer,
    received: mpsc::Receiver<Received>,
}

impl Client {
    fn of(url: &str, purse: Option<&Arc<Purse>>) -> Self {
        let hosted = Url::parse("https://mcp.zoom.us").unwrap();
        let address = Address::read(url, &hosted, None).unwrap();
        let (sender, received) = mpsc::channel(100);
        let bearer = purse.map(|purse| Arc::clone(purse) as Arc<dyn Bearer>);
        Self { server: HttpServer::new(&address, HeaderMap::new(), bearer, sender).unwrap(), received }
    }

    async fn next(&mut self) -> Value {
        let next = tokio::time::timeout(HANG_TIMEOUT, self.received.recv()).await;
        match next.expect("nothing came").expect("it is open") {
            Received::Message(text) => serde_json::from_str(&text).unwrap(),
            Received::BegunAgain => json!({"method": "begun again"}),
            Received::Ended(reason) => panic!("{reason}"),
        }
    }

    async fn ask(&mut self, id: u64, method: &str, params: Value, is_read_only: bool) -> Value {
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.server.send(message.to_string(), &Manner { is_read_only, mirror: None }).await.unwrap();
        self.next().await
    }

    async fn call(&mut self, id: u64, tool: &str, arguments: Value, is_read_only: bool) -> Value {
        self.ask(id, "tools/call", json!({"name": tool, "arguments": arguments}), is_read_only).await
    }

    async fn notify(&self, method: &str) -> Result<(), NotGiven> {
        let message = json!({"jsonrpc": "2.0", "method": method});
        self.server.send(message.to_string(), &Manner::default()).await
    }

    /// Begins a session.
    async fn begin(&mut self) -> Value {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let answer = self.ask(1, "initialize", params, false).await;
        self.notify("notifications/initialized").await.unwrap();
        answer
    }
}

/// Whether something comes true before long.
async fn comes_true(mut is_true: impl FnMut() -> bool) -> bool {
    for _ in 0..400 {
        if is_true() {
            return true;
        }
        crate::clock::pause(Duration::from_millis(10)).await;
    }
    false
}

fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

fn chat(sandbox: &Sandbox) -> String {
    format!("{}/mcp/chat/streamable", sandbox.mcp_url())
}

fn zoom(sandbox: &Sandbox) -> String {
    format!("{}/mcp/zoom/streamable", sandbox.mcp_url())
}

#[tokio::test]
async fn a_session_has_answers_of_both_kinds_and_what_the_server_says_unasked() {
    let sandbox = sandbox();
    let purse = Purse::of(&[&sandbox.mint(100)]);
    let mut client = Client::of(&zoom(&sandbox), Some(&purse));
    assert_eq!(client.begin().await["result"]["protocolVersion"], "2025-11-25");
    let list = client.ask(2, "tools/list", json!({}), false).await;
    assert_eq!((&list["id"], list["result"]["tools"].as_array().unwrap().len()), (&json!(2), 9));
    let params = json!({"name": "search_meetings", "arguments": {}, "_meta": {"progressToken": 3}});
    let progress = client.ask(3, "tools/call", params, true).await;
    assert_eq!(progress["params"]["progressToken"], 3);
    assert_eq!(client.next().await["id"], 3);

    assert!(comes_true(|| sandbox.mcp_sessions() == (1, 1)).await);
    let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
    sandbox.push_mcp(&changed);
    assert_eq!(client.next().await, changed);

    client.server.close().await;
    assert_eq!(sandbox.mcp_sessions(), (0, 0));
    assert_eq!(client.notify("x").await, Err(NotGiven("the gateway is ending".into())));
}

#[tokio::test]
async fn a_stream_that_ends_is_opened_again_where_it_was() {
    let sandbox = sandbox();
    let purse = Purse::of(&[&sandbox.mint(100)]);
    let mut client = Client::of(&zoom(&sandbox), Some(&purse));
    client.begin().await;
    assert!(comes_true(|| sandbox.mcp_sessions() == (1, 1)).await);
    sandbox.hang_up_mcp_streams();
    let missed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed", "params": {}});
    sandbox.push_mcp(&missed);
    assert_eq!(client.next().await, missed);
}

#[tokio::test]
async fn a_lost_session_is_begun_again_and_the_call_made_once() {
    let sandbox = sandbox();
    let purse = Purse::of(&[&sandbox.mint(100)]);
    let mut client = Client::of(&chat(&sandbox), Some(&purse));
    client.begin().await;
    assert!(comes_true(|| sandbox.mcp_sessions() == (1, 1)).await);
    sandbox.forget_mcp_sessions();
    let sent = json!({"chat_session_id": "a", "message_content": "b"});
    let begun_again = client.call(2, "zoom_chat_message_send", sent, false).await;
    assert_eq!(begun_again["method"], "begun again");
    let answer = client.next().await;
    assert_eq!((&answer["id"], &answer["result"]["isError"]), (&json!(2), &json!(false)));
    assert!(comes_true(|| sandbox.mcp_sessions() == (1, 1)).await, "it listens again");
    let calls = sandbox.requests().iter().filter(|seen| seen.body.contains("tools/call")).count();
    assert_eq!(calls, 2, "one was refused with 404");
    let begun = sandbox.requests().iter().filter(|seen| seen.body.contains("\"initialize\"")).count();
    assert_eq!(begun, 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_only_reads_are_repeated() {
    let sandbox = sandbox();
    let good = sandbox.mint(100);
    let expired = sandbox.mint(-1);
    for refused in [expired.as_str(), "never-issued"] {
        let purse = Purse::of(&[refused, &good]);
        let mut client = Client::of(&chat(&sandbox), Some(&purse));
        client.begin().await;
        assert_eq!(purse.renewals(), 1, "initialize is repeated");

        let stale = Purse::of(&[&good, refused, &good]);
        let mut client = Client::of(&chat(&sandbox), Some(&stale));
        client.begin().await;
        assert!(comes_true(|| sandbox.mcp_sessions().1 > 0).await);
        stale.tokens.lock().unwrap().pop();
        let sent = json!({"chat_session_id": "a", "message_content": "b"});
        let answer = client.call(2, "zoom_chat_message_send", sent, false).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("Invalid access token. zoomtok has obtained a new token."), "{message}");
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(2), &json!(-32001)));
        assert_eq!(stale.renewals(), 1);

        let stale = Purse::of(&[&good, refused, &good]);
        let mut client = Client::of(&chat(&sandbox), Some(&stale));
        client.begin().await;
        stale.tokens.lock().unwrap().pop();
        let answer = client.call(2, "zoom_chat_channels_search", json!({}), true).await;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
        assert_eq!(stale.renewals(), 1);
    }
    let hopeless = Purse::of(&["never-issued", "neither-issued"]);
    let mut client = Client::of(&chat(&sandbox), Some(&hopeless));
    let answer = client.ask(1, "initialize", json!({}), false).await;
    assert_eq!(answer["error"], json!({"code": -32001, "message": "Invalid access token"}));
    assert_eq!(hopeless.renewals(), 1);
}

#[tokio::test]
async fn missing_scopes_are_named_and_cost_no_exchange() {
    let sandbox = sandbox();
    let good = sandbox.mint(100);
    let purse = Purse::of(&[&good, &good]);
    let mut client = Client::of(&zoom(&sandbox), Some(&purse));
    client.begin().await;
    let answer = client.call(2, "hub_create_file_from_content", json!({"content": "x"}), true).await;
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("Add hub:write:content to the app at marketplace.zoom.us"), "{message}");
    let answer = client.call(3, "zoom_chat_message_send", json!({}), true).await;
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.ends_with("would be one of zoom/chat (--url)"), "{message}");
    assert_eq!(purse.renewals(), 0);
}

#[tokio::test]
async fn a_failure_is_an_error_for_its_request_and_quiet_for_a_notification() {
    let sandbox = sandbox();
    let purse = Purse::of(&[&sandbox.mint(100)]);
    let mut client = Client::of(&chat(&sandbox), Some(&purse));
    client.begin().await;
    assert!(comes_true(|| sandbox.mcp_sessions().1 > 0).await);
    for (id, (fault, reason)) in (2..).zip([
        (Fault::Html(502), "answered with HTTP 502"),
        (Fault::Redirect("http://127.0.0.1:1/".into()), "which is not followed"),
        (Fault::CutBefore, "broke off"),
        (Fault::Truncated, "broke off"),
        (Fault::Huge(16 * 1024 * 1024 + 1), "more than 16 MiB"),
        (Fault::Html(200), "neither JSON nor events"),
        (Fault::Json { status: 200, body: "{".into() }, "no message"),
        (Fault::Json { status: 200, body: r#"{"id":99,"result":{}}"#.into() }, "another request"),
        (Fault::Busy(crate::sandbox::RetryAfter::Seconds(9)), "asks to wait (9)"),
    ]) {
        sandbox.fail(Endpoint::Mcp, fault, 1);
        let answer = client.ask(id, "tools/list", json!({}), false).await;
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(id), &json!(-32603)));
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(reason), "{reason}: {message}");
    }
    sandbox.fail(Endpoint::Mcp, Fault::Status(500), 2);
    let answer = client.ask(20, "tools/list", json!({}), false).await;
    assert_eq!(answer["error"]["message"], "Internal Server Error", "the server's own error, with the id");
    assert_eq!(answer["id"], 20);
    assert_eq!(client.notify("notifications/cancelled").await, Ok(()));
    assert_eq!(client.ask(21, "ping", json!({}), false).await["result"], json!({}));
}

#[tokio::test]
async fn a_message_that_is_not_sent_is_reported_so() {
    let sandbox = sandbox();
    let gone = format!("http://127.0.0.1:{}/mcp", sandbox.port());
    drop(sandbox);
    let client = Client::of(&gone, None);
    let NotGiven(reason) = client.notify("x").await.unwrap_err();
    assert!(reason.starts_with("127.0.0.1 cannot be reached"), "{reason}");
    let client = Client::of(&gone, Some(&Purse::of(&[])));
    assert_eq!(client.notify("x").await, Err(NotGiven("the purse is empty".into())));
}

#[tokio::test]
async fn the_token_does_not_go_to_a_host_that_is_not_meant() {
    // Without a connection: the address decides.
    let hosted = Url::parse("https://mcp.zoom.us").unwrap();
    let address = Address::read("https://example.com/mcp", &hosted, None).unwrap();
    let (sender, _received) = mpsc::channel(1);
    let bearer: Arc<dyn Bearer> = Purse::of(&["canary-canary"]);
    let server = HttpServer::new(&address, HeaderMap::new(), Some(bearer), sender).unwrap();
    assert!(!server.talk.has_bearer());
}
