//! `zoomtok check`: its verdict is its exit status, it asks nobody for a token, and it writes nothing but its log.
//!
//! Also claim 11, as far as one process shows it: a clock that is wrong costs one exchange and a warning.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, Endpoint, Fault, Options, Sandbox};

use crate::support::rows::{jwt, tree};
use crate::support::{Ended, Home, sandbox};

/// A token with so many seconds left.
fn token(left: i64) -> String {
    let now = Utc::now().timestamp();
    jwt(
        &json!({"iat": (now + left - 3600).min(now), "exp": now + left, "aid": ACCOUNT_ID, "iss": format!("zm:cid:{CLIENT_ID}")}),
    )
}

fn with_token(token: &str) -> Home {
    Home::with_env(&format!("ZOOM_ACCESS_TOKEN={token}\n"))
}

fn recorded(seconds: i64) -> String {
    (Utc::now() + chrono::TimeDelta::seconds(seconds)).to_rfc3339()
}

/// Everything below the home: when it was last written and what it holds.
fn snapshot(home: &Home) -> BTreeMap<PathBuf, (SystemTime, Option<Vec<u8>>)> {
    let mut paths = tree(home.work().parent().unwrap());
    paths.push(home.work().parent().unwrap().to_owned());
    let look = |path: PathBuf| {
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let content = path.is_file().then(|| fs::read(&path).unwrap());
        (path, (modified, content))
    };
    paths.into_iter().map(look).collect()
}

/// Runs `check`, which must leave everything as it is.
#[track_caller]
fn check(home: &Home, arguments: &[&str]) -> Ended {
    let before = snapshot(home);
    let ended = home.run([&["check"], arguments].concat());
    assert!(snapshot(home) == before, "check has written something");
    ended
}

#[test]
fn a_verdict_is_an_exit_status_and_a_line() {
    let near = token(30);
    for (env, code, line) in [
        (format!("ZOOM_ACCESS_TOKEN={}\n", token(3000)), 0, "✅ VALID: Token expires at "),
        (format!("ZOOM_ACCESS_TOKEN=\"{}\"\r\n", token(100)), 0, "remaining)"),
        (format!("ZOOM_ACCESS_TOKEN={near}\n"), 1, "⚠️  WARNING: Token expires soon (within 1m threshold)"),
        (format!("ZOOM_ACCESS_TOKEN={}\n", token(-1)), 1, "⏰ EXPIRED: Token expired at "),
        (format!("ZOOM_ACCESS_TOKEN={}\n", token(-100_000)), 1, "⏰ EXPIRED: Token expired at "),
        (String::new(), 1, "❌ MISSING: ZOOM_ACCESS_TOKEN not found in "),
        ("ZOOM_ACCESS_TOKEN=\n".into(), 1, "❌ MISSING: "),
        ("ZOOM_ACCESS_TOKEN=\"\"\n".into(), 1, "❌ MISSING: "),
        ("#ZOOM_ACCESS_TOKEN=x\n".into(), 1, "❌ MISSING: "),
        ("ZOOM_ACCESS_TOKEN='a b'\n".into(), 1, "❌ INVALID: "),
        ("ZOOM_ACCESS_TOKEN=opaque\n".into(), 1, "❌ INVALID: "),
        ("ZOOM_ACCESS_TOKEN=eyJhbGciOiJIUzUxMiJ9\n".into(), 1, "cut off"),
        ("ZOOM_ACCESS_TOKEN=eyJhbGciOiJIUzUxMiJ9.~~.c2ln\n".into(), 1, "base64url"),
        ("ZOOM_ACCESS_TOKEN=eyJhbGciOiJIUzUxMiJ9.W10.c2ln\n".into(), 1, "JSON object"),
        (format!("ZOOM_ACCESS_TOKEN={}\n", jwt(&json!({"exp": "soon"}))), 1, "❌ INVALID: "),
        (format!("ZOOM_ACCESS_TOKEN={}\n", jwt(&json!({"iat": 5}))), 1, "❌ INVALID: "),
        (format!("ZOOM_ACCESS_TOKEN={}\n", &near[..near.len() / 2]), 1, "❌ INVALID: "),
    ] {
        let home = Home::with_env(&env);
        let ended = check(&home, &[]).expect(code).quietly();
        assert!(ended.stdout.contains(line), "{env}: {}", ended.stdout);
        assert_eq!(check(&home, &["-q"]).expect(code).quietly().stdout, "", "{env}");
    }
}

#[test]
fn no_env_file_is_a_missing_token() {
    let home = Home::empty();
    for (arguments, path) in [(&[][..], home.env_path()), (&["--env-file", "none.env"], "none.env".into())] {
        let line = format!("❌ MISSING: ZOOM_ACCESS_TOKEN not found, and there is no {}\n", path.display());
        assert_eq!(check(&home, arguments).expect(1).quietly().stdout, line);
    }
}

