//! Limits that servers on several machines share.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::gateways::{self, given};
use crate::support::mcp_session::Session;
use crate::support::needs::needs;
use crate::support::proxy::{Proxy, Way};
use crate::support::redis::{Redis, share};
use crate::support::{Home, policies, sandbox};

/// A policy with a limit a day for `write`, and none for other tools.
fn policy(max: u32) -> Value {
    let limit = json!([{"counter": "all", "window": "day", "max": max, "scope": "grant"}]);
    json!({"version": "1", "default": "allow", "tools": {"write": {"limits": limit}}})
}

/// A machine with a home of its own, whose gateways use the store at this address.
struct Machine(Home);

impl Machine {
    fn new(address: &str, max: u32) -> Self {
        let mut home = Home::empty();
        share(&mut home, address);
        fs::write(home.work().join("policy.json"), policy(max).to_string()).unwrap();
        Self(home)
    }

    fn gateway(&self) -> Session {
        let policy = self.0.work().join("policy.json");
        gateways::start(&self.0, &["--no-token", "--name", "files", "--policy", policy.to_str().unwrap()])
    }
}

#[test]
fn of_calls_at_once_on_many_machines_exactly_as_many_pass_as_the_limit_allows() {
    needs!(Redis);
    policies::within_a_window(86_400, 60);
    let redis = Redis::start();
    let machines: Vec<_> = (0..4).map(|_| Machine::new(&redis.address(), 10)).collect();
    let mut sessions: Vec<_> = machines.iter().map(Machine::gateway).collect();
    let sent: Vec<Vec<_>> = sessions
        .iter_mut()
        .map(|session| (0..50).map(|_| session.send("write", &json!({}))).collect())
        .collect();
    let mut passed = 0;
    for (session, sent) in sessions.iter_mut().zip(sent) {
        for sent in sent {
            let answer = session.answer(sent);
            passed += usize::from(!answer.is_error);
            assert!(!answer.is_error || answer.text.contains("no more than 10 a day"), "{}", answer.text);
        }
    }
    let reached: usize = machines
        .iter()
        .map(|machine| given(&machine.0).iter().filter(|given| given.calls("write")).count())
        .sum();
    assert_eq!((passed, reached), (10, 10));
    // A gateway of another name has a limit of its own.
    let policy = machines[0].0.work().join("policy.json");
    let options = ["--no-token", "--name", "other", "--policy", policy.to_str().unwrap()];
    gateways::start(&machines[0].0, &options).call("write", json!({})).ok();
    let counts = redis.keys().into_iter().filter(|key| key.ends_with(":counts"));
    assert_eq!(
        counts.collect::<Vec<_>>(),
        ["zoomtok:{gateway:files}:counts", "zoomtok:{gateway:other}:counts"]
    );
}

#[test]
fn without_the_store_no_call_passes_that_is_limited_and_the_others_do() {
    needs!(Redis);
    policies::within_a_window(86_400, 60);
    let mut redis = Redis::start();
    let machines: Vec<_> = (0..2).map(|_| Machine::new(&redis.address(), 3)).collect();
    let mut sessions: Vec<_> = machines.iter().map(Machine::gateway).collect();
    sessions[0].call("write", json!({})).ok();
    redis.kill();
    for session in &mut sessions {
        for _ in 0..3 {
            session.call("write", json!({})).fails(&[
                "the call cannot be counted, and uncounted it is not let through: the shared store at ",
                "cannot be reached",
            ]);
        }
        session.call("echo", json!({})).ok();
    }
    let calls = |machine: &Machine| given(&machine.0).iter().filter(|given| given.calls("write")).count();
    assert_eq!(machines.iter().map(calls).sum::<usize>(), 1);
    // It comes back with all that was counted.
    redis.restart();
    sessions[0].call("write", json!({})).ok();
    sessions[1].call("write", json!({})).ok();
    sessions[1].call("write", json!({})).fails(&["no more than 3 a day"]);
    // One that comes back empty has lost them, and the limit counts as reached.
    redis.kill();
    redis.forget();
    redis.restart();
    let lost = "the counts in the shared store were lost, or the clock was set back";
    sessions[0].call("write", json!({})).fails(&[lost]);
    sessions[1].call("write", json!({})).fails(&[lost]);
    machines[0].gateway().call("write", json!({})).fails(&[lost]);
}

