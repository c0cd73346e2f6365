//! Whatever a client cancels and when: no more reaches Zoom than the server has counted.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use crate::support::canaries;
use crate::support::mcp_session::{SOON, Sent, Session, api_calls, token, wait_until};
use crate::support::policies::{start, under, within_a_window};
use crate::support::rows::tree;
use crate::support::{Home, sandbox};

/// How many calls are under way at once.
const IN_FLIGHT: usize = 32;

/// How long calls are cancelled for; `ZOOMTOK_CANCEL_SECONDS=60` for as long as the promise says.
fn duration() -> Duration {
    let seconds = std::env::var("ZOOMTOK_CANCEL_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(10))
}

/// Prints a measurement for the person who runs the test.
#[expect(clippy::print_stdout, reason = "cargo test shows it with --nocapture")]
fn report(figures: &str) {
    println!("{figures}");
}

/// A policy under which every call is counted by its tool.
fn counted(max: u32) -> Value {
    let limit = |name| json!({"limits": [{"counter": name, "window": "day", "max": max, "scope": "grant"}]});
    json!({"version": "1", "default": "allow",
        "tools": {"get_user": limit("users"), "zoom_refresh_token": limit("refreshes")}})
}

/// The server's count of this name.
fn count(home: &Home, counter: &str) -> usize {
    let is_file = |path: &PathBuf| path.file_name().is_some_and(|name| name == "policy-counts.json");
    let Some(path) = tree(&home.state()).into_iter().find(is_file) else { return 0 };
    let counts: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let of_name = counts["counts"].as_array().unwrap().iter().filter(|count| count["counter"] == counter);
    of_name.map(|count| usize::try_from(count["amount"].as_u64().unwrap()).unwrap()).sum()
}

/// Numbers that look random and are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Makes calls, and cancels half of them at random moments, until the time is over. Gives how many were made.
fn call_and_cancel(session: &mut Session, call: impl Fn(usize, &mut Session) -> Sent) -> usize {
    let (mut random, mut under_way, mut calls) = (Random(11), Vec::new(), 0);
    let end = Instant::now() + duration();
    while Instant::now() < end {
        calls += 1;
        under_way.push(call(calls, session));
        if under_way.len() == IN_FLIGHT {
            let one = under_way.swap_remove(random.below(IN_FLIGHT));
            if random.below(2) == 0 {
                session.cancel(one);
            } else {
                session.answer(one);
            }
        }
        if random.below(4) == 0 {
            thread::sleep(Duration::from_micros(random.below(4000).try_into().unwrap()));
        }
    }
    for sent in under_way {
        session.cancel(sent);
    }
    session.call("zoom_token_status", json!({})).ok();
    calls
}

/// Waits until nothing changes any more.
fn settled(look: impl Fn() -> (usize, usize)) -> (usize, usize) {
    let mut before = look();
    loop {
        thread::sleep(Duration::from_millis(700));
        let now = look();
        if now == before {
            return now;
        }
        before = now;
    }
}

/// The text of a `.env` without its token.
fn without_token(home: &Home) -> String {
    let text = home.env_text();
    text.split_inclusive('\n').filter(|line| !line.starts_with("ZOOM_ACCESS_TOKEN=")).collect()
}

/// Puts a token that is about to end into the `.env`, in one step. Calls have to ask for another one themselves, and with
/// a threshold of 0 nobody does so ahead of time.
fn put_short(home: &Home, rest: &str, token: &str) {
    let (new, text) = (home.work().join(".env.new"), format!("{rest}ZOOM_ACCESS_TOKEN={token}\n"));
    canaries::learn(&text);
    fs::write(&new, text).unwrap();
    // Windows refuses it while the server reads the file.
    wait_until("the replace of the .env", || fs::rename(&new, home.env_path()).is_ok());
}

/// Takes good tokens out of the `.env` again and again while this lasts.
fn with_short_tokens<T>(home: &Home, sandbox: &Sandbox, run: impl FnOnce() -> T) -> T {
    let (rest, done) = (without_token(home), AtomicBool::new(false));
    put_short(home, &rest, &sandbox.mint(9));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let token = sandbox.mint(9);
                for _ in 0..100 {
                    thread::sleep(Duration::from_millis(20));
                    put_short(home, &rest, &token);
                }
            }
        });
        let result = run();
        done.store(true, Ordering::Relaxed);
        result
    })
}

