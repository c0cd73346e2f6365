//! A server that ends, or is to end.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::Home;
use crate::support::gateways::{given, start, without_greeting};
use crate::support::mcp_session::wait_until;

fn runs(pid: u64) -> bool {
    // One that has ended and was not waited for yet is none.
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with('Z') && !rest.is_empty())
}

#[test]
fn a_server_that_ends_is_started_again_behind_the_session() {
    let home = Home::empty();
    let mut session = start(&home, &["--no-token"]);
    session.ask("logging/setLevel", &json!({"level": "debug"}));
    let slow = session.send("slow", &json!({"ms": 20_000}));
    session.call("echo", json!({})).ok();
    let since = Instant::now();
    session.call("die", json!({})).fails(&["it may have been carried out or not", "exit status: 7"]);
    session.answer(slow).fails(&["it may have been carried out or not"]);
    session.call("echo", json!({"n": 1})).ok();
    assert!(since.elapsed() < Duration::from_secs(5));
    let given = given(&home);
    let pids: Vec<u64> = given.iter().map(|given| given.pid).collect();
    let second: Vec<&str> = given
        .iter()
        .filter(|one| one.pid != pids[0])
        .filter_map(|one| one.message["method"].as_str())
        .filter(|method| *method != "tools/list")
        .collect();
    assert_eq!(second, ["initialize", "notifications/initialized", "logging/setLevel", "tools/call"]);
}

#[test]
fn a_server_that_dies_again_and_again_is_not_started_more_than_five_times_a_minute() {
    let home = Home::empty();
    let mut session = start(&home, &["--no-token"]);
    for _ in 0..5 {
        assert!(session.call("die", json!({})).is_error);
    }
    let since = Instant::now();
    session.call("echo", json!({})).fails(&["the server was not given this", "exit status: 7"]);
    assert!(since.elapsed() < Duration::from_secs(8), "nobody waits for the minute to be over");
    session.wait_for("(5 in a minute)");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_left_behind_however_the_gateway_ends() {
    for how in ["close", "TERM", "KILL"] {
        let home = Home::empty();
        // It does not end by itself when its input is closed, and neither does what it has started.
        let mut session = without_greeting(&home, &["--no-token"], &["--ignore-eof"]);
        session.greet("2025-11-25");
        let grandchild: u64 = session.call("fork", json!({})).ok().text.parse().unwrap();
        let server = given(&home)[0].pid;
        assert!(runs(server) && runs(grandchild));
        let since = Instant::now();
        match how {
            "close" => drop(session.leave().expect(0)),
            "KILL" => session.kill(),
            signal => {
                session.process().signal(signal);
                session.end().expect(0);
            }
        }
        wait_until("the end of the server and of what it has started", || !runs(server) && !runs(grandchild));
        assert!(since.elapsed() < Duration::from_secs(10), "{how}");
    }
}
