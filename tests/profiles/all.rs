//! `watch --all` and `doctor --all`: every account, and none that stops another.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use super::{file, put, value};
use crate::mcp::install::home_with;
use crate::support::processes::Running;
use crate::support::{Home, assert_exchanges, credentials, sandbox};

/// A `watch --all --json` that runs, and its events.
struct Watching {
    running: Running,
    events: Receiver<Value>,
    seen: Vec<Value>,
}

impl Watching {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut running = home.start([&["watch", "--all", "--json", "--interval", "1"], arguments].concat());
        let stdout = BufReader::new(running.stdout());
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        Self { running, events, seen: Vec::new() }
    }

    /// Waits for an event of this account; `profile` is null for the `.env` without one.
    #[track_caller]
    fn sees(&mut self, event: &str, profile: &Value) -> Value {
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            match self.events.recv_timeout(Duration::from_millis(100)) {
                Ok(value) => {
                    self.seen.push(value.clone());
                    if value["event"] == event && &value["profile"] == profile {
                        return value;
                    }
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                error => panic!("no {event} of {profile}: {error:?} after {:#?}", self.seen),
            }
        }
    }
}

fn token(sandbox: &Sandbox, left: i64) -> String {
    format!("{}ZOOM_ACCESS_TOKEN={}\n", credentials(sandbox), sandbox.mint(left))
}

#[test]
fn each_account_is_refreshed_by_its_own_schedule_whatever_becomes_of_the_others() {
    let [own, good, bad, late] = [(); 4].map(|()| sandbox());
    bad.fail(Endpoint::Token, Fault::Status(503), u32::MAX);
    let home = Home::of(&own, "");
    put(&home, "good", &token(&good, -5));
    put(&home, "bad", &token(&bad, -5));
    put(&home, "broken", "ZOOM_CLIENT_ID='\n");
    put(&home, "wrong", "ZOOM_AUTO_REFRESH_THRESHOLD=abc\n");
    let mut watching = Watching::start(&home, &["--no-claude"]);
    watching.sees("refresh_done", &json!("good"));
    // Which may have come before that of the other.
    let mut is_seen = |event: &str, profile: Value| {
        let is_it = |value: &Value| value["event"] == event && value["profile"] == profile;
        watching
            .seen
            .iter()
            .find(|value| is_it(value))
            .cloned()
            .unwrap_or_else(|| watching.sees(event, &profile))
    };
    is_seen("refresh_done", Value::Null);
    is_seen("refresh_failed", json!("bad"));
    assert!(is_seen("warning", json!("broken"))["message"].as_str().unwrap().contains("broken.env, line 1"));
    assert!(
        is_seen("warning", json!("wrong"))["message"].as_str().unwrap().contains("is not a whole number")
    );
    assert!(good.accepts(&value(&home, "good", "ZOOM_ACCESS_TOKEN").unwrap()));
    assert!(own.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));

    // One that is made, one that is mended and one that is removed meanwhile.
    put(&home, "late", &credentials(&late));
    watching.sees("refresh_done", &json!("late"));
    put(&home, "wrong", &token(&late, 3000));
    watching.sees("status", &json!("wrong"));
    home.run(["profile", "remove", "-y", "good"]).expect(0);
    let told = watching.sees("warning", &json!("good"));
    assert!(told["message"].as_str().unwrap().contains("was removed"), "{told}");
    // It is not brought back, and comes back when it is made again.
    watching.sees("status", &json!("late"));
    assert!(!file(&home, "good").exists());
    put(&home, "good", &token(&good, 3000));
    watching.sees("status", &json!("good"));

    #[cfg(unix)]
    {
        watching.running.signal("TERM");
        assert_eq!(watching.sees("ended", &Value::Null)["signal"], 15);
    }
    let ends = watching.seen.iter().filter(|value| value["event"] == "ended").count();
    assert_eq!(ends, usize::from(cfg!(unix)));
    // Only what is new is told of what could not be watched.
    let told = watching.seen.iter().filter(|value| value["profile"] == "broken").count();
    assert_eq!(told, 1);
    #[cfg(unix)]
    watching.running.end().expect(0);
    #[cfg(not(unix))]
    watching.running.kill();
}