#[test]
fn calls_that_are_cancelled_at_any_moment_reach_zoom_no_more_often_than_they_were_counted() {
    within_a_window(24 * 3600, 2 * duration().as_secs() + 30);
    let sandbox = sandbox();
    let home = under(&sandbox, &counted(100_000_000));
    let mut session = start(&home);
    sandbox.fail(Endpoint::Api, Fault::Slow(Duration::from_millis(2)), u32::MAX);
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(2)), u32::MAX);
    let calls = call_and_cancel(&mut session, |number, session| match number % 8 {
        0 => session.send("zoom_refresh_token", &json!({})),
        _ => session.send("get_user", &json!({"user_id": format!("user{number}")})),
    });
    let seen = || {
        let users: BTreeSet<String> = api_calls(&sandbox).into_iter().map(|seen| seen.path).collect();
        (users.len(), sandbox.token_requests().len())
    };
    let (users, tokens) = settled(seen);
    let (counted_users, counted_refreshes) = (count(&home, "users"), count(&home, "refreshes"));
    report(&format!(
        "{calls} calls; {users} reached Zoom's API, {counted_users} were counted; {tokens} requests for tokens, \
         {counted_refreshes} refreshes counted"
    ));
    assert!(users <= counted_users && tokens <= counted_refreshes, "more than was counted");
    assert!(users > 50 && tokens > 5 && counted_users < calls, "it shows nothing");
}

#[test]
fn calls_that_are_cancelled_while_they_get_a_token_ask_for_no_more_than_was_counted() {
    within_a_window(24 * 3600, 2 * duration().as_secs() + 30);
    let sandbox = sandbox();
    let mut home = under(&sandbox, &counted(100_000_000));
    // Nobody listens there: what counts is what has asked for a token.
    home.set("ZOOM_API_URL", "http://127.0.0.1:1/v2").set("ZOOM_AUTO_REFRESH_THRESHOLD", "0");
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(5)), u32::MAX);
    let (calls, tokens, counted) = with_short_tokens(&home, &sandbox, || {
        let mut session = start(&home);
        let calls =
            call_and_cancel(&mut session, |_, session| session.send("get_user", &json!({"user_id": "me"})));
        let (tokens, counted) = settled(|| (sandbox.token_requests().len(), count(&home, "users")));
        (calls, tokens, counted)
    });
    report(&format!("{calls} calls; {tokens} requests for tokens, {counted} calls counted"));
    assert!(tokens <= counted, "{tokens} requests for tokens, and {counted} calls were counted");
    assert!(tokens > 20 && counted < calls, "it shows nothing: {tokens} of {calls}");
}

#[test]
fn a_cancelled_call_stays_counted_when_it_has_asked_for_a_token() {
    within_a_window(24 * 3600, 30);
    let sandbox = sandbox();
    let mut home = under(&sandbox, &counted(2));
    home.set("ZOOM_AUTO_REFRESH_THRESHOLD", "0");
    let rest = without_token(&home);
    let short = sandbox.mint(9);
    put_short(&home, &rest, &short);
    let mut session = start(&home);
    for asked in 1..=2 {
        sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(300)), 1);
        let call = session.send("get_user", &json!({"user_id": "me"}));
        assert!(sandbox.wait_for_token_requests(asked, SOON));
        session.cancel(call);
        // An exchange that has begun runs to its end.
        wait_until("the new token", || token(&home) != short);
        put_short(&home, &rest, &short);
        assert_eq!(count(&home, "users"), asked);
    }
    for _ in 0..17 {
        assert!(session.call("get_user", json!({"user_id": "me"})).is_denied());
    }
    assert_eq!(sandbox.token_requests().len(), 2);
    assert_eq!(api_calls(&sandbox).len(), 0);
}
