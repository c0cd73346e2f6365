//! The doctor's look at the shared store, and bad input before anybody is asked.

use std::fs;

use serde_json::json;
use zoomtok::sandbox::Sandbox;

use crate::support::mcp_session::api_calls;
use crate::support::needs::needs;
use crate::support::pages::{read, root};
use crate::support::redis::{PASSWORD, Redis, USER, key_of, rights, share};
#[cfg(unix)]
use crate::support::set_mode;
use crate::support::{Home, policies, sandbox};

/// A home with a good token that uses the store at this address with this password.
fn home(sandbox: &Sandbox, address: &str, password: Option<&str>) -> Home {
    let mut home = Home::with_token(sandbox, 3000);
    share(&mut home, address);
    if let Some(password) = password {
        home.set("ZOOMTOK_STORE_PASSWORD", password);
    }
    home
}

/// The doctor's report about the store; fails if it holds a secret.
#[track_caller]
fn report(home: &Home, code: i32) -> String {
    let ended = home.run(["doctor"]).expect(code);
    assert!(!ended.stdout.contains(PASSWORD) && !ended.stdout.contains(&key_of(1)), "{}", ended.stdout);
    ended.stdout
}

#[test]
fn a_store_in_order_is_found_so_and_left_as_it_was() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let said = report(&home(&sandbox, &redis.address(), None), 0);
    assert!(
        said.contains("✅ the shared store at redis://127.0.0.1:") && said.contains("answers (version "),
        "{said}"
    );
    assert_eq!(redis.keys(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_key_or_a_password_that_others_can_read_is_doubted() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::with_user());
    let mut home = home(&sandbox, &redis.address_at(Some(USER), redis.port), None);
    let [key, password] = ["1.key", "store.password"].map(|name| home.work().join(name));
    fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    home.is_for_secrets(&password);
    home.set("ZOOMTOK_STORE_PASSWORD_FILE", password.to_str().unwrap());
    for (modes, told) in
        [([0o600, 0o400], [false, false]), ([0o640, 0o600], [true, false]), ([0o600, 0o604], [false, true])]
    {
        for (path, mode) in [&key, &password].into_iter().zip(modes) {
            set_mode(path, mode);
        }
        let said = report(&home, 0);
        for ((path, mode), told) in [&key, &password].into_iter().zip(modes).zip(told) {
            let path = path.display();
            assert_eq!(
                said.contains(&format!("can read or write {path}, which ZOOMTOK_STORE_")),
                told,
                "{said}"
            );
            assert_eq!(said.contains(&format!("(mode {mode:03o})\n   👉 chmod 600 {path}")), told, "{said}");
        }
    }
    // Where the store cannot be used, too.
    set_mode(&key, 0o644);
    fs::write(&key, "no key\n").unwrap();
    assert!(report(&home, 2).contains(&format!("chmod 600 {}", key.display())));
}

#[test]
fn each_command_that_is_not_allowed_is_named() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::with_user());
    let home = home(&sandbox, &redis.address_at(Some(USER), redis.port), Some(PASSWORD));
    let said = report(&home, 0);
    assert!(!said.contains('❌') && said.contains("its user may not run info"), "{said}");
    redis.ask(&["ACL", "SETUSER", USER, "+info"]);
    assert!(report(&home, 0).contains("answers (version "));
    redis.ask(&["ACL", "SETUSER", USER, "-evalsha", "-time", "-del"]);
    let said = report(&home, 3);
    assert!(said.contains("does not let this user run del, evalsha, time"), "{said}");
    redis.ask(&["ACL", "SETUSER", USER, "resetkeys", "~other:*"]);
    assert!(report(&home, 3).contains("does not let this user run del, evalsha, exists, get"));
}

#[test]
fn a_store_that_would_lose_tokens_is_doubted() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    redis.ask(&["CONFIG", "SET", "appendonly", "no"]);
    redis.ask(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let said = report(&home(&sandbox, &redis.address(), None), 0);
    assert!(
        said.contains("it has appendonly no") && said.contains("maxmemory-policy is allkeys-lru"),
        "{said}"
    );
    redis.ask(&["REPLICAOF", "127.0.0.1", "1"]);
    assert!(report(&home(&sandbox, &redis.address(), None), 6).contains("is a read-only replica"));
}

