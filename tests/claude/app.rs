//! Restarts of an app, with real processes: those of the app, and bystanders that must survive.
//!
//! No test looks for Claude Desktop by its usual name or place: it may run on the machine that runs the tests.

use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::apps::{Apps, Record};
use crate::support::processes::Running;
use crate::support::{Ended, Home, names, sandbox};

/// How long an app lives that nobody ends, in seconds. On Windows it keeps the pipes of the program open, and the test waits
/// for its end.
const LIFE: &str = "--life 15";

/// Restarts an app by the program, and leaves the token alone.
fn restart<A: AsRef<OsStr>>(home: &Home, app: A) -> Ended {
    home.run([OsStr::new("restart-claude"), OsStr::new("--app-only"), OsStr::new("--app"), app.as_ref()])
}

#[test]
fn an_app_that_does_not_run_is_started() {
    let (apps, mut home) = (Apps::new(), Home::empty());
    let app = apps.app("Claude");
    let (command, record) = (app.display(), apps.record());
    home.set(
        "CLAUDE_APP_COMMAND",
        &format!("'{command}' {LIFE} --record '{}' 'two words'", record.display()),
    );
    home.set("ZOOM_ACCESS_TOKEN", "not-for-the-app");
    let ended = restart(&home, &app).expect(0).quietly();
    assert!(ended.stdout.starts_with("🚀 Claude started in "), "{}", ended.stdout);
    let [started] = &apps.started()[..] else { panic!("{:?}", apps.started()) };
    assert!(started.rest.ends_with("two words") && started.rest.contains("token=false"), "{started:?}");
    assert_eq!(names(&home.work()), [""; 0], "nothing is left behind");
}

#[test]
fn an_app_that_cannot_be_started_is_reported() {
    let (apps, mut home) = (Apps::new(), Home::empty());
    let nowhere = apps.path().join("Nowhere");
    restart(&home, &nowhere).expect(8).says(&["cannot be started", "Nowhere", "CLAUDE_APP_COMMAND"]);
    home.set("CLAUDE_APP_COMMAND", "'no end");
    restart(&home, &nowhere).expect(2).says(&["CLAUDE_APP_COMMAND", "a quote that is not closed"]);
    home.set("CLAUDE_APP_COMMAND", "true").set("CLAUDE_APP_NAME", "zoomtok");
    home.run(["restart-claude"]).expect(2).says(&["CLAUDE_APP_NAME", "not Claude Desktop"]);
    restart(&home, "").expect(2).says(&["--app", "no name of an app"]);
}

#[test]
fn a_token_that_does_not_last_is_fetched_first() {
    let sandbox = sandbox();
    let (apps, mut home) = (Apps::new(), Home::of(&sandbox, ""));
    let app = apps.app("Claude");
    let command = format!("'{}' {LIFE} --record '{}'", app.display(), apps.record().display());
    home.set("CLAUDE_APP_COMMAND", &command).set("CLAUDE_APP_NAME", &app.to_string_lossy());
    let ended = home.run(["restart-claude"]).expect(0);
    assert!(ended.stdout.starts_with("📋 Token fetched"), "{}", ended.stdout);
    assert!(home.value("ZOOM_ACCESS_TOKEN").is_some());
    let ended = home.run(["restart-claude", "-q"]).expect(0).quietly();
    assert_eq!((ended.stdout.as_str(), sandbox.token_requests().len()), ("", 1));
    assert_eq!(apps.started().len(), 2);
}

