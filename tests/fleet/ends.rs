//! A logout with a shared store: the login ends for all machines, and nothing newer does.

use std::time::Duration;

use zoomtok::sandbox::{Consent, Endpoint, Fault, PUBLIC_CLIENT_ID, Sandbox};

use super::tokens::{force, get, machines_of_user};
use crate::login::browser::LOGIN;
use crate::support::browser::{Waiting, follow};
use crate::support::mcp_session::wait_until;
use crate::support::needs::needs;
use crate::support::processes::{in_flight, start};
use crate::support::redis::{Redis, share};
use crate::support::{Ended, Home, sandbox};

const ENDED: &str = "the login that the machines of the shared store had was ended with zoomtok logout";

fn log_out(home: &Home) -> Ended {
    home.run(["logout"])
}

fn revocations(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().filter(|seen| seen.path == "/oauth/revoke").count()
}

/// The key of the grant, and what it is about.
fn stored(redis: &Redis) -> (String, String) {
    let key = redis.key(":grant");
    let digest = redis.ask(&["HGET", &key, "digest"]).text().unwrap().to_owned();
    (key, digest)
}

#[track_caller]
fn assert_is_ended(redis: &Redis) {
    let (key, digest) = stored(redis);
    assert!(digest.starts_with("ended:"), "{digest}");
    assert_eq!(redis.ask(&["HGET", &key, "sealed"]).text(), Some(""));
    assert!(!redis.keys().contains(&key.replace(":grant", ":access")));
}

#[test]
fn a_logout_on_one_machine_ends_the_login_of_all_and_a_login_on_any_begins_the_next() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    sandbox.consent(Consent::Allow);
    let machine = || {
        let mut home = Home::empty();
        home.set("ZOOM_OAUTH_URL", &sandbox.oauth_url()).set("ZOOM_API_URL", &sandbox.api_url());
        home.write_env(&format!("ZOOM_CLIENT_ID={PUBLIC_CLIENT_ID}\n"));
        share(&mut home, &redis.address());
        home
    };
    let log_in = |home: &Home| {
        let login = Waiting::start(home, LOGIN);
        follow(&login.address);
        login.end().expect(0);
    };
    let homes = [machine(), machine(), machine()];
    for here in [0, 1] {
        log_in(&homes[here]);
        let token = get(&homes[0]);
        assert_eq!(get(&homes[1]), token);
        let refresh_token = sandbox.refresh_token_of(zoomtok::sandbox::Client::Public);
        let ended = log_out(&homes[here]).expect(0);
        assert!(ended.stderr.contains("logged out too"), "{}", ended.stderr);
        assert!(!sandbox.accepts(&token));
        assert_is_ended(&redis);
        assert_eq!(homes[here].value("ZOOM_ACCESS_TOKEN"), None);
        // The others learn of it when they look there: at once with a new machine, else with the next token that they need.
        let asked = sandbox.token_requests().len();
        let old_copy = format!("{}ZOOM_REFRESH_TOKEN={refresh_token}\n", homes[2].env_text());
        let without = homes[2].env_text();
        for text in [&without, &old_copy] {
            homes[2].write_env(text);
            homes[2].run(["get"]).expect(3).says(&[ENDED, "zoomtok login"]);
        }
        homes[2].write_env(&without);
        assert_eq!(get(&homes[1 - here]), token);
        for _ in 0..2 {
            force(&homes[1 - here]).expect(3).says(&[ENDED]);
            assert_eq!(homes[1 - here].value("ZOOM_ACCESS_TOKEN"), None, "nothing takes it any more");
        }
        for home in &homes {
            home.run(["get"]).expect(3).says(&[ENDED]);
            assert!(log_out(home).expect(0).stdout.contains("There is no login in"));
        }
        assert_eq!(sandbox.token_requests().len(), asked);
    }
}

#[test]
fn a_login_that_was_ended_stays_so_where_the_store_forgets_that() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 3);
    get(&homes[0]);
    get(&homes[1]);
    let (key, _) = stored(&redis);
    redis.ask(&["COPY", &key, "older"]);
    log_out(&homes[0]).expect(0);
    force(&homes[1]).expect(3);
    redis.ask(&["COPY", "older", &key, "REPLACE"]);
    let asked = sandbox.token_requests().len();
    // One that has seen the mark waits for it, and the one with the mark puts it there.
    force(&homes[1]).expect(5).says(&["has lost its newest refresh token"]);
    force(&homes[0]).expect(3).says(&[ENDED]);
    assert_is_ended(&redis);
    force(&homes[1]).expect(3).says(&[ENDED]);
    force(&homes[2]).expect(3).says(&[ENDED]);
    assert_eq!(sandbox.token_requests().len(), asked);
}

