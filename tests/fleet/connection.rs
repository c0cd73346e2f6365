//! A connection to the shared store, whatever is wrong with the store or the way to it.

use std::fs;
use std::time::{Duration, Instant};

use zoomtok::error::{Code, Diagnostic as _, SharedError};
use zoomtok::redis::{Access, Connection, REPLY_PATIENCE, Reply, Script};

use crate::support::Home;
use crate::support::needs::needs;
use crate::support::proxy::{Proxy, Way};
use crate::support::redis::{PASSWORD, Redis, USER, access, key_of, share};

fn open(address: &str) -> Connection {
    Connection::open(&access(address, None, None)).unwrap()
}

fn by_way_of(proxy: &Proxy) -> Connection {
    open(&format!("redis://127.0.0.1:{}", proxy.port))
}

/// The error of a connection that is not made.
#[track_caller]
fn refused(access: &Access) -> SharedError {
    Connection::open(access).err().unwrap()
}

/// Checks what an error says, and that it shows no secret.
#[track_caller]
fn says(error: &SharedError, code: Code, part: &str) {
    let report = error.report();
    assert!(report.contains(part), "{report}");
    assert_eq!(error.code(), code, "{report}");
    assert!(!report.contains(PASSWORD) && !format!("{error:?}").contains(PASSWORD), "{report}");
}

#[test]
fn commands_and_scripts_are_answered() {
    needs!(Redis);
    let mut redis = Redis::start();
    let mut connection = open(&redis.address());
    let text = b"a\r\nb\0\xff";
    assert_eq!(connection.ask(&[b"SET", b"a", text]).unwrap(), Reply::Text(b"OK".to_vec()));
    assert_eq!(connection.ask(&[b"GET", b"a"]).unwrap(), Reply::Text(text.to_vec()));
    assert_eq!(connection.ask(&[b"GET", b"b"]).unwrap(), Reply::Nothing);
    let script = Script::new("return {redis.call('INCRBY', KEYS[1], ARGV[1]), 'x', false}");
    let answer = |count| Reply::List(vec![Reply::Number(count), Reply::Text(b"x".to_vec()), Reply::Nothing]);
    for count in [2, 4] {
        assert_eq!(connection.run(&script, &[b"count"], &[b"2"]).unwrap(), answer(count));
    }
    // Another start of it knows no script, and has all that was written.
    redis.kill();
    redis.restart();
    assert!(connection.ask(&[b"PING"]).unwrap_err().may_be_done());
    assert!(!connection.is_usable());
    assert_eq!(open(&redis.address()).run(&script, &[b"count"], &[b"2"]).unwrap(), answer(6));
    assert_eq!(open(&redis.address().replace("/0", "/3")).ask(&[b"GET", b"a"]).unwrap(), Reply::Nothing);
}

#[test]
fn each_refusal_of_the_store_has_a_meaning_of_its_own() {
    needs!(Redis);
    let redis = Redis::with_user();
    let address = |user: &str| redis.address_at(Some(user), redis.port);
    says(
        &refused(&access(&address(USER), Some("wrong"), None)),
        Code::Configuration,
        "does not accept the password",
    );
    says(
        &refused(&access(&redis.address(), Some(PASSWORD), None)),
        Code::Configuration,
        "does not accept the password",
    );
    let mut stranger = open(&redis.address());
    says(&stranger.ask(&[b"GET", b"zoomtok:a"]).unwrap_err(), Code::Configuration, "asks for a password");
    let mut user = Connection::open(&access(&address(USER), Some(PASSWORD), None)).unwrap();
    user.ask(&[b"SET", b"zoomtok:a", b"1"]).unwrap();
    for command in [&[b"GET".as_slice(), b"other"][..], &[b"KEYS", b"*"], &[b"CONFIG", b"GET", b"dir"]] {
        says(&user.ask(command).unwrap_err(), Code::Configuration, "does not let this user run");
    }
    let script = Script::new("return redis.call('GET', 'other')");
    says(&user.run(&script, &[], &[]).unwrap_err(), Code::Configuration, "does not let this user run EVAL");
    // It repeats what was sent; we do not.
    let error = user.ask(&[b"SET", b"zoomtok:a", b"1", PASSWORD.as_bytes()]).unwrap_err();
    says(&error, Code::Transient, "refused SET (ERR)");
    assert!(user.is_usable() && !error.may_be_done());
    let without = Redis::start();
    says(
        &refused(&access(&without.address(), Some(PASSWORD), None)),
        Code::Configuration,
        "does not accept the password",
    );
}

