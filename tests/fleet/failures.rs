//! A shared store that is down, slow, full, empty or older than it was.

use std::time::Duration;

use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use super::tokens::{force, get, machines_of_user, token_of};
use crate::support::mcp_session::wait_until;
use crate::support::needs::needs;
use crate::support::processes::start;
use crate::support::proxy::{Proxy, Way};
use crate::support::redis::{Redis, share};
use crate::support::{Home, sandbox};

/// A machine of a user, whose way to the store is a proxy.
fn behind_proxy(sandbox: &Sandbox, redis: &Redis) -> (Home, Proxy) {
    let proxy = Proxy::before(redis.port);
    let mut home = Home::of_user(sandbox, "");
    share(&mut home, &redis.address_at(None, proxy.port));
    (home, proxy)
}

#[test]
fn without_the_store_a_valid_token_serves_and_a_user_s_refresh_token_is_not_spent() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let (home, proxy) = behind_proxy(&sandbox, &redis);
    let token = get(&home);
    for way in [Way::Refused, Way::BlackHole] {
        proxy.set(way);
        assert_eq!(get(&home), token);
        force(&home).expect(5).says(&["not asked for, since the refresh token is shared", "127.0.0.1"]);
    }
    assert_eq!(sandbox.token_requests().len(), 1);
    proxy.set(Way::Open);
    assert_ne!(token_of(force(&home)), token);
}

#[test]
fn without_the_store_a_server_to_server_app_fetches_a_token_for_itself_and_only_one() {
    needs!(Redis);
    let (sandbox, mut redis) = (sandbox(), Redis::start());
    let mut home = Home::of(&sandbox, "");
    share(&mut home, &redis.address());
    redis.kill();
    let token = force(&home).expect(0).stdout;
    assert!(sandbox.accepts(token.trim_end()));
    force(&home).expect(5).says(&["this machine has fetched one for itself within 10 minutes"]);
    assert_eq!(sandbox.token_requests().len(), 1);
    redis.restart();
    assert_ne!(force(&home).expect(0).stdout, token);
}

#[test]
fn a_store_that_takes_no_writes_is_found_before_zoom_is_asked() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let home = &machines_of_user(&sandbox, &redis, 2)[0];
    get(home);
    let refresh_token = sandbox.refresh_token();
    redis.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    force(home).expect(6).says(&["is full and takes no writes"]);
    redis.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    redis.ask(&["REPLICAOF", "127.0.0.1", "1"]);
    force(home).expect(6).says(&["is a read-only replica"]);
    redis.ask(&["REPLICAOF", "NO", "ONE"]);
    assert_eq!((sandbox.token_requests().len(), sandbox.refresh_token()), (1, refresh_token));
    force(home).expect(0);
}

#[test]
fn a_store_that_is_lost_after_zoom_was_asked_gets_the_pair_later() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let (home, proxy) = behind_proxy(&sandbox, &redis);
    get(&home);
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(1)), 1);
    let running = start(&home, &["get", "-f", "--print"]);
    assert!(sandbox.wait_for_token_requests(2, Duration::from_secs(10)));
    proxy.set(Way::Refused);
    let ended = running.end().expect(0).says(&["wait on this machine, for its next exchange"]);
    assert!(sandbox.accepts(ended.stdout.trim_end()));
    proxy.set(Way::Open);
    // The next exchange puts it there first, and spends the right refresh token.
    force(&home).expect(0).quietly();
    assert_eq!(sandbox.token_requests().len(), 3);
}

#[test]
fn a_store_that_comes_back_empty_gets_the_pair_again() {
    needs!(Redis);
    let (sandbox, mut redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 3);
    get(&homes[0]);
    get(&homes[1]);
    redis.kill();
    redis.forget();
    redis.restart();
    // This one has seen the grant and knows that another one has it.
    force(&homes[1]).expect(5).says(&["has lost its newest refresh token"]);
    assert_eq!(sandbox.token_requests().len(), 1);
    force(&homes[0]).expect(0).quietly();
    let token = token_of(force(&homes[1]));
    assert_eq!(get(&homes[2]), token);
}

#[test]
fn a_store_that_comes_back_older_gets_the_pair_again() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 2);
    get(&homes[0]);
    let key = redis.key(":grant");
    redis.ask(&["COPY", &key, "older"]);
    force(&homes[0]).expect(0).quietly();
    redis.ask(&["COPY", "older", &key, "REPLACE"]);
    redis.ask(&["DEL", &key.replace(":grant", ":access")]);
    force(&homes[0]).expect(0).quietly();
    assert_eq!(sandbox.token_requests().len(), 3);
}