#[test]
fn a_logout_waits_for_a_machine_that_gets_a_token_and_ends_that_one_too() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 2);
    get(&homes[0]);
    get(&homes[1]);
    let refreshing =
        in_flight(&sandbox, &homes[1], &["get", "-f", "--print"], Fault::Slow(Duration::from_secs(1)));
    log_out(&homes[0]).expect(0);
    let newer = refreshing.end().expect(0).stdout;
    assert!(!sandbox.accepts(newer.trim_end()));
    assert_is_ended(&redis);
    let asked = sandbox.token_requests().len();
    force(&homes[1]).expect(3).says(&[ENDED]);
    assert_eq!(sandbox.token_requests().len(), asked);
}

#[test]
fn a_logout_that_comes_late_leaves_newer_tokens_in_the_store() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 2);
    get(&homes[0]);
    get(&homes[1]);
    let text = homes[0].env_text();
    sandbox.fail(Endpoint::Login, Fault::Slow(Duration::from_secs(2)), 1);
    let ending = start(&homes[0], &["logout"]);
    wait_until("the request", || revocations(&sandbox) == 1);
    // As if its lease were over.
    redis.ask(&["DEL", &stored(&redis).0.replace(":grant", ":lease")]);
    let newer = get_new(&homes[1]);
    let (_, digest) = stored(&redis);
    ending.end().expect(5).says(&["another machine has put newer tokens", "Run zoomtok logout once more"]);
    assert_eq!((stored(&redis).1, homes[0].env_text()), (digest, text));
    assert_eq!(get(&homes[1]), newer);
    log_out(&homes[0]).expect(0);
    assert_is_ended(&redis);
    force(&homes[1]).expect(3).says(&[ENDED]);
}

#[track_caller]
fn get_new(home: &Home) -> String {
    force(home).expect(0).stdout.trim_end().to_owned()
}

#[test]
fn without_the_store_nobody_is_logged_out() {
    needs!(Redis);
    let (sandbox, mut redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 2);
    let token = get(&homes[0]);
    let text = homes[0].env_text();
    redis.kill();
    for arguments in [&["logout"][..], &["logout", "--force"], &["logout", "--all"]] {
        homes[0].run(arguments).expect(5).says(&[
            "not logged out, and nothing was removed: the other machines cannot be told",
            "cannot be reached",
        ]);
    }
    assert_eq!((revocations(&sandbox), homes[0].env_text()), (0, text));
    redis.restart();
    assert_eq!(get(&homes[1]), token);
    force(&homes[1]).expect(0).quietly();
}

#[test]
fn a_store_that_is_lost_while_zoom_ends_a_login_gets_to_know_of_it_later() {
    needs!(Redis);
    let (sandbox, mut redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 2);
    get(&homes[0]);
    get(&homes[1]);
    sandbox.fail(Endpoint::Login, Fault::Slow(Duration::from_secs(1)), 1);
    let ending = start(&homes[0], &["logout"]);
    wait_until("the request", || revocations(&sandbox) == 1);
    redis.kill();
    let ended = ending.end().expect(0);
    let warning = "it still has the tokens that are ended, until the next zoomtok get";
    assert!(ended.stderr.contains(warning), "{}", ended.stderr);
    assert_eq!(homes[0].value("ZOOM_ACCESS_TOKEN"), None);
    redis.restart();
    // The time of its lease.
    redis.ask(&["DEL", &stored(&redis).0.replace(":grant", ":lease")]);
    let asked = sandbox.token_requests().len();
    for _ in 0..2 {
        force(&homes[1]).expect(5).says(&["Zoom refuses the refresh token in the shared store"]);
    }
    assert_eq!(sandbox.token_requests().len(), asked + 1);
    homes[0].run(["get"]).expect(3).says(&[ENDED]);
    force(&homes[1]).expect(3).says(&[ENDED]);
    assert_eq!(sandbox.token_requests().len(), asked + 1);
}

#[test]
fn a_server_to_server_app_that_logs_out_takes_its_token_out_of_the_store_and_any_machine_gets_the_next() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = [0, 1].map(|_| {
        let mut home = Home::of(&sandbox, "");
        share(&mut home, &redis.address());
        home
    });
    let token = get(&homes[0]);
    assert_eq!(get(&homes[1]), token);
    log_out(&homes[0]).expect(0);
    assert!(!sandbox.accepts(&token));
    assert_is_ended(&redis);
    let next = get_new(&homes[1]);
    assert!(sandbox.accepts(&next));
    assert_eq!(get(&homes[0]), next);
}
