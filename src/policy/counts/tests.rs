use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use chrono::TimeDelta;
use proptest::prelude::*;
use tokio::task::JoinSet;

use super::file::FileCounts;
use super::ledger::Ledger;
use super::memory::MemoryCounts;
use super::*;
use crate::files::Tally;

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-03-04T{time}Z").parse().unwrap()
}

fn charge(counter: &str, window: Window, max: u64, amount: u64) -> Charge {
    Charge { rule: format!("{counter} {window}"), counter: counter.into(), window, max, amount }
}

/// Ten calls a minute.
fn ten() -> [Charge; 1] {
    [charge("calls", Window::Minute, 10, 1)]
}

/// Counts in a file, and the directory that goes with it.
fn in_file() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state/policy-counts.json");
    (directory, path)
}

/// Each kind of counts: in this file, and in memory.
fn each(path: PathBuf) -> [Arc<dyn Counts>; 2] {
    [Arc::new(FileCounts::new(path)), Arc::new(MemoryCounts::default())]
}

/// How many of so many calls at once pass.
async fn pass(counts: &Arc<dyn Counts>, calls: usize) -> usize {
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let counts = Arc::clone(counts);
        tasks.spawn(async move { counts.take("", &ten(), at("12:00:30")).await.is_ok() });
    }
    tasks.join_all().await.into_iter().filter(|passed| *passed).count()
}

#[tokio::test]
async fn many_tasks_at_once_pass_exactly_as_often_as_the_limit_allows() {
    let (_directory, path) = in_file();
    for counts in each(path) {
        assert_eq!(pass(&counts, 200).await, 10);
    }
}

#[test]
fn many_servers_at_once_pass_exactly_as_many_calls_as_the_limit_allows() {
    let (_directory, path) = in_file();
    let servers: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                runtime.block_on(pass(&(Arc::new(FileCounts::new(path)) as Arc<dyn Counts>), 25))
            })
        })
        .collect();
    assert_eq!(servers.into_iter().map(|server| server.join().unwrap()).sum::<usize>(), 10);
}

#[tokio::test]
async fn every_window_counts_from_0() {
    let (_directory, path) = in_file();
    let counts = FileCounts::new(path);
    for window in [Window::Minute, Window::Hour, Window::Day] {
        let charges = [charge("calls", window, 2, 1)];
        let start = window.start(at("23:59:59"));
        let (last, next) = (window.end(start) - TimeDelta::milliseconds(1), window.end(start));
        for (now, passes) in
            [(start, true), (last, true), (last, false), (next, true), (next, true), (next, false)]
        {
            assert_eq!(counts.take("", &charges, now).await.is_ok(), passes, "{window:?} {now}");
        }
        // One that came before the end and waited for its turn counts where it belongs.
        assert!(counts.take("", &charges, last).await.is_err(), "{window:?}");
        assert!(counts.take("", &charges, next).await.is_err(), "{window:?}");
    }
}

#[tokio::test]
async fn a_refusal_says_what_the_limit_is_and_when_the_next_call_may_pass() {
    let (_directory, path) = in_file();
    let counts = FileCounts::new(path);
    let charges = [charge("calls", Window::Day, 100, 1), charge("calls", Window::Minute, 1, 1)];
    assert!(!counts.take("", &charges, at("12:00:17.5")).await.unwrap().is_empty());
    let error = counts.take("", &charges, at("12:00:17.5")).await.unwrap_err();
    assert_eq!(
        error.refusal("get_user").to_string(),
        "[POLICY DENIED] get_user by calls a minute: no more than 1 a minute; the next call is allowed at \
         2026-03-04T12:01:00Z, in 43 s."
    );
    let alone = [charge("minutes", Window::Day, 100, 101), charge("calls", Window::Minute, 1, 1)];
    let error = counts.take("", &alone, at("12:00:17.5")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "minutes a day: this call alone is more than 100 a day; waiting does not help"
    );
}

#[tokio::test]
async fn the_longest_lasting_of_several_limits_is_named() {
    let counts = MemoryCounts::default();
    let charges = [
        charge("calls", Window::Minute, 1, 1),
        charge("calls", Window::Day, 1, 1),
        charge("calls", Window::Hour, 1, 1),
    ];
    drop(counts.take("", &charges, at("12:00:00")).await.unwrap());
    let error = counts.take("", &charges, at("12:00:00")).await.unwrap_err();
    assert_eq!(error.rule, "calls a day");
}

#[tokio::test]
async fn a_call_is_counted_at_all_of_its_limits_or_at_none() {
    let (_directory, path) = in_file();
    let counts = FileCounts::new(path);
    let (wide, narrow) = (charge("wide", Window::Hour, 3, 1), charge("narrow", Window::Hour, 1, 1));
    let both = [wide.clone(), narrow];
    drop(counts.take("", &both, at("12:00:00")).await.unwrap());
    for _ in 0..5 {
        counts.take("", &both, at("12:00:00")).await.unwrap_err();
    }
    for passes in [true, true, false] {
        assert_eq!(counts.take("", std::slice::from_ref(&wide), at("12:00:00")).await.is_ok(), passes);
    }
}

