//! A server that ends, or is to end.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::Home;
use crate::support::gateways::{given, start};

#[cfg(target_os = "linux")]
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
        let mut session =
            crate::support::gateways::without_greeting(&home, &["--no-token"], &["--ignore-eof"]);
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
        crate::support::mcp_session::wait_until("the end of the server and of what it has started", || {
            !runs(server) && !runs(grandchild)
        });
        assert!(since.elapsed() < Duration::from_secs(10), "{how}");
    }
}

/// A session with a copy of the stand-in server, which can be changed.
fn start_copy(home: &Home, options: &[&str]) -> crate::support::mcp_session::Session {
    let copy = home.work().join("server");
    fs::copy(crate::support::gateways::server(), &copy).unwrap();
    let record = crate::support::gateways::record(home);
    let behind = ["--", "./server", "--record", record.to_str().unwrap()];
    let command = home.command([&["gateway", "--no-token", "--no-pin"], options, &behind[..]].concat());
    let mut session = crate::support::mcp_session::Session::of(command);
    session.greet("2025-11-25");
    session
}

/// Puts another version in its place, as package managers do: by a rename.
fn upgrade(home: &Home, content: &[u8]) {
    use std::os::unix::fs::PermissionsExt as _;
    let new = home.work().join("server.new");
    fs::write(&new, content).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(new, home.work().join("server")).unwrap();
}

#[test]
fn another_version_of_a_server_takes_over_between_calls() {
    let home = Home::empty();
    let mut session = start_copy(&home, &[]);
    let slow = session.send("slow", &json!({"ms": 6_000}));
    let since = Instant::now();
    session.call("echo", json!({})).ok();
    let first = given(&home)[0].pid;
    let mut program = fs::read(home.work().join("server")).unwrap();
    // Bytes behind the end of a program are never read.
    program.push(0);
    upgrade(&home, &program);
    // Until the end of the call, less the time that a busy machine takes for a look.
    while since.elapsed() < Duration::from_secs(5) {
        assert!(given(&home).iter().all(|given| given.pid == first), "not while it has a call");
        std::thread::sleep(Duration::from_millis(100));
    }
    session.answer(slow).ok();
    // The messages to it while it is put in place are not from the client.
    crate::support::mcp_session::wait_until("another server to have the calls", || {
        session.call("echo", json!({"n": 2})).ok();
        given(&home).iter().rfind(|given| given.calls("echo")).unwrap().pid != first
    });
    let given = given(&home);
    let greeted: Vec<_> = given.iter().filter(|given| given.message["method"] == "initialize").collect();
    assert_eq!(greeted.len(), 2);
    assert_eq!(greeted[0].message["params"], greeted[1].message["params"]);
}

#[test]
fn a_version_that_does_not_start_leaves_the_old_one_in_its_place() {
    let home = Home::empty();
    let mut session = start_copy(&home, &[]);
    session.call("echo", json!({})).ok();
    upgrade(&home, b"#!/bin/sh\nexit 1\n");
    session.wait_for("another version of the server did not start, the old one goes on");
    session.call("echo", json!({"n": 2})).ok();
    let given = given(&home);
    assert!(given.iter().all(|one| one.pid == given[0].pid));
}

#[test]
fn a_server_that_keeps_state_is_not_replaced_by_another_version() {
    let home = Home::empty();
    let mut session = start_copy(&home, &["--on-new-token", "never"]);
    session.call("echo", json!({})).ok();
    upgrade(&home, b"#!/bin/sh\nexit 1\n");
    std::thread::sleep(Duration::from_secs(6));
    session.call("echo", json!({})).ok();
    assert!(!session.stderr().contains("another version"), "{}", session.stderr());
}

