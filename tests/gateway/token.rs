//! The token of the server: in its environment, always a valid one, and nowhere else.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zoomtok::sandbox::{Endpoint, Fault};

use crate::support::canaries::learn;
use crate::support::gateways::{given, start};
use crate::support::{Home, assert_exchanges, replace_token, sandbox};

#[test]
fn the_server_has_a_valid_token_and_no_other_secret() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let mut session = start(&home, &[]);
    session.call("echo", json!({})).ok();
    assert_exchanges(&sandbox, 1);
    assert_eq!(given(&home)[0].token, home.value("ZOOM_ACCESS_TOKEN").unwrap());
    let variables: Value = serde_json::from_str(&session.call("env", json!({})).ok().text).unwrap();
    assert_eq!(variables["ZOOM_ACCESS_TOKEN"], "[token removed by zoomtok]");
    for name in ["ZOOM_CLIENT_SECRET", "ZOOM_REFRESH_TOKEN", "ZOOM_CLIENT_ID", "ZOOM_ACCOUNT_ID"] {
        assert_eq!(variables.get(name), None, "{name}");
    }
    session.wait_for("the token is [token removed by zoomtok]");
}

#[test]
fn exported_secrets_are_not_handed_on() {
    let sandbox = sandbox();
    let mut home = Home::empty();
    home.write_env("");
    for line in crate::support::credentials(&sandbox).lines() {
        let (name, value) = line.split_once('=').unwrap();
        home.set(name, value.trim_matches(['"', '\'']));
    }
    let mut session = start(&home, &[]);
    let variables: Value = serde_json::from_str(&session.call("env", json!({})).ok().text).unwrap();
    assert_eq!(variables.get("ZOOM_CLIENT_SECRET"), None);
    assert_eq!(variables["ZOOM_ACCESS_TOKEN"], "[token removed by zoomtok]");
    let mut without = start(&home, &["--no-token", "--name", "other"]);
    let variables: Value = serde_json::from_str(&without.call("env", json!({})).ok().text).unwrap();
    assert_eq!((variables.get("ZOOM_CLIENT_SECRET"), variables.get("ZOOM_ACCESS_TOKEN")), (None, None));
}

#[test]
fn another_server_takes_over_when_there_is_another_token() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let mut session = start(&home, &["--on-new-token", "now"]);
    session.ask("logging/setLevel", &json!({"level": "debug"}));
    session.ask("resources/subscribe", &json!({"uri": "a://b"}));
    // A call that goes on meanwhile ends where it began.
    let slow = session.send("slow", &json!({"ms": 4_000}));
    session.call("echo", json!({})).ok();
    let new = sandbox.mint(3600);
    learn(&new);
    replace_token(&home, &new);
    let deadline = Instant::now() + Duration::from_secs(20);
    while given(&home).last().is_none_or(|last| last.token != new || !last.calls("echo")) {
        assert!(Instant::now() < deadline, "{:?}", given(&home).last());
        session.call("echo", json!({})).ok();
    }
    session.answer(slow).ok();
    let given = given(&home);
    let servers: Vec<u64> = {
        let mut pids: Vec<u64> = given.iter().map(|given| given.pid).collect();
        pids.dedup();
        pids.sort_unstable();
        pids.dedup();
        pids
    };
    assert_eq!(servers.len(), 2, "one took the place of the other");
    let second: Vec<String> = given
        .iter()
        .filter(|given| given.token == new)
        .map(|given| given.message["method"].as_str().unwrap().to_owned())
        .take(4)
        .collect();
    assert_eq!(
        second,
        ["initialize", "notifications/initialized", "logging/setLevel", "resources/subscribe"]
    );
    assert_eq!(given.iter().filter(|given| given.calls("slow")).count(), 1);
    // The client was told nothing.
    assert_eq!(session.leave().expect(0).stdout, "");
}

#[test]
fn a_call_whose_token_was_refused_is_made_again_with_another() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let mut session = start(&home, &[]);
    session.call("echo", json!({})).ok();
    let old = given(&home)[0].token.clone();
    // It reads only, and says that it does.
    let answer = session.call("expired", json!({"text": old}));
    assert_eq!(answer.ok().text, "fresh");
    assert_exchanges(&sandbox, 2);
    assert_eq!(given(&home).iter().filter(|given| given.calls("expired")).count(), 2);
}

#[test]
fn a_call_whose_token_was_refused_has_that_answer_where_no_other_token_is_to_be_had() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let mut session = start(&home, &[]);
    session.call("echo", json!({})).ok();
    let old = given(&home)[0].token.clone();
    sandbox.fail(Endpoint::Token, Fault::Status(400), 100);
    session.call("expired", json!({"text": old})).fails(&["Access token is expired."]);
    assert_eq!(given(&home).iter().filter(|given| given.calls("expired")).count(), 1);
    session.call("read", json!({})).ok();
}

#[test]
fn without_a_token_calls_say_why_and_later_ones_pass() {
    let sandbox = sandbox();
    let home = Home::with_env("");
    let mut session = start(&home, &[]);
    assert!(!session.tools().is_empty(), "what it offers can be seen");
    session
        .call("echo", json!({}))
        .fails(&["echo was not called, since there is no token for it", "ZOOM_ACCOUNT_ID"]);
    home.write_env(&crate::support::credentials(&sandbox));
    session.call("echo", json!({})).ok();
    assert_exchanges(&sandbox, 1);
    let echo: Vec<_> = given(&home).into_iter().filter(|given| given.calls("echo")).collect();
    assert_eq!(echo.len(), 1);
    assert_eq!(echo[0].token, home.value("ZOOM_ACCESS_TOKEN").unwrap());
}
