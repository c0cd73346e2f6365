//! The gate of the server: what a policy allows is done, nothing else is, and no more often than it allows.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use crate::support::mcp_session::{Answer, SOON, Session, all_tools, api_calls, wait_until};
use crate::support::policies::{start, under, within_a_window};
use crate::support::rows::{each, jwt};
use crate::support::{Home, sandbox, without};

/// A policy that allows so many calls of a tool an hour, and all others.
fn at_most(max: u32, tool: &str) -> Value {
    json!({
        "version": "1",
        "default": "allow",
        "tools": {tool: {"limits": [{"counter": "c", "window": "hour", "max": max, "scope": "grant"}]}},
    })
}

fn within_an_hour() {
    within_a_window(3600, 15);
}

/// How many of these calls were let through; fails unless all others were refused by the limit.
#[track_caller]
fn passed(answers: &[Answer]) -> usize {
    let denied = answers.iter().filter(|answer| answer.is_denied());
    for answer in denied.clone() {
        assert!(
            answer.text.contains(": no more than 10 an hour; the next call is allowed at "),
            "{answer:?}"
        );
    }
    let passed = answers.iter().filter(|answer| !answer.is_error).count();
    assert_eq!(passed + denied.count(), answers.len(), "{answers:?}");
    passed
}

#[test]
fn exactly_as_many_calls_as_the_limit_allows_pass_at_once() {
    within_an_hour();
    let sandbox = sandbox();
    let home = under(&sandbox, &at_most(10, "list_meetings"));
    let mut session = start(&home);
    assert_eq!(passed(&session.call_many("list_meetings", json!({}), 200)), 10);
    assert_eq!(api_calls(&sandbox).len(), 10);
    // It is this tool's limit.
    session.call("list_users", json!({})).ok();
    session.close();

    // Its end resets nothing, and neither does being killed.
    let mut session = start(&home);
    assert_eq!(passed(&session.call_many("list_meetings", json!({}), 5)), 0);
    session.kill();
    assert!(start(&home).call("list_meetings", json!({})).is_denied());
    assert_eq!(api_calls(&sandbox).len(), 11);
}

#[test]
fn calls_counted_by_a_killed_server_stay_counted() {
    within_an_hour();
    let sandbox = sandbox();
    let home = under(&sandbox, &at_most(10, "list_meetings"));
    for _ in 0..3 {
        let mut session = start(&home);
        assert_eq!(passed(&session.call_many("list_meetings", json!({}), 3)), 3);
        session.kill();
    }
    assert_eq!(passed(&start(&home).call_many("list_meetings", json!({}), 20)), 1);
}

#[test]
fn being_killed_at_any_time_lets_nothing_more_through() {
    within_an_hour();
    let sandbox = sandbox();
    let home = under(&sandbox, &at_most(10, "list_meetings"));
    for round in 0..12 {
        let mut session = start(&home);
        for _ in 0..20 {
            session.send("list_meetings", &json!({}));
        }
        thread::sleep(Duration::from_millis(round * 2));
        session.kill();
    }
    // Whatever was counted and not yet sent is lost with its server; it is no more than that.
    let left = passed(&start(&home).call_many("list_meetings", json!({}), 20));
    let calls = api_calls(&sandbox).len();
    assert!(calls <= 10 && left <= calls, "{calls} {left}");
}