#[test]
fn the_threshold_is_the_flags_then_the_environments_then_the_files() {
    let mut home = Home::with_env(&format!("ZOOM_ACCESS_TOKEN={}\nZOOM_TOKEN_THRESHOLD=700\n", token(600)));
    check(&home, &[]).expect(1);
    check(&home, &["-t", "500"]).expect(0);
    home.set("ZOOM_TOKEN_THRESHOLD", "500");
    check(&home, &[]).expect(0);
    let ended = check(&home, &["--threshold=800"]).expect(1);
    assert!(ended.stdout.contains("within 13m 20s threshold"), "{}", ended.stdout);
    check(&home, &["-t", "18446744073709551615"]).expect(1);
    check(&home, &["-t", "0"]).expect(0);
    check(&with_token(&token(0)), &["-t", "0"]).expect(1);
}

#[test]
fn usage_errors_are_2_and_unreadable_files_3() {
    let home = with_token(&token(600));
    for arguments in [&["-t", "abc"][..], &["-t", "-5"], &["-t", "1.5"], &["-t", ""], &["--print"], &["more"]]
    {
        assert_eq!(check(&home, arguments).expect(2).stdout, "", "{arguments:?}");
    }
    check(&Home::with_env("ZOOM_TOKEN_THRESHOLD=abc\n"), &[])
        .expect(2)
        .says(&["ZOOM_TOKEN_THRESHOLD", "line 1"]);
    let ended = check(&Home::with_env("A=1\nZOOM_ACCESS_TOKEN=\"x\n"), &[]).expect(3).says(&["line 2"]);
    assert_eq!(ended.stdout, "");
}

#[test]
fn only_with_v_a_line_is_appended_to_the_log() {
    let mut home = with_token(&token(600));
    let log = home.work().join("logs/zoom_token.log");
    let ended = home.run(["check", "-v"]).expect(0).quietly();
    assert!(ended.stdout.starts_with("🔍 Validating Zoom token (threshold: 1m)...\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains(", line 1\n   Token: eyJh..."), "{}", ended.stdout);
    let first = fs::read_to_string(&log).unwrap();
    assert_eq!(first.lines().count(), 1);
    let (time, rest) = first.split_once(' ').unwrap();
    DateTime::parse_from_rfc3339(time).unwrap();
    assert!(rest.starts_with("✅ VALID: Token expires at "), "{rest}");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&log).unwrap().permissions()) & 0o777,
        0o600
    );

    home.set("ZOOM_CHECK_VERBOSE", "0");
    home.run(["check", "-t", "700", "--json"]).expect(1);
    let second = fs::read_to_string(&log).unwrap();
    assert!(second.starts_with(&first) && second.lines().count() == 2, "{second}");
    assert!(second.contains("⚠️  WARNING"), "{second}");

    home.set("ZOOM_CHECK_VERBOSE", "");
    check(&home, &[]).expect(0);

    let elsewhere = home.work().join("a/b.log");
    home.set("ZOOM_CHECK_VERBOSE", "yes").set("ZOOM_CHECK_LOGFILE", elsewhere.to_str().unwrap());
    home.run(["check"]).expect(0);
    assert_eq!(fs::read_to_string(&elsewhere).unwrap().lines().count(), 1);
    assert_eq!(fs::read_to_string(&log).unwrap(), second);

    // A log that cannot be written is no reason to give another verdict.
    home.set("ZOOM_CHECK_LOGFILE", home.work().to_str().unwrap());
    home.run(["check"]).expect(0).says(&["warning", "cannot append to"]);
}

#[test]
fn the_environment_of_check_may_be_set_in_the_file() {
    let home = Home::with_env(&format!(
        "ZOOM_ACCESS_TOKEN={}\nZOOM_CHECK_VERBOSE=1\nZOOM_CHECK_LOGFILE=here.log\n",
        token(600)
    ));
    home.run(["check"]).expect(0);
    assert_eq!(home.names(), [".env", "here.log"]);
}

