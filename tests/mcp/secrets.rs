//! Secrets that the server never shows, and calls that it never waits for.

use std::time::{Duration, Instant};

use serde_json::json;
use zoomtok::sandbox::{Endpoint, Fault};

use crate::support::mcp_session::{Session, api_calls, wait_until};
use crate::support::{Home, sandbox};

#[test]
fn a_call_that_is_never_answered_can_be_cancelled_and_keeps_nobody_waiting() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut session = Session::start(&home, &[]);
    sandbox.fail(Endpoint::Api, Fault::Never, 20);
    let sent: Vec<_> = (0..20).map(|_| session.send("list_meetings", &json!({}))).collect();
    wait_until("all calls", || api_calls(&sandbox).len() == 20);
    session.call("list_meetings", json!({})).ok();
    for call in sent {
        session.cancel(call);
    }
    session.call("list_meetings", json!({})).ok();
    // Nothing waits for them: not the end either.
    let closed = Instant::now();
    session.close();
    assert!(closed.elapsed() < Duration::from_secs(5), "{:?}", closed.elapsed());
}

#[test]
fn unreadable_input_is_not_repeated() {
    let canary = "canary4711canary";
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut session = Session::start(&home, &[]);
    for (tool, arguments) in [
        ("zoom_refresh_token", json!({"zoom_refresh_token": canary})),
        ("zoom_refresh_token", json!({"zoom_refresh_token": [canary]})),
        ("zoom_refresh_token", json!({"zoom_refresh_token": {"x": canary}, "zoom_client_secret": canary})),
        ("zoom_refresh_token", json!({"zoom_refresh_token": format!("{canary} and more")})),
        (
            "zoom_refresh_token",
            json!({"zoom_client_secret": format!("{canary}\n"), "zoom_client_id": canary}),
        ),
        ("zoom_list_recordings", json!({"zoom_access_token": format!("{canary}\"")})),
        ("zoom_list_recordings", json!({"zoom_access_token": "x", "page_size": canary})),
        ("zoom_list_recordings", json!({"next_page_token": format!("{canary} x")})),
        ("zoom_get_recording_details", json!({"zoom_access_token": "x", "meeting_id": canary})),
        ("list_meetings", json!({"type": canary})),
        ("list_meetings", json!({"include_secrets": canary})),
        ("create_meeting", json!({"topic": "t", "password": canary, "settings": canary})),
        ("create_meeting", json!({"topic": "t", "password": format!("{canary}, expected {canary}")})),
        ("create_meeting", json!({"topic": "t", "type": format!("x, expected {canary}")})),
    ] {
        session.call(tool, arguments).fails(&["wrong arguments: "]);
    }
    for params in [
        format!(r#"{{"name":"zoom_refresh_token","arguments":"{canary}"}}"#),
        format!(r#"{{"name":"zoom_refresh_token","arguments":["{canary}"]}}"#),
        format!(r#"{{"name":["{canary}"],"arguments":{{}}}}"#),
    ] {
        let sent = session.send_text("tools/call", &params);
        assert!(session.response(sent)["error"].is_object());
    }
    for line in [
        format!(r#"{{"jsonrpc":"2.0","id":"{canary}"#),
        format!(r#"{{"jsonrpc":"2.0","id":"x","method":"tools/call","params":["{canary}"]}}"#),
        canary.to_owned(),
    ] {
        session.write(line + "\n");
    }
    session.call("list_meetings", json!({})).ok();
    let said = session.close();
    assert!(!said.contains(canary) && !said.contains("panicked"), "{said}");
}

#[test]
fn secrets_of_a_meeting_are_shown_only_on_demand() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut session = Session::start(&home, &["--no-watch"]);
    for (tool, arguments) in [
        ("get_meeting", json!({"meeting_id": "81000000001"})),
        ("create_meeting", json!({"topic": "t", "password": "canary"})),
    ] {
        let hidden = session.call(tool, arguments.clone()).ok();
        for text in [hidden.text, hidden.value.to_string()] {
            assert!(!text.contains("zak=sandbox") && !text.contains("canary"), "{text}");
            assert!(text.contains("include_secrets") && text.contains("join_url"), "{text}");
        }
        let mut arguments = arguments;
        arguments["include_secrets"] = json!(true);
        let shown = session.call(tool, arguments).ok();
        assert!(shown.value["start_url"].as_str().unwrap().contains("zak=sandbox"), "{}", shown.text);
        assert!(!shown.text.contains("hidden"), "{}", shown.text);
    }
}