#[test]
fn a_store_that_takes_no_writes_says_why() {
    needs!(Redis);
    let redis = Redis::start();
    let mut connection = open(&redis.address());
    redis.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    let write = Script::new("return redis.call('SET', KEYS[1], 'x')");
    says(
        &connection.ask(&[b"SET", b"a", b"1"]).unwrap_err(),
        Code::Store,
        "is full and takes no writes (OOM)",
    );
    says(
        &connection.run(&write, &[b"a"], &[]).unwrap_err(),
        Code::Store,
        "is full and takes no writes (OOM)",
    );
    redis.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    redis.ask(&["REPLICAOF", "127.0.0.1", "1"]);
    says(&connection.ask(&[b"SET", b"a", b"1"]).unwrap_err(), Code::Store, "is a read-only replica");
    says(&connection.run(&write, &[b"a"], &[]).unwrap_err(), Code::Store, "is a read-only replica");
    redis.ask(&["CONFIG", "SET", "replica-serve-stale-data", "no"]);
    says(&connection.ask(&[b"GET", b"a"]).unwrap_err(), Code::Transient, "is not ready yet (MASTERDOWN)");
    redis.ask(&["REPLICAOF", "NO", "ONE"]);
    connection.ask(&[b"SET", b"a", b"1"]).unwrap();
}

#[test]
fn nothing_is_waited_for_longer_than_it_may_take() {
    needs!(Redis);
    let redis = Redis::start();
    let proxy = Proxy::before(redis.port);
    for (way, soon) in [
        (Way::BlackHole, false),
        (Way::Slow(REPLY_PATIENCE * 2), false),
        (Way::CutAfter(3), true),
        (Way::HalfClosed, true),
        (Way::Refused, true),
    ] {
        proxy.set(Way::Open);
        let mut connection = by_way_of(&proxy);
        connection.ask(&[b"SET", b"a", b"text"]).unwrap();
        proxy.set(way);
        let began = Instant::now();
        let error = connection.ask(&[b"GET", b"a"]).unwrap_err();
        let took = began.elapsed();
        says(&error, Code::Transient, "did not answer GET");
        assert!(error.may_be_done() && !connection.is_usable(), "{way:?}");
        assert!(took < REPLY_PATIENCE + Duration::from_secs(2), "{way:?}: {took:?}");
        assert!(soon || took + Duration::from_millis(100) > REPLY_PATIENCE, "{way:?}: {took:?}");
    }
    redis.stop();
    let mut connection = by_way_of(&proxy);
    says(&connection.ask(&[b"PING"]).unwrap_err(), Code::Transient, "did not answer PING");
    redis.go_on();
    // An answer that comes piece by piece does not last longer for that.
    proxy.set(Way::Open);
    let mut connection = by_way_of(&proxy);
    connection.ask(&[b"SET", b"a", &vec![b'x'; 400_000]]).unwrap();
    proxy.set(Way::Slow(Duration::from_millis(500)));
    let began = Instant::now();
    connection.ask(&[b"GET", b"a"]).unwrap_err();
    assert!(began.elapsed() < REPLY_PATIENCE + Duration::from_secs(2), "{:?}", began.elapsed());
}

