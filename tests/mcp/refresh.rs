//! The tools for the token itself: what they answer, and what they keep to themselves.

use std::time::Duration;

use serde_json::{Value, json};
use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Endpoint, Fault};

use crate::support::mcp_session::{Session, token, wait_until};
use crate::support::rows::exp;
use crate::support::{Home, assert_exchanges, replace_token, sandbox};

#[test]
fn a_refresh_without_arguments_shows_no_secret() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let old = token(&home);
    let mut session = Session::start(&home, &["--no-watch"]);
    let answer = session.call("zoom_refresh_token", json!({})).ok();
    assert_ne!(token(&home), old);
    assert_eq!(answer.value["status"], "success");
    let fields: Vec<&str> = answer.value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["expires_at", "expires_in", "status"]);
    assert!(answer.text.starts_with("The token was refreshed; it is valid until "), "{}", answer.text);
    let said = session.close();
    for secret in [&old, &token(&home), CLIENT_SECRET] {
        assert!(!said.contains(secret));
    }
    assert_exchanges(&sandbox, 1);
}

/// The arguments of a refresh with credentials.
fn given(refresh_token: &str) -> Value {
    json!({
        "zoom_access_token": "whatever.it.was",
        "zoom_refresh_token": refresh_token,
        "zoom_client_id": CLIENT_ID,
        "zoom_client_secret": CLIENT_SECRET,
    })
}

#[test]
fn a_refresh_with_credentials_answers_as_the_server_does_that_it_comes_from() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let before = home.env_text();
    let mut session = Session::start(&home, &["--no-watch"]);
    session.shows_given_tokens();
    let answer = session.call("zoom_refresh_token", given(&sandbox.refresh_token())).ok();
    let value = answer.value;
    assert_eq!(serde_json::from_str::<Value>(&answer.text).unwrap(), value);
    let fields: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["access_token", "expires_at", "expires_in", "refresh_token", "status"]);
    assert_eq!(value["status"], "success");
    assert!(sandbox.accepts(value["access_token"].as_str().unwrap()));
    assert_eq!(value["refresh_token"], sandbox.refresh_token());
    assert!((3590..=3600).contains(&value["expires_in"].as_i64().unwrap()), "{}", value["expires_in"]);
    assert!(value["expires_at"].as_str().unwrap().ends_with('Z'));
    // It is somebody else's app.
    assert_eq!(home.env_text(), before);

    // The spent one is refused.
    let failed = session.call("zoom_refresh_token", given("spent"));
    assert!(failed.is_error);
    assert_eq!(failed.value["status"], "error");
    assert!(failed.value["error"].as_str().unwrap().contains("refresh token"), "{}", failed.text);
    let fields: Vec<&str> = failed.value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["error", "status"]);
    assert_eq!(serde_json::from_str::<Value>(&failed.text).unwrap(), failed.value);
    assert_exchanges(&sandbox, 2);
}

/// The refresh token is spent, and the one who sent it has nothing else.
#[test]
fn the_tokens_of_a_cancelled_refresh_answer_the_next_one() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut session = Session::start(&home, &["--no-watch"]);
    session.shows_given_tokens();
    let arguments = given(&sandbox.refresh_token());
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(500)), 1);
    let call = session.send("zoom_refresh_token", &arguments);
    wait_until("the exchange", || sandbox.token_requests().len() == 1);
    session.cancel(call);
    let value = session.call("zoom_refresh_token", arguments.clone()).ok().value;
    assert_eq!(value["refresh_token"], sandbox.refresh_token());
    assert!(sandbox.accepts(value["access_token"].as_str().unwrap()));
    assert_exchanges(&sandbox, 1);
    // It has been delivered now, and is not kept.
    session.call("zoom_refresh_token", arguments).fails(&["is spent"]);
    assert_exchanges(&sandbox, 2);
}

#[test]
fn a_refresh_with_half_of_the_credentials_asks_nobody() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut session = Session::start(&home, &["--no-watch"]);
    for left_out in ["zoom_refresh_token", "zoom_client_id", "zoom_client_secret"] {
        for empty in [None, Some(Value::Null), Some(json!(""))] {
            let mut arguments = given("made-up-refresh-token");
            match empty.clone() {
                None => drop(arguments.as_object_mut().unwrap().remove(left_out)),
                Some(value) => arguments[left_out] = value,
            }
            let is_read = empty != Some(json!(""));
            let failed =
                session.call("zoom_refresh_token", arguments).fails(&["wrong arguments: ", left_out]);
            if is_read {
                assert_eq!(failed.value["status"], "error");
                assert!(failed.value["error"].as_str().unwrap().contains("or none of them"));
            }
        }
    }
    let said = session.close();
    assert!(!said.contains("made-up-refresh-token") && !said.contains(CLIENT_SECRET));
    assert_exchanges(&sandbox, 0);
}

