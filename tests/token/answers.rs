//! The answers of Zoom, or of a stand-in for it.
//!
//! Claim 6: only a verdict on the credentials is final; any other failure is transient, and changes nothing stored.
//! Claim 7: the answers of real servers are read, and values that must not be in a `.env` are refused.
//! Claim 8: every run ends, in bounded time and memory.
//! Claim 9: retries during an outage are gentle, and a wait that Zoom asks for is kept.

use std::fs;
use std::time::{Duration, Instant};

use chrono::{SubsecRound as _, TimeDelta};
use serde_json::{Value, json};
use zoomtok::sandbox::{
    ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Client, Endpoint, ExpiresIn, Fault, Options, PUBLIC_CLIENT_ID,
};
use zoomtok::sandbox::{RetryAfter, Sandbox};

use crate::support::rows::{Raw, each, every, refused, transient, tree};
use crate::support::{Home, sandbox};

/// A sandbox whose next token requests, so many, meet a fault; and a home without a token.
pub(crate) fn failing(fault: Fault, times: u32) -> (Sandbox, Home) {
    let sandbox = sandbox();
    sandbox.fail(Endpoint::Token, fault, times);
    let home = Home::of(&sandbox, "");
    (sandbox, home)
}

// Claim 6

#[test]
fn failures_that_are_no_verdict_are_transient_and_change_nothing() {
    every(&transient(), |row| {
        row.holds_for(&["get"]);
    });
}

#[test]
fn a_verdict_is_reported_once_with_what_to_fix() {
    every(&refused(), |row| {
        row.holds_for(&["get"]);
    });
}

#[test]
fn a_wrong_credential_is_named() {
    for (right, variable) in [
        (CLIENT_ID, "ZOOM_CLIENT_ID"),
        (CLIENT_SECRET, "ZOOM_CLIENT_SECRET"),
        (ACCOUNT_ID, "ZOOM_ACCOUNT_ID"),
    ] {
        let sandbox = sandbox();
        let home = Home::of(&sandbox, "");
        home.write_env(&home.env_text().replace(right, "madeUpAndWrong"));
        let before = home.env_text();
        let ended = home.run(["get"]).expect(4).says(&["Zoom refused", variable]);
        assert!(!ended.stderr.contains("madeUpAndWrong"), "{}", ended.stderr);
        assert_eq!(home.env_text(), before);
        assert_eq!(sandbox.token_requests().len(), 1);
    }
}

#[test]
fn a_spent_refresh_token_is_named() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    let spent = home.env_text();
    home.run(["get"]).expect(0);
    home.write_env(&spent);
    home.run(["get"]).expect(4).says(&["ZOOM_REFRESH_TOKEN", "Log in again with zoomtok login"]);
    assert_eq!(home.env_text(), spent);
    assert_eq!(sandbox.token_requests().len(), 2);
}

#[test]
fn a_public_client_refreshes_without_a_secret() {
    let sandbox = sandbox();
    let home = Home::of_public(&sandbox, "");
    for _ in 0..2 {
        home.run(["get", "-f"]).expect(0);
        assert!(
            home.env_text().contains(&sandbox.refresh_token_of(Client::Public)),
            "the next refresh token"
        );
    }
    let ended = home.run(["check", "--live"]).expect(0);
    assert!(!ended.stderr.contains("another app"), "{}", ended.stderr);
    let doctor = home.run(["doctor"]);
    assert!(doctor.stdout.contains("as a public client"), "{}", doctor.stdout);
    assert_eq!(sandbox.token_requests().len(), 2);
    assert!(sandbox.token_requests().iter().all(|seen| seen.client_ok));
}

#[test]
fn a_refresh_token_of_the_other_client_is_not_lost() {
    let sandbox = sandbox();
    let home = Home::of_public(&sandbox, "");
    for (right, wrong, says) in [
        // The Client ID in place of the Public Client ID: Zoom asks for the secret.
        (PUBLIC_CLIENT_ID, CLIENT_ID, "Public Client ID"),
        (PUBLIC_CLIENT_ID, "an-unknown-id", "Public Client ID"),
    ] {
        let good = home.env_text();
        home.write_env(&good.replace(right, wrong));
        home.run(["get", "-f"]).expect(4).says(&[says, "ZOOM_CLIENT_SECRET"]);
        home.write_env(&good);
    }
    home.run(["get", "-f"]).expect(0);
}

