//! `zoomtok mcp` as a server of the protocol: how a session begins and ends, that calls do not wait for each other, and
//! that one can be taken back.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zoomtok::clock::{Shutdown, SystemClock};
use zoomtok::files::Lock;
use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use crate::support::mcp_session::{Session, all_tools, wait_until};
use crate::support::processes::Running;
use crate::support::{Ended, Home, ended, sandbox};

/// The time for an immediate answer, on a machine that is busy.
const AT_ONCE: Duration = Duration::from_secs(2);

/// How long a server that its client has left continues with its calls.
const GRACE: Duration = Duration::from_millis(1500);

/// The seconds that a token has left about which there is nothing to say.
const GOOD: i64 = 3600;

impl Ended {
    /// Fails unless the server has ended as one that was asked to.
    #[track_caller]
    fn ended_well(self) -> Self {
        let ended = self.expect(0);
        for word in ["❌", "error", "failed", "panicked"] {
            assert!(!ended.stderr.contains(word), "{}", ended.stderr);
        }
        ended
    }
}

#[test]
fn every_version_with_a_handshake_is_spoken() {
    let (sandbox, newest) = (sandbox(), "2025-11-25");
    for (asked, spoken) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        (newest, newest),
        // Versions that are not known, or have no handshake, are answered with the newest that has one.
        ("2026-07-28", newest),
        ("1999-12-31", newest),
        ("", newest),
    ] {
        let home = Home::with_token(&sandbox, GOOD);
        let mut session = Session::without_greeting(&home, &[]);
        let server = session.greet(asked);
        assert_eq!(server["protocolVersion"], spoken, "{asked}");
        assert_eq!(server["serverInfo"]["name"], "zoomtok");
        assert_eq!(server["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(server["capabilities"], json!({"tools": {"listChanged": true}}));
        assert_eq!(session.tools().len(), all_tools());
        let user = session.call("get_user", json!({"user_id": "me"})).ok();
        assert_eq!(user.value["email"], "ada@example.com");
        session.leave().ended_well();
    }
}

#[test]
fn it_starts_with_nothing_and_says_what_is_missing_when_a_tool_is_called() {
    let home = Home::empty();
    let mut session = Session::start(&home, &[]);
    assert_eq!(session.tools().len(), all_tools());
    let missing = ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID"];
    session.call("list_users", json!({})).fails(&missing);
    session.call("zoom_token_status", json!({})).ok();
    session.leave().expect(0);
    assert_eq!(home.names(), [".env.lock"; 0]);
}

#[test]
fn it_starts_without_a_network_and_says_so_when_a_tool_is_called() {
    // Nobody listens there any more.
    let home = Home::with_token(&sandbox(), GOOD);
    let mut session = Session::start(&home, &[]);
    assert_eq!(session.tools().len(), all_tools());
    session.call("list_users", json!({})).fails(&["127.0.0.1"]);
    session.leave().expect(0);
}

#[test]
fn the_end_of_its_input_ends_it_whenever_it_comes() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, GOOD);
    let began = Instant::now();
    // Before anything, and after half of a line.
    for bytes in [&b""[..], b"{\"jsonrpc\":\"2.0\",\"id\":1,\"met"] {
        let mut session = Session::without_greeting(&home, &[]);
        session.write(bytes);
        assert_eq!(session.leave().ended_well().stdout, "");
    }
    // With the greeting under way, and with a session that has done nothing yet.
    let mut session = Session::without_greeting(&home, &[]);
    session.send_text(
        "initialize",
        r#"{"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {}}"#,
    );
    session.leave().ended_well();
    assert_eq!(Session::start(&home, &[]).leave().ended_well().stdout, "");
    // None of these had anything to wait for; what there is to wait for in a server takes 20 s.
    assert!(began.elapsed() < 5 * AT_ONCE, "{:?}", began.elapsed());
}

#[test]
fn requests_before_the_end_of_input_are_answered() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, GOOD);
    let mut session = Session::start(&home, &[]);
    sandbox.fail(Endpoint::Api, Fault::Slow(Duration::from_millis(300)), 1);
    session.send("get_user", &json!({"user_id": "me"}));
    let stdout = session.leave().ended_well().stdout;
    assert!(stdout.contains("ada@example.com"), "{stdout}");
}

