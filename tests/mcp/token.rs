//! The token of the server: shared with every zoomtok of the same `.env`, renewed in time, and never in the way.

use std::thread;
use std::time::Duration;

use serde_json::json;
use zoomtok::sandbox::{CLIENT_SECRET, Endpoint, Fault};

use crate::support::mcp_session::{SOON, Session, api_calls, token, wait_until};
use crate::support::processes::start;
use crate::support::{Home, assert_exchanges, replace_token, sandbox};

/// How long an exchange takes in which many processes are to be started, on a machine that is busy.
const LONG_ENOUGH: Duration = Duration::from_secs(4);

/// An answer of Zoom's that it does not accept the token.
fn not_taken() -> Fault {
    Fault::Json { status: 401, body: r#"{"code":124,"message":"Invalid access token."}"#.into() }
}

#[test]
fn two_servers_on_an_expired_token_ask_once() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, -10);
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(1)), 1);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut session = Session::start(&home, &["--no-watch"]);
                let answers = session.call_many("list_meetings", json!({}), 20);
                assert!(answers.iter().all(|answer| !answer.is_error), "{answers:?}");
                session.close();
            });
        }
    });
    assert_exchanges(&sandbox, 1);
    assert!(api_calls(&sandbox).iter().all(|seen| seen.bearer.as_deref() == Some(&token(&home))));
}

#[test]
fn a_server_a_get_and_a_watch_share_one_exchange() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, -10);
    sandbox.fail(Endpoint::Token, Fault::Slow(LONG_ENOUGH), 1);
    let mut session = Session::start(&home, &[]);
    assert!(sandbox.wait_for_token_requests(1, SOON));
    let watch = start(&home, &["watch", "--no-claude"]);
    let got = home.run(["get", "-f", "--print"]).expect(0).stdout;
    session.call("list_meetings", json!({})).ok();
    assert_eq!(got.trim_end(), token(&home));
    assert_eq!(api_calls(&sandbox)[0].bearer, Some(token(&home)));
    session.close();
    drop(watch);
    assert_exchanges(&sandbox, 1);
}

#[test]
fn twenty_gets_a_watch_and_two_servers_make_one_request() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, -10);
    sandbox.fail(Endpoint::Token, Fault::Slow(LONG_ENOUGH), 1);
    let watch = start(&home, &["watch", "--no-claude"]);
    let gets: Vec<_> = (0..20).map(|_| start(&home, &["get", "--print"])).collect();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut session = Session::start(&home, &[]);
                session.call("list_meetings", json!({})).ok();
                session.close();
            });
        }
    });
    for get in gets {
        assert_eq!(get.end().expect(0).quietly().stdout.trim_end(), token(&home));
    }
    drop(watch);
    assert_exchanges(&sandbox, 1);
    assert!(api_calls(&sandbox).iter().all(|seen| seen.bearer.as_deref() == Some(&token(&home))));
}

#[test]
fn the_token_is_refreshed_ahead_of_time_without_a_call() {
    // For a client every line is an error: good news is shown only on request.
    for (arguments, is_shown) in [(&["--watch"][..], true), (&[], false), (&["--no-watch"], false)] {
        let sandbox = sandbox();
        let home = Home::with_token(&sandbox, 100);
        let old = token(&home);
        let session = Session::start(&home, arguments);
        wait_until("a refresh", || token(&home) != old);
        if is_shown {
            session.wait_for("🔑 Token Status: ✅ ");
        } else {
            thread::sleep(Duration::from_millis(300));
        }
        // All of it exists at the end only.
        let stderr = session.leave().expect(0).stderr;
        assert_exchanges(&sandbox, 1);
        assert!(sandbox.accepts(&token(&home)));
        if !is_shown {
            assert_eq!(stderr.lines().count(), 1, "{stderr}");
            assert!(stderr.starts_with("📋 Policy: none is named; "), "{stderr}");
            continue;
        }
        let mask = |token: &str| format!("{}...{}", &token[..4], &token[token.len() - 4..]);
        let updated = format!("✅ Token updated: {} → {}", mask(&old), mask(&token(&home)));
        let mut rest = stderr.as_str();
        for line in [
            "━━━━━━━━━━",
            "🔑 Token Status: ⚠️ Expires in 1m 3",
            "⏳ Token expiring soon! Automatically refreshing...\n",
            "📝 Running: zoomtok get -f\n",
            "📋 Token fetched successfully\n",
            "🔄 Loading new token from .env\n",
            &updated,
            "✅ Token refresh complete! New token is now active.\n",
            "🔑 Token Status: ✅ Expires in 59m",
            "━━━━━━━━━━",
        ] {
            let at =
                rest.find(line).unwrap_or_else(|| panic!("{line:?} is not there, or not there: {stderr}"));
            rest = &rest[at..];
        }
        assert!(!stderr.contains("claude"), "{stderr}");
    }
}

