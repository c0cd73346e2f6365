//! However many processes ask at once, Zoom is asked once (claim 1), and a lock neither outlives its holder nor hangs
//! who waits for it (claim 2).

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use zoomtok::sandbox::{Endpoint, Fault, Options, Sandbox};

use crate::support::processes::{Running, crowd, in_flight, start};
use crate::support::{Ended, Home, sandbox};

/// Long enough for 50 processes to start on a busy machine, and well within an exchange.
const ALL_STARTED: Duration = Duration::from_secs(3);

/// A home whose token has expired.
fn expired(sandbox: &Sandbox) -> Home {
    Home::with_token(sandbox, -10)
}

/// The different tokens that were printed; every process must have ended well and printed one.
#[track_caller]
fn tokens(all: Vec<Ended>) -> BTreeSet<String> {
    all.into_iter().map(|one| one.expect(0).quietly().stdout.trim_end().to_owned()).collect()
}

#[track_caller]
fn the_only(tokens: BTreeSet<String>) -> String {
    assert_eq!(tokens.len(), 1);
    tokens.into_iter().next().unwrap()
}

#[track_caller]
fn assert_requests(sandbox: &Sandbox, n: usize) {
    assert_eq!(sandbox.token_requests().len(), n, "requests for a token");
}

#[test]
fn many_processes_on_an_expired_token_make_one_request() {
    for n in [20, 50] {
        let sandbox = sandbox();
        let home = expired(&sandbox);
        sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(1)), 1);
        let token = the_only(tokens(crowd(&home, &["get", "--print"], n)));
        assert!(sandbox.accepts(&token));
        assert_eq!(home.value("ZOOM_ACCESS_TOKEN").unwrap(), token);
        assert_requests(&sandbox, 1);
    }
}

#[test]
fn no_timing_makes_a_second_request() {
    let sandbox = sandbox();
    for round in 1..=50 {
        let home = expired(&sandbox);
        the_only(tokens(crowd(&home, &["get", "--print"], 8)));
        assert_requests(&sandbox, round);
    }
}

#[test]
fn a_process_started_during_a_request_waits_for_its_token() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    let first = in_flight(&sandbox, &home, &["get", "--print"], Fault::Slow(Duration::from_secs(1)));
    let mut all = crowd(&home, &["get", "--print"], 20);
    all.push(first.end());
    the_only(tokens(all));
    assert_requests(&sandbox, 1);
}

#[test]
fn a_process_that_waited_reports_that_another_one_got_the_token() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    let first = in_flight(&sandbox, &home, &["get", "--json"], Fault::Slow(Duration::from_secs(1)));
    let second = home.run(["get", "--json"]).expect(0).stdout;
    assert!(second.contains(r#""adopted""#), "{second}");
    let first = first.end().expect(0).stdout;
    assert!(first.contains(r#""fetched""#), "{first}");
}

#[test]
fn many_forced_at_any_timing_all_get_a_token_that_works() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let tokens = tokens(crowd(&home, &["get", "-f", "--print"], 50));
    for token in &tokens {
        assert!(sandbox.accepts(token));
    }
    // As many as were fetched were printed, and the last of them is stored now.
    assert_requests(&sandbox, tokens.len());
    assert!(tokens.contains(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
}

#[test]
fn many_forced_that_wait_take_what_they_waited_for() {
    for supersede in [false, true] {
        let sandbox = Sandbox::start(Options { supersede, ..Options::default() }).unwrap();
        let home = Home::of(&sandbox, "");
        let old = home.run(["get", "--print"]).expect(0).stdout.trim_end().to_owned();
        sandbox.fail(Endpoint::Token, Fault::Slow(ALL_STARTED), 1);
        // A process that starts late was not waiting. Processes of Windows start slowly, under wine above all.
        let n = if cfg!(windows) { 10 } else { 50 };
        let token = the_only(tokens(crowd(&home, &["get", "-f", "--print"], n)));
        assert_ne!(token, old);
        assert!(sandbox.accepts(&token));
        assert_requests(&sandbox, 2);
    }
}

#[test]
fn a_refresh_token_is_spent_once() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(-10)));
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(500)), 1);
    let token = the_only(tokens(crowd(&home, &["get", "--print"], 20)));
    assert!(sandbox.accepts(&token));
    assert_requests(&sandbox, 1);
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token());
}