#[test]
fn two_servers_of_one_env_have_one_limit() {
    within_an_hour();
    let sandbox = sandbox();
    let home = under(&sandbox, &at_most(10, "list_meetings"));
    // By whatever path they find it.
    fs::create_dir(home.work().join("below")).unwrap();
    let mut arguments = vec![vec![]; 2];
    arguments[1] = vec!["--env-file", "below/../.env"];
    let all: Vec<Answer> = thread::scope(|scope| {
        let running: Vec<_> = arguments
            .into_iter()
            .map(|more| {
                let home = &home;
                scope.spawn(move || {
                    let arguments = [&["--no-watch", "--policy", "policy.json"], &more[..]].concat();
                    Session::start(home, &arguments).call_many("list_meetings", json!({}), 100)
                })
            })
            .collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(all.len(), 200);
    assert_eq!(passed(&all), 10);
    assert_eq!(api_calls(&sandbox).len(), 10);
}

#[test]
fn without_a_policy_ten_refreshes_a_minute_pass_and_everything_else() {
    within_a_window(60, 10);
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut session = Session::start(&home, &["--no-watch"]);
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(1)), 1);
    let answers = session.call_many("zoom_refresh_token", json!({}), 60);
    assert_eq!(answers.iter().filter(|answer| !answer.is_error).count(), 10);
    let denied = answers.iter().find(|answer| answer.is_denied()).unwrap();
    assert!(denied.text.contains("zoom_refresh_token by the built-in policy: no more than 10 a minute"));
    // Calls that came together share Zoom's answer.
    assert_eq!(sandbox.token_requests().len(), 1);
    assert!(session.call_many("list_meetings", json!({}), 30).iter().all(|answer| !answer.is_error));
    assert_eq!(session.tools().len(), all_tools());
}

/// The fate of the only call that a limit allows.
struct Spent {
    /// The `.env` that the call finds, from the one that is in order.
    env: fn(String, &Sandbox) -> String,
    fault: Option<Fault>,
    arguments: Value,
    says: &'static str,
    is_given_back: bool,
}

#[test]
fn only_what_never_reached_zoom_is_given_back() {
    within_an_hour();
    let row =
        |env, fault, arguments, says, is_given_back| Spent { env, fault, arguments, says, is_given_back };
    let good = || json!({"meeting_id": "81000000001"});
    let same: fn(String, &Sandbox) -> String = |env, _| env;
    let no_api: fn(String, &Sandbox) -> String =
        |env, sandbox| env.replace(&sandbox.api_url(), "http://127.0.0.1:1/v2");
    let no_credentials: fn(String, &Sandbox) -> String =
        |env, _| env.split_inclusive('\n').filter(|line| line.contains("_URL=")).collect();
    let no_login: fn(String, &Sandbox) -> String = |env, sandbox| {
        without(&env, &["ZOOM_ACCESS_TOKEN"])
            .replace(&format!("{}\n", sandbox.oauth_url()), "http://127.0.0.1:1\n")
    };
    let wrong_setting: fn(String, &Sandbox) -> String = |env, _| format!("{env}ZOOM_API_URL=nowhere\n");
    let broken_env: fn(String, &Sandbox) -> String = |env, _| format!("{env}A='\n");
    each(
        &[
            (
                "wrong arguments",
                row(same, None, json!({}), "wrong arguments: missing field `meeting_id`", true),
            ),
            (
                "an argument too much",
                row(same, None, json!({"meeting_id": "1", "x": 1}), "wrong arguments: ", true),
            ),
            ("no credentials", row(no_credentials, None, good(), "ZOOM_CLIENT_ID", true)),
            ("no API", row(no_api, None, good(), "127.0.0.1 cannot be reached", true)),
            ("no token endpoint", row(no_login, None, good(), "127.0.0.1 cannot be reached", true)),
            ("a setting is wrong", row(wrong_setting, None, good(), "ZOOM_API_URL", true)),
            ("the .env is broken", row(broken_env, None, good(), ".env", true)),
            ("no such meeting", row(same, None, json!({"meeting_id": "1"}), "code 3001", false)),
            ("an error of Zoom's", row(same, Some(Fault::Status(500)), good(), "HTTP 500", false)),
            ("a cut connection", row(same, Some(Fault::CutBefore), good(), "broke off", false)),
            ("a lost answer", row(same, Some(Fault::CutAfter), good(), "broke off", false)),
        ],
        |row| {
            let sandbox = sandbox();
            let home = under(&sandbox, &at_most(1, "get_meeting"));
            let mut session = start(&home);
            let env = home.env_text();
            home.write_env(&(row.env)(env.clone(), &sandbox));
            if let Some(fault) = &row.fault {
                sandbox.fail(Endpoint::Api, fault.clone(), 1);
            }
            session.call("get_meeting", row.arguments.clone()).fails(&[row.says]);
            home.write_env(&env);
            let next = session.call("get_meeting", json!({"meeting_id": "81000000001"}));
            assert_eq!(!next.is_error, row.is_given_back, "{}", next.text);
            assert_eq!(next.is_denied(), !row.is_given_back, "{}", next.text);
            assert!(session.call("get_meeting", json!({"meeting_id": "81000000001"})).is_denied());
        },
    );
}

