//! Zoom's hosted servers behind a gateway, as the sandbox plays them.

use serde_json::{Value, json};
use zoomtok::sandbox::Sandbox;

use crate::support::canaries::learn;
use crate::support::mcp_session::Session;
use crate::support::{Home, assert_exchanges, replace_token, sandbox};

/// A session with one of them.
fn start(home: &Home, sandbox: &Sandbox, options: &[&str]) -> Session {
    let mut command = home.command([&["gateway"], options].concat());
    command.env("ZOOM_ENV_FILE", home.env_path()).env("ZOOM_MCP_URL", sandbox.mcp_url());
    let mut session = Session::of(command);
    session.greet("2025-11-25");
    session
}

#[test]
fn a_token_that_expires_is_replaced_and_no_call_notices() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let mut session = start(&home, &sandbox, &["--url", "zoom/meeting"]);
    assert!(session.tools().contains(&"search_meetings".to_owned()));
    session.call("search_meetings", json!({"q": "plan"})).ok();
    assert_exchanges(&sandbox, 1);
    // Revoked behind its back, as by an administrator.
    sandbox.revoke_all();
    session.call("search_meetings", json!({"q": "plan"})).ok();
    assert_exchanges(&sandbox, 2);
    // Another process may get one too.
    let new = sandbox.mint(3600);
    learn(&new);
    replace_token(&home, &new);
    session.call("search_meetings", json!({"q": "plan"})).ok();
    assert_exchanges(&sandbox, 2);
}

/// The answers that a client gets from a server at this address, without the ids of its sessions.
fn heard(home: &Home, sandbox: &Sandbox, url: &str) -> Vec<Value> {
    let mut session = start(home, sandbox, &["--url", url]);
    let mut heard = vec![session.ask("tools/list", &json!({}))];
    for (tool, arguments) in [
        ("search_meetings", json!({"q": "plan"})),
        ("search_meetings", json!({"q": 7})),
        ("recordings_list", json!({})),
        ("no_such_tool", json!({})),
    ] {
        heard.push(session.ask("tools/call", &json!({"name": tool, "arguments": arguments})));
    }
    heard.push(session.ask("no/such", &json!({})));
    for answer in &mut heard {
        answer.as_object_mut().unwrap().remove("id");
    }
    heard
}

#[test]
fn both_transports_of_a_server_say_the_same() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let [streamable, sse] = ["streamable", "sse"]
        .map(|face| heard(&home, &sandbox, &format!("{}/mcp/meeting/{face}", sandbox.mcp_url())));
    assert_eq!(streamable, sse);
    assert!(streamable[0]["result"]["tools"].as_array().unwrap().len() > 2);
    assert_exchanges(&sandbox, 1);
}

#[test]
fn over_http_with_sse_a_token_is_renewed_and_no_read_notices() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let url = format!("{}/mcp/meeting/sse", sandbox.mcp_url());
    let mut session = start(&home, &sandbox, &["--url", &url]);
    session.call("search_meetings", json!({"q": "plan"})).ok();
    sandbox.revoke_all();
    session.call("search_meetings", json!({"q": "plan"})).ok();
    assert_exchanges(&sandbox, 2);
    sandbox.forget_mcp_sessions();
    session.call("search_meetings", json!({"q": "plan"})).ok();
    assert_exchanges(&sandbox, 2);
}

#[test]
fn a_lost_session_is_begun_again() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let mut session = start(&home, &sandbox, &["--url", "zoom/chat"]);
    assert!(session.tools().contains(&"zoom_chat_message_send".to_owned()));
    sandbox.forget_mcp_sessions();
    assert!(session.tools().contains(&"zoom_chat_message_send".to_owned()));
}
