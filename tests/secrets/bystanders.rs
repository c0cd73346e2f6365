//! Other programs of a machine can find out little about a running zoomtok: nothing of its memory, by a core dump or by
//! looking, and no secret in the arguments of a process or in the environment of one that was not meant to have it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;
use zoomtok::sandbox::{CLIENT_ID, CLIENT_SECRET};

use crate::support::apps::Apps;
use crate::support::mcp_session::{Session, token, wait_until};
use crate::support::needs::needs;
use crate::support::processes::{Running, bound, start};
use crate::support::rows::shell;
use crate::support::{Home, sandbox};

/// Runs a line of a shell that may dump as much core as it likes, until the process that it has become by `exec` says
/// something; then ends it with SIGQUIT and returns whether that was followed by a core dump.
#[track_caller]
fn dumps_core(home: &Home, line: &str) -> bool {
    let mut command = shell(home, &format!("ulimit -c unlimited; exec {line}"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = Running::new(command.spawn().unwrap());
    let mut first = [0];
    std::io::Read::read_exact(&mut running.stdout(), &mut first).unwrap();
    running.signal("QUIT");
    let status = running.wait();
    assert_eq!(status.signal(), Some(3), "{line}");
    // Its content is nobody's business.
    let _ = fs::remove_file(home.work().join("core"));
    status.core_dumped()
}

#[test]
fn no_core_is_dumped_but_of_a_command_that_is_run() {
    const SAYS_AND_WAITS: &str = "sh -c 'echo here; read line'";
    needs!(CoreDumps);
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3000);
    home.set("PATH", &std::env::var("PATH").unwrap());
    assert!(dumps_core(&home, SAYS_AND_WAITS));
    assert!(!dumps_core(&home, "\"$0\" watch --no-claude --interval 1"));
    assert!(dumps_core(&home, &format!("\"$0\" exec -- {SAYS_AND_WAITS}")), "the command is as any other");
}

#[test]
fn only_root_can_read_its_environment_and_memory_on_linux() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let mut mcp = bound(&home, &["mcp"]);
    let watch = bound(&home, &["watch", "--no-claude", "--interval", "1"]);
    mcp.stdin(Stdio::piped());
    for mut command in [mcp, watch] {
        let running = Running::new(command.spawn().unwrap());
        let id = running.id();
        let owner = |name| fs::metadata(format!("/proc/{id}/{name}")).unwrap().uid();
        // The directory itself belongs to the user who runs it, also when its files do not.
        assert_ne!(owner(""), 0);
        wait_until("the end of looking", || owner("environ") == 0 && owner("mem") == 0);
    }
}

/// Reads the arguments of every process until `ends` is set, and the environment too of those whose program is named. Gives
/// what held one of the secrets, and the programs that were seen.
fn sample(secrets: &[String], of: &[&str], ends: &AtomicBool) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
    while !ends.load(Ordering::Relaxed) {
        for process in fs::read_dir("/proc").unwrap().flatten() {
            // A process that has ended meanwhile has nothing to show.
            let read = |name: &str| {
                let bytes = fs::read(process.path().join(name)).unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            let arguments = read("cmdline");
            let program = arguments.split('\0').next().unwrap_or_default().to_owned();
            let environment = if of.contains(&program.as_str()) { read("environ") } else { String::new() };
            for (what, text) in [("an argument", arguments), ("a variable", environment)] {
                if secrets.iter().any(|secret| text.contains(secret.as_str())) {
                    found.insert(format!("{what} of {program}"));
                }
            }
            seen.insert(program);
        }
    }
    (found, seen)
}

/// Says that all is over when it is dropped.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A password of a store that nobody names.
const PASSWORD: &str = "the-password-of-no-store";

#[test]
fn no_process_is_given_a_secret_but_the_command_of_exec() {
    let sandbox = sandbox();
    let apps = Apps::new();
    let app = apps.app("Claude");
    let file = apps.path().join("claude_desktop_config.json");
    fs::write(&file, r#"{"mcpServers":{"zoom":{"command":"node","env":{}}}}"#).unwrap();
    let record = apps.record();
    let (app_text, file_text) = (app.to_str().unwrap(), file.to_str().unwrap());

    let mut home = Home::with_token(&sandbox, 1000);
    let hears = home.work().join("hears");
    symlink("/bin/sleep", &hears).unwrap();
    let hears = hears.to_str().unwrap();
    let in_env = home.env_text();
    let exported = sandbox.mint(2000);
    // The addresses of a .env that is merely found do not count for what is exported.
    let named = home.env_path();
    home.set("ZOOM_ENV_FILE", named.to_str().unwrap())
        .set("PATH", &std::env::var("PATH").unwrap())
        .set("CLAUDE_CONFIG_FILE", file_text)
        .set("CLAUDE_APP_NAME", app_text)
        .set("CLAUDE_APP_COMMAND", &format!("'{app_text}' --record '{}' --helper", record.display()))
        .set("ZOOM_ACCESS_TOKEN", &exported)
        .set("ZOOM_CLIENT_SECRET", CLIENT_SECRET)
        .set("ZOOMTOK_STORE_PASSWORD", PASSWORD)
        .set("ZOOMTOK_ON_EVENT", &format!("'{hears}' 0.3"));
    let secrets = [
        CLIENT_SECRET.to_owned(),
        BASE64.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}")),
        token(&home),
        exported,
        PASSWORD.to_owned(),
    ];
    let ends = AtomicBool::new(false);
    let (found, seen) = thread::scope(|scope| {
        // Also when something fails: the scope waits for the thread.
        let end = Ending(&ends);
        let sampling = scope.spawn(|| sample(&secrets, &[app_text, hears], &ends));
        let mut session = Session::start(&home, &["--no-watch"]);
        session.call("list_meetings", json!({})).ok();
        let watch = start(&home, &["watch", "--no-claude", "--interval", "1"]);
        for arguments in [
            &["get"][..],
            &["get", "--live"],
            &["update-claude"],
            &["restart-claude"],
            &["exec", "--", "sleep", "0.3"],
            &["watch", "--once"],
        ] {
            home.run(arguments).expect(0);
        }
        apps.wait_for(2);
        thread::sleep(Duration::from_millis(200));
        drop(end);
        drop(watch);
        session.close();
        sampling.join().unwrap()
    });
    assert!(found.is_empty(), "{found:?}");
    for program in [env!("CARGO_BIN_EXE_zoomtok"), app_text, hears] {
        assert!(seen.contains(program), "{program} is not among {seen:?}");
    }
    assert_eq!(home.env_text(), in_env, "the secrets are those that were looked for");
}
