//! `zoomtok doctor`: it finds what is wrong from the outside in, changes nothing, and shows no secret.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Endpoint, Fault, Options, Sandbox};

use crate::support::mcp_session::all_tools;
#[cfg(unix)]
use crate::support::mcp_session::wait_until;
#[cfg(unix)]
use crate::support::processes::start;
use crate::support::rows::{Raw, tree};
use crate::support::{Ended, Home, sandbox};

/// A home whose `.env` points at a sandbox, for nobody else to read, and that has no Claude of the machine.
fn home(sandbox: &Sandbox, more: &str) -> Home {
    private(Home::of(sandbox, more))
}

fn private(mut home: Home) -> Home {
    set_mode(&home, 0o600);
    home.set("CLAUDE_APP_NAME", home.work().join("no-app").to_str().unwrap());
    home
}

#[cfg(unix)]
fn set_mode(home: &Home, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(home.env_path(), fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_: &Home, _: u32) {}

/// A valid token, as a line of a `.env`.
fn valid(sandbox: &Sandbox) -> String {
    format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(3000))
}

/// Runs `doctor`, and sees that nothing secret is in what it says.
#[track_caller]
fn doctor(home: &Home, arguments: &[&str], code: i32) -> Ended {
    let ended = home.run([&["doctor"], arguments].concat()).expect(code).quietly();
    let mut secrets = vec![CLIENT_SECRET.to_owned(), CLIENT_ID.into(), ACCOUNT_ID.into(), "canary".into()];
    secrets.extend(["ZOOM_ACCESS_TOKEN", "ZOOM_REFRESH_TOKEN"].iter().filter_map(|name| home.value(name)));
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        assert!(!ended.stdout.contains(secret), "{secret} is in {}", ended.stdout);
    }
    ended
}

/// Fails unless all of these are said.
#[track_caller]
fn says(ended: &Ended, parts: &[&str]) {
    for part in parts {
        assert!(ended.stdout.contains(part), "{part:?} is not in\n{}", ended.stdout);
    }
}

/// Puts a configuration where Claude Desktop is looked for.
fn configure(home: &mut Home, server: &Value) -> PathBuf {
    let path = home.work().join("claude.json");
    fs::write(&path, json!({"mcpServers": {"zoom": server}}).to_string()).unwrap();
    home.set("CLAUDE_CONFIG_FILE", path.to_str().unwrap());
    path
}

#[test]
fn a_fresh_machine_lacks_credentials_first() {
    let sandbox = sandbox();
    let mut home = Home::empty();
    home.set("ZOOM_OAUTH_URL", &sandbox.oauth_url());
    let ended = home.run(["doctor"]).expect(3).quietly();
    says(&ended, &["⚠️  there is no .env", "❌ no credentials: ", "⚠️  there is no token yet"]);
    says(&ended, &["zoomtok get fetches one once the credentials are right"]);
    assert_eq!(ended.stdout.matches('❌').count(), 1, "{}", ended.stdout);
    assert!(home.names().is_empty(), "{:?}", home.names());
    assert!(!home.state().exists());
}

#[test]
fn a_healthy_setup_is_left_unchanged_and_no_token_is_requested() {
    let sandbox = sandbox();
    let mut home = home(&sandbox, &valid(&sandbox));
    let token = home.value("ZOOM_ACCESS_TOKEN").unwrap();
    // A program that exists on every machine that runs this.
    let server =
        json!({"command": env!("CARGO_BIN_EXE_zoomtok"), "args": ["x"], "env": {"ZOOM_ACCESS_TOKEN": token}});
    let config = configure(&mut home, &server);
    home.is_for_secrets(&config);
    let below = home.work().parent().unwrap().to_owned();
    let look = || tree(&below).into_iter().map(|path| (fs::read(&path).ok(), path)).collect::<Vec<_>>();
    let before = look();
    let ended = doctor(&home, &[], 0);
    assert!(!ended.stdout.contains('⚠') && !ended.stdout.contains('👉'), "{}", ended.stdout);
    says(&ended, &["the first one found", "the credentials of a Server-to-Server OAuth app are all there"]);
    says(
        &ended,
        &["127.0.0.1 answers", "clock agrees", "the token is valid until", "Zoom's API takes the token"],
    );
    says(
        &ended,
        &["the program of mcpServers.zoom is there", "has the token of .env", "Claude Desktop does not run"],
    );
    assert_eq!(doctor(&home, &["-q"], 0).stdout, "");
    assert!(look() == before, "doctor has changed something");
    assert!(sandbox.token_requests().is_empty());
}

