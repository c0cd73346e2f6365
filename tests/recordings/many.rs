//! Many files, a token that ends on the way, and a server that breaks off again and again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta, Utc};
use serde_json::Value;
use zoomtok::sandbox::{Endpoint, Fault, Options, Sandbox, Shelf};

use crate::support::{Home, assert_exchanges, names, sandbox};

/// The bytes of the files in a directory, in the order of their names.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    names(directory).into_iter().map(|name| (name.clone(), fs::read(directory.join(name)).unwrap())).collect()
}

/// Fails unless all videos of a shelf are there, each once, and nothing else.
#[track_caller]
pub(crate) fn assert_has_all(directory: &Path, shelf: &Shelf) {
    let found = files(directory);
    let mut numbers = BTreeSet::new();
    let shelved = |name: &str| name.contains("_Daily-news-");
    for (name, bytes) in found.iter().filter(|(name, _)| shelved(name)) {
        let number: u32 = name.rsplit('-').next().unwrap().strip_suffix(".mp4").unwrap().parse().unwrap();
        assert!(*bytes == shelf.video(number), "{name} has other bytes");
        assert!(numbers.insert(number), "{name} twice");
    }
    assert_eq!(numbers.len(), shelf.meetings as usize);
    let others: Vec<&str> =
        found.iter().map(|(name, _)| name.as_str()).filter(|name| !shelved(name)).collect();
    assert!(
        others.iter().all(|name| !name.contains(".part") && name.contains("Quarterly-review")),
        "{others:?}"
    );
}

/// The files of recordings that were asked for.
pub(crate) fn file_requests(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().filter(|seen| seen.path.starts_with("/rec/file/")).count()
}

fn downloads(home: &Home) -> PathBuf {
    home.work().join("zoom")
}

#[test]
fn all_files_of_the_last_month_are_there_and_the_second_run_asks_for_none() {
    let sandbox = sandbox();
    let shelf = Shelf { meetings: 40, days: 20, bytes: 3000, ranges: true };
    sandbox.record(shelf);
    let home = Home::with_token(&sandbox, 3000);
    let ended = home.run(["recordings", "download", "zoom"]).expect(0).quietly();
    assert_has_all(&downloads(&home), &shelf);
    // The two of the sandbox's own have a transcript too.
    assert_eq!(ended.stdout.lines().count(), 40 + 4 + 1, "{}", ended.stdout);
    assert!(ended.stdout.ends_with("✅ 44 files downloaded (2.1 MiB)\n"), "{}", ended.stdout);
    let mut sorted: Vec<String> = names(&downloads(&home));
    let dates: Vec<String> = sorted.iter().map(|name| name[..19].to_owned()).collect();
    sorted.sort();
    assert!(dates.is_sorted() && dates.iter().all(|date| date.starts_with("20")), "{dates:?}");
    #[cfg(unix)]
    assert_eq!(crate::support::mode(&downloads(&home).join(&sorted[0])), 0o600);

    let before = file_requests(&sandbox);
    let ended = home.run(["recordings", "download", "zoom"]).expect(0).quietly();
    assert_eq!(ended.stdout, "✅ 0 files downloaded (0 bytes), 44 files there before\n");
    assert_eq!(file_requests(&sandbox), before);
    assert_exchanges(&sandbox, 0);
}

#[test]
fn a_period_of_months_is_asked_for_in_windows_of_thirty_days() {
    let sandbox = sandbox();
    let shelf = Shelf { meetings: 90, days: 200, bytes: 10, ranges: true };
    sandbox.record(shelf);
    let home = Home::with_token(&sandbox, 3000);
    let today = Utc::now().date_naive();
    let from = (today - TimeDelta::days(201)).to_string();
    let run = ["recordings", "download", "--json", "--from", &from, "--user", "ada@example.com", "zoom"];
    let ended = home.run(run).expect(0).quietly();
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    // Without a last day it is thirty days.
    assert_eq!((&said["version"], &said["missing"]), (&1.into(), &Value::Array(Vec::new())));
    let until = today.to_string();
    let run = [
        "recordings",
        "download",
        "--json",
        "--from",
        &from,
        "--to",
        &until,
        "--user",
        "ada@example.com",
        "zoom",
    ];
    let ended = home.run(run).expect(0).quietly();
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    let period = [&said["from"], &said["to"], &said["user"]].map(|value| value.as_str().unwrap());
    assert_eq!(period, [&*from, &*until, "ada@example.com"]);
    let there = names(&downloads(&home)).iter().filter(|name| name.contains("_Daily-news-")).count();
    assert_eq!(there, 90);
    let mut windows = 0;
    for seen in sandbox.requests().iter().filter(|seen| seen.path.ends_with("/recordings")) {
        let day = |name: &str| -> NaiveDate {
            let part = seen.query.split('&').find_map(|part| part.strip_prefix(name)).unwrap();
            part.parse().unwrap()
        };
        assert!((day("to=") - day("from=")).num_days() < 30 && seen.query.contains("page_size=300"));
        windows += 1;
    }
    assert!(windows >= 8, "{windows}");
}

/// The part of a process's memory that is its own, in KiB, as it is now.
#[cfg(target_os = "linux")]
fn own_memory(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.split_whitespace().next()?.parse().ok())
}

#[cfg(not(target_os = "linux"))]
fn own_memory(_: u32) -> Option<u64> {
    None
}

/// A sandbox that breaks off every tenth answer.
fn breaking_off(shelf: Shelf) -> Sandbox {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    sandbox.record(shelf);
    for _ in 0..shelf.meetings {
        sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 9);
        sandbox.fail(Endpoint::Api, Fault::Truncated, 1);
    }
    sandbox
}

/// With `ZOOMTOK_TEST_THOUSAND` set, a thousand files of 1 MiB.
#[test]
fn a_token_that_ends_three_times_and_answers_that_break_off_cost_no_byte() {
    let is_full = std::env::var_os("ZOOMTOK_TEST_THOUSAND").is_some();
    let (meetings, bytes) = if is_full { (1000, 1024 * 1024) } else { (80, 40_000) };
    let shelf = Shelf { meetings, days: 25, bytes, ranges: true };
    let sandbox = breaking_off(shelf);
    let home = Home::with_token(&sandbox, 3000);
    let (is_done, mut most) = (AtomicBool::new(false), 0);
    let ended = thread::scope(|scope| {
        let revoker = scope.spawn(|| {
            for quarter in 1..=3 {
                while file_requests(&sandbox) < (quarter * meetings / 4) as usize
                    && !is_done.load(Ordering::Relaxed)
                {
                    thread::sleep(Duration::from_millis(2));
                }
                sandbox.revoke_all();
            }
        });
        let mut running = home.start(["recordings", "download", "-q", "--json", "zoom"]);
        while running.runs() {
            most = most.max(own_memory(running.id()).unwrap_or_default());
            thread::sleep(Duration::from_millis(5));
        }
        is_done.store(true, Ordering::Relaxed);
        revoker.join().unwrap();
        running.end()
    });
    let said: Value = serde_json::from_str(&ended.expect(0).quietly().stdout).unwrap();
    assert_eq!((&said["kept"], &said["missing"]), (&0.into(), &Value::Array(Vec::new())));
    assert_has_all(&downloads(&home), &shelf);
    assert_exchanges(&sandbox, 3);
    assert!(most < 16 * 1024, "{most} KiB");
    let breaks = file_requests(&sandbox).saturating_sub(meetings as usize);
    assert!(breaks >= meetings as usize / 12, "{breaks}");
    crate::support::processes::note(&format!("{meetings} files, {breaks} more requests, {most} KiB"));
}
