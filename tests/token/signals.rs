//! Whatever signal comes at whatever moment of an exchange, a refresh token that can be used once is not lost.

use std::io::{BufRead, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use zoomtok::sandbox::{CLIENT_ID, CLIENT_SECRET, Endpoint, Fault};

use crate::support::mcp_session::Session;
use crate::support::processes::{Running, in_flight};
use crate::support::{Home, sandbox};

const REFRESH: &str = "ZOOM_REFRESH_TOKEN";

/// How long Zoom takes to answer. The refresh token is spent when it begins to.
const ANSWER: Duration = Duration::from_secs(3);

const SIGNALS: [&str; 3] = ["HUP", "INT", "TERM"];

/// How long anything may take that is done in milliseconds; a busy machine is slow.
const SOON: Duration = Duration::from_secs(10);

/// When a signal is sent.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So long after the start of the program.
    AfterStart(Duration),
    /// So long after the question has reached Zoom.
    AfterQuestion(Duration),
}

/// The moments of an exchange: before the question, while it is out, and most of them about the answer.
fn moments(n: u32) -> Vec<Moment> {
    let (before, out) = (n / 10, n * 3 / 10);
    let after = n - before - out;
    let spread = |from: Duration, length: Duration, n: u32| (0..n).map(move |i| from + length * i / n);
    let start = spread(Duration::ZERO, Duration::from_millis(60), before).map(Moment::AfterStart);
    let question = spread(Duration::ZERO, ANSWER, out);
    let answer = spread(ANSWER.saturating_sub(Duration::from_millis(40)), Duration::from_millis(160), after);
    start.chain(question.chain(answer).map(Moment::AfterQuestion)).collect()
}

/// Sends one signal at this moment to a program with these arguments, and gives how it ended. Fails if the refresh token
/// is lost.
fn interrupted(arguments: &[&str], moment: Moment, signal: &str) -> Running {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    sandbox.fail(Endpoint::Token, Fault::Late(ANSWER), 1);
    let mut running = home.start(arguments);
    match moment {
        Moment::AfterStart(pause) => thread::sleep(pause),
        Moment::AfterQuestion(pause) => {
            assert!(sandbox.wait_for_token_requests(1, SOON), "no request");
            thread::sleep(pause);
        }
    }
    // It may have ended already.
    if running.runs() {
        running.signal(signal);
    }
    let status = running.wait();
    if home.value(REFRESH).unwrap() != sandbox.refresh_token() {
        // It may be in the recovery file.
        home.run(["get"]);
    }
    assert_eq!(
        home.value(REFRESH).unwrap(),
        sandbox.refresh_token(),
        "{arguments:?}: SIG{signal} at {moment:?}, {status}"
    );
    running
}

/// Does this for many moments at once.
fn at_each(moments: &[Moment], interrupted: impl Fn(Moment, &str) + Sync) {
    thread::scope(|scope| {
        for (moment, signal) in moments.iter().zip(SIGNALS.iter().cycle()) {
            let interrupted = &interrupted;
            scope.spawn(move || interrupted(*moment, signal));
        }
    });
}

#[test]
fn a_signal_at_any_of_200_moments_loses_no_refresh_token() {
    for moments in moments(200).chunks(67) {
        at_each(moments, |moment, signal| drop(interrupted(&["get", "-f"], moment, signal)));
    }
}

#[test]
fn a_signal_to_a_watch_or_an_exec_loses_no_refresh_token() {
    at_each(&moments(40), |moment, signal| {
        let running = match signal {
            "INT" => interrupted(&["watch", "--no-claude"], moment, signal),
            _ => interrupted(&["exec", "--", "true"], moment, signal),
        };
        drop(running);
    });
}

#[test]
fn a_signal_to_a_server_or_the_end_of_its_client_loses_no_refresh_token() {
    at_each(&moments(24), |moment, signal| {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, "");
        sandbox.fail(Endpoint::Token, Fault::Late(ANSWER), 1);
        let mut session = Session::start(&home, &["--no-watch"]);
        match moment {
            Moment::AfterStart(pause) => thread::sleep(pause),
            Moment::AfterQuestion(pause) => {
                assert!(sandbox.wait_for_token_requests(1, SOON), "no request");
                thread::sleep(pause);
            }
        }
        if signal == "INT" {
            session.leave().expect(0);
        } else {
            session.process().signal(signal);
            session.end().expect(0);
        }
        assert_eq!(home.value(REFRESH).unwrap(), sandbox.refresh_token(), "SIG{signal} at {moment:?}");
    });
}

