//! A server behind `--url` that is not one of Zoom's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::http_server::{HttpServer, Reply};
use crate::support::mcp_session::Session;
use crate::support::{Home, assert_exchanges, sandbox};

fn tool(name: &str) -> Value {
    json!({"name": name, "description": name, "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": true}})
}

fn start(home: &Home, server: &HttpServer, options: &[&str]) -> Session {
    let mut command = home.command([&["gateway", "--no-pin", "--url", &*server.address], options].concat());
    command.env("ZOOM_ENV_FILE", home.env_path());
    let mut session = Session::of(command);
    session.greet("2025-11-25");
    session
}

/// A 401 in a result is about a request of the server itself. It is no verdict on the token that the server was sent, and no
/// other server is waited for, as one is where it is a child.
#[test]
fn a_result_that_names_a_401_is_passed_on_at_once() {
    const FAILURE: &str = "Upstream API returned error status code: 401 Unauthorized";
    let server = HttpServer::start(|message, _| match message["method"].as_str().unwrap() {
        "initialize" => Reply::begun(message, "one"),
        "tools/list" => Reply::result(message, json!({"tools": [tool("broken")]})),
        "tools/call" => {
            Reply::result(message, json!({"content": [{"type": "text", "text": FAILURE}], "isError": true}))
        }
        _ => Reply::status(202),
    });
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let mut session = start(&home, &server, &[]);
    session.tools();
    let since = Instant::now();
    let answer = session.call("broken", json!({}));
    assert!(answer.is_error && answer.text == FAILURE, "{}", answer.text);
    assert!(since.elapsed() < Duration::from_secs(4), "{:?}", since.elapsed());
    assert_eq!(server.heard("tools/call"), 1);
    assert_exchanges(&sandbox, 1);
}

/// A server that was started again, perhaps as another version, has lost its sessions.
#[test]
fn a_client_is_notified_when_a_session_that_was_begun_again_has_other_tools() {
    let began = Arc::new(AtomicU64::new(1));
    let current = Arc::clone(&began);
    let server = HttpServer::start(move |message, session| {
        let number = current.load(Ordering::SeqCst);
        match message["method"].as_str().unwrap() {
            "initialize" => Reply::begun(message, &number.to_string()),
            _ if session != number.to_string() => Reply::status(404),
            // From the third on it is as it was in the second.
            "tools/list" if number > 1 => {
                Reply::result(message, json!({"tools": [tool("old"), tool("new")]}))
            }
            "tools/list" => Reply::result(message, json!({"tools": [tool("old")]})),
            "tools/call" => Reply::result(message, json!({"content": [{"type": "text", "text": "done"}]})),
            _ => Reply::status(202),
        }
    });
    let home = Home::empty();
    let mut session = start(&home, &server, &["--no-token"]);
    assert_eq!(session.tools(), ["old"]);
    began.store(2, Ordering::SeqCst);
    assert_eq!(session.call("old", json!({})).ok().text, "done");
    session.notification("notifications/tools/list_changed");
    assert_eq!(session.call("new", json!({})).ok().text, "done");
    began.store(3, Ordering::SeqCst);
    session.call("new", json!({})).ok();
    crate::support::mcp_session::wait_until("the tools are looked at", || server.heard("tools/list") == 4);
    assert_eq!(session.tools(), ["old", "new"]);
    assert_eq!(session.said().matches("list_changed").count(), 1, "{}", session.said());
}

/// Clients that know both lifecycles try without `initialize` first.
#[test]
fn a_client_that_falls_back_to_initialize_has_its_session() {
    let server = HttpServer::start(|message, session| match message["method"].as_str().unwrap() {
        "initialize" => Reply::begun(message, "one"),
        _ if session != "one" => Reply::status(400),
        "tools/list" => Reply::result(message, json!({"tools": [tool("old")]})),
        "tools/call" => Reply::result(message, json!({"content": [{"type": "text", "text": "done"}]})),
        _ => Reply::status(202),
    });
    let home = Home::empty();
    let mut session = Session::of(home.command(["gateway", "--no-token", "--url", &*server.address]));
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}});
    let discovered = session.ask("server/discover", &json!({"_meta": meta}));
    assert!(discovered["error"].is_object(), "{discovered}");
    session.greet("2025-11-25");
    assert_eq!(session.tools(), ["old"]);
    assert_eq!(session.call("old", json!({})).ok().text, "done");
    assert_eq!(session.stderr().matches("does not list").count(), 0, "{}", session.stderr());
}
