//! The command that hears events, and what one that misbehaves can do.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::login::terminal::Typist;
use crate::support::canaries::{Shows, assert_clean};
use crate::support::gateways;
use crate::support::mcp_session::Session;
use crate::support::processes::start;
use crate::support::{Home, sandbox};

const ONCE: [&str; 3] = ["watch", "--once", "--no-claude"];

/// A script in the home, which is the command for events from now on.
fn hear(home: &mut Home, script: &str) -> PathBuf {
    let path = home.work().join("hear.sh");
    fs::write(&path, script).unwrap();
    home.set("PATH", "/usr/bin:/bin").set("ZOOMTOK_ON_EVENT", "sh hear.sh");
    home.work().join("heard")
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[track_caller]
fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a process whose number a script has written down is gone.
fn is_gone(path: &Path) -> bool {
    let pid = fs::read_to_string(path).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    // A zombie waits for a reaper that a container may lack.
    status.map_or(true, |status| status.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
}

#[test]
fn it_gets_each_event_as_json_shows_it_and_no_secret() {
    let sandbox = sandbox();
    let mut home = Home::of_user(&sandbox, "");
    let secret = home.value("ZOOM_CLIENT_SECRET").unwrap();
    let heard = hear(&mut home, "cat >> heard; echo $ZOOMTOK_EVENT >> names; env >> environment\n");
    home.set("ZOOM_CLIENT_SECRET", &secret).set("MY_OWN", "kept");
    let printed = home.run(ONCE.iter().chain(&["--json"])).expect(0).quietly().stdout;
    let without_time = |line: &str| {
        let mut event: Value = serde_json::from_str(line).unwrap();
        event.as_object_mut().unwrap().remove("at").unwrap();
        event
    };
    let printed: Vec<Value> = printed.lines().map(without_time).collect();
    let told: Vec<Value> = lines(&heard).iter().map(|line| without_time(line)).collect();
    assert_eq!(told, printed);
    let names: Vec<&str> = printed.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(lines(&home.work().join("names")), names);
    assert_eq!(names, ["refresh_started", "token_updated", "refresh_done"]);
    let environment = fs::read_to_string(home.work().join("environment")).unwrap();
    assert_clean(&environment, Shows::Nothing, "the environment of the command");
    assert!(environment.contains("MY_OWN=kept") && !environment.contains("ZOOM_CLIENT_SECRET"));
    assert!(!environment.contains("ZOOMTOK_ON_EVENT"));
}

#[test]
fn no_lock_is_held_for_it_and_it_can_get_the_token_itself() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    let program = env!("CARGO_BIN_EXE_zoomtok");
    // One that watches would start itself again and again.
    let script = format!(
        "'{program}' get --force >/dev/null 2>&1; echo $ZOOMTOK_EVENT $? >> heard\n'{program}' watch --once --no-claude\n"
    );
    let heard = hear(&mut home, &script);
    home.run(ONCE).expect(0).quietly();
    assert_eq!(lines(&heard), ["refresh_started 0", "token_updated 0", "refresh_done 0"]);
}

#[test]
fn one_that_fails_is_a_warning_and_nothing_else() {
    let sandbox = sandbox();
    for (command, warning) in [
        ("/nowhere/at-all x y", "the command for events, /nowhere/at-all, was not run: it is not found"),
        ("/", "the command for events, /, was not run: it cannot be run"),
        ("false", "the command for events, false, failed with exit code 1"),
        ("sh -c 'kill -9 $$'", "the command for events, sh, failed with exit code 137"),
    ] {
        // Three events, and one warning.
        let mut home = Home::of(&sandbox, "");
        home.set("PATH", "/usr/bin:/bin");
        let ended = home.run(ONCE.iter().chain(&["--on-event", command])).expect(0);
        assert_eq!(ended.stderr, format!("zoomtok: warning: {warning}\n"));
    }
    for command in ["true", "sh -c 'exec 0<&-; exit 0'"] {
        let mut home = Home::of(&sandbox, "");
        home.set("PATH", "/usr/bin:/bin");
        home.run(ONCE.iter().chain(&["--on-event", command])).expect(0).quietly();
    }
    let home = Home::of(&sandbox, "");
    home.run(["watch", "--once", "--on-event", "sh 'x"]).expect(2);
}

#[test]
fn its_output_goes_nowhere() {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3600);
    let heard =
        hear(&mut home, "yes flood | head -c 5000000\nyes flood | head -c 5000000 >&2\necho $? >> heard\n");
    let ended = home.run(ONCE).expect(0).quietly();
    assert!(!ended.stdout.contains("flood"));
    assert_eq!(lines(&heard), ["0"]);
}

#[test]
fn it_has_no_terminal() {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3600);
    let heard = hear(&mut home, "(echo drawn > /dev/tty) 2>/dev/null; echo $? >> heard\n");
    let typist = Typist::start(&home, &ONCE);
    let shown = typist.end(0);
    assert!(!shown.contains("drawn"), "{shown}");
    assert!(matches!(lines(&heard).as_slice(), [code] if code != "0"), "{:?}", lines(&heard));
}