/// Has calls made all the time, of tools that read and that write, while `disturb` goes on. Each is answered well, and
/// carried out once.
#[track_caller]
fn nothing_is_lost(
    home: &Home,
    session: &mut crate::support::mcp_session::Session,
    mut disturb: impl FnMut(u32) -> bool,
) {
    let mut sent = 0_u64;
    for round in 0.. {
        let calls: Vec<_> = (0..10)
            .map(|_| {
                sent += 1;
                let tool = if sent.is_multiple_of(2) { "read" } else { "write" };
                session.send(tool, &json!({"n": sent, "ms": sent % 7}))
            })
            .collect();
        let goes_on = disturb(round);
        for call in calls {
            session.answer(call).ok();
        }
        if !goes_on {
            break;
        }
    }
    let mut carried_out: Vec<u64> = given(home)
        .iter()
        .filter(|given| given.calls("read") || given.calls("write"))
        .map(|given| given.message["params"]["arguments"]["n"].as_u64().unwrap())
        .collect();
    carried_out.sort_unstable();
    assert_eq!(carried_out, (1..=sent).collect::<Vec<_>>());
}

/// A server that is killed again and again: what it was given is answered at once, as done or as not known; what it was not
/// given yet is carried out by the next one; nothing is carried out twice.
#[cfg(target_os = "linux")]
#[test]
fn killing_the_server_at_any_moment_leaves_no_call_unanswered_and_repeats_none() {
    let home = Home::empty();
    let mut session = start(&home, &["--no-token"]);
    let mut sent = 0_u64;
    let mut lost = 0;
    // More than five in a minute would be a pause of a minute.
    for round in 0..4 {
        session.call("echo", json!({})).ok();
        let server = given(&home).last().unwrap().pid;
        let calls: Vec<_> = (0..50)
            .map(|_| {
                sent += 1;
                session.send("write", &json!({"n": sent, "ms": sent % 5}))
            })
            .collect();
        std::thread::sleep(Duration::from_micros(700 * round));
        let since = Instant::now();
        // Its parent holds it, which is no business of this test.
        assert!(
            std::process::Command::new("kill").args(["-9", &server.to_string()]).status().unwrap().success()
        );
        for call in calls {
            let answer = session.answer(call);
            if answer.is_error {
                assert!(answer.text.contains("may have been carried out or not"), "{}", answer.text);
                lost += 1;
            }
        }
        assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    }
    assert!(lost > 0, "it was never killed in a call");
    let mut carried_out: Vec<u64> = given(&home)
        .iter()
        .filter(|given| given.calls("write"))
        .map(|given| given.message["params"]["arguments"]["n"].as_u64().unwrap())
        .collect();
    let all = carried_out.len();
    carried_out.sort_unstable();
    carried_out.dedup();
    assert_eq!(all, carried_out.len(), "none is carried out twice");
    assert!(all + lost >= usize::try_from(sent).unwrap());
}

#[test]
fn fifty_token_changes_under_load_lose_no_call_and_repeat_none() {
    let sandbox = crate::support::sandbox();
    let home = Home::of(&sandbox, "");
    let mut session = start(&home, &["--on-new-token", "now"]);
    session.call("echo", json!({})).ok();
    let mut tokens = vec![home.value("ZOOM_ACCESS_TOKEN").unwrap()];
    let mut changed = Instant::now();
    nothing_is_lost(&home, &mut session, |_| {
        std::thread::sleep(Duration::from_millis(20));
        let servers =
            given(&home).iter().map(|given| given.token.clone()).collect::<std::collections::HashSet<_>>();
        // The next one comes when the server with this one has taken over.
        if servers.contains(tokens.last().unwrap()) || changed.elapsed() > Duration::from_secs(20) {
            let new = sandbox.mint(3600 + i64::try_from(tokens.len()).unwrap());
            crate::support::canaries::learn(&new);
            crate::support::replace_token(&home, &new);
            tokens.push(new);
            changed = Instant::now();
        }
        tokens.len() <= 50
    });
    let mut seen = Vec::new();
    for given in given(&home) {
        if seen.last() != Some(&given.token) && !seen.contains(&given.token) {
            seen.push(given.token);
        }
    }
    assert!(tokens.starts_with(&seen) && seen.len() >= 50, "{} of {}", seen.len(), tokens.len());
    // Most servers have ended by now: no more are left than drain.
    session.leave().expect(0);
}
