//! The values that a login stores, their place, and a store that fails.

use std::fs;
use std::time::Duration;

use zoomtok::sandbox::{CLIENT_ID, Client, Endpoint, Fault, PUBLIC_CLIENT_ID};

use super::browser::LOGIN;
use super::world;
use crate::support::browser::{Waiting, follow};
use crate::support::sandbox;

#[test]
fn every_other_line_stays_and_a_second_login_changes_only_tokens() {
    let (sandbox, home) = world();
    let mine = "# mine\r\nexport OTHER=\"a b\"\r\nZOOM_TOKEN_THRESHOLD=90\r\n";
    home.write_env(mine);
    for _ in 0..2 {
        let login = Waiting::start(&home, LOGIN);
        follow(&login.address);
        login.end().expect(0);
        let text = home.env_text();
        assert!(text.starts_with(mine), "{text}");
        let names: Vec<&str> =
            text[mine.len()..].lines().map(|line| line.split('=').next().unwrap()).collect();
        assert_eq!(
            names,
            ["ZOOM_CLIENT_ID", "ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT", "ZOOM_REFRESH_TOKEN"]
        );
        assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token_of(Client::Public));
    }
}

#[test]
fn a_login_that_cannot_be_written_after_all_waits_for_the_next_run() {
    let (sandbox, home) = world();
    home.write_env("OTHER=1\n");
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(700)), 1);
    let login = Waiting::start(&home, LOGIN);
    follow(&login.address);
    assert!(sandbox.wait_for_token_requests(1, Duration::from_secs(10)));
    home.write_env("ZOOM_ACCESS_TOKEN=\"no end\n");
    let ended = login.end().expect(6);
    assert!(ended.stderr.contains("the new token was saved only in"), "{}", ended.stderr);

    home.write_env("OTHER=1\n");
    home.run(["get"]).expect(0);
    assert_eq!(home.value("ZOOM_CLIENT_ID").unwrap(), PUBLIC_CLIENT_ID);
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token_of(Client::Public));
    home.run(["get", "-f"]).expect(0);
    assert!(home.env_text().starts_with("OTHER=1\n"));
}

#[test]
fn a_refresh_token_is_not_shown_to_zoom_with_another_client_id() {
    let (sandbox, home) = world();
    let login = Waiting::start(&home, LOGIN);
    follow(&login.address);
    login.end().expect(0);
    home.run(["get", "-f"]).expect(0);
    let asked = sandbox.token_requests().len();
    let text = home.env_text();
    home.write_env(&text.replace(PUBLIC_CLIENT_ID, CLIENT_ID));
    home.run(["get", "-f"]).expect(3).says(&[
        "ZOOM_REFRESH_TOKEN",
        "issued to another client id",
        "zoomtok login",
    ]);
    let needed = home.run(["login", "--check"]).expect(1);
    assert!(needed.stdout.contains("another client id"), "{}", needed.stdout);
    assert_eq!(sandbox.token_requests().len(), asked);
    home.write_env(&text);
    home.run(["get", "-f"]).expect(0);
}

#[test]
fn a_check_says_whether_a_login_is_needed_and_asks_nobody() {
    let sandbox = sandbox();
    for (home, code, words) in [
        (crate::support::Home::empty(), 1, "ZOOM_CLIENT_ID"),
        (crate::support::Home::of(&sandbox, ""), 0, "No login is needed"),
        (crate::support::Home::of_user(&sandbox, ""), 0, "No login is needed"),
        (crate::support::Home::of_public(&sandbox, ""), 0, "No login is needed"),
    ] {
        let ended = home.run(["login", "--check"]).expect(code);
        assert!(ended.stdout.contains(words), "{}", ended.stdout);
        assert!(!home.state().exists(), "a check has left something");
    }
    let home = crate::support::Home::of_user(&sandbox, "");
    fs::write(home.env_path(), home.env_text().replace(&sandbox.refresh_token(), "revoked-refresh-token"))
        .unwrap();
    home.run(["get"]).expect(4);
    let asked = sandbox.requests().len();
    let ended = home.run(["login", "--check"]).expect(1);
    assert!(ended.stdout.contains("the refresh token is spent"), "{}", ended.stdout);
    assert_eq!(sandbox.requests().len(), asked);
}

#[test]
fn a_login_somewhere_else_ends_this_one_and_a_new_one_helps() {
    let (sandbox, home) = world();
    let (_, other) = world();
    let mut other = super::pointed(&sandbox, other);
    other.set("UNUSED", "1");
    let log_in = |home: &crate::support::Home| {
        let login = Waiting::start(home, LOGIN);
        follow(&login.address);
        login.end().expect(0).stderr
    };
    log_in(&home);
    log_in(&other);
    // One machine keeps both in one place, and knows of each other.
    let beside = super::pointed(&sandbox, crate::support::Home::empty());
    let mut also = super::pointed(&sandbox, crate::support::Home::empty());
    also.set("XDG_STATE_HOME", beside.state().to_str().unwrap());
    assert!(!log_in(&beside).contains("is logged out now\n"));
    let warned = log_in(&also);
    assert!(
        warned.contains(&format!("{} was logged in with this app", beside.env_path().display())),
        "{warned}"
    );
    log_in(&other);
    home.run(["get", "-f"]).expect(4).says(&["the refresh token is spent, revoked or from another app"]);
    home.run(["login", "--check"]).expect(1);
    log_in(&home);
    home.run(["get", "-f"]).expect(0);
    other.run(["get", "-f"]).expect(4);
}
