//! The watch as a process: what it does by itself, what it leaves to others, and how it ends.
//!
//! When it does what is shown by tables and on a manual clock in src/watch; here it runs.

use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant};

use serde_json::Value;
use zoomtok::sandbox::{Endpoint, Fault};

use crate::support::processes::{Running, start};
use crate::support::{Home, sandbox};

const QUIET: [&str; 3] = ["watch", "--no-claude", "--interval"];

/// A home whose token has so many seconds left.
#[track_caller]
fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn once_is_a_look_and_a_refresh_if_that_is_due() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let first = home.run(["watch", "--once", "--no-claude"]).expect(0).quietly().stdout;
    assert!(first.contains("⏳ No token yet!") && first.contains("✅ Token refresh complete!"), "{first}");
    let second = home.run(["watch", "--once", "--no-claude"]).expect(0).quietly().stdout;
    assert!(second.starts_with("🔑 Token Status: ✅ Expires in 59m"), "{second}");
    assert_eq!(second.lines().count(), 1);
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn once_gives_the_code_of_what_failed_and_the_cooldown_survives() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    sandbox.fail(Endpoint::Token, Fault::Status(503), u32::MAX);
    let failed = home.run(["watch", "--once", "--no-claude"]).expect(5).stdout;
    assert!(failed.contains("❌ Token refresh failed (1 of 3): "), "{failed}");
    assert_eq!(sandbox.token_requests().len(), 3, "the tries of one exchange");
    home.run(["watch", "--once", "--no-claude"]).expect(1);
    assert_eq!(sandbox.token_requests().len(), 3, "another watch knows of the attempt");
    home.run(["check"]).expect(1).says(&["the last attempt to fetch one failed at ", "HTTP 503"]);
    // A person who asks for it gets it.
    sandbox.heal(Endpoint::Token);
    home.run(["get"]).expect(0);
}

#[test]
fn each_variable_does_what_it_says() {
    let sandbox = sandbox();
    for (name, value, left, refreshed, shown) in [
        ("ZOOM_AUTO_REFRESH_THRESHOLD", "600", 500, 1, true),
        ("ZOOM_AUTO_REFRESH_THRESHOLD", "300", 500, 0, true),
        ("ZOOM_TOKEN_DISPLAY_INTERVAL", "0", 500, 0, false),
        ("ZOOM_TOKEN_DISPLAY_INTERVAL", "0", 200, 1, true),
        ("ZOOM_TOKEN_DISPLAY_INTERVAL", "120", 500, 0, true),
    ] {
        let before = sandbox.token_requests().len();
        let mut home = Home::with_token(&sandbox, left);
        home.set(name, value);
        let out = home.run(["watch", "--once", "--no-claude"]).expect(0).stdout;
        assert_eq!(sandbox.token_requests().len() - before, refreshed, "{name}={value} {left}");
        assert_eq!(out.contains("Token Status"), shown, "{name}={value} {left}: {out}");
        home.set(name, "abc");
        home.run(["watch", "--once"]).expect(2).says(&[name]);
    }
}

/// The lines that a watch prints, as they come.
fn lines(running: &mut Running) -> impl Iterator<Item = String> + use<> {
    BufReader::new(running.stdout()).lines().map(Result::unwrap)
}

#[test]
fn it_shows_at_the_interval_and_refreshes_at_the_threshold() {
    let sandbox = sandbox();
    // Starting it takes wine on a busy machine some seconds of these.
    let home = Home::with_token(&sandbox, 10);
    let mut running =
        start(&home, &["watch", "--no-claude", "--json", "--interval", "1", "--threshold", "4"]);
    let mut seen: Vec<Value> = Vec::new();
    for line in lines(&mut running) {
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event["version"], 1);
        assert!(event["at"].is_string());
        let done = event["event"] == "refresh_done";
        seen.push(event);
        if done {
            break;
        }
    }
    let names: Vec<&str> = seen.iter().map(|event| event["event"].as_str().unwrap()).collect();
    let statuses = names.iter().take_while(|name| **name == "status").count();
    assert!((2..=7).contains(&statuses), "{names:?}");
    assert_eq!(names[statuses..], ["refresh_started", "token_updated", "refresh_done"]);
    let left = seen[statuses]["seconds_left"].as_i64().unwrap();
    // It wakes within a second of the threshold, which wine may make two.
    assert!(left == 3 || cfg!(windows) && left == 2, "{left}");
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn it_ends_well_when_nobody_reads_it_any_more() {
    let sandbox = sandbox();
    for json in [false, true] {
        let home = Home::with_token(&sandbox, 3600);
        let mut arguments = vec!["watch", "--no-claude", "--interval", "1"];
        arguments.extend(json.then_some("--json"));
        let mut running = start(&home, &arguments);
        // As `head -1` does.
        assert!(lines(&mut running).next().is_some());
        wait_until("its end", || !running.runs());
        running.end().expect(0).quietly();
    }
    // A refresh that is due at that moment is left to others.
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[test]
fn an_unwritable_state_is_reported_once_and_stops_nothing() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, -5);
    std::fs::write(home.state(), "a file where a directory should be").unwrap();
    sandbox.fail(Endpoint::Token, Fault::Html(403), 1);
    let mut running = start(&home, &["watch", "--no-claude", "--interval", "1"]);
    let mut seen = Vec::new();
    for line in lines(&mut running) {
        let is_over = line.contains("Token Status")
            && seen.iter().any(|line: &String| line.contains("❌ Token refresh"));
        seen.push(line);
        if is_over {
            break;
        }
    }
    let reports = seen.iter().filter(|line| line.contains("state.json")).count();
    assert_eq!(reports, 1, "{seen:?}");
    drop(running);
    let once = home.run(["watch", "--no-claude", "--once"]).expect(0).quietly().stdout;
    assert!(once.contains("state.json") && once.contains("✅ Token refresh complete!"), "{once}");
    assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
}

