//! `zoomtok exec`: the command has a valid token in its environment, and everything else about it is its own.
//!
//! On Unix it takes the place of zoomtok; there its process id, its signals and its standard streams can be looked at.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::Duration;

use zoomtok::sandbox::{Fault, Sandbox};

use crate::support::processes::in_flight;
use crate::support::rows::{exp, shell};
use crate::support::{Ended, Home, ended, sandbox};

/// A home whose token has so many seconds left.
fn home(life: i64) -> (Sandbox, Home) {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, life);
    home.set("PATH", &std::env::var("PATH").unwrap());
    (sandbox, home)
}

fn exec(home: &Home, command: &[&str]) -> Ended {
    home.run([&["exec", "--"], command].concat())
}

#[test]
fn the_command_has_a_valid_token_in_its_environment() {
    const SHOW: [&str; 3] = ["sh", "-c", "echo \"$ZOOM_ACCESS_TOKEN $ZOOM_TOKEN_EXPIRES_AT\""];
    for (life, requests) in [(600, 0), (30, 1), (-10, 1)] {
        let (sandbox, mut home) = home(life);
        let old = home.value("ZOOM_ACCESS_TOKEN").unwrap();
        // An older one, as a shell may have it from an hour ago.
        home.set("ZOOM_ACCESS_TOKEN", &sandbox.mint(-3600))
            .set("ZOOM_TOKEN_EXPIRES_AT", "2020-01-01T00:00:00Z");
        let stdout = home.run_showing_token([&["exec", "--"], &SHOW[..]].concat()).expect(0).quietly().stdout;
        let (token, until) = stdout.trim_end().split_once(' ').unwrap();
        assert!(sandbox.accepts(token));
        assert_eq!(token == old, requests == 0, "{life}");
        assert_eq!(Some(token.to_owned()), home.value("ZOOM_ACCESS_TOKEN"));
        let until = chrono::DateTime::parse_from_rfc3339(until).unwrap().timestamp();
        assert!((until - exp(token)).abs() <= 2, "{until}");
        assert_eq!(sandbox.token_requests().len(), requests, "{life}");
    }
    let (sandbox, home) = home(600);
    home.run_showing_token([&["exec", "-t", "1000", "--"], &SHOW[..]].concat()).expect(0);
    assert_eq!(sandbox.token_requests().len(), 1, "a threshold counts");
}

#[test]
fn the_exit_status_is_the_commands() {
    let (_sandbox, home) = home(600);
    for code in [0, 1, 2, 5, 7, 127, 255] {
        exec(&home, &["sh", "-c", &format!("exit {code}")]).expect(code).quietly();
    }
}