#[cfg(windows)]
#[test]
fn a_running_app_is_ended_and_started_again() {
    let (apps, home) = (Apps::new(), Home::empty());
    let app = apps.app("AnthropicClaude/app-1.2.3/claude");
    let bystander = apps.app("claude");
    let mut first = apps.start(&app, &["--life", "30", "as before"]);
    let mut other = apps.start(&bystander, &["--life", "600"]);
    // It has no window that could be closed, so it is forced.
    let ended = restart(&home, &app).expect(0).quietly();
    assert!(ended.stdout.contains("had to be forced"), "{}", ended.stdout);
    assert!(!first.runs(), "the app still runs");
    assert!(other.runs(), "the bystander was ended");
    let started = apps.started();
    assert_eq!(started.len(), 3, "{started:?}");
    assert!(started[2].rest.ends_with("as before"), "{started:?}");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use crate::claude::platforms::{log, script};

    #[test]
    fn a_signal_ends_the_wait_for_an_app_and_says_what_is_left() {
        let sandbox = sandbox();
        for (flags, home) in [
            (&["--app-only"][..], Home::empty()),
            // Once Zoom has been asked as well, from when on no signal ends the program by itself.
            (&[], Home::of(&sandbox, "")),
        ] {
            let apps = Apps::new();
            let app = apps.app("Claude");
            let _stubborn = apps.start(&app, &["--on-term", "ignore"]);
            let arguments = [&["restart-claude", "--app", app.to_str().unwrap()], flags].concat();
            let mut running = home.start(arguments);
            thread::sleep(Duration::from_millis(1500));
            let sent = Instant::now();
            running.signal("INT");
            let ended = running.end().expect(130);
            assert!(sent.elapsed() < Duration::from_secs(1), "{:?}", sent.elapsed());
            assert!(ended.stderr.contains("interrupted after Claude was asked to quit"), "{}", ended.stderr);
            assert_eq!(apps.started().len(), 1, "{:?}", apps.started());
        }
    }

    #[test]
    fn only_the_app_is_ended_and_it_is_started_as_it_ran() {
        let (apps, home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let mut first = apps.start(&app, &["--helper", "as before"]);
        let bystanders = ["claude", "claude-code", "NotClaude", "Claude-helper", "elsewhere/Claude"];
        let mut others: Vec<Running> =
            bystanders.iter().map(|name| apps.start(&apps.app(name), &["Claude"])).collect();
        let path = app.to_string_lossy().into_owned();
        let script = Command::new("sh").args(["-c", "sleep 60; :", "Claude", &path]).spawn().unwrap();
        others.push(Running::new(script));

        let ended = restart(&home, &app).expect(0).quietly();
        assert!(ended.stdout.starts_with("🚀 Claude restarted in "), "{}", ended.stdout);
        assert!(!ended.stdout.contains("forced"), "{}", ended.stdout);
        assert!(!first.runs());
        for (other, name) in others.iter_mut().zip(bystanders.iter().chain(&["script"])) {
            assert!(other.runs(), "{name} was ended");
        }
        // The app, its helper, the bystanders; and again the app and its helper.
        apps.wait_for(2 + bystanders.len() + 2);
        let started = apps.started();
        let [.., again, helper] = &started[..] else { panic!("{started:?}") };
        assert!(again.rest.contains("mark=first --record"), "{again:?}");
        assert!(again.rest.ends_with("--helper as before"), "{again:?}");
        assert!(again.rest.contains("token=false"), "{again:?}");
        assert!(helper.rest.contains("--type=renderer"), "{helper:?}");
    }

    #[test]
    fn a_name_is_the_whole_name() {
        let (apps, home) = (Apps::new(), Home::empty());
        let name = format!("Stand{}In", std::process::id());
        let app = apps.app(&format!("some/where/{name}"));
        let mut first = apps.start(&app, &[]);
        let others = [name.to_lowercase(), format!("{name}2"), format!("Not{name}"), format!("{name}/other")];
        let mut others: Vec<Running> =
            others.iter().map(|name| apps.start(&apps.app(name), &[&**name])).collect();
        restart(&home, &name).expect(0).quietly();
        assert!(!first.runs() && others.iter_mut().all(Running::runs));
        assert_eq!(apps.started().len(), 6, "{:?}", apps.started());
    }

    #[test]
    fn a_zoomtok_that_the_app_has_started_refuses() {
        let (apps, home) = (Apps::new(), Home::empty());
        // A shell in the place of the app: its zoomtok is its child.
        let app = apps.path().join("Claude");
        let shell = fs::canonicalize("/bin/sh").unwrap();
        let copied = Command::new("cp").args([&shell, &app]).status().unwrap();
        assert!(copied.success());
        let ours = home.command(["restart-claude", "--app-only", "--app"]);
        let mut theirs = Command::new(&app);
        theirs
            .args(["-c", "\"$@\"; exit $?", "Claude"])
            .arg(ours.get_program())
            .args(ours.get_args())
            .arg(&app)
            .current_dir(home.work())
            .stderr(Stdio::piped())
            .stdout(Stdio::piped());
        let ended = crate::support::ended(theirs.output().unwrap());
        ended.expect(8).says(&["was started by it", "outside of the app"]);
    }

    #[test]
    fn an_app_image_that_was_unmounted_is_mounted_again() {
        let (apps, home) = (Apps::new(), Home::empty());
        let app = apps.app("mounted/usr/lib/Claude");
        let start = format!("'{}' --record '{}' from-image &", app.display(), apps.record().display());
        let image = script(&apps, "image", &start);
        let mounted = apps.path().join("mounted").display().to_string();
        let _first = apps.start_with(&app, &["as before"], &[("APPIMAGE", &image), ("APPDIR", &mounted)]);
        restart(&home, &app).expect(0).quietly();
        assert_eq!(log(&image), [""], "it brings its arguments along");
        assert!(apps.started()[1].rest.ends_with("from-image"), "{:?}", apps.started());
    }

    #[test]
    fn two_restarts_at_once_leave_the_app_running() {
        let (apps, home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let mut first = apps.start(&app, &["--on-term", "1"]);
        let both: Vec<Running> = (0..2)
            .map(|_| {
                let arguments = ["restart-claude", "--app-only", "--app", app.to_str().unwrap()];
                crate::support::processes::start(&home, &arguments)
            })
            .collect();
        for one in both {
            one.end().expect(0);
        }
        assert!(!first.runs());
        let of_first = apps.started()[0].pid;
        // Those that were started are all there: none was ended by the other restart.
        let fresh: Vec<Record> = apps.started().split_off(1);
        assert!(!fresh.is_empty() && fresh.iter().all(|record| record.pid != of_first && runs(record.pid)));
    }

    fn runs(pid: u32) -> bool {
        Command::new("kill").args(["-0", &pid.to_string()]).stderr(Stdio::null()).status().unwrap().success()
    }

    /// The slow cases, all at once.
    #[test]
    fn an_app_gets_the_time_it_may_take_and_no_more() {
        thread::scope(|scope| {
            for slow in [
                nine_seconds,
                never_by_itself,
                never_there,
                crashes_at_once,
                crate::claude::platforms::force_by_taskkill,
            ] {
                scope.spawn(slow);
            }
        });
    }

    fn nine_seconds() {
        let (apps, home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let _first = apps.start(&app, &["--on-term", "9"]);
        let ended = restart(&home, &app).expect(0).quietly();
        assert!(!ended.stdout.contains("forced"), "{}", ended.stdout);
        assert_eq!(apps.started().len(), 2);
    }

    fn never_by_itself() {
        let (apps, home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let (mut first, start) = (apps.start(&app, &["--on-term", "ignore"]), Instant::now());
        let ended = restart(&home, &app).expect(0).quietly();
        assert!(ended.stdout.contains("had to be forced"), "{}", ended.stdout);
        assert!(!first.runs());
        assert!(start.elapsed() >= Duration::from_secs(10), "{:?}", start.elapsed());
        assert_eq!(apps.started().len(), 2);
    }

    fn never_there() {
        let (apps, mut home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        home.set("CLAUDE_APP_COMMAND", "true");
        let start = Instant::now();
        restart(&home, &app).expect(8).says(&["did not come up", "true ended with exit status: 0"]);
        assert!((15..20).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        let start = Instant::now();
        home.set("CLAUDE_APP_COMMAND", "sh -c 'exit 3'");
        restart(&home, &app).expect(8).says(&["did not come up", "sh ended with exit status: 3"]);
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }

    fn crashes_at_once() {
        let (apps, mut home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let (path, record) = (app.display(), apps.record());
        let command = format!(
            "sh -c '\"{path}\" --record \"{}\" --on-term quit & sleep 0.5; kill $!'",
            record.display()
        );
        home.set("CLAUDE_APP_COMMAND", &command);
        restart(&home, &app).expect(8).says(&["it was there and went again (process "]);
    }
}
