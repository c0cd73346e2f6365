//! `zoomtok get` when all goes well.

use serde_json::Value;
use zoomtok::sandbox::{Endpoint, Fault};

use crate::support::rows::tree;
use crate::support::{Home, sandbox};

#[test]
fn a_token_is_fetched_once_and_then_kept() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let first = home.run(["get", "--print"]).expect(0).quietly().stdout;
    let second = home.run(["get", "--print"]).expect(0).quietly().stdout;
    assert_eq!(first, second);
    assert!(sandbox.accepts(first.trim_end()));
    assert_eq!(home.value("ZOOM_ACCESS_TOKEN").unwrap(), first.trim_end());
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn force_fetches_anew() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let first = home.run(["get", "--print"]).expect(0).stdout;
    let second = home.run(["get", "-f", "--print"]).expect(0).stdout;
    assert_ne!(first, second);
    assert_eq!(sandbox.token_requests().len(), 2);
}

#[test]
fn a_refresh_token_is_replaced_together_with_the_access_token() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    for _ in 0..3 {
        home.run(["get", "-f"]).expect(0).quietly();
        assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token());
        assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    }
}

#[test]
fn requests_are_those_that_zoom_documents() {
    let sandbox = sandbox();
    Home::of(&sandbox, "").run(["get"]).expect(0);
    let seen = &sandbox.token_requests()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str(), seen.query.as_str()), ("POST", "/oauth/token", ""));
    assert_eq!(seen.grant_type.as_deref(), Some("account_credentials"));
    assert!(seen.client_ok);
    let fields: Vec<&str> = seen.fields.keys().map(String::as_str).collect();
    assert_eq!(fields, ["account_id", "grant_type"]);
}

#[test]
fn the_scopes_are_remembered_and_written_when_they_change() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let written = || {
        home.run(["get", "-f"]).expect(0).quietly();
        let files: Vec<_> = tree(&home.state()).into_iter().filter(|path| path.is_file()).collect();
        let [file] = files.as_slice() else { panic!("{files:?}") };
        let memory: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(memory["scopes"][0], "meeting:read:list_meetings:admin");
        assert!(file.ends_with("state.json"));
        std::fs::metadata(file).unwrap().modified().unwrap()
    };
    let first = written();
    assert_eq!(written(), first);
}

#[test]
fn a_threshold_that_no_token_meets_costs_one_request() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    for _ in 0..3 {
        home.run(["get", "-t", "7200"]).expect(2).says(&["more than 7200 s is required", "-t"]);
        home.run(["exec", "-t", "7200", "--", "none"]).expect(2);
        assert_eq!(sandbox.token_requests().len(), 1);
    }
    // The one that came is kept, and what it meets is met.
    home.run(["get"]).expect(0).quietly();
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn live_tries_a_new_token_too() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let refused =
        || Fault::Json { status: 401, body: r#"{"code":124,"message":"Invalid access token."}"#.into() };
    // As where the API is that of another Zoom: every token is refused.
    sandbox.fail(Endpoint::Api, refused(), u32::MAX);
    home.run(["get", "--live"])
        .expect(4)
        .says(&["does not accept the token that was just issued", "ZOOM_API_URL"]);
    assert_eq!(sandbox.token_requests().len(), 1);
    home.run(["get", "--live", "--print"]).expect(4);
    assert_eq!(sandbox.token_requests().len(), 2);
    sandbox.heal(Endpoint::Api);
    home.run(["get", "--live"]).expect(0).quietly();
    assert_eq!(sandbox.token_requests().len(), 2);
}

#[test]
fn live_ignores_an_exported_token_that_zoom_refuses() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    let revoked = sandbox.mint(100_000);
    sandbox.revoke_all();
    home.set("ZOOM_ACCESS_TOKEN", &revoked).set("ZOOM_ENV_FILE", ".env");
    for _ in 0..3 {
        let token = home.run(["get", "--live", "--print"]).expect(0).stdout;
        assert!(sandbox.accepts(token.trim_end()));
        assert_eq!(sandbox.token_requests().len(), 1, "that of .env does");
    }
}
