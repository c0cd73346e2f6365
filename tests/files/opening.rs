//! Pipes, links and directories with the names of files that the program opens: no command waits for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use zoomtok::sandbox::Sandbox;

use crate::support::mcp_session::Session;
use crate::support::{Ended, Home, names, sandbox};

const CONFIG: &str = r#"{"mcpServers": {"zoom": {"command": "node", "env": {"ZOOM_ACCESS_TOKEN": "x"}}}}"#;

/// A home with a good token, and a configuration of Claude's that waits for it.
pub(crate) fn home(sandbox: &Sandbox) -> Home {
    let mut home = Home::with_token(sandbox, 3000);
    fs::create_dir(home.work().join("Claude")).unwrap();
    let config = home.work().join("Claude/claude_desktop_config.json");
    fs::write(&config, CONFIG).unwrap();
    home.set("CLAUDE_CONFIG_FILE", config.to_str().unwrap());
    // The state directory is made, and known by its digest.
    home.run(["get", "-f"]).expect(0);
    home
}

fn state(home: &Home) -> PathBuf {
    let root = home.state().join("zoomtok");
    let digest = names(&root).into_iter().find(|name| name.len() == 16).unwrap();
    root.join(digest)
}

pub(crate) fn pipe(path: &Path) {
    let _ = fs::remove_file(path);
    crate::support::make_pipe(path);
}

/// Runs it to its end, which has to come.
#[track_caller]
pub(crate) fn ends(home: &Home, arguments: &[&str]) -> Ended {
    let mut running = home.start(arguments);
    let started = Instant::now();
    while running.runs() {
        assert!(started.elapsed() < Duration::from_secs(15), "{arguments:?} does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    running.end()
}

type Place<'a> = &'a dyn Fn(&Home) -> PathBuf;
/// Arguments, the exit code and words of what is said.
type Runs<'a> = &'a [(&'a [&'a str], i32, &'a str)];

#[test]
fn no_command_waits_for_a_pipe() {
    let sandbox = sandbox();
    let fresh = || home(&sandbox);
    let work = |name: &'static str| move |home: &Home| home.work().join(name);
    let in_state = |name: &'static str| move |home: &Home| state(home).join(name);
    let cases: &[(Place<'_>, Runs<'_>)] = &[
        // The name is zoomtok's own, and what has it is removed.
        (
            &work(".env.zoomtok-tmp"),
            &[
                (&["get"], 0, ""),
                (&["get", "-f"], 0, ""),
                (&["exec", "--", "true"], 0, ""),
                (&["check"], 0, ""),
                (&["watch", "--once", "--no-claude"], 0, ""),
            ],
        ),
        (&work(".env.zoomtok-tmp"), &[(&["doctor"], 0, "")]),
        (
            &work(".env.lock"),
            &[
                (&["get"], 0, ""),
                (&["get", "-f"], 6, "it is a named pipe"),
                (&["exec", "-t", "9999", "--", "true"], 6, "it is a named pipe"),
                (&["doctor"], 6, "it is a named pipe"),
            ],
        ),
        (
            &work(".env"),
            &[
                (&["get"], 3, "it is a pipe"),
                (&["check"], 3, "it is a pipe"),
                (&["exec", "--", "true"], 3, "it is a pipe"),
                (&["doctor"], 3, "it is a pipe"),
                (&["watch", "--once"], 3, "it is a pipe"),
                (&["update-claude"], 3, "it is a pipe"),
            ],
        ),
        (
            &in_state("state.json"),
            &[
                (&["get", "-f"], 0, ""),
                (&["check", "-t", "9999"], 1, ""),
                (&["doctor"], 6, "it is a named pipe"),
            ],
        ),
        (
            &in_state("recovery.json"),
            &[
                (&["get"], 3, "it is a named pipe"),
                (&["exec", "--", "true"], 3, "it is a named pipe"),
                (&["doctor"], 3, "it is a named pipe"),
            ],
        ),
        (
            &work("policy.json"),
            &[
                (&["policy", "check", "policy.json"], 3, "it is a named pipe"),
                // It starts, and says so in each answer.
                (&["mcp", "--policy", "policy.json"], 0, "it is a named pipe"),
            ],
        ),
        (
            &work("Claude/claude_desktop_config.json"),
            &[
                (&["update-claude"], 3, "it is a named pipe"),
                (&["mcp", "--install"], 3, "it is a named pipe"),
            ],
        ),
        (&work("Claude/claude_desktop_config.json.zoomtok.bak"), &[(&["update-claude"], 0, "")]),
        (&work("Claude/claude_desktop_config.json.zoomtok-tmp"), &[(&["update-claude"], 0, "")]),
        (&|home| home.state().join("zoomtok/claude.lock"), &[(&["update-claude"], 6, "it is a named pipe")]),
    ];
    for (place, runs) in cases {
        for (arguments, code, what) in *runs {
            let home = fresh();
            pipe(&place(&home));
            let ended = ends(&home, arguments);
            let said = format!("{}{}", ended.stdout, ended.stderr);
            assert_eq!(ended.code, Some(*code), "{} {arguments:?}: {said}", place(&home).display());
            assert!(said.contains(what), "{} {arguments:?}: {said}", place(&home).display());
        }
    }
}

#[test]
fn the_server_waits_for_no_pipe() {
    let sandbox = sandbox();
    let policy = json!({
        "version": "1",
        "default": "allow",
        "all_tools": {"limits": [{"counter": "c", "window": "day", "max": 9, "scope": "grant"}]},
    });
    for name in ["policy-counts.json", "state.json", ".env.zoomtok-tmp", ".env.lock"] {
        let home = home(&sandbox);
        fs::write(home.work().join("policy.json"), policy.to_string()).unwrap();
        pipe(&if name.starts_with(".env") { home.work().join(name) } else { state(&home).join(name) });
        let mut session = Session::start(&home, &["--policy", "policy.json"]);
        let answer = session.call("list_meetings", json!({}));
        assert_eq!(answer.is_denied(), name == "policy-counts.json", "{name}");
        session.close();
    }
}