#[test]
fn one_refusal_is_reported_to_all_waiting_processes() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    home.write_env(&home.env_text().replace("ZOOM_CLIENT_SECRET=", "ZOOM_CLIENT_SECRET=not"));
    let text = home.env_text();
    let first = in_flight(&sandbox, &home, &["get", "--print"], Fault::Slow(ALL_STARTED));
    let others = crowd(&home, &["get", "--print"], 20);
    first.end().expect(4).says(&["client"]);
    for other in others {
        assert_eq!(other.expect(4).says(&["client", "reported by another zoomtok"]).stdout, "");
    }
    assert_requests(&sandbox, 1);
    assert_eq!(home.env_text(), text);

    // It is news only for those who waited: who comes later asks.
    home.run(["get"]).expect(4);
    assert_requests(&sandbox, 2);
}

#[test]
fn an_outage_costs_one_exchange_however_many_wait() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    let first = in_flight(&sandbox, &home, &["get", "--print"], Fault::Status(503));
    sandbox.fail(Endpoint::Token, Fault::Html(502), u32::MAX);
    // The pauses between the three tries are at least 2 s, in which these start.
    let arguments: [&[&str]; 2] = [&["get", "--print"], &["get", "-f", "--print"]];
    let mut all: Vec<_> = (0..10).map(|n| start(&home, arguments[n % 2])).collect();
    all.push(first);
    let all: Vec<_> = all.into_iter().map(Running::end).collect();
    for one in all {
        assert_eq!(one.expect(5).says(&["could not get a token"]).stdout, "");
    }
    assert_requests(&sandbox, 3);
    sandbox.heal(Endpoint::Token);
    home.run(["get"]).expect(0).quietly();
}

#[test]
fn a_lock_file_that_nobody_holds_locks_nothing() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    let lock = home.work().join(".env.lock");
    fs::write(&lock, "4711\n").unwrap();
    home.run(["get"]).expect(0).quietly();
    assert_eq!(fs::read_to_string(&lock).unwrap(), "4711\n");
    assert_eq!(home.names(), [".env", ".env.lock"]);
}

// On Windows it cannot be removed then, which everywhere.rs shows.
#[cfg(unix)]
#[test]
fn a_lock_file_removed_while_it_is_held_does_no_harm() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    let first = in_flight(&sandbox, &home, &["get", "--print"], Fault::Slow(Duration::from_secs(2)));
    fs::remove_file(home.work().join(".env.lock")).unwrap();
    let mut all = crowd(&home, &["get", "--print"], 3);
    all.push(first.end());
    let token = the_only(tokens(all));
    assert_eq!(home.value("ZOOM_ACCESS_TOKEN").unwrap(), token);
    assert_requests(&sandbox, 1);
    assert_eq!(home.names(), [".env", ".env.lock"]);
}

#[cfg(unix)]
mod signals {
    use std::thread;
    use std::time::{Duration, Instant};

    use zoomtok::sandbox::Fault;

    use super::{Home, Running, assert_requests, expired, in_flight, sandbox, start, the_only, tokens};

    /// How long others wait by the manual, and how much a busy machine may add.
    const PATIENCE: Duration = Duration::from_secs(30);
    const MARGIN: Duration = Duration::from_secs(2);

