//! The scripts of the shared store do what the pure protocol does, on a real Redis.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use zoomtok::error::SharedError;
use zoomtok::store::fleet::{Lineage, Offer, Pair, Put, Refused, Remote, Shared, Taken};

use crate::support::needs::needs;
use crate::support::redis::{Redis, access};

const MACHINES: [&str; 3] = ["one", "two", "three"];

/// A step, or the end of something that ends by itself.
#[derive(Debug, Clone)]
enum Step {
    Take { machine: usize, current: bool, spends: Option<u8> },
    Put { machine: usize, digest: u8, parent: u8, issued: Option<u8>, authorised: bool },
    Release { machine: usize, spent: bool },
    Refuse { machine: usize, digest: u8 },
    Ends(&'static str),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let machine = || 0..MACHINES.len();
    let take = (machine(), prop::bool::weighted(0.8), prop::option::of(0..4_u8));
    let put = (machine(), 0..6_u8, 0..6_u8, prop::option::of(0..6_u8), any::<bool>());
    let step = prop_oneof![
        3 => take.prop_map(|(machine, current, spends)| Step::Take { machine, current, spends }),
        3 => put.prop_map(|(machine, digest, parent, issued, authorised)| {
            Step::Put { machine, digest, parent, issued, authorised }
        }),
        1 => (machine(), any::<bool>()).prop_map(|(machine, spent)| Step::Release { machine, spent }),
        2 => (machine(), 0..4_u8).prop_map(|(machine, digest)| Step::Refuse { machine, digest }),
        1 => prop::sample::select(vec!["lease", "linger", "patience"]).prop_map(Step::Ends),
    ];
    prop::collection::vec(step, 1..25)
}

fn name(digest: u8) -> String {
    format!("digest-{digest}")
}

/// The shared part of an account as the keys of a Redis have it.
fn stored(redis: &Redis, account: &str) -> Shared<String, String> {
    let key = |what: &str| format!("zoomtok:{{{account}}}:{what}");
    let text = |command: &[&str]| redis.ask(command).text().map(str::to_owned);
    let field = |name: &str| text(&["HGET", &key("grant"), name]);
    Shared {
        grant: field("digest").map(|digest| Lineage {
            digest,
            ancestors: field("ancestors").unwrap().split_whitespace().map(str::to_owned).collect(),
            issued: field("issued").unwrap().parse().ok(),
        }),
        lease: text(&["GET", &key("lease")]),
        linger: text(&["GET", &key("linger")]),
        spending: field("spending"),
        refused: field("refused"),
        patience: text(&["GET", &key("patience")]).is_some(),
    }
}

/// Does this on both, and compares.
fn compare(redis: &Redis, account: &str, steps: &[Step]) {
    let mut remote = Remote::open(&access(&redis.address(), None, None), account).unwrap();
    let mut pure: Shared<String, String> = Shared::default();
    let mut line: Lineage<String> = Lineage::first(name(0), None);
    for step in steps {
        match step.clone() {
            Step::Take { machine, current, spends } => {
                let machine = MACHINES[machine].to_owned();
                let seen = if current {
                    pure.grant.as_ref().map(|grant| grant.digest.clone())
                } else {
                    Some(name(9))
                };
                let spends = spends.map(name);
                let taken: Taken<String> = remote.take(&machine, seen.as_deref(), spends.as_deref()).unwrap();
                assert_eq!(
                    taken,
                    pure.take(&machine, seen.as_ref(), spends.as_ref()),
                    "{step:?} of {steps:?}"
                );
            }
            Step::Put { machine, digest, parent, issued, authorised } => {
                let machine = MACHINES[machine].to_owned();
                if line.digest != name(parent) {
                    line = Lineage::first(name(parent), None);
                }
                line = line.child(name(digest), issued.map(i64::from));
                let offer = Offer { lineage: line.clone(), authorised };
                let put: Put = remote.put(&machine, &offer, &Pair::default(), None).unwrap();
                assert_eq!(put, pure.put(&machine, &offer), "{step:?} of {steps:?}");
            }
            Step::Release { machine, spent } => {
                let machine = MACHINES[machine].to_owned();
                remote.release(&machine, spent).unwrap();
                pure.release(&machine, spent);
            }
            Step::Refuse { machine, digest } => {
                let (machine, digest) = (MACHINES[machine].to_owned(), name(digest));
                let refused: Refused = remote.refuse(&machine, &digest).unwrap();
                assert_eq!(refused, pure.refuse(&machine, &digest), "{step:?} of {steps:?}");
            }
            Step::Ends(what) => {
                redis.ask(&["DEL", &format!("zoomtok:{{{account}}}:{what}")]);
                match what {
                    "lease" => pure.lease = None,
                    "linger" => pure.linger = None,
                    _ => pure.patience = false,
                }
            }
        }
        assert_eq!(stored(redis, account), pure, "after {step:?} of {steps:?}");
    }
}

#[test]
fn the_scripts_do_what_the_pure_protocol_does() {
    needs!(Redis);
    let redis = Redis::start();
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 200, ..Config::default() });
    let account = Cell::new(0);
    let run = runner.run(&steps(), |steps| {
        account.set(account.get() + 1);
        compare(&redis, &format!("account-{}", account.get()), &steps);
        Ok(())
    });
    run.unwrap();
}

