//! Every call to the kernel about a file of zoomtok's fails once in each of several ways, is interrupted, writes less than
//! it was given, or is the last one of the process: files have their old bytes or their new ones, and nothing is lost that
//! could have been kept (claims 3, 4, 5 and 15). strace does that; a preloaded library does the short writes.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::slice::from_ref;

use zoomtok::sandbox::Sandbox;

use crate::support::canaries::Shows;
use crate::support::needs::{needs, strace};
use crate::support::processes::{note, within};
use crate::support::rows::tree;
use crate::support::{Ended, Home, ended_showing, names, sandbox, without};

/// The calls that read, write, lock and name files.
const CALLS: [&str; 12] = [
    "openat",
    "statx",
    "read",
    "flock",
    "lseek",
    "write",
    "ftruncate",
    "fchmod",
    "fsync",
    "rename",
    "unlink",
    "readlink",
];
const OURS: [&str; 3] = ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT", "ZOOM_REFRESH_TOKEN"];

/// How a call may fail: the name of the error, and what the system says of it. A disk that fails, one that is full,
/// permissions that have gone, a filesystem that has become read-only.
const FAILURES: [(&str, &str); 4] = [
    ("EIO", "Input/output error"),
    ("ENOSPC", "No space left on device"),
    ("EACCES", "Permission denied"),
    ("EROFS", "Read-only file system"),
];

/// The calls that the kernel may interrupt; the others do not wait for anything that a signal could end.
const INTERRUPTIBLE: [&str; 7] = ["openat", "read", "flock", "write", "ftruncate", "fchmod", "fsync"];

/// Everything in these directories, with what may be beside it for a moment.
fn everything_in(directories: &[PathBuf]) -> Vec<PathBuf> {
    let files = directories.iter().flat_map(|directory| tree(directory)).filter(|path| path.is_file());
    let aside = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (temporary, recovery) = (format!("{name}.zoomtok-tmp"), path.with_file_name("recovery.json"));
        let temporary_recovery = path.with_file_name("recovery.json.zoomtok-tmp");
        [path.with_file_name(temporary), recovery, temporary_recovery, path]
    };
    files.flat_map(aside).chain(directories.iter().cloned()).collect()
}

/// Runs the program with something injected into its calls about these files. None when it made no such call.
fn injected(home: &Home, arguments: &[&str], files: &[PathBuf], injection: &str) -> Option<Ended> {
    let trace = home.state().with_file_name("trace");
    let program = home.command(arguments);
    let mut strace = strace();
    strace.args(["-f", "-qq", "-o"]).arg(&trace).arg("-e").arg(format!("inject={injection}"));
    for path in files {
        strace.arg("-P").arg(path);
    }
    let mut strace = within(strace, &program);
    let done = ended_showing(strace.output().unwrap(), Shows::by_contract(&strace));
    let trace = fs::read_to_string(&trace).unwrap();
    (trace.contains("(INJECTED)") || trace.contains("killed by SIGKILL")).then_some(done)
}

/// Lets this happen to each of these calls in turn, the first, the second, and so on. How many there were.
fn each_call(calls: &[&str], what: &str, run: impl Fn(&str) -> bool) -> usize {
    let happens = |call: &str, n: i32| run(&format!("{call}:{what}:when={n}"));
    calls.iter().map(|call| (1..1000).take_while(|n| happens(call, *n)).count()).sum()
}

/// A user's `.env` with lines of its own, in which a `get` has put a token.
fn prepared(sandbox: &Sandbox) -> Home {
    let home = Home::of_user(sandbox, "# mine\n\nexport A='b # c'\nLAST=1");
    home.run(["get"]).expect(0);
    home
}

fn is_whole(home: &Home, sandbox: &Sandbox, original: &str, injection: &str) {
    let text = home.env_text();
    assert_eq!(without(&text, &OURS), without(original, &OURS), "{injection}");
    assert!(sandbox.accepts(&home.value(OURS[0]).unwrap()), "{injection}: {text}");
}

/// Has a `get` meet this in each of these calls in turn. Whatever it ends with, the file is whole, and the refresh token
/// that Zoom takes is in it or waits for it. How many calls there were, and how many of the runs succeeded all the same.
fn each_call_of_get(calls: &[&str], what: &str, words: &str) -> (usize, usize) {
    let sandbox = sandbox();
    let home = prepared(&sandbox);
    let (original, files) = (home.env_text(), everything_in(&[home.work(), home.state()]));
    let succeeded = Cell::new(0);
    let calls = each_call(calls, what, |injection| {
        let (before, asked) = (home.env_text(), sandbox.token_requests().len());
        let Some(done) = injected(&home, &["get", "-f", "--print"], &files, injection) else { return false };
        is_whole(&home, &sandbox, &original, injection);
        let asked = sandbox.token_requests().len() - asked;
        if done.code == Some(0) {
            succeeded.set(succeeded.get() + 1);
            assert_eq!(done.stdout.trim_end(), home.value(OURS[0]).unwrap(), "{injection}");
            assert_ne!(home.env_text(), before, "{injection}");
            assert_eq!(asked, 1, "{injection}");
        } else {
            // The .env could not be read, or the token could not be stored: one line that says which file and why.
            assert!(matches!(done.code, Some(3 | 6)), "{injection}: {:?} {}", done.code, done.stderr);
            assert_eq!(done.stdout, "", "{injection}");
            let stderr = done.says(&[words]).stderr;
            assert!(
                files.iter().any(|file| stderr.contains(file.to_str().unwrap())),
                "{injection}: {stderr}"
            );
            assert!(asked <= 1, "{injection}");
        }
        // Whatever it was, the refresh token that Zoom takes now is in the .env or waits for it.
        home.run(["get", "-f"]).expect(0).quietly();
        assert_eq!(home.value(OURS[2]).unwrap(), sandbox.refresh_token(), "{injection}");
        assert_eq!(home.names(), [".env", ".env.lock"], "{injection}");
        true
    });
    (calls, succeeded.get())
}