    #[test]
    fn a_killed_holder_leaves_nothing_to_clean_up() {
        let sandbox = sandbox();
        let home = expired(&sandbox);
        for round in 1..=3 {
            let text = home.env_text();
            let holder = in_flight(&sandbox, &home, &["get", "-f"], Fault::Never);
            assert_eq!(home.names(), [".env", ".env.lock", ".env.zoomtok-tmp"]);
            holder.kill();
            assert_eq!(home.env_text(), text);
            let token = home.run(["get", "-f", "--print"]).expect(0).quietly().stdout;
            assert!(sandbox.accepts(token.trim_end()));
            assert_eq!(home.names(), [".env", ".env.lock"]);
            assert_requests(&sandbox, 2 * round);
        }
        // The remains are removed also when the token is valid and nothing is to be fetched.
        in_flight(&sandbox, &home, &["get", "-f"], Fault::Never).kill();
        home.run(["get"]).expect(0).quietly();
        assert_eq!(home.names(), [".env", ".env.lock"]);
    }

    #[test]
    fn processes_waiting_for_a_killed_holder_continue_at_once() {
        let sandbox = sandbox();
        let home = expired(&sandbox);
        let holder = in_flight(&sandbox, &home, &["get", "--print"], Fault::Never);
        let waiting: Vec<_> = (0..5).map(|_| start(&home, &["get", "--print"])).collect();
        thread::sleep(Duration::from_millis(300));
        assert_requests(&sandbox, 1);
        let killed = Instant::now();
        holder.kill();
        the_only(tokens(waiting.into_iter().map(Running::end).collect()));
        assert!(killed.elapsed() < Duration::from_secs(2), "{:?}", killed.elapsed());
        assert_requests(&sandbox, 2);
    }

    #[test]
    fn a_stopped_holder_is_waited_for_half_a_minute() {
        let sandbox = sandbox();
        let home = Home::of(&sandbox, "");
        let old = home.run(["get", "--print"]).expect(0).stdout;
        let slow = Fault::Slow(Duration::from_millis(500));
        let mut holder = in_flight(&sandbox, &home, &["get", "-f", "--print"], slow);
        holder.signal("STOP");

        // A process with a valid token waits for nobody.
        assert_eq!(home.run(["get", "--print"]).expect(0).quietly().stdout, old);

        let began = Instant::now();
        let mut waiting: Vec<_> = (0..3).map(|_| start(&home, &["get", "-f", "--print"])).collect();
        thread::sleep(PATIENCE.saturating_sub(began.elapsed()));
        for process in &mut waiting {
            assert!(process.runs());
        }
        for process in waiting {
            let ended = process.end().expect(7).says(&["another zoomtok has held", ".env.lock", "30 s"]);
            assert_eq!(ended.stdout, "");
        }
        assert!(began.elapsed() < PATIENCE + MARGIN, "{:?}", began.elapsed());
        assert_requests(&sandbox, 2);
        assert_eq!(home.value("ZOOM_ACCESS_TOKEN").unwrap(), old.trim_end());

        // The answer has arrived while it was stopped, and is not thrown away.
        holder.signal("CONT");
        let new = holder.end().expect(0).quietly().stdout;
        assert_ne!(new, old);
        assert_eq!(home.value("ZOOM_ACCESS_TOKEN").unwrap(), new.trim_end());
        assert_requests(&sandbox, 2);
        assert_eq!(home.names(), [".env", ".env.lock"]);
    }

    #[test]
    fn a_token_the_holder_could_not_store_is_found_by_a_waiting_process() {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, "");
        let text = home.env_text();
        let slow = Fault::Slow(Duration::from_secs(1));
        let holder = in_flight(&sandbox, &home, &["get"], slow);
        let mut waiting = start(&home, &["get", "--print"]);
        // Stopped, so that the file is fixed before it continues; until then it has had time to reach the lock.
        thread::sleep(Duration::from_millis(500));
        waiting.signal("STOP");
        home.write_env("ZOOM_ACCESS_TOKEN=\"no end\n");
        holder.end().expect(6);
        home.write_env(&text);
        waiting.signal("CONT");
        let token = waiting.end().expect(0).quietly().stdout;
        assert!(sandbox.accepts(token.trim_end()));
        assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token());
        assert_requests(&sandbox, 1);
    }
}
