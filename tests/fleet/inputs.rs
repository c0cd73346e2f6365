//! Bad input about the shared store: a clear error before Zoom is asked, and nothing there is overwritten.

use zoomtok::redis::Reply;
use zoomtok::sandbox::{Consent, Sandbox};

use super::tokens::get;
use crate::login::browser::LOGIN;
use crate::support::browser::{Waiting, follow};
use crate::support::needs::needs;
use crate::support::redis::{PASSWORD, Redis, USER, key_file, share};
use crate::support::{Home, exec_shell, replace_token, sandbox};

/// Has each run of a home use this sandbox and this store.
fn uses(home: &mut Home, sandbox: &Sandbox, redis: &Redis) {
    share(home, &redis.address_at(Some(USER), redis.port));
    home.set("ZOOMTOK_STORE_PASSWORD", PASSWORD);
    // A login does not take them from a `.env` that was only found.
    home.set("ZOOM_OAUTH_URL", &sandbox.oauth_url()).set("ZOOM_API_URL", &sandbox.api_url());
}

/// A machine of the public client, whose token is due.
fn machine(sandbox: &Sandbox, redis: &Redis) -> Home {
    let mut home = Home::of_public(sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(-10)));
    uses(&mut home, sandbox, redis);
    home
}

/// All that the store has, but for how long it lasts.
fn dump(redis: &Redis) -> Vec<(String, Reply)> {
    redis.keys().into_iter().map(|key| (key.clone(), redis.ask(&["DUMP", &key]))).collect()
}

/// Changes something of a machine or of its store.
type Spoil = fn(&mut Home, &Redis, &str);

/// The faults: how each comes about, given the key of the grant, and what is said of it.
const FAULTS: &[(&str, Spoil, i32, &[&str])] = &[
    (
        "an unknown scheme",
        |home, _, _| {
            home.set("ZOOMTOK_STORE", "http://127.0.0.1");
        },
        2,
        &["ZOOMTOK_STORE (set in the environment)", "has an unknown scheme"],
    ),
    (
        "another password",
        |home, _, _| {
            home.set("ZOOMTOK_STORE_PASSWORD", "another-password-than-that");
        },
        3,
        &["does not accept the password of its user zoomtok"],
    ),
    (
        "no rights",
        |_, redis, _| drop(redis.ask(&["ACL", "SETUSER", USER, "-evalsha", "-eval"])),
        3,
        &["does not let this user run EVALSHA"],
    ),
    (
        "no rights on the keys",
        |_, redis, _| drop(redis.ask(&["ACL", "SETUSER", USER, "resetkeys", "~other:*"])),
        3,
        &["does not let this user run EVAL"],
    ),
    (
        "another key",
        |home, _, _| {
            let key = key_file(&home.work(), 2);
            home.set("ZOOMTOK_STORE_KEY_FILE", key.to_str().unwrap());
        },
        3,
        &["is sealed with the key", "does not have"],
    ),
    (
        "no key in the file of keys",
        |home, _, _| std::fs::write(home.work().join("1.key"), "no key\n").unwrap(),
        2,
        &["ZOOMTOK_STORE_KEY_FILE (set in the environment) names", "1.key, which"],
    ),
    (
        "a value sealed for another grant",
        |_, redis, grant| drop(redis.ask(&["HSET", grant, "digest", "0123456789abcdef"])),
        3,
        &[":grant", "was not sealed by a zoomtok with this machine's key"],
    ),
    (
        "a value that was never sealed",
        |_, redis, grant| drop(redis.ask(&["SET", &grant.replace(":grant", ":access"), "made up"])),
        3,
        &[":access in the shared store"],
    ),
    (
        "a value of another type",
        |_, redis, grant| {
            redis.ask(&["DEL", grant]);
            redis.ask(&["SET", grant, "made up"]);
        },
        3,
        &[":grant", "was not sealed by a zoomtok with this machine's key"],
    ),
    (
        "a record of a newer version",
        |_, redis, grant| drop(redis.ask(&["HSET", grant, "v", "9"])),
        3,
        &[":grant", "was written by a newer zoomtok, in format 9"],
    ),
];

#[test]
fn bad_input_is_an_error_of_each_command_before_zoom_is_asked_and_overwrites_nothing() {
    needs!(Redis);
    for (name, spoil, code, parts) in FAULTS {
        let (sandbox, redis) = (sandbox(), Redis::with_user());
        let mut home = machine(&sandbox, &redis);
        get(&home);
        assert_eq!(sandbox.token_requests().len(), 1);
        replace_token(&home, &sandbox.mint(-10));
        let grant = redis.key(":grant");
        spoil(&mut home, &redis, &grant);
        let (before, env) = (dump(&redis), home.env_text());
        for command in [&["get", "-f"][..], &["get"], &exec_shell("echo ran"), LOGIN] {
            let ended = home.run(command);
            assert_eq!(ended.stdout, "", "{name}");
            ended.expect(*code).says(parts);
        }
        assert_eq!((dump(&redis), home.env_text()), (before, env), "{name}");
        assert_eq!(sandbox.token_requests().len(), 1, "{name}");
    }
}

#[test]
fn a_first_login_finds_what_is_wrong_with_the_record_of_its_app_before_zoom_is_asked() {
    needs!(Redis);
    for (name, spoil, code, parts) in
        FAULTS.iter().filter(|(name, ..)| ["another key", "a record of a newer version"].contains(name))
    {
        let (sandbox, redis) = (sandbox(), Redis::with_user());
        sandbox.consent(Consent::Allow);
        get(&machine(&sandbox, &redis));
        let grant = redis.key(":grant");
        // Its settings do not say yet which app it is about.
        let mut home = Home::with_env("");
        uses(&mut home, &sandbox, &redis);
        spoil(&mut home, &redis, &grant);
        let (before, env) = (dump(&redis), home.env_text());
        let login = Waiting::start(&home, LOGIN);
        follow(&login.address);
        let said = login.end().expect(*code).stderr;
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
        assert_eq!((dump(&redis), home.env_text()), (before, env), "{name}");
        assert_eq!(sandbox.token_requests().len(), 1, "{name}");
    }
}