#[test]
fn a_call_that_hangs_does_not_keep_it_from_ending() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, GOOD);
    let mut session = Session::start(&home, &[]);
    hang(&sandbox, &mut session);
    let closed = Instant::now();
    session.leave().ended_well();
    assert!(closed.elapsed() < GRACE + AT_ONCE, "{:?}", closed.elapsed());
}

#[test]
fn a_lock_that_is_stuck_does_not_keep_it_from_ending() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, -10);
    let held = Lock::acquire(
        &home.env_path().canonicalize().unwrap(),
        AT_ONCE,
        &SystemClock::start(),
        &Shutdown::never(),
    )
    .unwrap();
    let mut session = Session::start(&home, &["--no-watch"]);
    for _ in 0..3 {
        session.send("get_user", &json!({"user_id": "me"}));
    }
    // It is read after these, so that they wait when it is answered.
    session.call("zoom_token_status", json!({})).ok();
    let closed = Instant::now();
    session.leave().expect(0);
    assert!(closed.elapsed() < GRACE + AT_ONCE, "{:?}", closed.elapsed());
    drop(held);
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[test]
fn a_client_that_no_longer_reads_ends_it() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, GOOD);
    let mut server = Running::new(home.command(["mcp"]).stdin(Stdio::piped()).spawn().unwrap());
    let (mut stdin, mut stdout) = (server.stdin(), BufReader::new(server.stdout()));
    let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}});
    stdin.write_all(line(1, "initialize", &hello).as_bytes()).unwrap();
    stdout.read_line(&mut String::new()).unwrap();
    drop(stdout);
    // Another test that is just starting a process may hold a copy of the pipe, and be taken for a reader.
    wait_until("its end", || {
        let _ = stdin.write_all(line(2, "ping", &json!({})).as_bytes());
        !server.runs()
    });
    server.end().ended_well();
    drop(stdin);
}

/// A request, as it is sent.
fn line(id: u32, method: &str, parameters: &Value) -> String {
    format!("{}\n", json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}))
}

#[test]
fn its_input_may_be_a_file() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, GOOD);
    let hello = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}});
    let call = json!({"name": "get_user", "arguments": {"user_id": "me"}});
    let path = home.work().join("requests");
    fs::write(&path, line(1, "initialize", &hello) + &line(2, "tools/call", &call)).unwrap();
    let output = home.command(["mcp"]).stdin(fs::File::open(path).unwrap()).output().unwrap();
    let stdout = ended(output).ended_well().stdout;
    let answers: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 2, "{stdout}");
    assert_eq!(answers[1]["result"]["structuredContent"]["email"], "ada@example.com", "{stdout}");

    assert_eq!(home.run(["mcp"]).ended_well().stdout, "");
}

#[test]
fn a_quick_call_does_not_wait_for_a_slow_one() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, GOOD);
    let mut session = Session::start(&home, &[]);
    sandbox.fail(Endpoint::Api, Fault::Slow(AT_ONCE), 1);
    let slow = session.send("get_user", &json!({"user_id": "me"}));
    wait_for_requests(&sandbox, 1);
    let began = Instant::now();
    let users = session.call("list_users", json!({})).ok();
    assert!(users.value["users"].is_array(), "{users:?}");
    assert!(began.elapsed() < AT_ONCE / 2, "{:?}", began.elapsed());
    assert_eq!(session.answer(slow).value["email"], "ada@example.com");
    session.leave().ended_well();
}

#[test]
fn a_call_that_is_taken_back_ends_at_once() {
    // In the sandbox's place: it shows when a connection ends.
    let zoom = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, GOOD);
    home.set("ZOOM_API_URL", &format!("http://{}/v2", zoom.local_addr().unwrap()));
    let mut session = Session::start(&home, &[]);

    let taken_back = session.send("get_user", &json!({"user_id": "me"}));
    let mut connection = asked(&zoom);
    session.cancel(taken_back);
    assert_eq!(connection.read(&mut [0]).unwrap(), 0, "the connection is open");

    let next = session.send("get_user", &json!({"user_id": "me"}));
    let mut connection = asked(&zoom);
    let body = r#"{"id": "somebody"}"#;
    write!(
        connection,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    assert_eq!(session.answer(next).value, json!({"id": "somebody"}));
    // A call that was taken back is not answered.
    let stdout = session.leave().ended_well().stdout;
    assert_eq!(stdout, "");
}