#[test]
fn a_store_that_is_not_there_is_told_from_one_that_is_none() {
    let error = refused(&access("redis://127.0.0.1:1", None, None));
    says(&error, Code::Transient, "cannot be reached");
    assert!(!error.may_be_done());
    says(&refused(&access("redis://no-such-host.invalid", None, None)), Code::Transient, "cannot be reached");
    let web = crate::support::sandbox();
    let port = web.port();
    let mut connection = open(&format!("redis://127.0.0.1:{port}"));
    says(&connection.ask(&[b"PING"]).unwrap_err(), Code::Configuration, "does not speak Redis's protocol");
}

#[test]
fn a_store_is_trusted_by_its_certificate() {
    needs!(Redis, Openssl);
    let redis = Redis::with_tls();
    let authority = fs::read(redis.authority()).unwrap();
    let trusting = |address: &str| access(address, None, Some(authority.clone()));
    for host in ["127.0.0.1", "localhost"] {
        let mut connection =
            Connection::open(&trusting(&redis.address().replace("127.0.0.1", host))).unwrap();
        assert_eq!(connection.ask(&[b"PING"]).unwrap().text(), Some("PONG"));
    }
    // Nobody in the system trusts its authority.
    says(&refused(&access(&redis.address(), None, None)), Code::Configuration, "cannot be trusted");
    let other = Redis::with_tls();
    says(&refused(&trusting(&other.address())), Code::Configuration, "cannot be trusted");
    says(
        &refused(&access(&redis.address(), None, Some(b"no certificate".to_vec()))),
        Code::Configuration,
        "cannot be trusted",
    );
    // Without TLS where it is asked for, and the other way around.
    let plain = Redis::start();
    says(
        &refused(&trusting(&format!("rediss://127.0.0.1:{}", plain.port))),
        Code::Transient,
        "it did not take up TLS in time",
    );
    let mut connection = open(&format!("redis://127.0.0.1:{}", redis.port));
    let error = connection.ask(&[b"PING"]).unwrap_err();
    assert!(error.report().contains("rediss://"), "{}", error.report());
    // One that says nothing.
    let proxy = Proxy::before(redis.port);
    proxy.set(Way::BlackHole);
    let began = Instant::now();
    says(
        &refused(&trusting(&format!("rediss://127.0.0.1:{}", proxy.port))),
        Code::Transient,
        "cannot be reached",
    );
    assert!(began.elapsed() < Duration::from_secs(6));
}

#[test]
fn a_store_keeps_what_it_has_written_down_and_no_more() {
    needs!(Redis);
    let mut redis = Redis::start();
    let proxy = Proxy::before(redis.port);
    let mut connection = by_way_of(&proxy);
    connection.ask(&[b"SET", b"zoomtok:a", b"text"]).unwrap();
    assert_eq!((proxy.connections(), proxy.requests()), (1, 1));
    redis.kill();
    assert!(redis.written().windows(4).any(|part| part == b"text"));
    redis.restart();
    assert_eq!(redis.keys(), ["zoomtok:a"]);
    redis.kill();
    redis.forget();
    redis.restart();
    assert_eq!(redis.keys(), [""; 0]);
}

#[test]
fn doctor_shows_the_address_of_the_store_and_neither_password_nor_key() {
    let mut home = Home::with_env("");
    share(&mut home, "redis://me@127.0.0.1:1");
    home.set("ZOOMTOK_STORE_PASSWORD", PASSWORD);
    let ended = home.run(["doctor"]);
    let said = ended.stdout + &ended.stderr;
    for shown in [
        "ZOOMTOK_STORE is redis://me@127.0.0.1:1/0 (set in",
        "ZOOMTOK_STORE_PASSWORD is set",
        "ZOOMTOK_STORE_KEY_FILE is set",
    ] {
        assert!(said.contains(shown), "{said}");
    }
    assert!(!said.contains(PASSWORD) && !said.contains(&key_of(1)), "{said}");
    home.set("ZOOMTOK_STORE", &format!("redis://me:{PASSWORD}@127.0.0.1"));
    let ended = home.run(["doctor"]);
    let said = ended.stdout + &ended.stderr;
    assert!(said.contains("holds a password") && !said.contains(PASSWORD), "{said}");
}
