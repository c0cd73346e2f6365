//! A `.env` under another name is the same one to the limits of a policy; a copy of it is not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use zoomtok::sandbox::Sandbox;

use crate::support::mcp_session::{Answer, Session, api_calls};
use crate::support::needs::needs;
use crate::support::policies::{under, within_a_window};
use crate::support::processes::within;
use crate::support::rows::tree;
use crate::support::{Home, sandbox};

/// A policy that allows one call in an hour.
fn one_call() -> Value {
    let limit = json!({"counter": "c", "window": "hour", "max": 1, "scope": "grant"});
    json!({"version": "1", "default": "allow", "tools": {"list_meetings": {"limits": [limit]}}})
}

/// A home in which the only call that is allowed was made, by a server for `a/.env`.
fn used_up(sandbox: &Sandbox) -> Home {
    within_a_window(3600, 60);
    let home = under(sandbox, &one_call());
    for name in ["a", "b", "d"] {
        fs::create_dir(home.work().join(name)).unwrap();
    }
    fs::rename(home.env_path(), home.work().join("a/.env")).unwrap();
    call(&home, "a/.env").ok();
    assert_denied(&call(&home, "a/.env"));
    home
}

/// The answer of a new server for a `.env` to a call.
fn call(home: &Home, env_file: &str) -> Answer {
    home.is_for_secrets(&home.work().join(env_file));
    let mut session =
        Session::start(home, &["--no-watch", "--policy", "policy.json", "--env-file", env_file]);
    let answer = session.call("list_meetings", json!({}));
    session.close();
    answer
}

#[track_caller]
fn assert_denied(answer: &Answer) {
    assert!(answer.is_denied() && answer.text.contains("no more than 1 an hour"), "{answer:?}");
}

fn link(home: &Home, from: &str, to: &str) {
    fs::hard_link(home.work().join(from), home.work().join(to)).unwrap();
}

#[test]
fn a_limit_is_used_up_under_each_name_of_a_file() {
    let sandbox = sandbox();
    let home = used_up(&sandbox);
    link(&home, "a/.env", "b/.env");
    assert_denied(&call(&home, "b/.env"));
    fs::rename(home.work().join("a"), home.work().join("c")).unwrap();
    assert_denied(&call(&home, "c/.env"));
    assert_eq!(api_calls(&sandbox).len(), 1);
    // It is another `.env` to zoomtok, and to Zoom the same app.
    fs::copy(home.work().join("c/.env"), home.work().join("d/.env")).unwrap();
    call(&home, "d/.env").ok();
}

#[test]
fn a_limit_is_used_up_after_a_refresh_through_a_link() {
    let sandbox = sandbox();
    let home = used_up(&sandbox);
    link(&home, "a/.env", "b/.env");
    home.is_for_secrets(&home.work().join("b/.env"));
    // Where no server has been yet. It takes one of the names from the file.
    home.run(["get", "-f", "--env-file", "b/.env"]).expect(0);
    let text = |name: &str| fs::read_to_string(home.work().join(name)).unwrap();
    assert_ne!(text("a/.env"), text("b/.env"));
    assert_denied(&call(&home, "a/.env"));
    link(&home, "b/.env", "d/.env");
    assert_denied(&call(&home, "d/.env"));
    fs::rename(home.work().join("b"), home.work().join("e")).unwrap();
    assert_denied(&call(&home, "e/.env"));
    assert_eq!(api_calls(&sandbox).len(), 1);
}

#[test]
fn a_limit_is_used_up_through_a_mount() {
    needs!(Root, Mounts);
    let sandbox = sandbox();
    let home = used_up(&sandbox);
    // A file that is mounted by itself, and the directory.
    for (mounted, place, env_file) in [("a/.env", "b/.env", "b/.env"), ("a", "d", "d/.env")] {
        if mounted != "a" {
            fs::write(home.work().join(place), "").unwrap();
        }
        home.is_for_secrets(&home.work().join(env_file));
        let server = home.command(["mcp", "--no-watch", "--policy", "policy.json", "--env-file", env_file]);
        let mut shell = Command::new("unshare");
        shell.args(["-m", "sh", "-c", "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"", mounted, place]);
        let mut shell = within(shell, &server);
        shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        shell.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let mut session = Session::of(shell);
        session.greet("2025-11-25");
        assert_denied(&session.call("list_meetings", json!({})));
        session.close();
    }
    assert_eq!(api_calls(&sandbox).len(), 1);
}

#[test]
fn an_unreadable_record_of_a_file_closes_the_limits_of_that_file_only() {
    let sandbox = sandbox();
    let home = used_up(&sandbox);
    let is_entry = |path: &PathBuf| path.parent().is_some_and(|parent| parent.ends_with("files"));
    let entries: Vec<PathBuf> = tree(&home.state()).into_iter().filter(is_entry).collect();
    let [entry]: [PathBuf; 1] = entries.try_into().unwrap();
    fs::write(&entry, "{").unwrap();
    link(&home, "a/.env", "b/.env");
    let mut session =
        Session::start(&home, &["--no-watch", "--policy", "policy.json", "--env-file", "b/.env"]);
    let denied = session.call("list_meetings", json!({}));
    assert!(denied.is_denied(), "{denied:?}");
    let name = Path::new(entry.file_name().unwrap()).display().to_string();
    for part in ["uncounted it is not let through", &name, "this is not what zoomtok wrote there"] {
        assert!(denied.text.contains(part), "{denied:?}");
    }
    session.call("list_users", json!({})).ok();
    // Nothing has to be restarted.
    fs::remove_file(&entry).unwrap();
    session.call("list_meetings", json!({})).ok();
    session.close();
}
