//! Zoom's hosted servers behind a gateway, as the sandbox plays them.

use serde_json::json;

use crate::support::canaries::learn;
use crate::support::mcp_session::Session;
use crate::support::{Home, assert_exchanges, replace_token, sandbox};

/// A session with one of them.
fn start(home: &Home, sandbox: &zoomtok::sandbox::Sandbox, options: &[&str]) -> Session {
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

#[test]
fn a_lost_session_is_begun_again() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let mut session = start(&home, &sandbox, &["--url", "zoom/chat"]);
    assert!(session.tools().contains(&"zoom_chat_message_send".to_owned()));
    sandbox.forget_mcp_sessions();
    assert!(session.tools().contains(&"zoom_chat_message_send".to_owned()));
}