#[test]
fn a_refresh_counts_if_zoom_was_asked_for_it() {
    within_an_hour();
    let nobody = "http://127.0.0.1:1";
    for (fault, listens, counts) in [
        (Some(Fault::Json { status: 400, body: r#"{"error":"invalid_client"}"#.into() }), true, true),
        (Some(Fault::CutBefore), true, true),
        // The issued token has ended already.
        (Some(Fault::Token(jwt(&json!({"exp": 1})))), true, true),
        (None, true, true),
        (None, false, false),
    ] {
        let sandbox = sandbox();
        let home = under(&sandbox, &at_most(1, "zoom_refresh_token"));
        let mut session = start(&home);
        if let Some(fault) = fault {
            sandbox.fail(Endpoint::Token, fault, 1);
        }
        let env = home.env_text();
        if !listens {
            home.write_env(&env.replace(&format!("{}\n", sandbox.oauth_url()), &format!("{nobody}\n")));
        }
        session.call("zoom_refresh_token", json!({}));
        home.write_env(&env);
        assert_eq!(session.call("zoom_refresh_token", json!({})).is_denied(), counts);
    }
}

#[test]
fn a_call_counts_if_zoom_was_asked_for_its_token() {
    within_an_hour();
    let good = json!({"meeting_id": "81000000001"});
    for fault in [
        Fault::Json { status: 400, body: r#"{"error":"invalid_client"}"#.into() },
        // The issued token has ended already.
        Fault::Token(jwt(&json!({"exp": 1}))),
    ] {
        // The server keeps its token ahead of time too, and may be the one that asks in place of the call.
        let is_denied = (0..3).any(|_| {
            let sandbox = sandbox();
            let home = under(&sandbox, &at_most(1, "get_meeting"));
            let mut session = start(&home);
            let env = home.env_text();
            sandbox.fail(Endpoint::Token, fault.clone(), 1);
            home.write_env(&without(&env, &["ZOOM_ACCESS_TOKEN"]));
            assert!(!session.call("get_meeting", good.clone()).fails(&[]).is_denied());
            home.write_env(&env);
            let is_denied = session.call("get_meeting", good.clone()).is_denied();
            assert_eq!(api_calls(&sandbox).is_empty(), is_denied);
            is_denied
        });
        assert!(is_denied);
    }
}

#[test]
fn a_cancelled_call_counts_once_it_was_sent() {
    within_an_hour();
    let good = json!({"meeting_id": "81000000001"});
    let sandbox = sandbox();
    let sent = under(&sandbox, &at_most(1, "get_meeting"));
    let mut session = start(&sent);
    sandbox.fail(Endpoint::Api, Fault::Never, 1);
    let call = session.send("get_meeting", &good);
    wait_until("it", || api_calls(&sandbox).len() == 1);
    session.cancel(call);
    thread::sleep(Duration::from_millis(300));
    assert!(session.call("get_meeting", good.clone()).is_denied());
    assert_eq!(api_calls(&sandbox).len(), 1);

    // Whoever still waited for a token has asked the API for nothing.
    let waiting = under(&sandbox, &at_most(1, "get_meeting"));
    let env = waiting.env_text();
    waiting.write_env(&without(&env, &["ZOOM_ACCESS_TOKEN"]));
    // Before the server runs, which asks by itself as soon as it does.
    sandbox.fail(Endpoint::Token, Fault::Never, 1);
    let mut session = start(&waiting);
    let call = session.send("get_meeting", &good);
    assert!(sandbox.wait_for_token_requests(1, SOON));
    assert!(session.call("get_meeting", good.clone()).is_denied(), "it counts while it is under way");
    session.cancel(call);
    waiting.write_env(&env);
    wait_until("it", || !session.call("get_meeting", good.clone()).is_error);
    session.kill();
}