#[tokio::test]
async fn returned_calls_can_be_taken_while_the_window_is_the_same() {
    let (_directory, path) = in_file();
    let counts = FileCounts::new(path);
    let charges = [charge("minutes", Window::Minute, 10, 6)];
    let first = counts.take("", &charges, at("12:00:01")).await.unwrap();
    counts.take("", &charges, at("12:00:02")).await.unwrap_err();
    counts.give_back(first, at("12:00:03")).await.unwrap();
    let second = counts.take("", &charges, at("12:00:04")).await.unwrap();
    drop(counts.take("", &charges, at("12:01:00")).await.unwrap());
    // It was of the minute before.
    counts.give_back(second, at("12:01:01")).await.unwrap();
    counts.take("", &charges, at("12:01:02")).await.unwrap_err();
}

#[tokio::test]
async fn another_server_finds_what_was_counted() {
    let (_directory, path) = in_file();
    for passes in [true, true, false] {
        let counts = FileCounts::new(path.clone());
        let charges = [charge("calls", Window::Day, 2, 1)];
        assert_eq!(counts.take("", &charges, at("12:00:00")).await.is_ok(), passes);
    }
}

#[tokio::test]
async fn a_call_without_limits_touches_no_file() {
    let (directory, path) = in_file();
    let counts = FileCounts::new(path);
    let taken = counts.take("", &[], at("12:00:00")).await.unwrap();
    counts.give_back(taken, at("12:00:00")).await.unwrap();
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn damaged_counts_are_full_until_their_windows_end() {
    let minute = ten();
    let day = [charge("calls", Window::Day, 1000, 1)];
    for damage in ["", "\0\0\0\0", "{\"counts\":[{\"counter\":\"calls\"", "[]", "{}", " \n"] {
        let (_directory, path) = in_file();
        let counts = FileCounts::new(path.clone());
        drop(counts.take("", &minute, at("12:00:00")).await.unwrap());
        File::options().write(true).truncate(true).open(&path).unwrap().write_all(damage.as_bytes()).unwrap();
        let error = counts.take("", &minute, at("12:00:01")).await.unwrap_err();
        let expected = format!(
            "calls a minute: the counts in {} were lost, or the clock was set back, so the limit counts as reached \
             until 2026-03-04T12:01:00Z, in 59 s",
            path.display()
        );
        assert_eq!(error.to_string(), expected, "{damage:?}");
        serde_json::from_slice::<Ledger>(&fs::read(&path).unwrap()).unwrap();
        // Another server knows it too.
        let counts = FileCounts::new(path);
        for (charges, now, passes) in [
            (&minute, at("12:00:59.999"), false),
            (&minute, at("12:01:00"), true),
            (&day, at("12:01:00"), false),
            (&day, at("23:59:59.999"), false),
            (&day, at("23:59:59.999") + TimeDelta::milliseconds(1), true),
        ] {
            assert_eq!(counts.take("", charges, now).await.is_ok(), passes, "{damage:?} {now}");
        }
    }
}

#[tokio::test]
async fn counts_that_are_removed_are_full_until_their_windows_end() {
    for same_server in [true, false] {
        for emptied in [true, false] {
            let (_directory, path) = in_file();
            let first = FileCounts::new(path.clone());
            drop(first.take("", &ten(), at("12:00:00")).await.unwrap());
            if emptied {
                drop(File::options().write(true).truncate(true).open(&path).unwrap());
            } else {
                fs::remove_file(&path).unwrap();
            }
            if same_server {
                // It knows by itself.
                fs::remove_file(path.with_extension("kept")).unwrap();
            }
            let counts = if same_server { first } else { FileCounts::new(path) };
            let error = counts.take("", &ten(), at("12:00:01")).await.unwrap_err();
            assert!(matches!(error.problem, Problem::Unknown { .. }), "{error}");
            assert!(counts.take("", &ten(), at("12:01:00")).await.is_ok());
        }
    }
}

#[tokio::test]
async fn counts_of_an_earlier_version_are_known_once_they_were_found() {
    let (_directory, path) = in_file();
    Tally::try_open(&path).unwrap().unwrap().write(br#"{"counts":[]}"#).unwrap();
    drop(FileCounts::new(path.clone()).take("", &ten(), at("12:00:00")).await.unwrap());
    fs::remove_file(&path).unwrap();
    assert!(FileCounts::new(path).take("", &ten(), at("12:00:01")).await.is_err());
}

#[tokio::test]
async fn a_call_that_cannot_be_counted_is_refused() {
    let (directory, _) = in_file();
    let blocked = directory.path().join("file");
    File::options().create_new(true).write(true).open(&blocked).unwrap();
    let path = blocked.join("policy-counts.json");
    let error = FileCounts::new(path.clone()).take("", &ten(), at("12:00:00")).await.unwrap_err();
    assert!(matches!(error.problem, Problem::Unkept(Error::Store { .. })), "{error:?}");
    assert!(error.to_string().contains(blocked.to_str().unwrap()), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_held_for_long_is_not_waited_for() {
    let (_directory, path) = in_file();
    let held = Tally::try_open(&path).unwrap().unwrap();
    let counts = FileCounts::new(path);
    let error = counts.take("", &ten(), at("12:00:00")).await.unwrap_err();
    assert!(matches!(error.problem, Problem::Unkept(Error::Busy { waited: 5, .. })), "{error:?}");
    drop(held);
    assert!(counts.take("", &ten(), at("12:00:00")).await.is_ok());
}

#[test]
fn ended_windows_are_forgotten() {
    let charges = [charge("calls", Window::Minute, 9, 1), charge("calls", Window::Day, 9, 1)];
    let mut ledger = Ledger::read(b"damage", at("12:00:00"));
    assert!(ledger.take("", &charges, at("12:00:00")).is_err());
    let later = at("12:00:00") + TimeDelta::days(1);
    let old = ledger.take("", &charges, later).unwrap();
    let later = later + TimeDelta::days(1);
    assert!(ledger.take("", &charges, later).is_ok());
    ledger.give_back(&old, later);
    let mut new = Ledger::default();
    assert!(new.take("", &charges, later).is_ok());
    assert_eq!(ledger, new);
}

#[test]
fn the_counts_of_many_limits_are_written_in_one_page() {
    let mut ledger = Ledger::default();
    let charges: Vec<_> =
        (0..14).map(|tool| charge(&format!("counter_of_tool_{tool}"), Window::Day, 9, 1)).collect();
    assert!(ledger.take("", &charges, at("12:00:00")).is_ok());
    assert!(ledger.take("", &charges, at("23:59:59") + TimeDelta::seconds(1)).is_ok());
    assert!(ledger.text().unwrap().len() < 4096, "a page is written whole even by a process that is killed");
}

/// One step of a history: what is called, how much it counts, and how much later.
fn step() -> impl Strategy<Value = (usize, Window, u64, i64, bool)> {
    let window = prop::sample::select(vec![Window::Minute, Window::Hour, Window::Day]);
    (0..2_usize, window, 0..4_u64, prop_oneof![-3..3_i64, 0..40_000_i64], any::<bool>())
}

proptest! {
    /// For any calls at any times, the same calls pass as by a table that never forgets.
    #[test]
    fn exactly_the_calls_pass_that_the_limits_have_room_for(steps in prop::collection::vec(step(), 1..60)) {
        const MAX: u64 = 5;
        let (mut ledger, mut now) = (Ledger::default(), at("12:00:00"));
        let mut model: HashMap<(usize, Window, DateTime<Utc>), u64> = HashMap::new();
        for (counter, window, amount, later, give_back) in steps {
            let called = now + TimeDelta::seconds(later);
            now = now.max(called);
            let key = (counter, window, window.start(called));
            let charges = [charge(&counter.to_string(), window, MAX, amount)];
            let taken = ledger.take("", &charges, called).ok();
            let count = model.entry(key).or_default();
            prop_assert_eq!(taken.is_some(), *count + amount <= MAX);
            if let Some(taken) = taken {
                if give_back {
                    ledger.give_back(&taken, called);
                } else {
                    *count += amount;
                }
            }
            ledger = Ledger::read(&ledger.text().unwrap(), called);
        }
    }
}

#[tokio::test]
async fn each_grant_has_counts_of_its_own() {
    let (_directory, path) = in_file();
    for counts in each(path) {
        for grant in ["", "claude", "cursor"] {
            for _ in 0..9 {
                drop(counts.take(grant, &ten(), at("12:00:00")).await.unwrap());
            }
            let given = counts.take(grant, &ten(), at("12:00:00")).await.unwrap();
            counts.take(grant, &ten(), at("12:00:00")).await.unwrap_err();
            counts.give_back(given, at("12:00:00")).await.unwrap();
            drop(counts.take(grant, &ten(), at("12:00:00")).await.unwrap());
            counts.take(grant, &ten(), at("12:00:00")).await.unwrap_err();
        }
    }
}

#[test]
fn counts_without_a_grant_are_written_and_read_as_before_there_were_grants() {
    let text = br#"{"known_from":{"day":"2026-03-04T00:00:00Z","hour":"2026-03-04T12:00:00Z","minute":"2026-03-04T12:00:00Z"},"counts":[{"counter":"calls","window":"minute","start":"2026-03-04T12:00:00Z","amount":9}]}"#;
    let mut ledger = Ledger::read(text, at("12:00:30"));
    drop(ledger.take("a", &ten(), at("12:00:30")).unwrap());
    drop(ledger.take("", &ten(), at("12:00:30")).unwrap());
    assert!(ledger.take("", &ten(), at("12:00:30")).is_err());
    let written = String::from_utf8(ledger.text().unwrap()).unwrap();
    let start = "\"window\":\"minute\",\"start\":\"2026-03-04T12:00:00Z\"";
    assert!(written.contains(&format!("{{\"counter\":\"calls\",{start},\"amount\":10}}")), "{written}");
    assert!(
        written.contains(&format!("{{\"grant\":\"a\",\"counter\":\"calls\",{start},\"amount\":1}}")),
        "{written}"
    );
}