#[test]
fn a_command_that_cannot_be_run_is_126_or_127_as_in_shells() {
    let (_sandbox, home) = home(600);
    std::fs::write(home.work().join("data"), "no program").unwrap();
    for (command, code) in [("no-such-command", 127), ("./none", 127), ("./data", 126), (".", 126), ("", 127)]
    {
        let ended = exec(&home, &[command]).expect(code).says(&["zoomtok: cannot run"]);
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn the_command_takes_the_place_of_zoomtok() {
    let (_sandbox, home) = home(-10);
    let mut running = home.start(["exec", "--", "sh", "-c", "echo $$; exec sleep 60"]);
    let mut line = String::new();
    BufReader::new(running.stdout()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), running.id().to_string());
    // The exchange that came before must not have left a handler for it.
    running.signal("TERM");
    assert_eq!(running.wait().signal(), Some(15));
}

#[test]
fn a_signal_before_the_command_keeps_it_from_being_run() {
    for (signal, code) in [("HUP", 129), ("INT", 130), ("TERM", 143)] {
        let sandbox = sandbox();
        let mut home = Home::of_user(&sandbox, "");
        home.set("PATH", &std::env::var("PATH").unwrap());
        // The refresh token is spent, so its answer is waited for and its tokens are kept.
        let fault = Fault::Slow(Duration::from_millis(1500));
        let mut running = in_flight(&sandbox, &home, &["exec", "--", "sh", "-c", "echo ran; : > ran"], fault);
        std::thread::sleep(Duration::from_millis(50));
        running.signal(signal);
        let ended = running.end().expect(code);
        assert_eq!(ended.stdout, "");
        assert!(ended.stderr.ends_with("zoomtok: interrupted\n"), "{}", ended.stderr);
        assert!(!home.names().contains(&"ran".to_owned()));
        assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    }
}

#[test]
fn a_shell_sees_the_signal_that_ended_the_command() {
    let (_sandbox, home) = home(600);
    for (signal, code) in [("TERM", 143), ("INT", 130), ("KILL", 137)] {
        let script = format!("\"$0\" exec -- sh -c 'kill -{signal} $$'; echo $?");
        let stdout = ended(shell(&home, &script).output().unwrap()).stdout;
        assert_eq!(stdout.trim(), code.to_string(), "{signal}");
    }
}

#[test]
fn arguments_pass_untouched() {
    let (_sandbox, home) = home(600);
    let arguments =
        ["-t", "5", "--", "a  b", "", "--print", "-h", "--version", "$(id)", "*", "\u{e9}", "'\"", "-"];
    let all = [&["sh", "-c", "printf '<%s>' \"$@\"", "zero"][..], &arguments].concat();
    let expected = format!("<{}>", arguments.join("><"));
    assert_eq!(exec(&home, &all).expect(0).stdout, expected);
    // Without the dashes the first word that is no flag of zoomtok's begins the command.
    let stdout = home.run(["exec", "-t", "5", "printf", "<%s>", "-t", "7"]).expect(0).stdout;
    assert_eq!(stdout, "<-t><7>");
    assert_eq!(home.run(["exec"]).expect(2).stdout, "");
}

#[test]
fn stdin_and_directory_pass_through() {
    let (_sandbox, home) = home(-10);
    let mut command = home.command(["exec", "--", "cat"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"through\0and through\n").unwrap();
    let ended = ended(child.wait_with_output().unwrap()).expect(0).quietly();
    assert_eq!(ended.stdout, "through\0and through\n");
    let stdout = exec(&home, &["pwd", "-P"]).expect(0).stdout;
    assert_eq!(stdout.trim_end(), home.work().canonicalize().unwrap().to_str().unwrap());
}

#[test]
fn no_command_is_run_without_a_token() {
    let sandbox = sandbox();
    for (env, code) in [
        (String::new(), 3),
        ("ZOOM_ACCESS_TOKEN=\"x\n".into(), 3),
        ("ZOOM_TOKEN_THRESHOLD=abc\n".into(), 2),
        (crate::support::credentials(&sandbox).replace("sandbox_account_id_000", "wrong"), 4),
        (crate::support::credentials(&sandbox).replace(&sandbox.oauth_url(), "http://127.0.0.1:1"), 5),
    ] {
        let home = Home::with_env(&env);
        let before = home.names();
        assert_eq!(exec(&home, &["/bin/sh", "-c", "echo ran; : > ran"]).expect(code).stdout, "");
        assert!(!home.names().contains(&"ran".to_owned()), "{before:?}");
    }
}

/// Checks what Linux reports of a process: the signals that it ignores and blocks, and its open files.
#[cfg(target_os = "linux")]
#[test]
fn the_command_inherits_nothing_strange() {
    const PIPE: u64 = 1 << 12;
    let (_sandbox, home) = home(-10);
    let stdout = exec(&home, &["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]).expect(0).stdout;
    let mine = std::fs::read_to_string("/proc/self/status").unwrap();
    let signals = |name: &str, status: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        // The C library keeps those above 31 for itself.
        u64::from_str_radix(line.split_whitespace().last().unwrap(), 16).unwrap() & 0x7fff_ffff
    };
    for name in ["SigIgn", "SigBlk"] {
        // Rust's programs ignore SIGPIPE, this one too; what they run must not. Inherited signals are passed on.
        let inherited = signals(name, &mine) & !PIPE;
        assert_eq!(signals(name, &stdout) & !inherited, 0, "{name}\n{stdout}");
    }
    let files = exec(&home, &["ls", "-l", "/proc/self/fd"]).expect(0).stdout;
    let root = home.work().parent().unwrap().canonicalize().unwrap();
    assert!(!files.contains(root.to_str().unwrap()) && !files.contains("eventpoll"), "{files}");
}