#[test]
fn a_token_is_fetched_only_on_demand_and_only_if_the_old_one_does_not_do() {
    let sandbox = sandbox();
    let home = home(&sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(-60)));
    says(&doctor(&home, &[], 0), &["⚠️  the token has expired", "👉 zoomtok get fetches a new one"]);
    assert!(sandbox.token_requests().is_empty());
    says(
        &doctor(&home, &["--fetch"], 0),
        &["✅ Zoom issued a new token", "✅ the token is valid until", "has the scopes"],
    );
    let fetched = home.value("ZOOM_ACCESS_TOKEN").unwrap();
    assert!(sandbox.accepts(&fetched));
    doctor(&home, &["--fetch"], 0);
    assert_eq!(home.value("ZOOM_ACCESS_TOKEN"), Some(fetched));
    sandbox.revoke_all();
    says(&doctor(&home, &[], 1), &["❌ Zoom's API no longer takes the token"]);
    doctor(&home, &["--fetch"], 0);
    assert_eq!(sandbox.token_requests().len(), 2);
}

#[test]
fn a_refresh_token_is_not_spent_for_a_look() {
    let sandbox = sandbox();
    let home = private(Home::of_user(&sandbox, ""));
    let before = sandbox.refresh_token();
    says(&doctor(&home, &[], 0), &["the credentials of a user-authorised app"]);
    assert_eq!(sandbox.refresh_token(), before);
    doctor(&home, &["--fetch"], 0);
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token());
    assert_ne!(sandbox.refresh_token(), before);
}

#[test]
fn a_refusal_of_zoom_is_reported_with_what_to_fix() {
    let sandbox = sandbox();
    for (name, value, part) in [
        ("ZOOM_CLIENT_SECRET", "canary-secret", "it does not know this client id and client secret"),
        ("ZOOM_ACCOUNT_ID", "canary-account", "this app cannot use this account id"),
    ] {
        let mut home = home(&sandbox, "");
        home.set(name, value);
        home.set("ZOOM_ENV_FILE", home.env_path().to_str().unwrap());
        says(&doctor(&home, &["--fetch"], 4), &["❌ Zoom refused", part, "👉 Copy"]);
        // It is remembered, also for who only looks.
        let ended = doctor(&home, &[], 0);
        says(&ended, &["⚠️  the last attempt to fetch a token failed", part, "has another value too"]);
    }
    let wrong_type = r#"{"reason":"unsupported grant type","error":"unsupported_grant_type"}"#;
    let fault = Fault::Json { status: 400, body: wrong_type.into() };
    sandbox.fail(Endpoint::Token, fault, 1);
    says(
        &doctor(&home(&sandbox, ""), &["--fetch"], 4),
        &["the credentials are for another type of app", "👉 ZOOM_ACCOUNT_ID belongs to a Server-to-Server"],
    );
}

#[test]
fn without_a_network_the_rest_is_looked_at() {
    let port = sandbox().port();
    let away = format!("ZOOM_OAUTH_URL=http://127.0.0.1:{port}\nZOOM_API_URL=http://127.0.0.1:{port}/v2\n");
    let gone = sandbox();
    let mut home = home(&gone, &format!("{away}{}", valid(&gone)));
    configure(&mut home, &json!({"command": "/none/node", "env": {"ZOOM_ACCESS_TOKEN": "canary"}}));
    let ended = doctor(&home, &["--fetch"], 5);
    says(&ended, &["❌ 127.0.0.1 cannot be reached", "👉 Check the network", "the token is valid until"]);
    says(&ended, &["/none/node", "👉 Run zoomtok update-claude"]);
    assert_eq!(ended.stdout.matches('❌').count(), 1, "{}", ended.stdout);
}