#[test]
fn what_it_leaves_behind_is_ended_with_it() {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3600);
    let heard = hear(&mut home, "sleep 600 & echo $! > heard\n");
    home.run(ONCE).expect(0).quietly();
    wait_until("the end of the child", || is_gone(&heard));
}

#[test]
fn one_that_hangs_is_ended_after_ten_seconds_with_its_children() {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3600);
    let heard = hear(&mut home, "trap '' TERM\nsleep 600 & echo $! > heard\nwhile :; do sleep 1; done\n");
    let begun = Instant::now();
    let ended = home.run(ONCE).expect(0);
    assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());
    ended.says(&["the command for events, sh, took longer than 10 s and was ended"]);
    wait_until("the end of the child", || is_gone(&heard));
}

#[test]
fn one_that_hangs_does_not_keep_a_watch_from_its_end() {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3600);
    let heard = hear(&mut home, "echo $$ > heard\nexec sleep 600\n");
    let mut watch = start(&home, &["watch", "--no-claude"]);
    wait_until("the command", || !lines(&heard).is_empty());
    let begun = Instant::now();
    watch.signal("TERM");
    watch.end().expect(0).quietly();
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    wait_until("its end", || is_gone(&heard));
}

#[test]
fn a_queue_behind_one_that_hangs_holds_up_the_end_for_seconds_only() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    let heard = hear(&mut home, "echo $ZOOMTOK_EVENT >> heard\nexec sleep 600\n");
    let begun = Instant::now();
    home.run(ONCE).expect(0);
    assert!(begun.elapsed() < Duration::from_secs(24), "{:?}", begun.elapsed());
    assert!(lines(&heard).len() >= 2, "{:?}", lines(&heard));
}

#[test]
fn a_gateway_tells_what_concerns_its_server() {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3600);
    let heard = hear(&mut home, "cat >> heard; env >> environment\n");
    home.set("MY_TOKEN", &home.value("ZOOM_ACCESS_TOKEN").unwrap());
    let policy = home.work().join("policy.json");
    let rules = json!({"version": "1", "default": "allow", "tools": {"read": {"approve": true}}});
    fs::write(&policy, rules.to_string()).unwrap();
    let options = ["--name", "told", "--token-env", "MY_TOKEN", "--policy", policy.to_str().unwrap()];
    let mut session = gateways::start(&home, &options);
    assert!(session.tools().contains(&"write".to_owned()));
    session.send("read", &json!({}));
    let told = |name: &str| {
        let events = lines(&heard).into_iter().map(|line| serde_json::from_str::<Value>(&line).unwrap());
        events.into_iter().find(|event| event["event"] == name)
    };
    wait_until("a call that waits", || told("approval_waiting").is_some());
    let waiting = told("approval_waiting").unwrap();
    assert_eq!((&waiting["tool"], &waiting["version"]), (&json!("read"), &json!(1)));
    home.run(["approval", "deny", waiting["id"].as_str().unwrap()]).expect(0);
    session.call("change", json!({})).ok();
    wait_until("a tool that is held back", || told("tool_held").is_some());
    assert_eq!(told("tool_held").unwrap()["tool"], "write");
    assert!(session.call("die", json!({})).is_error);
    wait_until("a restart", || told("server_restarted").is_some());
    assert_eq!(told("server_restarted").unwrap()["reason"], "ended");
    assert_eq!(told("server_restarted").unwrap()["gateway"], "told");
    session.forget();
    session.leave();
    let environment = fs::read_to_string(home.work().join("environment")).unwrap();
    assert!(!environment.contains("MY_TOKEN"), "a token that the server is to get in its own way");
    assert_clean(&environment, Shows::Nothing, "the environment of the command");
    assert_clean(fs::read_to_string(&heard).unwrap(), Shows::Nothing, "what the command hears");
}

#[test]
fn a_server_tells_what_happens_to_its_token_and_nothing_on_the_wire() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    let heard = hear(&mut home, "cat >> heard; echo '{}'; cat /dev/zero | head -c 100000 >&2\n");
    let mut session = Session::start(&home, &[]);
    wait_until("a new token", || lines(&heard).iter().any(|line| line.contains("token_updated")));
    session.call("zoom_token_status", json!({})).ok();
    session.leave();
    assert!(lines(&heard).iter().any(|line| line.contains(r#""event":"ended""#)), "{:?}", lines(&heard));
}

#[test]
fn a_found_env_cannot_name_it() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "ZOOMTOK_ON_EVENT='sh -c \"echo ran >> heard\"'\n");
    home.set("PATH", "/usr/bin:/bin");
    let ended = home.run(ONCE).expect(0);
    assert!(
        ended.stderr.contains("ZOOMTOK_ON_EVENT (") && ended.stderr.contains("does not count"),
        "{}",
        ended.stderr
    );
    assert!(lines(&home.work().join("heard")).is_empty());
    let path = home.env_path();
    home.run(ONCE.iter().chain(&["--env-file", path.to_str().unwrap()])).expect(0).quietly();
    assert_eq!(lines(&home.work().join("heard")).len(), 1);
}
