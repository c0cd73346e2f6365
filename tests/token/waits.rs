//! Waits that Zoom asks for: long ones end the run and bind the next.

use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::Value;
use zoomtok::sandbox::{Fault, RetryAfter};

use crate::support::Home;
use crate::support::rows::tree;
use crate::token::answers::failing;

/// The time that a message names.
fn named(stderr: &str) -> DateTime<Utc> {
    let (_, rest) = stderr.split_once("wait until ").unwrap();
    NaiveDateTime::parse_from_str(&rest[..19], "%Y-%m-%d %H:%M:%S").unwrap().and_utc()
}

fn memory(home: &Home) -> PathBuf {
    tree(&home.state()).into_iter().find(|path| path.ends_with("state.json")).unwrap()
}

/// Moves the end of the wait that is remembered.
fn remember_wait(home: &Home, until: DateTime<Utc>) {
    let path = memory(home);
    let mut json: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    json["failure"]["not_before"] = until.to_rfc3339().into();
    fs::write(path, json.to_string()).unwrap();
}

#[test]
fn a_long_wait_that_zoom_asks_for_ends_the_run_and_binds_the_next() {
    for form in [RetryAfter::Seconds(60), RetryAfter::Date(60), RetryAfter::HttpDate(60)] {
        let (sandbox, home) = failing(Fault::Busy(form), 1);
        let before = home.env_text();
        let ended = home.run(["get"]).expect(5).says(&["HTTP 429", "Zoom asks to wait until"]);
        let until = named(&ended.stderr);
        let asked = sandbox.token_requests()[0].at;
        let wait = (until - asked).num_seconds();
        assert!((58..=62).contains(&wait), "{form:?}: {wait}");
        for arguments in [&["get"][..], &["get", "-f"], &["exec", "--", "true"]] {
            let again = home.run(arguments).expect(5).says(&["Zoom asks to wait until"]);
            assert_eq!(named(&again.stderr), until, "{arguments:?}");
        }
        assert_eq!(sandbox.token_requests().len(), 1);
        assert_eq!(home.env_text(), before);

        remember_wait(&home, Utc::now() - TimeDelta::seconds(1));
        home.run(["get"]).expect(0).quietly();
        assert_eq!(sandbox.token_requests().len(), 2);
    }
}

#[test]
fn a_wait_of_days_is_not_believed() {
    for form in [
        RetryAfter::Seconds(86_400),
        RetryAfter::Seconds(u64::MAX),
        RetryAfter::Date(400 * 86_400),
        RetryAfter::HttpDate(86_400),
    ] {
        let (sandbox, home) = failing(Fault::Busy(form), 1);
        let ended = home.run(["get"]).expect(5);
        let wait = (named(&ended.stderr) - sandbox.token_requests()[0].at).num_seconds();
        assert!((295..=301).contains(&wait), "{form:?}: {wait}");
        // A clock that has been set back since makes the wait look longer.
        remember_wait(&home, Utc::now() + TimeDelta::days(1));
        home.run(["get"]).expect(0).quietly();
        assert_eq!(sandbox.token_requests().len(), 2);
    }
}

#[test]
fn a_wait_does_not_keep_a_valid_token_from_anybody() {
    let (sandbox, home) = failing(Fault::Busy(RetryAfter::Seconds(60)), 1);
    home.run(["get"]).expect(5);
    home.write_env(&format!("{}ZOOM_ACCESS_TOKEN={}\n", home.env_text(), sandbox.mint(600)));
    home.run(["get"]).expect(0).quietly();
    assert_eq!(sandbox.token_requests().len(), 1);
}
