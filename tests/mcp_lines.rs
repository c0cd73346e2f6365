//! Whatever a client sends, the server answers the next request, and does not grow.

use std::cell::RefCell;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::jsonrpc_lines::writes;
use crate::mcp_client::Client;
use crate::support::Home;

/// How many times a server is sent some lines.
const CASES: u32 = 600;

/// A server that asks nobody: what is called fails for want of credentials.
fn start(home: &Home) -> Client {
    Client::start(home, &["--no-watch"])
}

/// Sends lines to a server again and again, and has `alive` look after each whether it lives and shall go on; where it
/// shall not, another one takes its place. Gives the last of them.
#[track_caller]
fn withstands(start: impl Fn() -> Client, alive: impl Fn(&mut Client) -> bool) -> Client {
    let client = RefCell::new(start());
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&vec(any::<u8>(), 1..80), |bytes| {
        let mut client = client.borrow_mut();
        if !client.process().runs() {
            *client = start();
        }
        for write in writes(&bytes) {
            client.send(&write);
        }
        if !alive(&mut client) {
            *client = start();
        }
        client.forget();
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    client.into_inner()
}

#[test]
fn no_line_disturbs_a_session() {
    let home = Home::empty();
    let begin = || {
        let mut client = start(&home);
        client.initialize("2025-11-25");
        client
    };
    let mut client = withstands(begin, |client| {
        assert_eq!(client.tools().len(), 14);
        true
    });
    #[cfg(target_os = "linux")]
    assert_small(&mut client);
    client.close().expect(0);
}

#[test]
fn no_line_before_a_session_ends_the_server() {
    let home = Home::empty();
    // Where a line has begun a session of protocol version 2026-07-28 there is no ping: an error is an answer too, and
    // the next line has another server.
    let alive = |client: &mut Client| client.request("ping", &json!({}))["result"].is_object();
    let mut client = withstands(|| start(&home), alive);
    #[cfg(target_os = "linux")]
    assert_small(&mut client);
    client.close().expect(0);
}

/// Fails where a server has ever had much in memory.
#[cfg(target_os = "linux")]
#[track_caller]
fn assert_small(client: &mut Client) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.process().id())).unwrap();
    let most =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")).unwrap();
    let most: u32 = most.parse().unwrap();
    assert!(most < 40 * 1024, "{most} KiB");
}

#[cfg(target_os = "linux")]
#[test]
fn the_line_that_is_largest_in_memory_is_small() {
    let home = Home::empty();
    let mut client = start(&home);
    client.initialize("2025-11-25");
    for length in (10..19).map(|power| 1 << power) {
        let line = json!({"jsonrpc": "2.0", "id": length, "method": "tools/call", "params": {
            "name": "get_user", "arguments": {"user_id": vec![0; length / 2 - 80]}}});
        client.send(format!("{line}\n").as_bytes());
    }
    assert_eq!(client.tools().len(), 14);
    assert_small(&mut client);
    // The last is dropped. The one before it is as long as can be, and was read like the others.
    let answers = client.close().expect(0).stdout;
    assert_eq!(answers.lines().count(), 8, "{answers}");
}
