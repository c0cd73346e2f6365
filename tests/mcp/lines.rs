//! Whatever a client sends, the server answers the next request, and does not grow.

use std::cell::RefCell;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::mcp::any_bytes::writes;
use crate::support::Home;
use crate::support::mcp_session::{Session, all_tools};
#[cfg(target_os = "linux")]
use crate::support::processes::limit_memory;

/// How many times a server is sent some lines.
const CASES: u32 = 600;

/// How much memory of its own a server may have, in KiB. 4 MiB of it are the stacks of its threads, few of whose pages are ever used.
#[cfg(target_os = "linux")]
const LARGEST: u64 = 24 * 1024;

/// A server that asks nobody: what is called fails for want of credentials.
fn start(home: &Home) -> Session {
    held_small(Session::without_greeting(home, &["--no-watch"]))
}

/// The same, in a session.
fn begin(home: &Home) -> Session {
    held_small(Session::start(home, &["--no-watch"]))
}

/// A server that ends where it wants much memory, on a system that can see to that.
fn held_small(session: Session) -> Session {
    #[cfg(target_os = "linux")]
    limit_memory(session.id(), LARGEST);
    session
}

/// Sends lines to a server again and again, and has `alive` check after each whether it lives and the test is to continue; where it
/// shall not, another one takes its place. Gives the last of them.
#[track_caller]
fn withstands(start: impl Fn() -> Session, alive: impl Fn(&mut Session) -> bool) -> Session {
    let session = RefCell::new(start());
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&vec(any::<u8>(), 1..80), |bytes| {
        let mut session = session.borrow_mut();
        if !session.process().runs() {
            *session = start();
        }
        for write in writes(&bytes) {
            session.write(write);
        }
        if !alive(&mut session) {
            *session = start();
        }
        session.forget();
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    session.into_inner()
}

#[test]
fn no_line_disturbs_a_session() {
    let home = Home::empty();
    let session = withstands(
        || begin(&home),
        |session| {
            assert_eq!(session.tools().len(), all_tools());
            true
        },
    );
    session.leave().expect(0);
}

#[test]
fn no_line_before_a_session_ends_the_server() {
    let home = Home::empty();
    // Where a line has begun a session of protocol version 2026-07-28 there is no ping: an error is an answer too, and
    // the next line has another server.
    let alive = |session: &mut Session| session.ask("ping", &json!({}))["result"].is_object();
    let session = withstands(|| start(&home), alive);
    session.leave().expect(0);
}

#[test]
fn a_call_whose_parameters_are_wrong_is_answered_with_its_id() {
    let home = Home::empty();
    let mut session = begin(&home);
    let params = "params must be an object";
    let arguments = "arguments must be an object";
    let name = "name must be the name of a tool";
    for (method, sent, says) in [
        ("tools/call", r#"{"name":"get_user","arguments":[]}"#, arguments),
        ("tools/call", r#"{"name":"get_user","arguments":["me"]}"#, arguments),
        ("tools/call", r#"{"name":"get_user","arguments":7}"#, arguments),
        ("tools/call", r#"{"name":"get_user","arguments":true}"#, arguments),
        ("tools/call", r#"{"name":"get_user","arguments":""}"#, arguments),
        ("tools/call", r#"{"name":"get_user","arguments":"[]"}"#, arguments),
        ("tools/call", r#"{"arguments":{}}"#, name),
        ("tools/call", r#"{"name":null}"#, name),
        ("tools/call", r#"{"name":7,"arguments":{}}"#, name),
        ("tools/call", r#"{"name":["get_user"]}"#, name),
        ("tools/call", "{}", name),
        ("tools/call", "null", params),
        ("tools/call", "[]", params),
        ("tools/call", r#"["get_user",{"user_id":"me"}]"#, params),
        ("tools/call", r#""get_user""#, params),
        ("tools/call", "7", params),
        ("tools/list", "[]", params),
        ("ping", "[]", params),
    ] {
        let id = session.send_text(method, sent);
        let error = session.response(id)["error"].clone();
        assert_eq!(error["code"], -32602, "{method} {sent}: {error}");
        assert!(error["message"].as_str().unwrap().starts_with(says), "{method} {sent}: {error}");
    }
    // One meaning only: these are arguments, written as a text.
    let id = session.send_text("tools/call", r#"{"name":"get_user","arguments":"{\"user_id\": \"..\"}"}"#);
    session.answer(id).fails(&["wrong arguments: user_id: must be `me`"]);
    session.leave().expect(0);
}

#[cfg(target_os = "linux")]
#[test]
fn the_line_that_is_largest_in_memory_is_small() {
    let home = Home::empty();
    let mut session = begin(&home);
    for length in (10..19).map(|power| 1 << power) {
        let line = json!({"jsonrpc": "2.0", "id": length, "method": "tools/call", "params": {
            "name": "get_user", "arguments": {"user_id": vec![0; length / 2 - 80]}}});
        session.write(format!("{line}\n"));
    }
    assert_eq!(session.tools().len(), all_tools());
    // The last is dropped. The one before it is as long as can be, and was read like the others.
    let answers = session.leave().expect(0).stdout;
    assert_eq!(answers.lines().count(), 8, "{answers}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_client_that_does_not_read_is_not_read_either() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::Stdio;
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use crate::support::processes::Running;

    // More lines of requests than a pipe holds.
    const REQUESTS: usize = 3000;
    let home = Home::empty();
    let mut process =
        Running::new(home.command(["mcp", "--no-watch"]).stdin(Stdio::piped()).spawn().unwrap());
    limit_memory(process.id(), LARGEST);
    let (mut stdin, stdout) = (process.stdin(), BufReader::new(process.stdout()));
    let client = json!({"name": "tests", "version": "1"});
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
    let greeting = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let mut lines = vec![greeting.to_string(), initialized.to_string()];
    lines.extend(
        (1..=REQUESTS).map(|id| json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"}).to_string()),
    );
    let lines = lines.join("\n") + "\n";
    let (done, written) = channel();
    let writes = thread::spawn(move || {
        stdin.write_all(lines.as_bytes()).unwrap();
        let _ = done.send(());
        stdin
    });
    // Where all of it is read, this is the time in which the answers pile up.
    assert!(written.recv_timeout(Duration::from_secs(2)).is_err(), "all was read");
    // A client that begins to read gets every answer.
    assert_eq!(stdout.lines().map_while(Result::ok).take(REQUESTS + 1).count(), REQUESTS + 1);
    drop(writes.join().unwrap());
}
