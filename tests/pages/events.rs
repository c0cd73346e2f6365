//! Each recipe of docs/events.md is read from the page and run.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::sync::mpsc::channel;

use serde_json::{Value, json};

use crate::support::http_server::{HttpServer, Reply};
use crate::support::needs::needs;
use crate::support::pages::read;
use crate::support::{Home, sandbox};

/// The block below a heading.
fn recipe(heading: &str) -> String {
    let page = read("docs/events.md");
    let section = page.split("\n## ").find(|section| section.lines().next() == Some(heading));
    let section = section.unwrap_or_else(|| panic!("no recipe for {heading}"));
    let mut blocks = section.split("\n```").skip(1).step_by(2);
    let block = blocks.next().unwrap().split_once('\n').unwrap().1;
    assert!(blocks.next().is_none(), "{heading}: more than one block");
    block.to_owned()
}

/// Runs a recipe as zoomtok does, for each of these events, with a variable that names a server; gives what that was sent.
fn sent(heading: &str, variable: &str, events: &[&str]) -> Vec<Value> {
    let (heard, sent) = channel();
    let server = HttpServer::start(move |message, _| {
        heard.send(message.clone()).unwrap();
        Reply::status(200)
    });
    let home = Home::empty();
    fs::write(home.work().join("recipe.sh"), recipe(heading)).unwrap();
    for event in events {
        let mut command = home.foreign("sh", ["recipe.sh"]);
        command.env("ZOOMTOK_EVENT", event).env(variable, &server.address).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let line = format!("{}\n", json!({"version": 1, "event": event}));
        // Most events are not read.
        let _ = child.stdin.take().unwrap().write_all(line.as_bytes());
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{event}: {}", String::from_utf8_lossy(&ended.stderr));
    }
    sent.try_iter().collect()
}

#[test]
fn slack_is_told_that_refreshing_stopped_and_goes_on() {
    needs!(Curl);
    let sent = sent("Slack", "SLACK_WEBHOOK", &["status", "disabled", "token_updated", "rearmed"]);
    let texts: Vec<&str> = sent.iter().map(|message| message["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["zoomtok no longer refreshes the token", "zoomtok refreshes the token again"]);
}

#[test]
fn ntfy_gets_the_event() {
    needs!(Curl);
    let sent = sent("ntfy", "NTFY_URL", &["status", "disabled", "refresh_done", "approval_waiting"]);
    let names: Vec<&str> = sent.iter().map(|message| message["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["disabled", "approval_waiting"]);
}

#[test]
fn another_program_is_restarted_once_for_each_new_token() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    let stand_in = home.work().join("systemctl");
    fs::write(&stand_in, "#!/bin/sh\necho \"$@\" >> restarts\n").unwrap();
    fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(home.work().join("recipe.sh"), recipe("Restart another program")).unwrap();
    let path = format!("{}:/usr/bin:/bin", home.work().display());
    home.set("PATH", &path).set("ZOOMTOK_ON_EVENT", "sh recipe.sh");
    for _ in 0..2 {
        home.run(["watch", "--once", "--no-claude"]).expect(0);
    }
    assert_eq!(fs::read_to_string(home.work().join("restarts")).unwrap(), "--user restart my-bot\n");
}

#[test]
fn a_shell_is_there_for_who_asks_for_it() {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3600);
    home.set("PATH", "/usr/bin:/bin");
    let page = read("docs/events.md");
    let line = page.lines().find(|line| line.contains("sh -c")).unwrap();
    let words = shell_words::split(line).unwrap();
    let ended = home.run(words[1..].iter().map(String::as_str).chain(["--once", "--no-claude"])).expect(0);
    let kept = home.work().parent().unwrap().join("zoomtok-events.jsonl");
    let kept: Value = serde_json::from_str(&fs::read_to_string(kept).unwrap()).unwrap();
    assert_eq!((&kept["event"], &kept["state"]), (&json!("status"), &json!("valid")));
    ended.quietly();
}