#[test]
fn a_refresh_with_the_refresh_token_that_is_kept_here_keeps_the_next_one_here() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(3000)));
    let spent = sandbox.refresh_token();
    let mut session = Session::start(&home, &["--no-watch"]);
    session.shows_given_tokens();
    let value = session.call("zoom_refresh_token", given(&spent)).ok().value;
    assert_eq!(value["access_token"], token(&home));
    assert_ne!(sandbox.refresh_token(), spent);
    assert_eq!(value["refresh_token"], sandbox.refresh_token());
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token());
    // Nobody has lost anything by it.
    session.call("zoom_refresh_token", json!({})).ok();
    session.call("list_meetings", json!({})).ok();
    home.run(["get", "-f"]).expect(0);
    assert_exchanges(&sandbox, 3);
}

#[test]
fn the_refresh_token_that_is_kept_here_is_worth_nothing_without_its_app() {
    for (field, wrong) in [("zoom_client_id", "another"), ("zoom_client_secret", "guessed")] {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(3000)));
        let before = home.env_text();
        let mut session = Session::start(&home, &["--no-watch"]);
        session.shows_given_tokens();
        let mut arguments = given(&sandbox.refresh_token());
        arguments[field] = json!(wrong);
        session.call("zoom_refresh_token", arguments).fails(&["Zoom refused", "credentials of this call"]);
        assert_eq!(home.env_text(), before);
    }
}

#[test]
fn the_status_says_what_the_token_is_worth() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    // Without credentials nothing is fetched, and the token stays as it is.
    home.write_env(&home.env_text().replace("ZOOM_CLIENT_ID=", "ZOOM_CLIENT_IT="));
    let mut session = Session::start(&home, &["--no-watch"]);
    let status = |session: &mut Session| session.call("zoom_token_status", json!({})).ok().value;

    let valid = status(&mut session);
    assert_eq!(valid["state"], "valid");
    assert!((2900..=3000).contains(&valid["seconds_left"].as_i64().unwrap()));
    let expires_at = valid["expires_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(expires_at.timestamp(), exp(&token(&home)));
    assert!(valid["found"].as_str().unwrap().contains(".env"), "{valid}");
    assert!(valid["credentials"].as_str().unwrap().contains("ZOOM_CLIENT_ID"), "{valid}");

    replace_token(&home, &sandbox.mint(-10));
    let expired = status(&mut session);
    assert_eq!(expired["state"], "expired");
    assert!(expired["seconds_left"].as_i64().unwrap() <= -10);

    replace_token(&home, "eyJhbGciOi.canary");
    let malformed = status(&mut session);
    assert_eq!(malformed["state"], "malformed");
    assert!(malformed["problem"].is_string() && malformed.get("expires_at").is_none(), "{malformed}");

    replace_token(&home, "");
    let missing = status(&mut session);
    assert_eq!(missing["state"], "missing");
    assert!(missing.get("found").is_none(), "{missing}");

    home.write_env(&home.env_text().replace("ZOOM_CLIENT_IT=", "ZOOM_CLIENT_ID="));
    session.call("list_meetings", json!({})).ok();
    let fetched = status(&mut session);
    assert_eq!(fetched["state"], "valid");
    assert_eq!(fetched["credentials"], "account_credentials");
    assert_eq!(fetched["account_id"], ACCOUNT_ID);
    assert!(!fetched["scopes"].as_array().unwrap().is_empty(), "{fetched}");

    home.write_env("ZOOM_CLIENT_ID='\n");
    session.call("zoom_token_status", json!({})).fails(&[".env", "line 1"]);
    assert!(!session.close().contains("canary"));
    assert_exchanges(&sandbox, 1);
}

#[test]
fn the_status_reports_a_refresh_that_failed() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 100);
    home.write_env(&home.env_text().replace("ZOOM_CLIENT_SECRET=", "ZOOM_CLIENT_SECRET=not"));
    let mut session = Session::start(&home, &[]);
    session.wait_for("❌ Token refresh failed (1 of 3): ");
    let status = session.call("zoom_token_status", json!({})).ok().value;
    assert_eq!(status["auto_refresh"]["enabled"], true);
    assert!(
        status["auto_refresh"]["last_failure"].as_str().unwrap().contains("ZOOM_CLIENT_SECRET"),
        "{status}"
    );
    // The present token serves as long as it lasts.
    session.call("list_meetings", json!({})).ok();
    assert_exchanges(&sandbox, 1);
}