#[test]
fn a_gateway_that_is_started_after_the_counts_are_lost_knows_of_them() {
    needs!(Redis);
    policies::within_a_window(86_400, 60);
    let mut redis = Redis::start();
    let [here, there] = [3, 3].map(|max| Machine::new(&redis.address(), max));
    here.gateway().call("write", json!({})).ok();
    redis.kill();
    redis.forget();
    redis.restart();
    for machine in [&here, &there] {
        machine
            .gateway()
            .call("write", json!({}))
            .fails(&["the counts in the shared store were lost, or the clock was set back"]);
    }
}

#[test]
fn a_store_that_does_not_answer_holds_up_no_other_call() {
    needs!(Redis);
    let redis = Redis::start();
    let proxy = Proxy::before(redis.port);
    let machine = Machine::new(&redis.address_at(None, proxy.port), 100);
    let mut session = machine.gateway();
    session.call("write", json!({})).ok();
    proxy.set(Way::BlackHole);
    let began = Instant::now();
    let limited: Vec<_> = (0..20).map(|_| session.send("write", &json!({}))).collect();
    session.call("echo", json!({})).ok();
    assert!(session.ask("ping", &json!({})).get("result").is_some());
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    for sent in limited {
        let answer = session.answer(sent);
        assert!(
            answer.is_error && answer.text.contains("uncounted it is not let through"),
            "{}",
            answer.text
        );
    }
    // None of them has waited for all of the others.
    assert!(began.elapsed() < Duration::from_secs(16), "{:?}", began.elapsed());
    proxy.set(Way::Open);
    session.call("write", json!({})).ok();
    let reached = given(&machine.0).iter().filter(|given| given.calls("write")).count();
    assert_eq!(reached, 2);
}

#[test]
fn servers_of_one_account_count_together() {
    needs!(Redis);
    policies::within_a_window(86_400, 60);
    let redis = Redis::start();
    let sandbox = sandbox();
    let limit = json!([{"counter": "all", "window": "day", "max": 3, "scope": "grant"}]);
    let policy = json!({"version": "1", "default": "allow", "tools": {"list_meetings": {"limits": limit}}});
    let mut sessions: Vec<_> = (0..2)
        .map(|_| {
            let mut home = policies::under(&sandbox, &policy);
            share(&mut home, &redis.address());
            let session = policies::start(&home);
            (home, session)
        })
        .collect();
    for (machine, passes) in [(0, true), (1, true), (0, true), (1, false), (0, false)] {
        let answer = sessions[machine].1.call("list_meetings", json!({}));
        assert_eq!(!answer.is_error, passes, "{}", answer.text);
    }
    assert_eq!(redis.keys().len(), 1);
}

#[test]
fn a_store_that_cannot_be_right_closes_the_gateway_until_it_is() {
    needs!(Redis);
    let redis = Redis::start();
    let machine = Machine::new(&redis.address(), 3);
    let key = machine.0.work().join("1.key");
    let good = fs::read(&key).unwrap();
    fs::write(&key, "short\n").unwrap();
    let mut session = machine.gateway();
    for tool in ["write", "echo"] {
        session.call(tool, json!({})).fails(&["ZOOMTOK_STORE_KEY_FILE", "a key is 32 bytes in base64"]);
    }
    assert_eq!(redis.keys(), [""; 0]);
    fs::write(&key, good).unwrap();
    session.call("write", json!({})).ok();
}
