//! The loop on a clock that is set by hand, against a Zoom and a Claude that follow a script.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fs;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Url;
use tempfile::TempDir;

use super::*;
use crate::cli::lines;
use crate::clients::{Error as ClientError, Lack};
use crate::clock::Shutdown;
use crate::clock::manual::ManualClock;
use crate::error::Refusal;
use crate::settings::{Environment, NAMES};
use crate::store::EnvStore;
use crate::watch::recipient::Report;
use crate::zoom::{Credentials, Exchange, Granted, NotGranted};

/// Zoom's answer to each exchange; by default a token of an hour.
#[derive(Default)]
struct Zoom {
    answers: RefCell<VecDeque<Error>>,
    down: Cell<bool>,
    asked: Cell<usize>,
    takes: Cell<u64>,
}

impl Exchange for Zoom {
    fn exchange(
        &self,
        _: &Url,
        _: &Credentials,
        clock: &dyn Clock,
        _: &Shutdown,
    ) -> Result<Granted, NotGranted> {
        self.asked.set(self.asked.get() + 1);
        clock.sleep(Duration::from_secs(self.takes.get()), &Shutdown::never()).unwrap();
        if self.down.get() {
            return Err(transient().into());
        }
        if let Some(error) = self.answers.borrow_mut().pop_front() {
            return Err(error.into());
        }
        let now = clock.now();
        Ok(Granted {
            token: Token::new(jwt(now, 3600)).unwrap(),
            refresh_token: None,
            refused_refresh: None,
            expires_at: now + TimeDelta::seconds(3600),
            ahead: 0,
            scopes: Vec::new(),
        })
    }
}

fn transient() -> Error {
    Error::Transient {
        what: "Zoom answered with HTTP 503".into(),
        not_before: None,
        reached: true,
        spent: false,
        tracking_id: None,
    }
}

fn refused() -> Error {
    Error::Refused { refusal: Refusal::Client, status: 400, tracking_id: None }
}