#[test]
fn white_space_around_a_credential_is_reported_before_zoom_is_asked() {
    let sandbox = sandbox();
    for (line, name) in [(1, "ZOOM_CLIENT_ID"), (2, "ZOOM_CLIENT_SECRET"), (3, "ZOOM_ACCOUNT_ID")] {
        for (before, after, problem) in [
            ("' ", "'", "begins or ends with white space"),
            ("'", " '", "begins or ends with white space"),
            ("\"\t", "\"", "begins or ends with white space"),
            ("'", "\u{a0}'", "begins or ends with white space"),
            ("'two ", "'", "holds white space"),
            ("'\u{201c}", "'", "not ASCII"),
        ] {
            let home = Home::of(&sandbox, "");
            let spaced: Vec<String> = home
                .env_text()
                .lines()
                .map(|text| match text.split_once('=') {
                    Some((key, value)) if key == name => format!("{key}={before}{value}{after}"),
                    _ => text.to_owned(),
                })
                .collect();
            home.write_env(&spaced.join("\n"));
            let place = format!("{name} ({}, line {line})", home.env_path().display());
            home.run(["get"]).expect(3).says(&[&place, problem]);
        }
    }
    for name in ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID", "ZOOM_REFRESH_TOKEN"] {
        let mut home = Home::of(&sandbox, "");
        if name == "ZOOM_REFRESH_TOKEN" {
            home.write_env(&home.env_text().replace("ZOOM_ACCOUNT_ID", "OTHER"));
        }
        // An address that a found file names is for the credentials of that file.
        home.set("ZOOM_OAUTH_URL", &sandbox.oauth_url()).set(name, "pasted ");
        home.run(["get"]).expect(3).says(&[name, "set in the environment", "white space"]);
    }
    assert_eq!(sandbox.requests().len(), 0);
}

#[test]
fn no_message_repeats_what_zoom_echoes() {
    for body in [
        r#"{"reason":"Invalid authorization code CANARY","error":"invalid_grant"}"#,
        r#"{"status":false,"errorCode":4702,"errorMessage":"Invalid client_id: CANARY","result":null}"#,
        r#"{"error":"CANARY","reason":"CANARY"}"#,
        r#"{"code":4733,"message":"CANARY"}"#,
        "CANARY",
    ] {
        let (_sandbox, home) = failing(Fault::Json { status: 400, body: body.into() }, 1);
        let ended = home.run(["get"]);
        assert!(matches!(ended.code, Some(4 | 5)), "{body}");
        assert_eq!(ended.stderr.lines().count(), 1);
        assert!(!ended.stderr.contains("CANARY"), "{}", ended.stderr);
        for file in tree(&home.state()).iter().filter(|path| path.is_file()) {
            assert!(!fs::read_to_string(file).unwrap().contains("CANARY"), "{}", file.display());
        }
    }
}

#[test]
fn a_transient_failure_within_the_run_is_not_reported() {
    for fault in [Fault::CutBefore, Fault::Html(200), Fault::Status(503), Fault::Truncated] {
        let (sandbox, home) = failing(fault, 1);
        home.run(["get"]).expect(0).quietly();
        assert_eq!(sandbox.token_requests().len(), 2);
        assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    }
}

// Claim 7

/// Runs `get --json`, then `get --print`, and gives the seconds that the token has left and the token. They agree with
/// the `.env`.
fn got(home: &Home) -> (i64, String) {
    let ended = home.run(["get", "--json"]).expect(0).quietly();
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    let token = home.run(["get", "--print"]).expect(0).quietly().stdout.trim_end().to_owned();
    assert_eq!(home.value("ZOOM_ACCESS_TOKEN").unwrap(), token);
    assert_eq!(json["expires_at"].as_str(), home.value("ZOOM_TOKEN_EXPIRES_AT").as_deref());
    (json["seconds_left"].as_i64().unwrap(), token)
}

#[test]
fn a_life_is_read_however_it_is_written() {
    for (expires_in, life) in [
        (ExpiresIn::Number, 1799),
        (ExpiresIn::Text, 1799),
        (ExpiresIn::Float, 1799),
        // The life that Zoom documents.
        (ExpiresIn::Missing, 3600),
        (ExpiresIn::Zero, 3600),
        (ExpiresIn::Negative, 3600),
        // The longest that is believed, of a token that does not say it itself.
        (ExpiresIn::Huge, 24 * 3600),
    ] {
        let sandbox = Sandbox::start(Options { expires_in, token_life: 1800, ..Options::default() }).unwrap();
        let (left, _) = got(&Home::of(&sandbox, ""));
        assert!((life.min(1800) - 5..=life.min(1800)).contains(&left), "{expires_in:?}: {left}");
        sandbox.fail(Endpoint::Token, Fault::Token("opaque.token-0123456789".into()), 1);
        let (left, token) = got(&Home::of(&sandbox, ""));
        assert!((life - 5..=life).contains(&left), "opaque, {expires_in:?}: {left}");
        assert_eq!(token, "opaque.token-0123456789");
        assert_eq!(sandbox.token_requests().len(), 2, "{expires_in:?}");
    }
}