#[test]
fn two_watches_share_the_work() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, -5);
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(1)), 1);
    let first = start(&home, &[&QUIET[..], &["60"]].concat());
    let second = start(&home, &[&QUIET[..], &["60"]].concat());
    wait_until("a new token", || sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(sandbox.token_requests().len(), 1);
    drop((first, second));
}

#[cfg(unix)]
mod signals {
    use super::*;
    use crate::support::processes::in_flight;

    /// Ends a watch, and looks how.
    #[track_caller]
    fn interrupt(mut running: Running, signal: &str) -> String {
        let sent = Instant::now();
        running.signal(signal);
        let ended = running.end().expect(0).quietly();
        assert!(sent.elapsed() < Duration::from_secs(1), "{:?}", sent.elapsed());
        assert!(ended.stdout.ends_with("👋 Watch ended.\n"), "{}", ended.stdout);
        ended.stdout
    }

    #[test]
    fn a_signal_ends_a_nap_an_exchange_and_a_wait_for_the_lock() {
        let sandbox = sandbox();
        for signal in ["INT", "TERM", "HUP"] {
            let idle = Home::with_token(&sandbox, 3600);
            let running = start(&idle, &[&QUIET[..], &["60"]].concat());
            std::thread::sleep(Duration::from_millis(300));
            interrupt(running, signal);

            let asking = Home::with_token(&sandbox, -5);
            let before = asking.env_text();
            let running = in_flight(&sandbox, &asking, &[&QUIET[..], &["60"]].concat(), Fault::Never);
            interrupt(running, signal);
            assert_eq!(asking.env_text(), before);
            assert_eq!(asking.names(), [".env", ".env.lock"]);

            let waiting = Home::with_token(&sandbox, -5);
            let holder = in_flight(&sandbox, &waiting, &["get"], Fault::Slow(Duration::from_secs(3)));
            let running = start(&waiting, &[&QUIET[..], &["60"]].concat());
            std::thread::sleep(Duration::from_millis(300));
            interrupt(running, signal);
            holder.end().expect(0);
        }
    }

    #[test]
    fn a_manual_get_is_seen_after_the_third_failure() {
        let sandbox = sandbox();
        let home = Home::with_token(&sandbox, 3600);
        let running = start(&home, &["watch", "--no-claude", "--interval", "1", "--threshold", "60"]);
        std::thread::sleep(Duration::from_millis(500));
        home.run(["get", "-f"]).expect(0);
        let token = home.value("ZOOM_ACCESS_TOKEN").unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        let output = interrupt(running, "INT");
        // Tokens are shown by their first and last four characters.
        let end = &token[token.len() - 4..];
        assert!(!output.contains(end), "a token that another process got is no event of the watch: {output}");
        assert_eq!(sandbox.token_requests().len(), 1);
    }
}

/// Windows keeps a reader of the watch's output waiting until the app that it has started ends, and has no polite
/// way to end a stand-in without a window; what can be shown there is in `claude_app.rs`.
#[cfg(unix)]
mod claude {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::support::apps::Apps;

    /// A Claude with a configuration, in a directory of its own.
    struct Claude {
        apps: Apps,
        app: PathBuf,
        config: PathBuf,
    }

    const CONFIG: &str = "{\n  \"mine\": 1e3,\n  \"mcpServers\": {\n    \"zoom\": { \"command\": \"node\", \"env\": {} }\n  }\n}\n";

