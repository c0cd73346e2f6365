//! The script against the ledger, on a Redis of their own.
#![cfg(all(target_os = "linux", feature = "fleet"))]

use chrono::TimeDelta;
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::ledger::Ledger;
use super::*;
use crate::files::Tally;
use crate::redis::tests::{Server, with_server};

fn counts_of(server: &Server, name: &str) -> RedisCounts {
    noting(server, name, None)
}

/// The same in a process of the machine with this state root.
fn noting(server: &Server, name: &str, root: Option<&Path>) -> RedisCounts {
    RedisCounts { is_by_caller: true, ..RedisCounts::new(Pool::new(server.access()), name, root) }
}

fn at(milliseconds: i64) -> DateTime<Utc> {
    "2026-03-04T23:58:30Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::milliseconds(milliseconds)
}

#[derive(Debug, Clone)]
enum Step {
    Take(&'static str, Vec<Charge>),
    /// Gives back what was taken then, of all that there is.
    GiveBack(proptest::sample::Index),
    /// Moves the clock by so many ms.
    Move(i64),
}

fn charge() -> impl Strategy<Value = Charge> {
    let window = prop_oneof![Just(Window::Minute), Just(Window::Hour), Just(Window::Day)];
    (window, 0..2_usize, 0..5_u64, 0..4_u64).prop_map(|(window, counter, max, amount)| {
        let counter = ["calls", "m:1:\0é"][counter].to_owned();
        Charge { rule: format!("{counter} {window} {max}"), counter, window, max, amount }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let by = prop_oneof![
        0..3000_i64,
        -15_000..15_000_i64,
        -90_000..90_000_i64,
        -4_000_000..4_000_000_i64,
        Just(100_000_000)
    ];
    prop_oneof![
        4 => (prop_oneof![Just(""), Just("ci")], vec(charge(), 1..4)).prop_map(|(grant, charges)| Step::Take(grant, charges)),
        1 => any::<proptest::sample::Index>().prop_map(Step::GiveBack),
        2 => by.prop_map(Step::Move),
    ]
}

/// Takes the same steps with both, and compares each answer.
async fn compare(counts: &RedisCounts, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let (mut ledger, mut now, mut taken) = (Ledger::default(), at(0), Vec::new());
    for step in steps {
        match step {
            Step::Move(by) => now += TimeDelta::milliseconds(by),
            Step::Take(grant, charges) => {
                let expected = ledger.take(grant, &charges, now);
                let expected = expected
                    .map_err(|refused| refused.error(Some("the shared store".into()), now).to_string());
                let answer = counts.take(grant, &charges, now).await.map_err(|error| error.to_string());
                prop_assert_eq!(&answer, &expected);
                taken.extend(answer.ok().zip(expected.ok()));
            }
            Step::GiveBack(index) if !taken.is_empty() => {
                let (theirs, ours) = taken.swap_remove(index.index(taken.len()));
                ledger.give_back(&ours, now);
                counts.give_back(theirs, now).await.unwrap();
            }
            Step::GiveBack(_) => {}
        }
    }
    Ok(())
}

#[test]
fn the_script_answers_as_the_ledger_does() {
    with_server(|runtime, server| {
        let pool = Pool::new(server.access());
        let name = std::cell::Cell::new(0);
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
            cases: 300,
            ..ProptestConfig::default()
        });
        let ran = runner.run(&vec(step(), 0..30), |steps| {
            name.set(name.get() + 1);
            let counts = RedisCounts {
                is_by_caller: true,
                ..RedisCounts::new(pool.clone(), &name.get().to_string(), None)
            };
            runtime.block_on(compare(&counts, steps))
        });
        ran.unwrap_or_else(|error| panic!("{error}"));
    });
}

#[test]
fn exactly_as_many_calls_pass_at_once_as_the_limit_allows() {
    with_server(|runtime, server| {
        let charges =
            [Charge { rule: "r".into(), counter: "c".into(), window: Window::Day, max: 10, amount: 1 }];
        // Each with connections of its own, as servers on several machines have, and by the store's clock.
        let machines: Vec<_> =
            (0..4).map(|_| Arc::new(RedisCounts::new(Pool::new(server.access()), "a", None))).collect();
        let passed = runtime.block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for call in 0..200 {
                let (counts, charges) = (Arc::clone(&machines[call % 4]), charges.clone());
                // The clocks of these machines are apart by hours, and all of them wrong.
                let now = at(3_600_000 * i64::try_from(call).unwrap());
                tasks.spawn(async move { counts.take("", &charges, now).await.is_ok() });
            }
            tasks.join_all().await.into_iter().filter(|passed| *passed).count()
        });
        // Midnight may pass meanwhile.
        assert!(passed == 10 || passed == 20, "{passed}");
    });
}

