//! One approval of one call, and gateways on four machines that want it at once.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::gateways::{asking, machine, waiting, writes};
use crate::support::Home;
use crate::support::mcp_session::{Session, wait_until};
use crate::support::needs::needs;
use crate::support::processes::start;
use crate::support::redis::Redis;

/// How many calls are approved.
const ROUNDS: usize = 8;

fn arguments(round: usize) -> Value {
    json!({"text": format!("call {round}")})
}

/// The id of the approval of the call of each round.
fn ids(home: &Home) -> Vec<String> {
    let all = waiting(home);
    let id = |round: usize| {
        let about = all.iter().find(|one| one["arguments"] == arguments(round)).unwrap();
        about["id"].as_str().unwrap().to_owned()
    };
    (0..ROUNDS).map(id).collect()
}

#[test]
fn of_four_gateways_that_make_an_approved_call_at_once_one_makes_it() {
    needs!(Redis);
    let redis = Redis::start();
    let homes: Vec<Home> = (0..5).map(|_| machine(&redis.address())).collect();
    let policy = json!({"version": "1", "default": "allow", "approve_within": 600, "tools": {"write": {"approve": true}}});
    for home in &homes {
        fs::write(home.work().join("policy.json"), policy.to_string()).unwrap();
    }
    let mut sessions: Vec<Session> = homes[..4].iter().map(asking).collect();
    // Each is answered after 45 s that it has to wait, and whoever makes it again may use the approval.
    let sent: Vec<_> = (0..ROUNDS).map(|round| sessions[0].send("write", &arguments(round))).collect();
    thread::sleep(Duration::from_secs(30));
    for sent in sent {
        sessions[0].answer(sent).fails(&["pending: a person has to allow this call"]);
    }
    let ids = ids(&homes[4]);
    for (round, id) in ids.iter().enumerate() {
        let allow = || [4, 0].map(|at| start(&homes[at], &["approval", "allow", id]));
        // Two people allow it, before the gateways want it or while they do.
        let mut allowing = (round % 2 == 0).then(allow);
        if let Some(allowing) = &mut allowing {
            wait_until("the approval", || allowing.iter_mut().all(|process| !process.runs()));
        }
        for session in &mut sessions {
            session.send("write", &arguments(round));
        }
        let allowed = allowing.unwrap_or_else(allow).map(|process| process.end().code);
        assert_eq!(allowed.iter().filter(|code| **code == Some(0)).count(), 1, "{round}: {allowed:?}");
        wait_until("the call", || homes.iter().map(writes).sum::<usize>() > round);
        // The three others have to wait for an approval of their own.
        wait_until("the others", || {
            waiting(&homes[4]).iter().filter(|one| one["arguments"] == arguments(round)).count() == 3
        });
        assert_eq!(homes.iter().map(writes).sum::<usize>(), round + 1);
    }
    assert_eq!(waiting(&homes[4]).len(), 3 * ROUNDS);
}