/// The client has nothing but the answer.
#[test]
fn a_refresh_token_that_a_client_has_sent_is_answered_before_the_server_ends() {
    for end in ["TERM", "its input"] {
        let sandbox = sandbox();
        let home = Home::with_token(&sandbox, 3000);
        let mut session = Session::start(&home, &["--no-watch"]);
        session.shows_given_tokens();
        sandbox.fail(Endpoint::Token, Fault::Late(ANSWER), 1);
        let arguments = json!({
            "zoom_access_token": "whatever.it.was",
            "zoom_refresh_token": sandbox.refresh_token(),
            "zoom_client_id": CLIENT_ID,
            "zoom_client_secret": CLIENT_SECRET,
        });
        session.send("zoom_refresh_token", &arguments);
        assert!(sandbox.wait_for_token_requests(1, SOON), "no request");
        let ended = if end == "TERM" {
            session.process().signal(end);
            session.end()
        } else {
            session.leave()
        };
        assert!(ended.expect(0).stdout.contains(&sandbox.refresh_token()), "{end}");
    }
}

/// Sends a signal, and waits until the program says that it continues: two that come before it looks count as one. Gives what
/// it says on stderr, from there on.
fn first_signal(running: &mut Running, name: &str) -> impl BufRead + use<> {
    let mut stderr = BufReader::new(running.stderr());
    running.signal(name);
    let mut line = String::new();
    while !line.contains("the same again ends this at once") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it has ended");
    }
    stderr
}

#[test]
fn the_first_signal_is_answered_in_words_and_the_second_ends_it_at_once() {
    for (arguments, code) in [(&["get", "-f"][..], 129), (&["exec", "--", "true"], 129)] {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, "");
        let mut running = in_flight(&sandbox, &home, arguments, Fault::Never);
        let mut stderr = first_signal(&mut running, "INT");
        let sent = Instant::now();
        running.signal("HUP");
        let mut said = String::new();
        stderr.read_to_string(&mut said).unwrap();
        running.end().expect(code);
        assert!(sent.elapsed() < Duration::from_secs(1), "{:?}", sent.elapsed());
        assert_eq!(said.lines().count(), 1, "{said:?}");
        assert!(said.contains("interrupted") && said.contains("zoomtok get -f"), "{said:?}");
    }
}

#[test]
fn a_watch_and_a_server_end_at_the_second_signal() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    for arguments in [&["watch", "--no-claude"][..], &["mcp", "--no-watch"]] {
        sandbox.fail(Endpoint::Token, Fault::Never, 1);
        let asked = sandbox.token_requests().len();
        let mut command = home.command(arguments);
        command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Running::new(command.spawn().unwrap());
        assert!(sandbox.wait_for_token_requests(asked + 1, SOON), "no request");
        let stderr = first_signal(&mut running, "TERM");
        let sent = Instant::now();
        running.signal("TERM");
        running.end().expect(0);
        drop(stderr);
        assert!(sent.elapsed() < Duration::from_secs(1), "{arguments:?}: {:?}", sent.elapsed());
        // The next one would keep away from the attempt of this one.
        std::fs::remove_dir_all(home.state()).unwrap();
    }
}

#[test]
fn a_hangup_ends_a_watch_as_any_other_signal_does() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut running = home.start(["watch", "--no-claude", "--json"]);
    let mut stdout = BufReader::new(running.stdout());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    running.signal("HUP");
    stdout.read_to_string(&mut line).unwrap();
    running.end().expect(0).quietly();
    assert!(line.lines().last().unwrap().contains("\"signal\":1"), "{line}");
}

/// As `nohup` starts it.
#[test]
fn a_hangup_that_is_ignored_stays_so() {
    let sandbox = sandbox();
    for user in [false, true] {
        let home = if user { Home::of_user(&sandbox, "") } else { Home::of(&sandbox, "") };
        let get = home.command(["get", "-f"]);
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(get.get_program()).args(get.get_args());
        shell.current_dir(home.work()).env_clear();
        shell.envs(get.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let asked = sandbox.token_requests().len();
        sandbox.fail(Endpoint::Token, Fault::Late(Duration::from_millis(800)), 1);
        let mut running = Running::new(shell.spawn().unwrap());
        assert!(sandbox.wait_for_token_requests(asked + 1, SOON), "no request");
        for _ in 0..3 {
            running.signal("HUP");
        }
        running.end().expect(0).quietly();
    }
}

#[test]
fn before_zoom_is_asked_a_signal_ends_it_by_itself() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    let holder = in_flight(&sandbox, &home, &["get", "-f"], Fault::Late(Duration::from_secs(2)));
    let mut waiting = home.start(["get", "-f"]);
    thread::sleep(Duration::from_millis(500));
    waiting.signal("HUP");
    assert_eq!(waiting.wait().signal(), Some(1));
    holder.end().expect(0).quietly();
}