#[test]
fn a_replica_that_takes_over_has_the_pair() {
    needs!(Redis);
    let (sandbox, mut primary) = (sandbox(), Redis::start());
    let replica =
        Redis::with(&[&format!("replicaof 127.0.0.1 {}", primary.port), "repl-diskless-sync-delay 0"]);
    let mut homes = machines_of_user(&sandbox, &primary, 2);
    get(&homes[0]);
    let is_up = |what: &str| {
        let info = replica.ask(&["INFO", "replication"]);
        info.text().unwrap().contains(&format!("master_link_status:{what}"))
    };
    wait_until("the replica", || is_up("up"));
    force(&homes[0]).expect(0).quietly();
    let digest = |redis: &Redis| {
        let key = redis.keys().into_iter().find(|key| key.ends_with(":grant"));
        key.map(|key| redis.ask(&["HGET", &key, "digest"]).text().unwrap().to_owned())
    };
    let newest = digest(&primary);
    wait_until("the last change", || digest(&replica) == newest);
    primary.kill();
    wait_until("the end of the primary", || is_up("down"));
    for home in &mut homes {
        share(home, &replica.address());
    }
    force(&homes[0]).expect(6).says(&["is a read-only replica"]);
    replica.ask(&["REPLICAOF", "NO", "ONE"]);
    // The other machine takes the newer token, and gets the next one.
    force(&homes[1]).expect(0).quietly();
    force(&homes[1]).expect(0).quietly();
    assert_eq!(sandbox.token_requests().len(), 3);
}

#[test]
fn a_primary_that_wants_a_replica_and_has_none_is_found_before_zoom_is_asked() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let home = &machines_of_user(&sandbox, &redis, 2)[0];
    get(home);
    redis.ask(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    force(home).expect(5).says(&["is not ready yet (NOREPLICAS)"]);
    assert_eq!(sandbox.token_requests().len(), 1);
    redis.ask(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
    force(home).expect(0).quietly();
}

#[test]
fn a_machine_that_only_reads_takes_the_token_from_the_store() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 2);
    let before = homes[1].env_text();
    homes[1].run(["get", "--read-only"]).expect(6);
    let token = get(&homes[0]);
    assert_eq!(homes[1].run(["get", "--read-only", "--print"]).expect(0).stdout.trim_end(), token);
    assert_eq!(
        (homes[1].env_text(), homes[1].names()),
        (before, vec![".env".to_owned(), "1.key".to_owned()])
    );
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn a_wrong_key_and_a_changed_value_are_found_before_anything_is_asked() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let mut homes = machines_of_user(&sandbox, &redis, 2);
    get(&homes[0]);
    let other = crate::support::redis::key_file(&homes[1].work(), 2);
    homes[1].set("ZOOMTOK_STORE_KEY_FILE", other.to_str().unwrap());
    homes[1].run(["get"]).expect(3).says(&["is sealed with the key", "does not have"]);
    let key = redis.key(":grant");
    redis.ask(&["HSET", &key, "digest", "0123456789abcdef"]);
    force(&homes[0]).expect(3).says(&["was not sealed by a zoomtok with this machine's key"]);
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[cfg(unix)]
mod holders {
    use std::thread;

    use super::*;

    /// Ends a lease as if its time were over.
    fn end(redis: &Redis, what: &str) {
        let key = redis.key(what);
        redis.ask(&["DEL", &key]);
    }

    #[test]
    fn a_holder_that_was_paused_beyond_its_lease_brings_the_only_good_refresh_token() {
        needs!(Redis);
        let (sandbox, redis) = (sandbox(), Redis::start());
        let homes = machines_of_user(&sandbox, &redis, 2);
        get(&homes[0]);
        get(&homes[1]);
        sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(500)), 1);
        let mut holder = start(&homes[0], &["get", "-f", "--print"]);
        assert!(sandbox.wait_for_token_requests(2, Duration::from_secs(10)));
        holder.signal("STOP");
        thread::sleep(Duration::from_secs(1));
        end(&redis, ":lease");
        end(&redis, ":linger");
        // Its successor shows a token that is spent, and is not told to log in.
        force(&homes[1]).expect(5).says(&["no other machine has brought a newer one so far"]);
        force(&homes[1]).expect(5);
        assert_eq!(sandbox.token_requests().len(), 3, "it is not shown again");
        holder.signal("CONT");
        let token = token_of(holder.end());
        assert_eq!(token_of(force(&homes[1])), token);
        force(&homes[1]).expect(0).quietly();
    }

    #[test]
    fn a_holder_that_is_killed_is_waited_for_and_its_own_machine_goes_on_at_once() {
        needs!(Redis);
        let (sandbox, redis) = (sandbox(), Redis::start());
        let homes = machines_of_user(&sandbox, &redis, 2);
        get(&homes[0]);
        get(&homes[1]);
        sandbox.fail(Endpoint::Token, Fault::Never, 1);
        let holder = start(&homes[0], &["get", "-f"]);
        assert!(sandbox.wait_for_token_requests(2, Duration::from_secs(10)));
        holder.kill();
        let mut waiting = start(&homes[1], &["get", "-f", "--print"]);
        thread::sleep(Duration::from_millis(700));
        assert!(waiting.runs());
        let token = token_of(force(&homes[0]));
        assert_eq!(token_of(waiting.end()), token);
        assert_eq!(sandbox.token_requests().len(), 3);
    }
}