#[test]
fn what_ends_by_itself_ends_in_time_and_a_grant_does_not() {
    needs!(Redis);
    let redis = Redis::start();
    let mut remote = Remote::open(&access(&redis.address(), None, None), "a").unwrap();
    let lineage = Lineage::first(name(1), None);
    let offer = Offer { lineage: lineage.clone(), authorised: false };
    remote.put("one", &offer, &Pair::default(), None).unwrap();
    remote.take("one", Some(&lineage.digest), Some(&lineage.digest)).unwrap();
    let left = |what: &str| redis.ask(&["PTTL", &format!("zoomtok:{{a}}:{what}")]).number().unwrap();
    for (what, whole) in [("lease", 30_000), ("linger", 60_000)] {
        assert!((whole - 20_000..=whole).contains(&left(what)), "{what}: {}", left(what));
    }
    assert_eq!(left("grant"), -1);
    remote.refuse("one", &lineage.digest).unwrap();
    assert!((280_000..=300_000).contains(&left("patience")));
}

/// A step on an account, whatever it answers.
type Asks = fn(&mut Remote, &Lineage<String>) -> Result<(), SharedError>;

#[test]
fn no_step_changes_anything_beside_a_record_of_a_newer_version() {
    needs!(Redis);
    let steps: [(&str, Asks); 7] = [
        ("read", |remote, _| remote.read().map(drop)),
        ("take", |remote, stored| remote.take("one", Some(&stored.digest), Some(&stored.digest)).map(drop)),
        ("put", |remote, stored| {
            let offer = Offer { lineage: stored.child(name(2), Some(2)), authorised: true };
            remote.put("one", &offer, &Pair::default(), None).map(drop)
        }),
        ("put again", |remote, stored| {
            let offer = Offer { lineage: stored.clone(), authorised: false };
            remote.put("one", &offer, &Pair::default(), None).map(drop)
        }),
        ("release", |remote, _| remote.release("one", false)),
        ("refuse", |remote, stored| remote.refuse("one", &stored.digest).map(drop)),
        ("remember", |remote, _| remote.remember(b"{}")),
    ];
    for (step, asks) in steps {
        let redis = Redis::start();
        let mut remote = Remote::open(&access(&redis.address(), None, None), "a").unwrap();
        let stored = Lineage::first(name(1), Some(1));
        let offer = Offer { lineage: stored.clone(), authorised: false };
        remote.put("one", &offer, &Pair::default(), None).unwrap();
        remote.remember(b"{\"a\":1}").unwrap();
        remote.take("one", Some(&stored.digest), Some(&stored.digest)).unwrap();
        let dump = || {
            let dumped = |key: &String| redis.ask(&["DUMP", key]);
            redis.keys().iter().map(|key| (key.clone(), dumped(key))).collect::<Vec<_>>()
        };
        redis.ask(&["HSET", "zoomtok:{a}:grant", "v", "2"]);
        let before = dump();
        assert_eq!(before.len(), 4, "{before:?}");
        let error = asks(&mut remote, &stored).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("zoomtok:{a}:grant"), "{step}: {error}");
        assert!(error.contains("was written by a newer zoomtok, in format 2"), "{step}: {error}");
        assert_eq!(dump(), before, "{step}");
        // The same step with a record of its own version.
        redis.ask(&["HSET", "zoomtok:{a}:grant", "v", "1"]);
        asks(&mut remote, &stored).unwrap();
    }
}