#[test]
fn once_looks_at_all_of_them_and_gives_the_code_of_the_first_that_is_not_well() {
    let [own, work, home_zoom] = [(); 3].map(|()| sandbox());
    let home = Home::of(&own, "");
    put(&home, "work", &credentials(&work));
    put(&home, "a-slow-one", &credentials(&home_zoom));
    let once = ["watch", "--all", "--once", "--no-claude"];
    let said = home.run(once).expect(0).quietly().stdout;
    for label in [".env: ", "work: ", "a-slow-one: "] {
        let done = format!("{label}✅ Token refresh complete!");
        assert!(said.contains(&done), "{done:?} is not in {said}");
    }
    assert!(said.lines().all(|line| line.contains(": ")), "{said}");
    for sandbox in [&own, &work, &home_zoom] {
        assert_exchanges(sandbox, 1);
    }
    put(&home, "broken", "ZOOM_CLIENT_ID='\n");
    work.fail(Endpoint::Token, Fault::Status(503), u32::MAX);
    put(&home, "failing", &token(&work, -5));
    let ended = home.run(once).expect(3);
    assert!(
        ended.stdout.contains("broken: ⚠️  ") && ended.stdout.contains("failing: ❌ "),
        "{}",
        ended.stdout
    );
    fs::remove_file(file(&home, "broken")).unwrap();
    home.run(["watch", "--all", "--profile", "work"]).expect(2);

    let nobody = Home::empty();
    let said = nobody.run(once).expect(3).stdout;
    assert!(said.contains("there is no account to watch"), "{said}");
}

#[test]
fn a_reader_that_goes_away_ends_all_of_it() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    put(&home, "work", &token(&sandbox, 3000));
    let mut running = home.start(["watch", "--all", "--no-claude", "--interval", "1"]);
    assert!(BufReader::new(running.stdout()).lines().next().is_some());
    let deadline = Instant::now() + Duration::from_secs(20);
    while running.runs() {
        assert!(Instant::now() < deadline, "it goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
    running.end().expect(0).quietly();
}

#[test]
fn claude_gets_the_token_of_a_profile_only_where_the_profile_says_so() {
    let server =
        |name: &str| format!(r#""{name}": {{"command": "node", "env": {{"ZOOM_ACCESS_TOKEN": "old"}}}}"#);
    let config = format!("{{\"mcpServers\": {{{}, {}, {}}}}}", server("zoom"), server("zoom-a"), server("b"));
    let sandbox = sandbox();
    let home = home_with(&config);
    fs::remove_file(home.env_path()).unwrap();
    put(&home, "a", &credentials(&sandbox));
    put(&home, "b", &format!("{}CLAUDE_MCP_SERVER_NAME=b\n", credentials(&sandbox)));
    home.run(["watch", "--all", "--once", "--no-restart"]).expect(0);
    let config: Value = serde_json::from_str(&home.config()).unwrap();
    let held =
        |name: &str| config["mcpServers"][name]["env"]["ZOOM_ACCESS_TOKEN"].as_str().unwrap().to_owned();
    assert_eq!((held("zoom"), held("zoom-a")), ("old".into(), "old".into()));
    assert_eq!(Some(held("b")), value(&home, "b", "ZOOM_ACCESS_TOKEN"));
    // By itself it has the server of its own name.
    home.run(["update-claude", "--profile", "a"]).expect(0);
    let config: Value = serde_json::from_str(&home.config()).unwrap();
    let held = config["mcpServers"]["zoom-a"]["env"]["ZOOM_ACCESS_TOKEN"].as_str().unwrap();
    assert_eq!(Some(held), value(&home, "a", "ZOOM_ACCESS_TOKEN").as_deref());
}

#[test]
fn doctor_looks_at_all_accounts_and_says_whose_each_finding_is() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    home.set("CLAUDE_APP_NAME", home.work().join("no-app").to_str().unwrap());
    put(&home, "work", &token(&sandbox, 3000));
    put(&home, "bare", "ZOOM_CLIENT_ID=x\n");
    let said = home.run(["doctor", "--all"]).expect(3).quietly().stdout;
    for part in ["✅ zoomtok ", "work: ✅ the settings are in ", "bare: ❌ no credentials: "] {
        assert!(said.contains(part), "{part:?} is not in\n{said}");
    }
    assert_eq!(said.matches("✅ zoomtok ").count(), 1);
    let stdout = home.run(["doctor", "--all", "--json"]).expect(3).quietly().stdout;
    let found: Value = serde_json::from_str(&stdout).unwrap();
    let profiles = |check: &str| -> Vec<&Value> {
        let rows = found["findings"].as_array().unwrap().iter();
        rows.filter(|row| row["check"] == check).map(|row| &row["profile"]).collect()
    };
    assert_eq!(profiles("program"), [&Value::Null]);
    let of_files = profiles("env_file");
    for profile in [Value::Null, json!("work"), json!("bare")] {
        assert!(of_files.contains(&&profile), "{profile}: {of_files:?}");
    }
    home.run(["doctor", "--all", "--profile", "work"]).expect(2);
}