#[test]
fn the_first_call_of_a_session_can_be_taken_back_in_the_same_breath() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, GOOD);
    sandbox.fail(Endpoint::Api, Fault::Never, 1);
    let mut session = Session::without_greeting(&home, &[]);
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}});
    let call = json!({"name": "get_user", "arguments": {"user_id": "me"}, "_meta": meta});
    let taken_back =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    session.write(format!("{}{taken_back}\n", line(1, "tools/call", &call)));
    assert!(session.ask("tools/list", &json!({"_meta": meta}))["result"].is_object());
    let closed = Instant::now();
    assert_eq!(session.leave().ended_well().stdout, "");
    assert!(closed.elapsed() < GRACE, "{:?}", closed.elapsed());
}

/// A connection with a request to Zoom that has come whole, from which nothing is read for longer than a moment.
fn asked(zoom: &TcpListener) -> TcpStream {
    let (mut connection, _) = zoom.accept().unwrap();
    connection.set_read_timeout(Some(AT_ONCE)).unwrap();
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while !request.ends_with(b"\r\n\r\n") {
        let length = connection.read(&mut buffer).unwrap();
        assert_ne!(length, 0);
        request.extend_from_slice(&buffer[..length]);
    }
    connection
}

/// Calls a tool that is never answered, and waits until Zoom has been asked.
fn hang(sandbox: &Sandbox, session: &mut Session) {
    let before = sandbox.requests().len();
    sandbox.fail(Endpoint::Api, Fault::Never, 1);
    session.send("get_user", &json!({"user_id": "me"}));
    wait_for_requests(sandbox, before + 1);
}

fn wait_for_requests(sandbox: &Sandbox, n: usize) {
    wait_until("a request", || sandbox.requests().len() >= n);
}

#[cfg(unix)]
mod signals {
    use std::process::{Command, Stdio};
    use std::time::Instant;

    use super::{AT_ONCE, GOOD, Home, Session, all_tools, fs, hang, sandbox, wait_until};

    #[test]
    fn a_signal_ends_it_at_once_and_well() {
        let sandbox = sandbox();
        for signal in ["TERM", "INT"] {
            for busy in [false, true] {
                let home = Home::with_token(&sandbox, GOOD);
                let mut session = Session::start(&home, &[]);
                if busy {
                    hang(&sandbox, &mut session);
                }
                let sent = Instant::now();
                session.process().signal(signal);
                session.end().ended_well();
                assert!(sent.elapsed() < AT_ONCE, "{signal}, {busy}: {:?}", sent.elapsed());
            }
        }
    }

    /// Where the two are not both pipes, a thread waits for input that nothing can call back.
    #[test]
    fn a_signal_ends_it_also_while_it_reads_from_what_does_not_end() {
        let sandbox = sandbox();
        for signal in ["TERM", "INT"] {
            let home = Home::with_token(&sandbox, GOOD);
            let mut session = Session::of(command(&home, "exec \"$0\" mcp >out"));
            session.send_text("ping", "{}");
            wait_until("an answer", || fs::read(home.work().join("out")).is_ok_and(|out| !out.is_empty()));
            let sent = Instant::now();
            session.process().signal(signal);
            session.end().ended_well();
            assert!(sent.elapsed() < AT_ONCE, "{signal}: {:?}", sent.elapsed());
        }
    }

    #[test]
    fn it_does_without_anybody_who_reads_what_it_says() {
        let home = Home::empty();
        let mut session = Session::of(command(&home, "{ \"$0\" mcp 2>&1 >&3 3>&- | true; } 3>&1"));
        session.greet("2025-11-25");
        assert_eq!(session.tools().len(), all_tools());
        session.leave().expect(0);
    }

    /// A line of the shell in which `$0` is the program.
    fn command(home: &Home, line: &str) -> Command {
        let program = home.command(["mcp"]);
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).arg(program.get_program()).current_dir(home.work()).env_clear();
        shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.stdout(Stdio::piped()).stderr(Stdio::piped());
        shell
    }
}
