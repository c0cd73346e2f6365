//! One token for many machines, each with a home and a `.env` of its own.

use std::collections::BTreeSet;
use std::time::Duration;

use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use crate::support::exec_shell;
#[cfg(unix)]
use crate::support::mcp_session::wait_until;
use crate::support::needs::needs;
#[cfg(unix)]
use crate::support::processes::is_free;
use crate::support::processes::{Running, start};
use crate::support::redis::{Redis, share};
use crate::support::{Ended, Home, sandbox};

/// Machines of one account, made by this.
fn machines(n: usize, address: &str, make: impl Fn(usize) -> Home) -> Vec<Home> {
    let machine = |at| {
        let mut home = make(at);
        share(&mut home, address);
        home
    };
    (0..n).map(machine).collect()
}

/// Machines with the refresh token of a user, which the last one does not have.
pub(super) fn machines_of_user(sandbox: &Sandbox, redis: &Redis, n: usize) -> Vec<Home> {
    machines(n, &redis.address(), |at| {
        let home = Home::of_user(sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(-10)));
        if at + 1 == n {
            let text = home.env_text();
            let without: Vec<&str> =
                text.lines().filter(|line| !line.starts_with("ZOOM_REFRESH_TOKEN")).collect();
            home.write_env(&(without.join("\n") + "\n"));
        }
        home
    })
}

#[track_caller]
pub(super) fn token_of(ended: Ended) -> String {
    ended.expect(0).quietly().stdout.trim_end().to_owned()
}

#[track_caller]
pub(super) fn get(home: &Home) -> String {
    token_of(home.run(["get", "--print"]))
}

/// The process that asks for a new token on a machine.
pub(super) fn force(home: &Home) -> Ended {
    home.run(["get", "-f", "--print"])
}

#[test]
fn many_processes_on_many_machines_make_one_request() {
    needs!(Redis);
    for of_user in [true, false] {
        let (sandbox, redis) = (sandbox(), Redis::start());
        let homes = if of_user {
            machines_of_user(&sandbox, &redis, 4)
        } else {
            machines(4, &redis.address(), |_| Home::with_token(&sandbox, -10))
        };
        sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(2)), 1);
        let first = start(&homes[0], &["get", "--print"]);
        assert!(sandbox.wait_for_token_requests(1, Duration::from_secs(10)));
        let all: Vec<Running> = (0..39).map(|n| start(&homes[n % 4], &["get", "--print"])).collect();
        let mut tokens: BTreeSet<String> = all.into_iter().map(|process| token_of(process.end())).collect();
        tokens.insert(token_of(first.end()));
        assert_eq!((tokens.len(), sandbox.token_requests().len()), (1, 1), "of a user: {of_user}");
        for home in &homes {
            assert_eq!(home.value("ZOOM_ACCESS_TOKEN").as_ref(), tokens.first());
            assert_eq!(home.value("ZOOM_REFRESH_TOKEN"), None);
        }
    }
}

#[test]
fn each_machine_goes_on_with_the_refresh_token_that_another_one_got() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let first = sandbox.refresh_token();
    let homes = machines_of_user(&sandbox, &redis, 3);
    let mut tokens = BTreeSet::new();
    for round in 0..6 {
        // As on one machine, a forced run takes the token that somebody else got in the meantime.
        if round > 0 {
            assert!(tokens.contains(&token_of(force(&homes[round % 3]))));
        }
        assert!(tokens.insert(token_of(force(&homes[round % 3]))));
    }
    assert_eq!(sandbox.token_requests().len(), 6);
    // An old copy of the first refresh token on one of them is not shown to Zoom.
    let text = homes[1].env_text();
    homes[1].write_env(&format!("{text}ZOOM_REFRESH_TOKEN={first}\n"));
    force(&homes[1]).expect(0);
    force(&homes[1]).expect(0);
    assert_eq!(homes[1].value("ZOOM_REFRESH_TOKEN"), None);
    assert!(sandbox.accepts(&get(&homes[1])));
    assert_eq!(sandbox.token_requests().len(), 7);
}

#[test]
fn a_valid_token_asks_the_shared_store_nothing() {
    needs!(Redis);
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3000);
    let proxy = crate::support::proxy::Proxy::before(1);
    share(&mut home, &format!("redis://127.0.0.1:{}", proxy.port));
    // Not even its key is read.
    home.set("ZOOMTOK_STORE_KEY_FILE", "/nonexistent");
    for command in [&["get"][..], &["check"], &["get", "--print"], &exec_shell("exit 0")] {
        home.run(command.iter().copied()).expect(0).quietly();
    }
    assert_eq!((proxy.connections(), sandbox.token_requests().len()), (0, 0));
}

#[test]
#[cfg(unix)]
fn while_a_process_waits_for_another_machine_those_with_a_valid_token_answer_at_once() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 2);
    let token = get(&homes[0]);
    let grant = redis.key(":grant");
    let lease = grant.replace(":grant", ":lease");
    redis.ask(&["SET", &lease, "another machine", "PX", "60000"]);
    let mut waiting = start(&homes[0], &["get", "-f", "--print"]);
    wait_until("its lock", || !is_free(&homes[0].env_path()));
    for command in [&["get", "--print"][..], &["check"], &exec_shell("exit 0")] {
        let ended = homes[0].run(command.iter().copied()).expect(0);
        assert!(command != ["get", "--print"] || ended.stdout.trim_end() == token);
    }
    assert!(waiting.runs() && !is_free(&homes[0].env_path()), "it still waits");
    redis.ask(&["DEL", &lease]);
    assert_ne!(token_of(waiting.end()), token);
    assert_eq!(sandbox.token_requests().len(), 2);
}

#[test]
fn no_refresh_token_can_be_read_anywhere() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 2);
    let mut refresh_tokens = vec![sandbox.refresh_token()];
    let mut access_tokens = Vec::new();
    for round in 0..4 {
        for _ in 0..2 {
            access_tokens.push(token_of(force(&homes[round % 2])));
            refresh_tokens.push(sandbox.refresh_token());
        }
    }
    let written = redis.written();
    let is_in = |text: &[u8], secret: &str| text.windows(secret.len()).any(|part| part == secret.as_bytes());
    for secret in refresh_tokens.iter().chain(&access_tokens) {
        assert!(!is_in(&written, secret), "in the file of the store");
        for home in &homes {
            for path in crate::support::rows::tree(&home.state()).into_iter().filter(|path| path.is_file()) {
                assert!(!is_in(&std::fs::read(&path).unwrap(), secret), "{}", path.display());
            }
        }
    }
    for home in &homes {
        assert!(refresh_tokens.iter().all(|secret| !home.env_text().contains(secret)));
    }
    assert!(is_in(&written, "grant"));
}