    impl Claude {
        fn new(home: &mut Home) -> Self {
            let apps = Apps::new();
            let (app, config) = (apps.app("Claude"), apps.path().join("claude_desktop_config.json"));
            fs::write(&config, CONFIG).unwrap();
            home.set("CLAUDE_APP_NAME", app.to_str().unwrap());
            home.set("CLAUDE_CONFIG_FILE", config.to_str().unwrap());
            Self { apps, app, config }
        }

        fn holds(&self, token: &str) -> bool {
            fs::read_to_string(&self.config).unwrap().contains(token)
        }
    }

    #[test]
    fn a_new_token_is_handed_to_claude_which_is_restarted_as_it_ran() {
        let sandbox = sandbox();
        let mut home = Home::with_token(&sandbox, 30);
        let claude = Claude::new(&mut home);
        let _first = claude.apps.start(&claude.app, &["--as", "it ran"]);
        let output = home.run(["watch", "--once"]).expect(0).quietly().stdout;
        assert!(
            output.contains("⚙️  Running: zoomtok update-claude\n🚀 Running: zoomtok restart-claude\n"),
            "{output}"
        );
        assert!(claude.holds(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
        assert!(fs::read_to_string(&claude.config).unwrap().contains("\"mine\": 1e3"));
        let started = claude.apps.started();
        assert_eq!(started.len(), 2, "{started:?}");
        assert!(
            started[1].rest.ends_with("--as it ran") && started[1].rest.contains("token=false"),
            "{started:?}"
        );
    }

    #[test]
    fn a_claude_that_does_not_run_is_not_started_and_one_that_is_to_be_left_alone_is() {
        let sandbox = sandbox();
        for (arguments, runs, updated) in [
            (&["watch", "--once"][..], false, true),
            (&["watch", "--once", "--no-restart"], true, true),
            (&["watch", "--once", "--no-claude"], true, false),
        ] {
            let mut home = Home::with_token(&sandbox, 30);
            let claude = Claude::new(&mut home);
            let running = runs.then(|| claude.apps.start(&claude.app, &[]));
            let output = home.run(arguments).expect(0).quietly().stdout;
            assert!(!output.contains("restart-claude"), "{output}");
            assert_eq!(claude.holds(&home.value("ZOOM_ACCESS_TOKEN").unwrap()), updated, "{arguments:?}");
            assert_eq!(claude.apps.started().len(), usize::from(runs));
            drop(running);
        }
    }

    #[test]
    fn a_failure_with_claude_is_a_warning_and_the_token_is_stored() {
        let sandbox = sandbox();
        let mut home = Home::with_token(&sandbox, 30);
        home.set("CLAUDE_CONFIG_FILE", "/nowhere/claude_desktop_config.json");
        let output = home.run(["watch", "--once"]).expect(0).quietly().stdout;
        assert!(output.contains("⚠️  ") && output.contains("✅ Token refresh complete!"), "{output}");
        assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    }

    #[test]
    fn a_token_that_claude_drops_is_put_back_once() {
        let sandbox = sandbox();
        for (drop_at, lost) in [("quit", false), ("0.9", false), ("0.9,2.4", true)] {
            let mut home = Home::with_token(&sandbox, 30);
            let claude = Claude::new(&mut home);
            let drops = claude.config.to_str().unwrap().to_owned();
            // The app is started again as it ran: it drops the token at the end of the first run, or soon after the start
            // of the second.
            let running = claude.apps.start(&claude.app, &["--drops", &drops, "--drop-at", drop_at]);
            if drop_at != "quit" {
                wait_until("the first loss", || {
                    Path::new(&drops).metadata().is_ok_and(|file| file.len() < 40)
                });
            }
            if lost {
                std::thread::sleep(Duration::from_secs(2));
            }
            fs::write(&claude.config, CONFIG).unwrap();
            let output = home.run(["watch", "--once"]).expect(0).quietly().stdout;
            assert!(output.contains("it was put back"), "{drop_at}: {output}");
            if !lost {
                // And not a half of it, which no client could start.
                let config: Value = serde_json::from_str(&fs::read_to_string(&drops).unwrap()).unwrap();
                let server = &config["mcpServers"]["zoom"];
                assert_eq!(server["command"], "node", "{config}");
                assert_eq!(server["env"]["ZOOM_ACCESS_TOKEN"], *home.value("ZOOM_ACCESS_TOKEN").unwrap());
            }
            assert_eq!(output.contains("dropped it again"), lost, "{drop_at}: {output}");
            drop(running);
        }
    }
}