/// A token whose mask begins and ends as those of the documentation do.
fn jwt(iat: DateTime<Utc>, life: i64) -> String {
    let payload = format!(r#"{{"iat":{},"exp":{}}}"#, iat.timestamp(), iat.timestamp() + life);
    format!("eyJzdiI6IjAwMDAwMiJ9.{}.c2lnVjgT", URL_SAFE_NO_PAD.encode(payload))
}

/// A Claude that only remembers what was done to it.
#[derive(Default)]
struct Claude {
    did: RefCell<Vec<&'static str>>,
    lacks: Cell<Option<&'static str>>,
    meanwhile: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl Recipient for Claude {
    fn hand_over(&self, _: &Token, report: Report<'_>) -> Result<(), Box<dyn Diagnostic>> {
        report(Event::UpdatingClaude).unwrap();
        self.did.borrow_mut().push("update");
        if let Some(place) = self.lacks.get() {
            let lack = Lack::OfThatName { near: None, others: vec!["files".into()] };
            return Err(Box::new(ClientError::NoServer {
                path: "/c.json".into(),
                place: place.into(),
                lack: Box::new(lack),
                names_server: "CLAUDE_MCP_SERVER_NAME",
            }));
        }
        report(Event::RestartingClaude).unwrap();
        self.did.borrow_mut().push("restart");
        if let Some(act) = self.meanwhile.take() {
            act();
        }
        Ok(())
    }
}

struct World {
    root: TempDir,
    clock: ManualClock,
    zoom: Zoom,
    claude: Claude,
    lines: RefCell<Vec<String>>,
    environment: Environment,
}

fn time(time: DateTime<Utc>) -> String {
    time.format("%-I:%M:%S %p").to_string()
}

impl World {
    /// At this time, with a token that has so many seconds left, or none.
    fn at(now: &str, left: Option<i64>) -> Self {
        let world = Self {
            root: tempfile::tempdir().unwrap(),
            clock: ManualClock::at(now),
            zoom: Zoom::default(),
            claude: Claude::default(),
            lines: RefCell::default(),
            environment: Environment::default(),
        };
        world.write(left);
        world
    }

    /// As if somebody had run `zoomtok get -f`, or time had passed.
    fn write(&self, left: Option<i64>) {
        let mut text =
            "ZOOM_CLIENT_ID=client\nZOOM_CLIENT_SECRET=secret\nZOOM_ACCOUNT_ID=account\n".to_owned();
        if let Some(left) = left {
            let token = jwt(self.clock.now() + TimeDelta::seconds(left - 3600), 3600).replace("VjgT", "NTMz");
            text = format!("{text}ZOOM_ACCESS_TOKEN={token}\n");
        }
        let mut options = fs::File::options();
        let mut file =
            options.create(true).truncate(true).write(true).open(self.root.path().join(".env")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Runs a watch for so many steps and gives its reports.
    fn watch(&self, plan: Plan, steps: usize, mut between: impl FnMut(&Self, usize)) -> Vec<String> {
        let (env_file, state) = (self.root.path().join(".env"), self.root.path().join("state"));
        let store = EnvStore::new(env_file, NAMES, Some(state));
        let keeper = Keeper {
            environment: &self.environment,
            store: &store,
            clock: &self.clock,
            stop: &Shutdown::never(),
            zoom: &self.zoom,
            watching: true,
        };
        let mut report = |event: &Event| {
            assert_eq!(event.json(self.clock.now())["version"], 1);
            self.lines.borrow_mut().extend(lines(event, time));
            Ok(())
        };
        let mut watch = Watch::new(&keeper, plan, Some(&self.claude), &mut report);
        watch.jitter = || 0.0;
        for step in 0..steps {
            let nap = watch.step().unwrap();
            self.clock.advance(nap);
            between(self, step);
        }
        self.lines.take()
    }
}

const PLAN: Plan = Plan { threshold: 300, interval: 60 };

#[test]
fn the_example_of_the_documentation_is_reported_line_by_line() {
    let world = World::at("2026-03-04T14:56:16Z", Some(135));
    world.zoom.takes.set(5);
    let rule = "━".repeat(60);
    assert_eq!(
        world.watch(PLAN, 1, |_, _| {}),
        [
            &*rule,
            "🔑 Token Status: ⚠️ Expires in 2m 15s (at 2:58:31 PM)",
            "⏳ Token expiring soon! Automatically refreshing...",
            "📝 Running: zoomtok get -f",
            "📋 Token fetched successfully",
            "🔄 Loading new token from .env",
            "✅ Token updated: eyJz...NTMz → eyJz...VjgT",
            "⚙️  Running: zoomtok update-claude",
            "🚀 Running: zoomtok restart-claude",
            "✅ Token refresh complete! New token is now active.",
            "🔑 Token Status: ✅ Expires in 1h (at 3:56:21 PM)",
            &*rule,
        ]
    );
    assert_eq!(*world.claude.did.borrow(), ["update", "restart"]);
}

#[test]
fn a_watch_that_begins_anew_knows_that_tokens_live_shorter_than_its_threshold() {
    let world = World::at("2026-03-04T12:00:00Z", None);
    let plan = Plan { threshold: 7200, interval: 0 };
    for asked in [1, 1] {
        let reports = world.watch(plan, 2, |_, _| {});
        let warned = reports.iter().filter(|line| line.contains("less than the threshold")).count();
        assert_eq!((warned, world.zoom.asked.get()), (1, asked), "{reports:?}");
        world.clock.advance(Duration::from_mins(10));
    }
    // At half of its life.
    world.clock.advance(Duration::from_mins(20));
    world.watch(plan, 1, |_, _| {});
    assert_eq!(world.zoom.asked.get(), 2);
}

#[test]
fn the_status_is_shown_with_the_icon_of_the_time_left() {
    for (left, line) in [
        (Some(3449), "🔑 Token Status: ✅ Expires in 57m 29s (at 12:57:29 PM)"),
        (Some(901), "🔑 Token Status: ✅ Expires in 15m 1s (at 12:15:01 PM)"),
        (Some(900), "🔑 Token Status: 📊 Expires in 15m (at 12:15:00 PM)"),
        (Some(300), "🔑 Token Status: 📊 Expires in 5m (at 12:05:00 PM)"),
        (Some(299), "🔑 Token Status: ⚠️ Expires in 4m 59s (at 12:04:59 PM)"),
        (Some(-5), "🔑 Token Status: ❌ Expired (at 11:59:55 AM)"),
        (None, "🔑 Token Status: ❌ No token in .env"),
    ] {
        let world = World::at("2026-03-04T12:00:00Z", left);
        let lines = world.watch(Plan { threshold: 0, ..PLAN }, 1, |_, _| {});
        assert_eq!(lines.iter().find(|line| line.starts_with("🔑")).unwrap(), line);
    }
}

#[test]
fn nothing_is_handed_over_without_a_new_token() {
    let world = World::at("2026-03-04T12:00:00Z", None);
    world.zoom.down.set(true);
    world.watch(PLAN, 1, |_, _| {});
    assert!(world.claude.did.borrow().is_empty());
}

#[test]
fn a_missing_server_for_the_token_in_claude_is_reported_once() {
    let world = World::at("2026-03-04T12:00:00Z", None);
    world.claude.lacks.set(Some("mcpServers.zoom"));
    let lines = world.watch(PLAN, 2400, |world, step| match step {
        1000 | 1900 => world.claude.lacks.set(Some("mcpServers.other")),
        1500 => world.claude.lacks.set(None),
        _ => {}
    });
    let warnings: Vec<&String> =
        lines.iter().filter(|line| line.contains("there is no mcpServers")).collect();
    assert!(world.zoom.asked.get() >= 9, "{}", world.zoom.asked.get());
    let places = [".zoom ", ".other ", ".other "];
    assert_eq!(warnings.len(), places.len(), "{warnings:#?}");
    assert!(warnings.iter().zip(places).all(|(line, place)| line.contains(place)), "{warnings:#?}");
    assert!(warnings[0].contains("the servers are files") && warnings[0].contains("zoomtok mcp --install"));
    let restarts = world.claude.did.borrow().iter().filter(|did| **did == "restart").count();
    assert!((1..=3).contains(&restarts), "{restarts}");
}

#[test]
fn three_failures_end_it_once_and_a_manual_get_begins_it_anew() {
    let world = World::at("2026-03-04T12:00:00Z", None);
    world.zoom.answers.borrow_mut().extend([refused(), transient(), transient()]);
    let lines = world.watch(PLAN, 200, |world, step| {
        if step == 150 {
            world.write(Some(3600));
        }
    });
    let critical = "❌ CRITICAL: Max refresh failures reached. Auto-refresh disabled.";
    assert_eq!(lines.iter().filter(|line| *line == critical).count(), 1, "{lines:#?}");
    assert_eq!(world.zoom.asked.get(), 3, "none of its own after the third");
    assert!(
        lines.iter().any(|line| line.contains(
            "(auto-refresh disabled since 12:01:00 PM: could not get a token: Zoom answered with HTTP 503)"
        )),
        "{lines:#?}"
    );
    assert!(lines.iter().any(|line| line.contains("enabled again")));
    assert!(lines.last().unwrap().starts_with("🔑 Token Status: ✅"), "{lines:#?}");
}

#[test]
fn an_outage_ends_by_itself() {
    let world = World::at("2026-03-04T12:00:00Z", None);
    world.zoom.down.set(true);
    let lines = world.watch(PLAN, 40, |world, step| world.zoom.down.set(step < 15));
    assert!(
        lines
            .iter()
            .any(|line| line == "   It tries again at 12:06:00 PM, or as soon as .env holds a newer token.")
    );
    assert_eq!(world.zoom.asked.get(), 4);
    assert!(lines.last().unwrap().starts_with("🔑 Token Status: ✅"), "{lines:#?}");
}

#[test]
fn a_broken_env_is_reported_once_and_waited_for() {
    let world = World::at("2026-03-04T12:00:00Z", Some(3600));
    let lines = world.watch(PLAN, 10, |world, step| {
        let path = world.root.path().join(".env");
        match step {
            2 => fs::rename(&path, path.with_extension("kept")).and_then(|()| fs::create_dir(&path)).unwrap(),
            6 => fs::remove_dir(&path).and_then(|()| fs::rename(path.with_extension("kept"), &path)).unwrap(),
            _ => {}
        }
    });
    assert_eq!(lines.iter().filter(|line| line.contains("directory")).count(), 1, "{lines:#?}");
    assert_eq!(world.zoom.asked.get(), 0);
}

#[test]
fn an_hour_with_nothing_due_asks_nothing_and_shows_every_minute() {
    let world = World::at("2026-03-04T12:00:00Z", Some(36_000));
    let end = world.clock.now() + TimeDelta::hours(1);
    let shown = RefCell::new(0);
    let lines = world.watch(PLAN, 240, |world, _| {
        if world.clock.now() >= end {
            *shown.borrow_mut() += 1;
        }
    });
    assert_eq!(lines.len(), 60, "{lines:#?}");
    assert_eq!(*shown.borrow(), 1, "240 naps are an hour");
    assert_eq!(world.zoom.asked.get(), 0);
}

#[test]
fn an_env_that_is_half_edited_right_after_a_refresh_ends_nothing() {
    let world = World::at("2026-03-04T12:00:00Z", Some(10));
    let edited = world.root.path().join(".env");
    let half = move || {
        let mut options = fs::File::options();
        options.truncate(true).write(true).open(edited).unwrap().write_all(b"A=\"half").unwrap();
    };
    world.claude.meanwhile.replace(Some(Box::new(half)));
    let lines = world.watch(PLAN, 3, |world, step| {
        if step == 1 {
            world.write(Some(3000));
        }
    });
    let at = |text: &str| {
        lines.iter().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{lines:#?}"))
    };
    assert!(at("Token refresh complete!") < at("line 1: a quote is opened here"), "{lines:#?}");
    assert!(lines[at("Token refresh complete!") + 1].contains("Expires in 1h"), "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| line.contains("a quote is opened")).count(), 1, "{lines:#?}");
    assert_eq!(world.zoom.asked.get(), 1);
}