#[test]
fn check_asks_nobody() {
    let sandbox = sandbox();
    for life in [-10, 30, 3000] {
        let home = Home::with_token(&sandbox, life);
        check(&home, &[]);
        home.run(["check", "-v"]);
    }
    check(&Home::of(&sandbox, ""), &[]).expect(1);
    assert_eq!(sandbox.requests().len(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn check_opens_no_socket() {
    crate::support::needs::needs!(Strace);
    let home = with_token(&token(600));
    let trace = home.work().join("trace");
    let mut strace = std::process::Command::new("strace");
    strace.args(["-f", "-e", "trace=network", "-o"]).arg(&trace);
    let mut strace = crate::support::processes::within(strace, &home.command(["check"]));
    crate::support::ended(strace.output().unwrap()).expect(0);
    let traced = fs::read_to_string(&trace).unwrap();
    assert!(!traced.contains("socket") && traced.contains("exited with 0"), "{traced}");
}

/// The JSON of `check`, which must be one object on one line.
#[track_caller]
fn json_of(home: &Home, code: i32, arguments: &[&str]) -> Value {
    let path = home.env_path();
    let ended =
        check(home, &[&["--json", "--env-file", path.to_str().unwrap()], arguments].concat()).expect(code);
    assert_eq!(ended.stdout.lines().count(), 1);
    serde_json::from_str(&ended.stdout).unwrap()
}

#[test]
fn the_json_of_every_state_is_version_1() {
    let state = |home: &Home, status: &str, threshold: u64| {
        json!({
            "version": 1, "status": status, "valid": status == "valid", "threshold": threshold, "token": null,
            "expires_at": null, "seconds_left": null, "problem": null, "source": null,
            "env_file": home.env_path(), "live": null, "warnings": [],
        })
    };
    let home = Home::empty();
    assert_eq!(json_of(&home, 1, &[]), state(&home, "missing", 60));

    let home = Home::with_env("A=1\nZOOM_ACCESS_TOKEN=eyJhbGciOiJIUzUxMiJ9\n");
    let mut golden = state(&home, "malformed", 60);
    golden["problem"] = "it is a JWT that was cut off".into();
    golden["source"] = json!({"file": home.env_path(), "line": 2});
    assert_eq!(json_of(&home, 1, &[]), golden);

    for (exp, status, code, threshold) in [
        ("2001-09-09T01:46:40Z", "expired", 1, 60),
        ("9999-12-31T23:59:59Z", "valid", 0, 60),
        ("9999-12-31T23:59:59Z", "expiring", 1, u64::MAX),
    ] {
        let seconds = DateTime::parse_from_rfc3339(exp).unwrap().timestamp();
        let token = jwt(&json!({"exp": seconds}));
        let home = with_token(&token);
        let mut golden = state(&home, status, threshold);
        golden["token"] = format!("eyJh...{}", &token[token.len() - 4..]).into();
        golden["expires_at"] = exp.into();
        golden["source"] = json!({"file": home.env_path(), "line": 1});
        let mut json = json_of(&home, code, &["-t", &threshold.to_string()]);
        let left = json["seconds_left"].take().as_i64().unwrap();
        assert!((left - (seconds - Utc::now().timestamp())).abs() <= 2, "{left}");
        assert_eq!(json, golden);
    }

    let mut home = Home::with_env("");
    home.set("ZOOM_ACCESS_TOKEN", &token(600));
    assert_eq!(json_of(&home, 0, &[])["source"], "environment");
}

#[test]
fn live_asks_the_api() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 600);
    assert_eq!(json_of(&home, 0, &["--live"])["live"], true);
    let seen = &sandbox.requests()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/v2/users/me"));
    assert_eq!(seen.bearer, home.value("ZOOM_ACCESS_TOKEN"));

    for fault in [Fault::Status(503), Fault::CutBefore, Fault::Html(401), Fault::Html(200), Fault::Endless] {
        sandbox.fail(Endpoint::Api, fault, 1);
        assert_eq!(check(&home, &["--live"]).expect(5).says(&["could not get a token"]).stdout, "");
    }
    let scopeless =
        r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[user:read:user]."}"#;
    sandbox.fail(Endpoint::Api, Fault::Json { status: 400, body: scopeless.into() }, 1);
    check(&home, &["--live"]).expect(0);

    sandbox.revoke_all();
    let json = json_of(&home, 1, &["--live"]);
    assert_eq!(
        (json["status"].as_str(), &json["live"], &json["valid"]),
        (Some("rejected"), &json!(false), &json!(false))
    );
    let ended = check(&home, &["--live"]).expect(1).quietly();
    assert!(ended.stdout.starts_with("❌ INVALID: Zoom no longer takes this token"), "{}", ended.stdout);

    let asked = sandbox.requests().len();
    let expired = Home::with_token(&sandbox, -10);
    check(&expired, &["--live"]).expect(1);
    assert_eq!(sandbox.requests().len(), asked, "an expired token needs no asking");
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[test]
fn a_token_of_another_app_or_account_is_reported() {
    let home = |account: &str, client: &str| {
        Home::with_env(&format!(
            "ZOOM_CLIENT_ID={client}\nZOOM_ACCOUNT_ID={account}\nZOOM_ACCESS_TOKEN={}\n",
            token(600)
        ))
    };
    check(&home(ACCOUNT_ID, CLIENT_ID), &[]).expect(0).quietly();
    check(&home("other", CLIENT_ID), &[]).expect(0).says(&[
        "warning",
        "another account than ZOOM_ACCOUNT_ID",
        "line 2",
    ]);
    check(&home(ACCOUNT_ID, "other"), &[]).expect(0).says(&[
        "warning",
        "another app than ZOOM_CLIENT_ID",
        "line 1",
    ]);
    check(&home("other", CLIENT_ID), &["-q"]).expect(0).quietly();
    let json = json_of(&home("other", "other"), 0, &[]);
    assert_eq!(json["warnings"].as_array().unwrap().len(), 2);
}

#[test]
fn an_opaque_token_lives_by_its_record() {
    for (record, code) in [
        (Some(recorded(600)), 0),
        (Some(recorded(30)), 1),
        (Some(recorded(-600)), 1),
        (Some(recorded(365 * 86_400)), 1),
        (Some("soon".into()), 1),
        (None, 1),
    ] {
        let line = record.map_or_else(String::new, |time| format!("ZOOM_TOKEN_EXPIRES_AT={time}\n"));
        let home = Home::with_env(&format!("ZOOM_ACCESS_TOKEN=opaque.token-0123456789\n{line}"));
        check(&home, &[]).expect(code).quietly();
    }
}

#[test]
fn the_longer_lived_of_two_tokens_counts() {
    for (environment, file, code, source) in [
        (600, 3000, 0, "file"),
        (3000, 600, 0, "environment"),
        (-600, 600, 0, "file"),
        (600, -600, 0, "environment"),
        (-600, -60, 1, "file"),
    ] {
        let mut home = with_token(&token(file));
        home.set("ZOOM_ACCESS_TOKEN", &token(environment));
        let json = json_of(&home, code, &[]);
        let found = if json["source"] == "environment" { "environment" } else { "file" };
        assert_eq!(found, source, "{environment} {file}");
        let left = json["seconds_left"].as_i64().unwrap();
        assert!((left - environment.max(file)).abs() <= 2, "{left}");
    }
}

#[test]
fn times_at_the_ends_of_the_calendar_are_reported() {
    for (exp, code, text) in [
        (json!(0), 1, "EXPIRED: Token expired at 1970-01-01 00:00:00"),
        (json!(-86_400), 1, "EXPIRED: Token expired at 1969-12-31 00:00:00"),
        (json!(253_402_300_799_i64), 0, "VALID: Token expires at 9999-12-31 23:59:59"),
        (json!(i64::MAX), 1, "INVALID: "),
        (json!(i64::MIN), 1, "INVALID: "),
        (json!(1e300), 1, "INVALID: "),
    ] {
        let ended = check(&with_token(&jwt(&json!({"exp": exp}))), &[]).expect(code).quietly();
        assert!(ended.stdout.contains(text), "{exp}: {}", ended.stdout);
    }
}

// Claim 11

#[test]
fn a_wrong_clock_is_named_and_costs_one_exchange() {
    for clock_offset in [7200, -7200, 600, -600] {
        let sandbox = Sandbox::start(Options { clock_offset, ..Options::default() }).unwrap();
        let home = Home::of(&sandbox, "");
        let direction = if clock_offset > 0 { "slow" } else { "fast" };
        let ended = home.run(["get"]).expect(0).says(&["warning", "this machine's clock", direction]);
        let seconds = [0, 1, -1].map(|off| format!("clock is {} s ", clock_offset.abs() + off));
        assert!(seconds.iter().any(|seconds| ended.stderr.contains(seconds)), "{}", ended.stderr);
        home.run(["get"]).expect(0);
        home.run(["get", "-t", "3000"]).expect(0);
        assert_eq!(sandbox.token_requests().len(), 1, "{clock_offset}");
        let left = json_of(&home, 0, &[])["seconds_left"].as_i64().unwrap();
        assert!((3580..=3600).contains(&left), "{clock_offset}: {left}");
        // It really ends then, by Zoom's clock.
        assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    }
}

#[test]
fn a_wrong_clock_is_remembered_also_when_too_much_was_asked() {
    let sandbox = Sandbox::start(Options { clock_offset: -7200, ..Options::default() }).unwrap();
    let home = Home::of(&sandbox, "");
    home.run(["get", "-t", "4000"]).expect(2);
    home.run(["get"]).expect(0);
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn clock_skew_within_a_minute_is_not_reported() {
    for clock_offset in [30, -30] {
        let sandbox = Sandbox::start(Options { clock_offset, ..Options::default() }).unwrap();
        let home = Home::of(&sandbox, "");
        home.run(["get"]).expect(0).quietly();
        home.run(["get"]).expect(0).quietly();
        assert_eq!(sandbox.token_requests().len(), 1);
        let left = json_of(&home, 0, &[])["seconds_left"].as_i64().unwrap();
        assert!((3560..=3600).contains(&left), "{clock_offset}: {left}");
    }
}
