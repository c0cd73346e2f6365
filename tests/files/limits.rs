//! Limits of the system and umasks: what cannot be done is said, and what is made can be used.

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::support::processes::{NOBODY, bound, is_root, within};
use crate::support::rows::tree;
use crate::support::{Ended, Home, ended, mode, sandbox};

/// The program as `bound` has it, started by a shell that has done something first.
fn after(home: &Home, first: &str, arguments: &[&str]) -> Command {
    use std::os::unix::process::CommandExt as _;
    let program = bound(home, arguments);
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("{first}; exec \"$0\" \"$@\"")]);
    if is_root() {
        shell.uid(NOBODY).gid(NOBODY);
    }
    within(shell, &program)
}

#[track_caller]
fn run(home: &Home, first: &str, arguments: &[&str]) -> Ended {
    ended(after(home, first, arguments).output().unwrap())
}

#[test]
fn files_made_under_any_umask_can_be_used() {
    let sandbox = sandbox();
    for umask in ["0", "0177", "0277", "0777"] {
        let home = Home::of(&sandbox, "");
        let first = format!("unset XDG_STATE_HOME; umask {umask}");
        for arguments in [&["watch", "--once", "--no-claude"][..], &["get", "-f"], &["check", "-v"]] {
            run(&home, &first, arguments).expect(0);
        }
        for arguments in [&["get", "-f"][..], &["check", "-v"], &["doctor"]] {
            run(&home, "unset XDG_STATE_HOME", arguments).expect(0).quietly();
        }
        for path in tree(&home.work().with_file_name(".local")) {
            assert_eq!(mode(&path), if path.is_dir() { 0o700 } else { 0o600 }, "{umask}: {}", path.display());
        }
        assert_eq!(mode(&home.work().join(".env.lock")), 0o600, "{umask}");
        assert_eq!(mode(&home.work().join("logs/zoom_token.log")), 0o600, "{umask}");
        assert_eq!(mode(&home.work().join("logs")) & 0o700, 0o700, "{umask}");
    }
}

#[test]
fn a_limit_of_the_system_is_an_error_in_words() {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3000);
    let config = home.work().join("claude.json");
    home.is_for_secrets(&config);
    fs::write(home.work().join("policy.json"), json!({"version": "1", "default": "allow"}).to_string())
        .unwrap();
    home.set("CLAUDE_CONFIG_FILE", config.to_str().unwrap());
    let limits = ["ulimit -f 1", "ulimit -f 0"].map(String::from);
    for limit in limits.into_iter().chain((4..14).map(|most| format!("ulimit -n {most}"))) {
        for arguments in [
            &["get"][..],
            &["get", "-f"],
            &["get", "--live"],
            &["check"],
            &["check", "-v"],
            &["check", "--live"],
            &["doctor"],
            &["exec", "--", "true"],
            &["exec", "-t", "3500", "--", "true"],
            &["watch", "--once", "--no-claude"],
            &["update-claude"],
            &["policy", "check", "policy.json"],
            &["mcp"],
            &["mcp", "--install"],
            &["restart-claude", "--app-only"],
        ] {
            fs::write(&config, r#"{"mcpServers": {"zoom": {"command": "node", "env": {}}}}"#).unwrap();
            let text = home.env_text();
            let ended = run(&home, &limit, arguments);
            let said = format!("{limit} {arguments:?} {:?}: {}{}", ended.code, ended.stdout, ended.stderr);
            // Where not even the libraries can be loaded nothing of this program runs.
            if ended.stderr.contains("error while loading shared libraries") {
                continue;
            }
            assert!(ended.code.is_some_and(|code| (0..=8).contains(&code) || code == 126), "{said}");
            assert!(
                ended.code == Some(0) || !format!("{}{}", ended.stdout, ended.stderr).is_empty(),
                "{said}"
            );
            assert!(!said.contains("panicked"), "{said}");
            if ended.code != Some(0) {
                assert_eq!(home.env_text(), text, "{said}");
            }
            home.write_env(&text);
        }
    }
}

#[test]
fn an_output_that_would_become_too_large_is_an_error_in_words() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    run(&home, "exec >out; ulimit -f 0", &["get", "--print"]).expect(1).says(&["(ulimit -f)"]);
}

#[test]
fn failing_to_start_a_thread_is_reported() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    // The name is looked up in a thread.
    home.set("ZOOM_OAUTH_URL", "https://zoom.invalid");
    run(&home, "ulimit -u 0", &["get"]).expect(1).says(&["temporarily unavailable"]);
}