#[test]
fn a_token_that_another_process_got_is_used_at_once() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 1000);
    let mut session = Session::start(&home, &["--no-watch"]);
    session.call("list_meetings", json!({})).ok();
    for left in [1000, 3000, 900] {
        replace_token(&home, &sandbox.mint(left));
        session.call("list_meetings", json!({})).ok();
        assert_eq!(api_calls(&sandbox).last().unwrap().bearer, Some(token(&home)));
    }
    assert_exchanges(&sandbox, 0);
    // Also where the first one has just been revoked, and the call with it is under way.
    let next = Duration::from_millis(500);
    sandbox.revoke_all();
    sandbox.fail(Endpoint::Api, Fault::Slow(next), 1);
    let before = api_calls(&sandbox).len();
    let call = session.send("list_meetings", &json!({}));
    wait_until("the call", || api_calls(&sandbox).len() > before);
    replace_token(&home, &sandbox.mint(3000));
    session.answer(call).ok();
    assert_eq!(api_calls(&sandbox).len(), before + 2);
    assert_exchanges(&sandbox, 0);
}

#[test]
fn a_revoked_token_costs_one_exchange_however_many_call() {
    for calls in [1, 50] {
        let sandbox = sandbox();
        let home = Home::with_token(&sandbox, 3000);
        let mut session = Session::start(&home, &["--no-watch"]);
        session.call("list_meetings", json!({})).ok();
        sandbox.revoke_all();
        let answers = session.call_many("list_meetings", json!({}), calls);
        assert!(answers.iter().all(|answer| !answer.is_error), "{answers:?}");
        assert_exchanges(&sandbox, 1);
        assert!(api_calls(&sandbox).len() <= 1 + 2 * calls);
        assert!(sandbox.accepts(&token(&home)));
        session.close();
    }
}

#[test]
fn a_token_that_zoom_never_accepts_is_reported_and_not_requested_repeatedly() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut session = Session::start(&home, &["--no-watch"]);
    sandbox.fail(Endpoint::Api, not_taken(), u32::MAX);
    let answer = session.call("list_meetings", json!({}));
    answer.fails(&[
        "Zoom's API does not accept the token",
        "rid=WEB_",
        "zoomtok get -f",
        "check that the app is activated",
    ]);
    assert_eq!(api_calls(&sandbox).len(), 2);
    assert_exchanges(&sandbox, 1);
    // The second try had the new one.
    assert_eq!(api_calls(&sandbox)[1].bearer, Some(token(&home)));
    sandbox.heal(Endpoint::Api);
    session.call("list_meetings", json!({})).ok();
    assert_exchanges(&sandbox, 1);
}

#[test]
fn a_call_on_a_revoked_token_reports_wrong_credentials() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    home.write_env(&home.env_text().replace("ZOOM_CLIENT_SECRET=", "ZOOM_CLIENT_SECRET=not"));
    let mut session = Session::start(&home, &["--no-watch"]);
    sandbox.revoke_all();
    // So that all of them wait for it: it is news for those who waited.
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(1)), 1);
    let answers = session.call_many("list_meetings", json!({}), 20);
    for answer in answers {
        answer.fails(&["ZOOM_CLIENT_SECRET"]);
    }
    assert_exchanges(&sandbox, 1);
}

#[test]
fn the_status_asks_zoom_for_the_token_only_on_demand_and_renews_nothing() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut session = Session::start(&home, &["--no-watch"]);
    let mut status = |live: bool| session.call("zoom_token_status", json!({"live": live})).ok().value;
    assert_eq!(status(false).get("live"), None);
    assert_eq!(sandbox.requests().len(), 0);
    assert_eq!(status(true)["live"], true);
    sandbox.revoke_all();
    assert_eq!(status(true)["live"], false);
    sandbox.fail(Endpoint::Api, Fault::Html(502), 1);
    session.call("zoom_token_status", json!({"live": true})).fails(&["502"]);
    assert_exchanges(&sandbox, 0);
}

#[test]
fn a_token_in_the_environment_serves_without_credentials_until_it_ends() {
    let sandbox = sandbox();
    let mut home = Home::with_env(&format!(
        "ZOOM_OAUTH_URL={}\nZOOM_API_URL={}\n",
        sandbox.oauth_url(),
        sandbox.api_url()
    ));
    home.set("ZOOM_ACCESS_TOKEN", &sandbox.mint(4));
    let before = home.env_text();
    let mut session = Session::start(&home, &["--no-watch"]);
    session.call("list_meetings", json!({})).ok();
    let status = session.call("zoom_token_status", json!({})).ok().value;
    assert_eq!(status["state"], "valid");
    assert!(status["credentials"].as_str().unwrap().contains("ZOOM_CLIENT_ID"), "{status}");
    wait_until("its end", || session.call("zoom_token_status", json!({})).value["state"] == "expired");
    session.call("list_meetings", json!({})).fails(&["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"]);
    assert_eq!(home.env_text(), before);
    assert_exchanges(&sandbox, 0);
    assert_eq!(session.close().matches("panicked").count(), 0);
}

