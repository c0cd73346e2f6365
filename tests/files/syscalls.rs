//! The program's system calls, as strace sees them: a temporary file that nobody else could have made or can read, fsync
//! before rename, fsync of the directory after it (claim 3); and no secret among the arguments of a process, where
//! everybody can read them (claim 14).

use std::fs;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zoomtok::sandbox::{CLIENT_ID, CLIENT_SECRET};

use crate::support::canaries::Shows;
use crate::support::needs::needs;
use crate::support::processes::within;
use crate::support::{Home, ended_showing, sandbox};

/// Runs the program under strace and gives the calls that succeeded, and what it printed.
fn traced(home: &Home, arguments: &[&str]) -> (Vec<String>, String) {
    let trace = home.state().with_file_name("trace");
    let program = home.command(arguments);
    let mut strace = Command::new("strace");
    // -y: the path of each descriptor; -v and the length: nothing is left out, which could be what must not be there.
    strace.args(["-f", "-y", "-s", "100000", "-e", "trace=%file,fsync,fdatasync,ftruncate,prctl"]);
    // zoomtok lets nobody but root look into its memory, where the paths are. Here that call only seems to succeed.
    strace.args(["-e", "inject=prctl:retval=0", "-o"]);
    strace.arg(&trace);
    // The traced program is asked to show its token.
    let done = ended_showing(within(strace, &program).output().unwrap(), Shows::AccessToken).expect(0);
    let calls = fs::read_to_string(&trace).unwrap();
    let calls = calls.lines().filter(|line| !line.contains(" = -1 ")).map(str::to_owned);
    (calls.collect(), done.stdout)
}

#[test]
fn a_replace_is_atomic_private_and_durable() {
    needs!(Strace);
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let (calls, _) = traced(&home, &["get", "-f"]);

    let work = home.work().canonicalize().unwrap();
    // Named in the directory that is held, by no path of theirs.
    let named = |name: &str| format!("<{}>, \"{name}\"", work.display());
    let (target, temporary) = (named(".env"), named(".env.zoomtok-tmp"));
    let quoted = format!("\"{}\"", work.join(".env").display());
    let open = |call: &str| (call.contains(" open") || call.contains(" creat(")) && !call.contains("O_PATH");
    // The first call from `from` on that holds all of these.
    let find = |from: usize, parts: &[&str]| {
        let found = calls[from..].iter().position(|call| parts.iter().all(|part| call.contains(part)));
        from + found.unwrap_or_else(|| panic!("no {parts:?} after {from} in\n{}", calls.join("\n")))
    };

    let made = find(0, &["open", &temporary, "O_CREAT", "O_EXCL", "0600"]);
    let file = find(made, &["fsync(", ".env.zoomtok-tmp>"]);
    let renamed = find(file, &["rename", &temporary, &target]);
    find(renamed, &["fsync(", &format!("<{}>", work.display())]);

    // Once each (what is remembered of the token is another file), and the .env itself is opened for nothing but reading.
    assert_eq!(calls.iter().filter(|call| open(call) && call.contains(&temporary)).count(), 1);
    let renamed = calls.iter().filter(|call| call.contains(" rename") && !call.contains("\"state.json\""));
    assert_eq!(renamed.count(), 1);
    let opened: Vec<_> = calls
        .iter()
        .filter(|call| open(call) && (call.contains(&target) || call.contains(&quoted)))
        .collect();
    assert!(!opened.is_empty());
    for call in opened {
        assert!(
            call.contains("O_RDONLY")
                && call.contains("O_NONBLOCK")
                && !call.contains("O_TRUNC")
                && !call.contains("O_CREAT"),
            "{call}"
        );
    }
    for call in &calls {
        let truncates = call.contains("truncate(");
        assert!(!truncates || call.contains(".zoomtok-tmp>"), "{call}");
        assert!(!call.contains(" unlink") || !call.contains(&target), "{call}");
    }
}

#[test]
fn check_opens_no_file_for_writing() {
    needs!(Strace);
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    for arguments in [&["check"][..], &["check", "--json"], &["check", "--format", "{icon} {left}"]] {
        let (calls, _) = traced(&home, arguments);
        assert!(calls.iter().any(|call| call.contains("/.env\"")));
        for call in calls {
            let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "mkdir", "rename", "unlink"];
            assert!(!writes.iter().any(|part| call.contains(part)), "{call}");
        }
    }
    assert_eq!(home.names(), [".env"]);
}

#[test]
fn a_line_for_a_prompt_touches_the_files_of_check_and_no_other() {
    needs!(Strace);
    let home = Home::with_token(&sandbox(), 3000);
    let touched = |arguments: &[&str]| -> Vec<String> {
        let without_pid = |call: &String| call.split_once(' ').unwrap().1.trim_start().to_owned();
        let (calls, _) = traced(&home, arguments);
        let is_of_a_process =
            |call: &String| ["execve", "exited", "/proc/"].iter().any(|part| call.contains(part));
        calls.iter().map(without_pid).filter(|call| !is_of_a_process(call)).collect()
    };
    assert_eq!(touched(&["check", "--format", "{icon} {left} {expires}"]), touched(&["check"]));
}

#[test]
fn no_secret_is_an_argument_of_a_process() {
    needs!(Strace);
    let sandbox = sandbox();
    let basic = BASE64.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    for arguments in [
        &["get", "-f", "--print"][..],
        &["exec", "-t", "60", "--", "sh", "-c", "printf %s \"$ZOOM_ACCESS_TOKEN\""],
    ] {
        let home = Home::of_user(&sandbox, "");
        let before = home.value("ZOOM_REFRESH_TOKEN").unwrap();
        let (calls, token) = traced(&home, arguments);
        assert!(sandbox.accepts(token.trim_end()));
        let after = home.value("ZOOM_REFRESH_TOKEN").unwrap();
        let started: Vec<_> = calls.iter().filter(|call| call.contains("execve")).collect();
        assert!(!started.is_empty());
        for call in started {
            for secret in [CLIENT_SECRET, &basic, token.trim_end(), &before, &after] {
                assert!(!call.contains(secret), "{call}");
            }
        }
    }
}