#[test]
fn an_answer_may_have_more_and_other_letters() {
    for body in [
        json!({"access_token": "odd.token-0123456789", "token_type": "BEARER", "expires_in": 3599}),
        json!({"access_token": "odd.token-0123456789", "token_type": "Bearer", "expires_in": 3599, "scope": ""}),
        json!({"access_token": "odd.token-0123456789"}),
        json!({"access_token": "odd.token-0123456789", "expires_in": 3599.0, "code": 0, "new": {"a": [1, null]}}),
        json!({"access_token": "odd.token-0123456789", "error": null, "refresh_token": null}),
    ] {
        let (_sandbox, home) = failing(Fault::Json { status: 200, body: format!(" {body}\r\n") }, 1);
        let (left, token) = got(&home);
        assert!((3594..=3600).contains(&left), "{body}");
        assert_eq!(token, "odd.token-0123456789", "{body}");
    }
}

#[test]
fn a_token_is_what_rfc_6750_allows() {
    let (_sandbox, home) = failing(Fault::Token("AZaz09._~+/=-AZaz09._~+/==".into()), 1);
    assert_eq!(got(&home).1, "AZaz09._~+/=-AZaz09._~+/==");
}

#[test]
fn an_answer_may_come_in_other_clothes() {
    for fault in [Fault::Bom, Fault::Chunked, Fault::Slow(Duration::from_millis(300))] {
        let (sandbox, home) = failing(fault.clone(), 1);
        let (_, token) = got(&home);
        assert!(sandbox.accepts(&token), "{fault:?}");
        assert_eq!(sandbox.token_requests().len(), 1, "{fault:?}");
    }
}

#[test]
fn a_compressed_answer_is_read() {
    // gzip -9n of {"access_token":"gzipped.token-0123456789","token_type":"bearer","expires_in":3599}
    const GZIP: &[u8] = &[
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0x4c, 0x4e, 0x4e, 0x2d,
        0x2e, 0x8e, 0x2f, 0xc9, 0xcf, 0x4e, 0xcd, 0x53, 0xb2, 0x52, 0x4a, 0xaf, 0xca, 0x2c, 0x28, 0x48, 0x4d,
        0xd1, 0x03, 0xf3, 0x75, 0x0d, 0x0c, 0x8d, 0x8c, 0x4d, 0x4c, 0xcd, 0xcc, 0x2d, 0x2c, 0x95, 0x74, 0x94,
        0xc0, 0x42, 0xf1, 0x25, 0x95, 0x05, 0xa9, 0x40, 0x75, 0x49, 0xa9, 0x89, 0x45, 0xa9, 0x45, 0x40, 0xd1,
        0xd4, 0x8a, 0x82, 0xcc, 0xa2, 0xd4, 0xe2, 0xf8, 0x4c, 0xa0, 0x6e, 0x63, 0x53, 0x4b, 0xcb, 0x5a, 0x00,
        0x31, 0x89, 0xaf, 0x9d, 0x53, 0x00, 0x00, 0x00,
    ];
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        GZIP.len()
    );
    let server = Raw::start(Some([head.as_bytes(), GZIP].concat()));
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    home.set("ZOOM_OAUTH_URL", &server.url);
    let (left, token) = got(&home);
    assert_eq!(token, "gzipped.token-0123456789");
    assert!((3594..=3599).contains(&left), "{left}");
}

