//! From one machine to many, and back: each step of the page, and what is left where one is stopped.

use std::time::Duration;

use zoomtok::sandbox::{Fault, Sandbox};

use super::tokens::{force, get};
use crate::support::mcp_session::wait_until;
use crate::support::needs::needs;
use crate::support::processes::in_flight;
use crate::support::redis::{Redis, share};
use crate::support::{Ended, Home, sandbox};

const REFRESH: &str = "ZOOM_REFRESH_TOKEN";

/// A machine with the app and no login.
fn further_machine(sandbox: &Sandbox, redis: &Redis) -> Home {
    let mut home = Home::of_user(sandbox, "");
    let text = home.env_text();
    let own = text.lines().filter(|line| !line.starts_with(REFRESH));
    home.write_env(&(own.collect::<Vec<_>>().join("\n") + "\n"));
    share(&mut home, &redis.address());
    home
}

/// The machine goes on without a store.
fn unset(home: &mut Home) {
    home.set("ZOOMTOK_STORE", "");
}

fn leave(home: &Home) -> Ended {
    home.run(["get", "--leave-store"])
}

#[track_caller]
fn assert_has_the_login(home: &Home, sandbox: &Sandbox) {
    assert_eq!(home.value(REFRESH).unwrap(), sandbox.refresh_token());
}

#[test]
fn one_machine_becomes_many_and_one_again_and_nobody_logs_in() {
    needs!(Redis);
    let (sandbox, mut redis) = (sandbox(), Redis::start());
    // One machine, as most people have it.
    let mut first = Home::of_user(&sandbox, "");
    force(&first).expect(0).quietly();
    assert_has_the_login(&first, &sandbox);
    // The store, and the first exchange with it.
    share(&mut first, &redis.address());
    get(&first);
    assert_has_the_login(&first, &sandbox);
    force(&first).expect(0).quietly();
    assert_eq!(first.value(REFRESH), None);
    // A second machine has no login of its own, and gets the token and then new ones.
    let second = further_machine(&sandbox, &redis);
    let asked = sandbox.token_requests().len();
    assert_eq!(get(&second), get(&first));
    assert_eq!(sandbox.token_requests().len(), asked);
    force(&second).expect(0).quietly();
    // Back to the first one.
    let ended = leave(&first).expect(0);
    assert!(ended.stderr.contains("unset ZOOMTOK_STORE here"), "{}", ended.stderr);
    assert_has_the_login(&first, &sandbox);
    let asked = sandbox.token_requests().len();
    // The other one uses the token while it lasts, and asks nobody for another.
    force(&second).expect(0).quietly();
    assert_eq!(get(&second), get(&first));
    for _ in 0..2 {
        force(&second)
            .expect(3)
            .says(&["the login was taken out of the shared store", "zoomtok get -f there"]);
    }
    assert_eq!(sandbox.token_requests().len(), asked);
    unset(&mut first);
    redis.kill();
    for _ in 0..2 {
        force(&first).expect(0).quietly();
        assert_has_the_login(&first, &sandbox);
    }
    // And to many once more, with the same store.
    redis.restart();
    share(&mut first, &redis.address());
    // The token that is still there may end in the same second, and is another one.
    force(&first).expect(0).quietly();
    force(&first).expect(0).quietly();
    assert_eq!(first.value(REFRESH), None);
    force(&second).expect(0).quietly();
    assert!(sandbox.accepts(&get(&second)));
}

#[test]
fn a_machine_that_has_left_and_still_names_the_store_keeps_the_login() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let mut first = Home::of_user(&sandbox, "");
    share(&mut first, &redis.address());
    force(&first).expect(0).quietly();
    leave(&first).expect(0);
    for command in [&["get"][..], &["check"], &["watch", "--once", "--no-claude"]] {
        first.run(command.iter().copied()).expect(0);
        assert_has_the_login(&first, &sandbox);
    }
    // The next exchange shares it again.
    force(&first).expect(0).quietly();
    assert_eq!(first.value(REFRESH), None);
    let second = further_machine(&sandbox, &redis);
    force(&second).expect(0).quietly();
    force(&second).expect(0).quietly();
    assert!(sandbox.accepts(&get(&second)));
}

#[test]
fn an_old_copy_of_a_login_does_not_count_while_the_newer_one_is_outside() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let old = sandbox.refresh_token();
    let mut first = Home::of_user(&sandbox, "");
    share(&mut first, &redis.address());
    force(&first).expect(0).quietly();
    leave(&first).expect(0);
    let second = further_machine(&sandbox, &redis);
    second.write_env(&format!("{}{REFRESH}={old}\n", second.env_text()));
    let asked = sandbox.token_requests().len();
    force(&second).expect(0);
    force(&second).expect(3).says(&["the login was taken out of the shared store"]);
    assert_eq!(sandbox.token_requests().len(), asked);
    assert_has_the_login(&first, &sandbox);
}

#[test]
fn a_store_that_is_lost_while_a_machine_leaves_costs_no_login() {
    needs!(Redis);
    let (sandbox, mut redis) = (sandbox(), Redis::start());
    let mut first = Home::of_user(&sandbox, "");
    share(&mut first, &redis.address());
    force(&first).expect(0).quietly();
    let leaving = in_flight(&sandbox, &first, &["get", "--leave-store"], Fault::Slow(Duration::from_secs(1)));
    redis.kill();
    let ended = leaving.end().expect(0);
    assert!(ended.stderr.contains("so run this again once it can be reached"), "{}", ended.stderr);
    assert_has_the_login(&first, &sandbox);
    // Once more while it is away: nothing is asked, nothing changes.
    leave(&first).expect(5);
    assert_has_the_login(&first, &sandbox);
    redis.restart();
    leave(&first).expect(0);
    assert_has_the_login(&first, &sandbox);
    unset(&mut first);
    force(&first).expect(0).quietly();
    assert_has_the_login(&first, &sandbox);
}

#[test]
fn a_machine_that_is_killed_before_the_store_knows_that_it_leaves_shares_the_login_again() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let mut first = Home::of_user(&sandbox, "");
    share(&mut first, &redis.address());
    force(&first).expect(0).quietly();
    let leaving = in_flight(&sandbox, &first, &["get", "--leave-store"], Fault::Slow(Duration::from_secs(1)));
    redis.stop();
    wait_until("the login in .env", || first.value(REFRESH).is_some());
    assert_has_the_login(&first, &sandbox);
    leaving.kill();
    redis.go_on();
    force(&first).expect(0);
    assert_eq!(first.value(REFRESH), None);
    let second = further_machine(&sandbox, &redis);
    for home in [&second, &first, &second] {
        force(home).expect(0);
        assert!(sandbox.accepts(&get(home)));
    }
}

#[test]
fn only_the_login_of_a_user_leaves_a_store() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let mut home = Home::of(&sandbox, "");
    leave(&home).expect(2).says(&["--leave-store (a flag) has no store to leave: ZOOMTOK_STORE is not set"]);
    share(&mut home, &redis.address());
    leave(&home).expect(2).says(&["is for a user's login", "unset ZOOMTOK_STORE"]);
    assert!(sandbox.token_requests().is_empty());
}