#[test]
fn a_certificate_of_an_own_authority_is_trusted_where_it_is_named() {
    needs!(Redis, Openssl);
    let (sandbox, redis) = (sandbox(), Redis::with_tls());
    let mut home = home(&sandbox, &redis.address(), None);
    assert!(report(&home, 3).contains("ZOOMTOK_STORE_CA_FILE"));
    home.set("ZOOMTOK_STORE_CA_FILE", redis.authority().to_str().unwrap());
    assert!(report(&home, 0).contains("✅ the shared store at rediss://127.0.0.1:"));
}

#[test]
fn the_configuration_and_the_line_of_the_page_give_the_rights_that_are_needed() {
    needs!(Redis);
    assert!(read("docs/fleet.md").contains(&format!("ACL SETUSER zoomtok on >PASSWORD {}\n", rights())));
    let text = fs::read_to_string(root().join("deploy/redis.conf")).unwrap();
    let text = text.replace(">PASSWORD", &format!(">{PASSWORD}"));
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("port ")).collect();
    let redis = Redis::with(&[&lines[..], &["user admin on nopass ~* &* +@all"]].concat());
    let said = report(&home(&sandbox(), &redis.address_at(Some(USER), redis.port), Some(PASSWORD)), 0);
    assert!(said.contains("✅ the shared store at redis://zoomtok@127.0.0.1:"), "{said}");
}

#[test]
fn bad_input_is_an_error_before_zoom_is_asked_and_overwrites_nothing() {
    needs!(Redis);
    let redis = Redis::with_user();
    let limit = json!([{"counter": "all", "window": "day", "max": 3, "scope": "grant"}]);
    let policy = json!({"version": "1", "default": "allow", "tools": {"list_meetings": {"limits": limit}}});
    let address = redis.address_at(Some(USER), redis.port);
    let nobody = "redis://127.0.0.1:1";
    // All sandboxes are at this host, and have one account.
    let first = sandbox();
    let counts = {
        let mut home = policies::under(&first, &policy);
        share(&mut home, &address);
        home.set("ZOOMTOK_STORE_PASSWORD", PASSWORD);
        policies::start(&home).call("list_meetings", json!({})).ok();
        redis.keys().remove(0)
    };
    redis.ask(&["HSET", &counts, "version", "9"]);
    for (address, password, prepare, parts) in [
        (
            "http://127.0.0.1",
            None,
            &[][..],
            ["ZOOMTOK_STORE (set in the environment)", "has an unknown scheme"],
        ),
        (nobody, None, &[], ["cannot be reached", "uncounted it is not let through"]),
        (&address, None, &[], ["asks for a password", "Set ZOOMTOK_STORE_PASSWORD"]),
        (
            &address,
            Some("another-password-than-that"),
            &[],
            ["does not accept the password of its user zoomtok", "Check the user"],
        ),
        (
            &address,
            Some(PASSWORD),
            &["ACL", "SETUSER", USER, "-evalsha", "-eval"],
            ["does not let this user run EVALSHA", "ACL SETUSER"],
        ),
        (
            &address,
            Some(PASSWORD),
            &["ACL", "SETUSER", USER, "+evalsha", "+eval"],
            ["was written by a newer zoomtok, in format 9", "Update zoomtok"],
        ),
    ] {
        let sandbox = sandbox();
        let mut home = policies::under(&sandbox, &policy);
        share(&mut home, address);
        password.map(|password| home.set("ZOOMTOK_STORE_PASSWORD", password));
        if !prepare.is_empty() {
            redis.ask(prepare);
        }
        let before: Vec<_> = redis.keys().iter().map(|key| redis.ask(&["DUMP", key])).collect();
        let mut session = policies::start(&home);
        session.call("list_meetings", json!({})).fails(&parts);
        assert_eq!((api_calls(&sandbox).len(), sandbox.token_requests().len()), (0, 0));
        let after: Vec<_> = redis.keys().iter().map(|key| redis.ask(&["DUMP", key])).collect();
        assert_eq!(before, after);
    }
}