#[test]
fn ended_windows_leave_nothing_behind() {
    with_server(|runtime, server| {
        let counts = counts_of(&server, "a");
        let charge = |window| Charge { rule: "r".into(), counter: "c".into(), window, max: 9, amount: 1 };
        let charges = Window::ALL.map(charge);
        for day in 0..3 {
            drop(runtime.block_on(counts.take("", &charges, at(day * 86_400_000))).unwrap());
        }
        // The version, where each window is known from, and the three counts of the last day.
        assert_eq!(server.ask(&["HLEN", "zoomtok:{a}:counts"]), Reply::Number(7));
    });
}

#[test]
fn lost_counts_are_full_until_their_windows_end() {
    with_server(|runtime, server| {
        let counts = counts_of(&server, "a");
        let charges =
            [Charge { rule: "calls".into(), counter: "c".into(), window: Window::Minute, max: 9, amount: 1 }];
        let take = |counts: &RedisCounts, now| {
            runtime.block_on(counts.take("", &charges, now)).map_err(|error| error.to_string())
        };
        drop(take(&counts, at(0)).unwrap());
        server.ask(&["FLUSHALL"]);
        let error = take(&counts, at(1000)).unwrap_err();
        let expected = "calls: the counts in the shared store were lost, or the clock was set back, so the limit counts as reached until \
                        2026-03-04T23:59:00Z, in 29 s";
        assert_eq!(error, expected);
        // Another machine learns it there.
        assert_eq!(take(&counts_of(&server, "a"), at(1000)).unwrap_err(), expected);
        drop(take(&counts, at(30_000)).unwrap());
    });
}

#[test]
fn counts_that_are_not_ours_are_refused_and_left_alone() {
    with_server(|runtime, mut server| {
        let charges =
            [Charge { rule: "calls".into(), counter: "c".into(), window: Window::Minute, max: 9, amount: 1 }];
        let refused = |name: &str| {
            let error = runtime.block_on(counts_of(&server, name).take("", &charges, at(0))).unwrap_err();
            let Problem::Unkept(Error::Shared(_)) = &error.problem else { panic!("{error:?}") };
            error.to_string()
        };
        for (name, set, part) in [
            (
                "newer",
                &["HSET", "zoomtok:{newer}:counts", "version", "2"][..],
                "was written by a newer zoomtok, in format 2",
            ),
            ("fields", &["HSET", "zoomtok:{fields}:counts", "a", "b"], "or was changed since"),
            ("broken", &["HSET", "zoomtok:{broken}:counts", "version", "x"], "or was changed since"),
            ("text", &["SET", "zoomtok:{text}:counts", "x"], "or was changed since"),
        ] {
            server.ask(set);
            let key = set[1];
            let before = server.ask(&["DUMP", key]);
            let said = refused(name);
            assert!(
                said.contains(part) && said.contains(key) && said.contains("uncounted it is not let through"),
                "{said}"
            );
            assert_eq!(server.ask(&["DUMP", key]), before);
        }
        server.kill();
        let said = {
            let error = runtime.block_on(counts_of(&server, "a").take("", &charges, at(0))).unwrap_err();
            error.to_string()
        };
        assert!(
            said.contains("cannot be reached") && said.contains("uncounted it is not let through"),
            "{said}"
        );
        // Without a limit nobody is asked.
        assert!(runtime.block_on(counts_of(&server, "a").take("", &[], at(0))).unwrap().is_empty());
    });
}

#[test]
fn a_process_knows_from_another_one_of_its_machine_that_counts_are_lost() {
    with_server(|runtime, server| {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let charge =
            [Charge { rule: "calls".into(), counter: "c".into(), window: Window::Minute, max: 9, amount: 1 }];
        // 23:58:30, and a minute into the next day.
        let (today, tomorrow) = (at(0), at(150_000));
        let passes = |root: &Path, name: &str, now| {
            runtime.block_on(noting(&server, name, Some(root)).take("", &charge, now)).is_ok()
        };
        let lose = || drop(server.ask(&["FLUSHALL"]));
        assert!(passes(one.path(), "a:b", today));
        lose();
        assert!(!passes(one.path(), "a:b", today), "another process has counted there today");
        assert!(!passes(other.path(), "a:b", today), "it is noted there for all machines");
        lose();
        assert!(passes(one.path(), "another", today), "of another name nothing was counted");
        assert!(passes(one.path(), "a:b", tomorrow), "nothing of today was counted there");
        lose();
        assert!(
            passes(&other.path().join("nowhere"), "a:b", tomorrow),
            "a machine that has not counted there"
        );
        assert!(passes(one.path(), "a:b", tomorrow), "counting has begun anew");
        // A note about another store, and one that cannot be read.
        let path = one.path().join("counted/a-b.json");
        for text in ["{\"store\":\"redis://elsewhere:1/0\",\"day\":0}", "no note"] {
            lose();
            let mut note = Tally::try_open(&path).unwrap().unwrap();
            note.read().unwrap();
            note.write(text).unwrap();
            drop(note);
            assert!(passes(one.path(), "a:b", tomorrow));
        }
        lose();
        assert!(!passes(one.path(), "a:b", tomorrow), "it is a note of this store again");
    });
}