#[test]
fn a_zoom_that_is_broken_does_not_count_as_reached() {
    let sandbox = sandbox();
    let answer = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let broken = Raw::start(Some(answer.to_vec()));
    let home = home(&sandbox, &format!("ZOOM_OAUTH_URL={}\n{}", broken.url, valid(&sandbox)));
    let ended = doctor(&home, &["--fetch"], 5);
    says(
        &ended,
        &["❌ 127.0.0.1 answered with HTTP 503", "👉 Check the network", "the token is valid until"],
    );
    assert!(sandbox.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it() {
    let sandbox = sandbox();
    let home = home(&sandbox, &valid(&sandbox));
    sandbox.fail(Endpoint::Api, Fault::Never, 1);
    let mut running = start(&home, &["doctor"]);
    wait_until("the question to the API", || sandbox.requests().len() == 2);
    running.signal("INT");
    assert_eq!(running.end().expect(130).says(&["interrupted"]).stdout, "");
}

#[test]
fn an_unreadable_file_hides_only_its_own_contents() {
    let sandbox = sandbox();
    let home = private(Home::with_env("# mine\nZOOM_CLIENT_SECRET=\"canary\nZOOM_CLIENT_ID=canary\n"));
    let ended = doctor(&home, &[], 3);
    says(&ended, &["❌ ", "line 2", "👉 Fix it by hand", "✅ a new token can be stored"]);
    assert!(!ended.stdout.contains("credentials"), "{}", ended.stdout);
    assert!(sandbox.requests().is_empty());
}

#[test]
fn all_invalid_settings_are_reported() {
    let sandbox = sandbox();
    let mut home =
        home(&sandbox, "ZOOM_TOKEN_THRESHOLD=canary\nZOOM_CLEINT_ID=canary\nZOOM_REFRESH_TOKEN=canary\n");
    home.set("ZOOM_CLIENT_ID", "\"canary\"").set("ZOOM_AUTO_REFRESH_THRESHOLD", "-5");
    let ended = doctor(&home, &[], 3);
    says(&ended, &["❌ ZOOM_CLIENT_ID (set in the environment) begins or ends with a quote"]);
    says(&ended, &["❌ ZOOM_TOKEN_THRESHOLD (", ".env, line 6)", "❌ ZOOM_AUTO_REFRESH_THRESHOLD (set in"]);
    says(&ended, &["ZOOM_CLEINT_ID", "👉 If ZOOM_CLIENT_ID is meant", "are both set"]);
}

#[test]
fn a_token_of_another_account_and_an_exported_one_are_reported() {
    let sandbox = sandbox();
    let mut home = home(&sandbox, &valid(&sandbox));
    home.set("ZOOM_ACCESS_TOKEN", &sandbox.mint(600));
    home.set("ZOOM_ACCOUNT_ID", "canary-account");
    home.set("ZOOM_ENV_FILE", home.env_path().to_str().unwrap());
    says(
        &doctor(&home, &[], 0),
        &["⚠️  another ZOOM_ACCESS_TOKEN is exported", "issued for another account"],
    );
}

#[test]
fn clock_skew_is_reported() {
    let sandbox = Sandbox::start(Options { clock_offset: 600, ..Options::default() }).unwrap();
    let ended = doctor(&home(&sandbox, ""), &[], 0);
    assert!(
        (595..605).any(|seconds| ended.stdout.contains(&format!("clock is {seconds} s slow"))),
        "{}",
        ended.stdout
    );
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_are_reported() {
    let sandbox = sandbox();
    let home = home(&sandbox, &valid(&sandbox));
    set_mode(&home, 0o644);
    let real = home.work().join("real");
    fs::rename(home.env_path(), &real).unwrap();
    home.is_for_secrets(&real);
    std::os::unix::fs::symlink("real", home.env_path()).unwrap();
    let ended = doctor(&home, &["-q"], 0).stdout;
    assert_eq!(ended.lines().count(), 2, "{ended}");
    assert!(ended.contains("(mode 644)\n   👉 chmod 600 "), "{ended}");
    says(&doctor(&home, &[], 0), &["is a symbolic link, which stays"]);
}

#[test]
fn leftovers_of_a_killed_process_and_a_held_lock_are_reported() {
    let sandbox = sandbox();
    let home = home(&sandbox, &valid(&sandbox));
    fs::write(home.work().join(".env.zoomtok-tmp"), "canary").unwrap();
    says(&doctor(&home, &[], 0), &["⚠️  a process that was killed has left", ".env.zoomtok-tmp"]);
    let lock = fs::File::create(home.work().join(".env.lock")).unwrap();
    lock.lock().unwrap();
    let ended = doctor(&home, &[], 0);
    says(&ended, &["⚠️  another zoomtok holds ", "for how long already is not known"]);
    assert!(!ended.stdout.contains("was killed"), "{}", ended.stdout);
}

#[test]
fn a_file_in_place_of_the_state_directory_is_reported() {
    let sandbox = sandbox();
    let home = home(&sandbox, &valid(&sandbox));
    fs::write(home.state(), "").unwrap();
    let ended = home.run(["doctor"]);
    says(&ended, &["state.json"]);
    assert!(!ended.stdout.contains("what lasts between runs is kept in"), "{}", ended.stdout);
}

#[test]
fn servers_of_both_kinds_are_known() {
    let sandbox = sandbox();
    let mut home = home(&sandbox, &valid(&sandbox));
    let node = json!({"command": "no-such-node", "args": ["canary"], "env": {"ZOOM_ACCESS_TOKEN": "canary"}});
    let config = configure(&mut home, &node);
    let ended = doctor(&home, &[], 0);
    says(
        &ended,
        &["⚠️  the program of mcpServers.zoom is not found: no-such-node", "has another token than .env"],
    );
    home.run(["mcp", "--install"]).expect(0);
    let ended = doctor(&home, &[], 0);
    says(&ended, &["✅ the program of mcpServers.zoom is there", "reads .env by itself and needs no token"]);
    fs::write(home.work().join("other"), "").unwrap();
    says(
        &doctor(&home, &["--env-file", "other"], 3),
        &["reads another .env than this", "named by --env-file"],
    );
    fs::write(&config, "{\"canary\": \n").unwrap();
    says(&doctor(&home, &[], 3), &["❌ ", "claude.json, line 2"]);
    fs::remove_file(&config).unwrap();
    says(&doctor(&home, &[], 3), &["❌ Claude's configuration does not exist"]);
}

#[test]
fn an_invalid_policy_is_reported_wherever_it_is_named() {
    let sandbox = sandbox();
    let mut home = home(&sandbox, &valid(&sandbox));
    let policy = home.work().join("policy.json");
    fs::write(&policy, r#"{"version": "1", "default": "canary"}"#).unwrap();
    let path = policy.to_str().unwrap();
    let server = json!({"command": env!("CARGO_BIN_EXE_zoomtok"), "args": ["mcp", "--policy", path]});
    configure(&mut home, &server);
    says(&doctor(&home, &[], 3), &["is not a valid policy", "👉 zoomtok policy check "]);
    home.set("ZOOM_POLICY_FILE", path);
    let ended = doctor(&home, &[], 3);
    assert_eq!(ended.stdout.matches("is not a valid policy").count(), 1, "{}", ended.stdout);
    fs::write(&policy, r#"{"version": "1", "default": "allow"}"#).unwrap();
    says(
        &doctor(&home, &[], 0),
        &[
            &format!("is a valid policy: {0} of {0} tools may be called", all_tools()),
            "policy.json (ZOOM_POLICY_FILE, set in the environment)",
        ],
    );
}

#[test]
fn programs_get_the_same_as_json() {
    let sandbox = sandbox();
    let home = home(&sandbox, "ZOOM_CLIENT_ID=' canary'\n");
    let printed: Value = serde_json::from_str(&doctor(&home, &["--json"], 3).stdout).unwrap();
    assert_eq!((&printed["version"], &printed["code"]), (&json!(1), &json!(3)));
    let findings = printed["findings"].as_array().unwrap();
    let bad: Vec<_> = findings.iter().filter(|finding| finding["level"] == "error").collect();
    assert_eq!(bad.len(), 1, "{findings:?}");
    assert_eq!(bad[0]["check"], "settings");
    assert!(bad[0]["message"].as_str().unwrap().contains("begins or ends with white space"));
    assert!(bad[0]["hint"].as_str().unwrap().starts_with("Copy it again"));
    let names: Vec<_> = findings.iter().map(|finding| finding["check"].as_str().unwrap()).collect();
    assert_eq!(names[..2], ["program", "env_file"]);
    assert!(findings.iter().all(|finding| (finding["level"] == "ok") == finding["hint"].is_null()));
}