#[test]
fn a_given_token_is_used_as_it_is_and_never_renewed_or_written() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let before = home.env_text();
    let mut session = Session::start(&home, &["--no-watch"]);
    for (tool, mut arguments) in [
        ("zoom_list_recordings", json!({})),
        ("zoom_get_recording_details", json!({"meeting_id": "81000000004"})),
        ("zoom_get_meeting_transcript", json!({"meeting_id": "sandboxQuarterReview00=="})),
    ] {
        let given = sandbox.mint(30);
        arguments["zoom_access_token"] = json!(given);
        let before = sandbox.requests().len();
        session.call(tool, arguments.clone()).ok();
        let seen = sandbox.requests();
        assert!(
            seen.len() > before && seen[before..].iter().all(|seen| seen.bearer.as_ref() == Some(&given))
        );

        let expired = sandbox.mint(-10);
        arguments["zoom_access_token"] = json!(expired);
        let before = sandbox.requests().len();
        session.call(tool, arguments).fails(&["does not accept the token"]);
        let seen = sandbox.requests();
        assert_eq!(seen.len(), before + 1, "{tool}");
        assert_eq!(seen[before].bearer, Some(expired));
    }
    assert_exchanges(&sandbox, 0);
    assert_eq!(home.env_text(), before);
}

#[test]
fn no_threshold_makes_every_call_an_exchange() {
    for left in [3000, -10] {
        let sandbox = sandbox();
        let home = Home::with_token(&sandbox, left);
        // Beyond the life of any token.
        home.write_env(&format!("{}ZOOM_TOKEN_THRESHOLD=7200\n", home.env_text()));
        let mut session = Session::start(&home, &["--no-watch"]);
        wait_until("a refresh", || left > 0 || sandbox.accepts(&token(&home)));
        for _ in 0..10 {
            session.call("list_meetings", json!({})).ok();
        }
        assert_exchanges(&sandbox, usize::from(left < 0));
    }
}

/// Stand-ins can be watched where an app can be ended politely.
#[cfg(unix)]
#[test]
fn claude_is_left_alone() {
    use crate::support::apps::Apps;

    let config = r#"{ "mcpServers": { "zoom": { "command": "node", "env": {} } } }"#;
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 100);
    let apps = Apps::new();
    let app = apps.app("Claude");
    let file = apps.path().join("claude_desktop_config.json");
    std::fs::write(&file, config).unwrap();
    home.set("CLAUDE_APP_NAME", app.to_str().unwrap()).set("CLAUDE_CONFIG_FILE", file.to_str().unwrap());
    let mut running = apps.start(&app, &[]);
    let mut session = Session::start(&home, &["--watch"]);
    session.wait_for("✅ Token refresh complete!");
    session.call("zoom_refresh_token", json!({})).ok();
    let said = session.close();
    assert!(!said.to_lowercase().contains("claude"), "{said}");
    assert!(running.runs());
    assert_eq!(apps.started().len(), 1);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), config);
}

#[test]
fn refused_credentials_are_not_tried_again_at_every_call() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, -100);
    let good = home.env_text();
    home.write_env(&good.replace(CLIENT_SECRET, "aSecretThatIsNotTheSandboxsOwn00"));
    let mut session = Session::start(&home, &["--no-watch"]);
    for _ in 0..10 {
        session.call("get_user", json!({"user_id": "me"})).fails(&["Zoom refused", "ZOOM_CLIENT_SECRET"]);
    }
    // One for the calls, and one for the server, which asks ahead of time.
    assert!((1..=2).contains(&sandbox.token_requests().len()), "{}", sandbox.token_requests().len());
    // With other credentials it is asked at once.
    home.write_env(&good);
    session.call("get_user", json!({"user_id": "me"})).ok();
}

#[test]
fn an_exported_token_that_zoom_refuses_costs_one_exchange() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    let revoked = sandbox.mint(100_000);
    sandbox.revoke_all();
    home.set("ZOOM_ACCESS_TOKEN", &revoked).set("ZOOM_ENV_FILE", ".env");
    let mut session = Session::start(&home, &["--no-watch"]);
    for _ in 0..4 {
        session.call("list_meetings", json!({})).ok();
    }
    session.close();
    assert_exchanges(&sandbox, 1);
    let with = |bearer: &str| {
        api_calls(&sandbox).iter().filter(|seen| seen.bearer.as_deref() == Some(bearer)).count()
    };
    assert!(with(&revoked) <= 1, "what Zoom has refused is not used again");
}

#[test]
fn an_api_that_refuses_every_token_costs_one_exchange() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    sandbox.fail(Endpoint::Api, not_taken(), u32::MAX);
    let mut session = Session::start(&home, &["--no-watch"]);
    for _ in 0..4 {
        session.call("list_meetings", json!({})).fails(&["token"]);
    }
    session.close();
    assert_exchanges(&sandbox, 1);
    // The old one, and the new one at each call: only Zoom knows whether it is valid by now.
    assert_eq!(api_calls(&sandbox).len(), 5);
}