fn get_survives_failing_calls(error: &str) {
    let (_, words) = FAILURES.into_iter().find(|(name, _)| *name == error).unwrap();
    let (calls, succeeded) = each_call_of_get(&CALLS, &format!("error={error}"), words);
    note(&format!("{calls} calls of get failed with {error}; {succeeded} times it continued without"));
    assert!(calls >= 40, "{calls}");
    // It can do without notes to itself, but not without the .env and the lock.
    assert!(succeeded >= 5 && calls - succeeded >= 20, "{succeeded} of {calls}");
}

#[test]
fn a_disk_error_in_any_call_of_get_loses_nothing() {
    needs!(Strace);
    get_survives_failing_calls("EIO");
}

#[test]
fn a_full_disk_in_any_call_of_get_loses_nothing() {
    needs!(Strace);
    get_survives_failing_calls("ENOSPC");
}

#[test]
fn a_denied_permission_in_any_call_of_get_loses_nothing() {
    needs!(Strace);
    get_survives_failing_calls("EACCES");
}

#[test]
fn a_read_only_filesystem_in_any_call_of_get_loses_nothing() {
    needs!(Strace);
    get_survives_failing_calls("EROFS");
}

#[test]
fn an_interrupted_call_of_get_is_made_again() {
    needs!(Strace);
    let (calls, succeeded) = each_call_of_get(&INTERRUPTIBLE, "error=EINTR", "Interrupted");
    note(&format!("{calls} calls of get were interrupted"));
    assert!(calls >= 20 && succeeded == calls, "{succeeded} of {calls}");
}

#[test]
fn a_process_that_is_killed_in_any_call_leaves_the_env_whole() {
    needs!(Strace);
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "# mine\n\nexport A='b # c'\nLAST=1");
    home.run(["get"]).expect(0);
    let (original, files) = (home.env_text(), everything_in(&[home.work(), home.state()]));
    let calls = each_call(&CALLS, "signal=KILL", |injection| {
        if injected(&home, &["get", "-f"], &files, injection).is_none() {
            return false;
        }
        is_whole(&home, &sandbox, &original, injection);
        home.run(["get"]).expect(0).quietly();
        assert_eq!(home.names(), [".env", ".env.lock"], "{injection}");
        true
    });
    note(&format!("{calls} calls of get were the last one"));
    assert!(calls >= 40, "{calls}");
}

#[test]
fn claudes_configuration_is_the_old_one_or_the_new_one_and_the_old_one_is_kept() {
    const CONFIG: &str =
        "{\n  \"mine\": 1e3,\n  \"mcpServers\": { \"zoom\": { \"command\": \"node\", \"env\": {} } }\n}\n";
    needs!(Strace);
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let directory = home.work().join("Claude");
    fs::create_dir(&directory).unwrap();
    let (file, backup) = (directory.join("c.json"), directory.join("c.json.zoomtok.bak"));
    home.is_for_secrets(&file);
    home.is_for_secrets(&backup);
    let update = ["update-claude", "--config", "Claude/c.json"];
    fs::write(&file, CONFIG).unwrap();
    home.run(update).expect(0);
    let new = fs::read_to_string(&file).unwrap();
    assert_ne!(new, CONFIG);
    let files = everything_in(&[directory.clone(), home.state()]);
    let mut calls = 0;
    for what in ["error=EIO", "error=ENOSPC", "error=EACCES", "error=EROFS", "error=EINTR", "signal=KILL"] {
        calls += each_call(&CALLS, what, |injection| {
            let _ = fs::remove_file(&backup);
            fs::write(&file, CONFIG).unwrap();
            let Some(done) = injected(&home, &update, &files, injection) else { return false };
            assert!(!done.stderr.contains("panicked"), "{injection}: {}", done.stderr);
            let text = fs::read_to_string(&file).unwrap();
            assert!(text == CONFIG || text == new, "{injection}: {text}");
            assert!(text == new || done.code != Some(0), "{injection}");
            // Where anything was changed, or the copy exists at all, it is the version before.
            let copy = |path: &Path| fs::read_to_string(path).ok();
            assert!(text == CONFIG || copy(&backup).is_some(), "{injection}");
            assert!(copy(&backup).is_none_or(|copy| copy == CONFIG), "{injection}");
            home.run(update).expect(0).quietly();
            assert_eq!(fs::read_to_string(&file).unwrap(), new, "{injection}");
            assert_eq!(names(&directory), ["c.json", "c.json.zoomtok.bak"], "{injection}");
            true
        });
    }
    note(&format!("{calls} calls of update-claude failed or were the last one"));
    assert!(calls >= 240, "{calls}");
}

#[test]
fn without_locks_zoom_is_not_asked() {
    needs!(Strace);
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let (text, lock) = (home.env_text(), home.work().join(".env.lock"));
    for error in ["ENOLCK", "EOPNOTSUPP", "ENOSYS"] {
        let injection = format!("flock:error={error}");
        let ended = injected(&home, &["get", "--print"], from_ref(&lock), &injection).unwrap();
        assert_eq!(ended.expect(6).says(&[".env.lock", "does this filesystem have locks?"]).stdout, "");
    }
    assert_eq!(sandbox.token_requests().len(), 0);
    assert_eq!(home.env_text(), text);
}