#[test]
fn a_token_that_a_shell_would_run_is_refused() {
    let long = "a".repeat(17 * 1024);
    for text in [
        "a\nZOOM_CLIENT_ID=b",
        "a\"b",
        "a'b",
        "$(touch ran)",
        "`touch ran`",
        "a b",
        "a#b",
        "a\\b",
        "${HOME}",
        "a\rb",
        "a\u{e9}b",
        "a\u{0}b",
        &long,
    ] {
        let (sandbox, home) = failing(Fault::Token(text.into()), 1);
        let before = home.env_text();
        let ended = home.run(["get"]).expect(5).says(&["the token from Zoom is unusable"]);
        assert_eq!(ended.stdout, "");
        assert!(!ended.stderr.contains(text));
        assert_eq!(home.env_text(), before, "{text:?}");
        assert_eq!(sandbox.token_requests().len(), 1, "{text:?}");
    }
    let body = json!({"access_token": "fine", "refresh_token": "a b"}).to_string();
    let (sandbox, _) = failing(Fault::Json { status: 200, body }, 1);
    let home = Home::of_user(&sandbox, "");
    let before = home.env_text();
    // The token beside it is good for an hour.
    home.run(["get"]).expect(0).says(&["Zoom's new refresh token was refused", "zoomtok login"]);
    let lines = |text: &str| text.lines().filter(|line| !line.starts_with("ZOOM_REFRESH_TOKEN")).count();
    assert_eq!(lines(&home.env_text()), lines(&before) + 2);
    assert_eq!(home.value("ZOOM_ACCESS_TOKEN").unwrap(), "fine");
}

// Claim 8

#[test]
fn every_run_ends() {
    each(
        &[
            ("never", Fault::Never),
            ("a byte a second", Fault::Trickle(Duration::from_secs(1))),
            ("endless", Fault::Endless),
            ("64 MiB", Fault::Huge(64 * 1024 * 1024)),
            ("slow", Fault::Slow(Duration::from_secs(30))),
        ],
        |fault| {
            let (sandbox, home) = failing(fault.clone(), u32::MAX);
            let before = home.env_text();
            let started = Instant::now();
            home.run(["get"]).expect(5).says(&["could not get a token"]);
            let took = started.elapsed();
            assert!(took < Duration::from_secs(22), "{took:?}");
            assert_eq!(home.env_text(), before);
            assert!(sandbox.token_requests().len() <= 3);
        },
    );
}

/// With a limit on its memory, which only Linux enforces, a program that reads 64 MiB aborts.
#[cfg(target_os = "linux")]
#[test]
fn a_huge_answer_takes_no_memory() {
    for fault in [Fault::Huge(64 * 1024 * 1024), Fault::Endless] {
        let (_sandbox, home) = failing(fault, u32::MAX);
        let mut command = crate::support::rows::shell(&home, "ulimit -v 65536 && exec \"$0\" get");
        let ended = crate::support::ended(command.output().unwrap());
        ended.expect(5).says(&["did not end within 1 MiB"]);
    }
}

// Claim 9

fn gaps(sandbox: &Sandbox) -> Vec<Duration> {
    let seen = sandbox.token_requests();
    seen.windows(2).map(|pair| pair[1].elapsed.abs_diff(pair[0].elapsed)).collect()
}

#[test]
fn the_pauses_between_tries_grow() {
    let (sandbox, home) = failing(Fault::Status(503), u32::MAX);
    home.run(["get"]).expect(5);
    let gaps = gaps(&sandbox);
    assert_eq!(gaps.len(), 2);
    assert!(gaps[0] >= Duration::from_millis(500), "{gaps:?}");
    assert!(gaps[1] >= Duration::from_millis(1500), "{gaps:?}");
    assert!(gaps[1] > gaps[0], "{gaps:?}");
}

#[test]
fn a_short_wait_that_zoom_asks_for_is_waited() {
    each(
        &[
            ("seconds", RetryAfter::Seconds(2)),
            ("instant", RetryAfter::Date(3)),
            ("HTTP date", RetryAfter::HttpDate(3)),
        ],
        |form| {
            let (sandbox, home) = failing(Fault::Busy(*form), 1);
            home.run(["get"]).expect(0).quietly();
            let seen = sandbox.token_requests();
            assert_eq!(seen.len(), 2);
            let until = match form {
                RetryAfter::Seconds(_) => seen[0].at + TimeDelta::seconds(2),
                // As it is written, in whole seconds.
                _ => seen[0].at.trunc_subsecs(0) + TimeDelta::seconds(3),
            };
            assert!(seen[1].at >= until, "{} came before {until}", seen[1].at);
        },
    );
}

#[test]
fn a_server_that_is_down_may_ask_for_time_too() {
    let server = Raw::start(Some(
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
    ));
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    home.set("ZOOM_OAUTH_URL", &server.url);
    home.run(["get"]).expect(5).says(&["HTTP 503", "Zoom asks to wait until"]);
    assert_eq!(server.connections(), 1);
    home.run(["get"]).expect(5).says(&["Zoom asks to wait until"]);
    assert_eq!(server.connections(), 1);
}
