//! Every call to the kernel about a file of zoomtok's fails once, or is the last one of the process: files have their old
//! bytes or their new ones, and nothing is lost that could have been kept (claims 3, 4, 5 and 15). strace does that.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::slice::from_ref;

use zoomtok::sandbox::{Options, Sandbox};

use crate::durability::without;
use crate::processes::{note, works};
use crate::rows::tree;
use crate::support::{Ended, Home, ended, names};

/// What reads, writes, locks and names files.
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

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The disk fails it.
    Fails,
    /// The process is killed in it.
    Kills,
}

fn may_trace() -> bool {
    let mut probe = Command::new("strace");
    probe.args(["-f", "-o", "/dev/null", "-e", "inject=flock:error=EIO", "true"]);
    let may = works(probe);
    if !may {
        note("skipped: strace is not installed or may not trace");
    }
    may
}

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
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(&trace).arg("-e").arg(format!("inject={injection}"));
    for path in files {
        strace.arg("-P").arg(path);
    }
    strace.arg(program.get_program()).args(program.get_args()).current_dir(home.work()).env_clear();
    strace.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let done = ended(strace.output().unwrap());
    let trace = fs::read_to_string(&trace).unwrap();
    (trace.contains("(INJECTED)") || trace.contains("killed by SIGKILL")).then_some(done)
}

/// Lets this happen to each of the calls in turn, the first, the second, and so on. How many there were.
fn each_call(fate: Fate, run: impl Fn(&str) -> bool) -> usize {
    let fate = if fate == Fate::Fails { "error=EIO" } else { "signal=KILL" };
    let happens = |call: &str, n: i32| run(&format!("{call}:{fate}:when={n}"));
    CALLS.iter().map(|call| (1..1000).take_while(|n| happens(call, *n)).count()).sum()
}

fn is_whole(home: &Home, sandbox: &Sandbox, original: &str, injection: &str) {
    let text = home.env_text();
    assert_eq!(without(&text, &OURS), without(original, &OURS), "{injection}");
    assert!(sandbox.accepts(&home.value(OURS[0]).unwrap()), "{injection}: {text}");
}

#[test]
fn a_call_that_fails_leaves_the_env_whole_and_loses_no_refresh_token() {
    if !may_trace() {
        return;
    }
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let home = Home::of_user(&sandbox, "# mine\n\nexport A='b # c'\nLAST=1");
    home.run(["get"]).expect(0);
    let (original, files) = (home.env_text(), everything_in(&[home.work(), home.state()]));
    let calls = each_call(Fate::Fails, |injection| {
        let before = home.env_text();
        let Some(done) = injected(&home, &["get", "-f", "--print"], &files, injection) else { return false };
        assert!(!done.stderr.contains("panicked"), "{injection}: {}", done.stderr);
        is_whole(&home, &sandbox, &original, injection);
        if done.code == Some(0) {
            assert_eq!(done.stdout.trim_end(), home.value(OURS[0]).unwrap(), "{injection}");
            assert_ne!(home.env_text(), before, "{injection}");
        } else {
            assert_eq!(done.stdout, "", "{injection}");
            assert!(!done.stderr.is_empty(), "{injection}");
        }
        // Whatever it was, the refresh token that Zoom takes now is in the .env or waits for it.
        home.run(["get", "-f"]).expect(0).quietly();
        assert_eq!(home.value(OURS[2]).unwrap(), sandbox.refresh_token(), "{injection}");
        assert_eq!(home.names(), [".env", ".env.lock"], "{injection}");
        true
    });
    note(&format!("{calls} calls of get failed"));
    assert!(calls >= 40, "{calls}");
}

#[test]
fn a_process_that_is_killed_in_any_call_leaves_the_env_whole() {
    if !may_trace() {
        return;
    }
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let home = Home::of(&sandbox, "# mine\n\nexport A='b # c'\nLAST=1");
    home.run(["get"]).expect(0);
    let (original, files) = (home.env_text(), everything_in(&[home.work(), home.state()]));
    let calls = each_call(Fate::Kills, |injection| {
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
        "{\n  // mine\n  \"mcpServers\": { \"zoom\": { \"command\": \"node\", \"env\": {} } },\n}\n";
    if !may_trace() {
        return;
    }
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let home = Home::of(&sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(3000)));
    let directory = home.work().join("Claude");
    fs::create_dir(&directory).unwrap();
    let (file, backup) = (directory.join("c.json"), directory.join("c.json.zoomtok.bak"));
    let update = ["update-claude", "--config", "Claude/c.json"];
    fs::write(&file, CONFIG).unwrap();
    home.run(update).expect(0);
    let new = fs::read_to_string(&file).unwrap();
    assert_ne!(new, CONFIG);
    let files = everything_in(&[directory.clone(), home.state()]);
    let mut calls = 0;
    for fate in [Fate::Fails, Fate::Kills] {
        calls += each_call(fate, |injection| {
            let _ = fs::remove_file(&backup);
            fs::write(&file, CONFIG).unwrap();
            let Some(done) = injected(&home, &update, &files, injection) else { return false };
            assert!(!done.stderr.contains("panicked"), "{injection}: {}", done.stderr);
            let text = fs::read_to_string(&file).unwrap();
            assert!(text == CONFIG || text == new, "{injection}: {text}");
            assert!(text == new || done.code != Some(0), "{injection}");
            // Where anything was changed, or the copy is there at all, it is the version before.
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
    assert!(calls >= 80, "{calls}");
}

#[test]
fn where_nothing_can_be_locked_nothing_is_asked_for() {
    if !may_trace() {
        return;
    }
    let sandbox = Sandbox::start(Options::default()).unwrap();
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
