//! Rounds in which processes are killed, stand still beyond their lease, and the store is killed: the newest refresh token is always
//! in the store or in an escrow, and no machine is logged out.
//!
//! `ZOOMTOK_TESTS_ROUNDS=50` runs as many; by default there are eight.

use std::fs;
use std::thread;
use std::time::Duration;

use zoomtok::sandbox::{Endpoint, Fault, Sandbox};
use zoomtok::store::digest;

use super::tokens::{force, machines_of_user};
use crate::support::needs::needs;
use crate::support::processes::{Running, start};
use crate::support::redis::Redis;
use crate::support::rows::tree;
use crate::support::{Home, sandbox};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Trouble {
    None,
    /// A process is killed while its request is on the way, or at any time.
    Kill,
    /// A process stands still while its lease ends and another one is given.
    Stop,
    /// The store is killed, and starts again.
    Store,
}

struct Fleet {
    sandbox: Sandbox,
    redis: Redis,
    homes: Vec<Home>,
    random: fastrand::Rng,
    /// How often a process was killed after Zoom had answered it and before it had written that down: nothing helps then.
    lost: usize,
}

impl Fleet {
    fn pause(&mut self, most: u64) {
        thread::sleep(Duration::from_millis(self.random.u64(0..most)));
    }

    /// Ends the lease and the wait for an escrow, as time does.
    fn let_leases_end(&self) {
        for key in self.redis.keys().iter().filter(|key| key.ends_with(":lease") || key.ends_with(":linger"))
        {
            self.redis.ask(&["DEL", key]);
        }
    }

    /// Whether the newest refresh token is in the store or in an escrow, by its digest.
    fn is_kept(&self) -> bool {
        let newest = digest(self.sandbox.refresh_token().as_bytes());
        let grant = self.redis.key(":grant");
        let stored = self.redis.ask(&["HGET", &grant, "digest"]);
        let is_escrow = |path: &std::path::PathBuf| path.ends_with("fleet.json");
        let files: Vec<_> =
            self.homes.iter().flat_map(|home| tree(&home.state())).filter(is_escrow).collect();
        let is_in_escrow = |path: &std::path::PathBuf| {
            let kept: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            kept["escrow"]["offer"]["lineage"]["digest"] == newest.as_str()
        };
        stored.text() == Some(&newest) || files.iter().any(is_in_escrow)
    }

    fn round(&mut self, trouble: Trouble) {
        let before = self.sandbox.token_requests().len();
        let fault = match trouble {
            Trouble::Kill if self.random.bool() => Some(Fault::Never),
            Trouble::Kill => None,
            _ => Some(Fault::Slow(Duration::from_millis(self.random.u64(1..300)))),
        };
        if let Some(fault) = fault.clone() {
            self.sandbox.fail(Endpoint::Token, fault, 1);
        }
        self.random.shuffle(&mut self.homes);
        let mut first = start(&self.homes[0], &["get", "-f"]);
        if fault == Some(Fault::Never) {
            self.sandbox.wait_for_token_requests(before + 1, Duration::from_secs(10));
        }
        let others: Vec<Running> = (1..3).map(|at| start(&self.homes[at], &["get", "-f"])).collect();
        self.pause(250);
        match trouble {
            Trouble::None => {}
            Trouble::Kill => {
                first.kill();
                self.let_leases_end();
                ends(others);
                self.sandbox.heal(Endpoint::Token);
                return;
            }
            Trouble::Stop => {
                first.signal("STOP");
                self.pause(400);
                self.let_leases_end();
                ends(others);
                self.let_leases_end();
                first.signal("CONT");
                ends(vec![first]);
                return;
            }
            Trouble::Store => {
                self.redis.kill();
                self.pause(100);
                self.redis.restart();
            }
        }
        ends(others.into_iter().chain([first]).collect());
    }

    /// Every machine gets a token, once each has had the time to bring what it has.
    fn all_go_on(&self) {
        self.let_leases_end();
        for home in &self.homes {
            force(home);
        }
        for home in &self.homes {
            force(home).expect(0);
        }
    }
}

/// Each has ended well, or says that it is to be tried again.
fn ends(processes: Vec<Running>) {
    for process in processes {
        let ended = process.end();
        assert!(matches!(ended.code, Some(0 | 5 | 7)), "{:?}: {}", ended.code, ended.stderr);
    }
}

#[test]
fn the_newest_refresh_token_survives_rounds_of_killed_processes_and_stores() {
    needs!(Redis);
    let rounds = std::env::var("ZOOMTOK_TESTS_ROUNDS").map_or(8, |rounds| rounds.parse().unwrap());
    let seed = fastrand::u64(..);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 3);
    let mut fleet = Fleet { sandbox, redis, homes, random: fastrand::Rng::with_seed(seed), lost: 0 };
    force(&fleet.homes[0]).expect(0);
    for round in 0..rounds {
        let trouble = [Trouble::Kill, Trouble::Stop, Trouble::Store, Trouble::None][round % 4];
        fleet.round(trouble);
        if !fleet.is_kept() {
            // Killed between Zoom's answer and the disk.
            assert_eq!(trouble, Trouble::Kill, "round {round}, seed {seed}");
            fleet.lost += 1;
            // Somebody logs in again, and everything begins anew.
            fleet.redis.ask(&["FLUSHALL"]);
            fleet.homes.iter().for_each(|home| fs::remove_dir_all(home.state()).unwrap());
            let text = fleet.homes[0].env_text();
            let again = format!("{text}ZOOM_REFRESH_TOKEN={}\n", fleet.sandbox.refresh_token());
            fleet.homes[0].write_env(&again);
        }
        fleet.all_go_on();
        assert!(fleet.is_kept(), "round {round}, seed {seed}");
    }
    assert!(fleet.lost <= rounds.div_ceil(8), "{} of {rounds}, seed {seed}", fleet.lost);
}
