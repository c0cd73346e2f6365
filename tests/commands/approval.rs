//! `zoomtok approval`: calls that wait for a person, and the decision about them.

use std::fs;
use std::path::PathBuf;

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::Home;

fn directory(home: &Home, gateway: &str) -> PathBuf {
    home.state().join("zoomtok/gateways").join(gateway).join("approvals")
}

/// Has a call wait as a gateway does, since so many seconds and for two minutes.
fn wait(home: &Home, gateway: &str, id: &str, tool: &str, since: i64) -> PathBuf {
    let at = |seconds| (Utc::now() + TimeDelta::seconds(seconds)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let content = json!({
        "version": 1,
        "id": id,
        "binding": {
            "grant": if gateway == "files" { "ci" } else { "" }, "gateway": gateway, "tool": tool,
            "arguments": "a", "policy": "p", "pin": "t",
        },
        "rule": format!("tools.{tool}.approve"),
        "arguments": {"pa\u{202e}th": "a\u{200d}b\u{1b}\n", "token": "(hidden, 9 characters)"},
        "since": at(-since),
        "until": at(120 - since),
        "state": "waiting",
        "has_left": false,
    });
    fs::create_dir_all(directory(home, gateway)).unwrap();
    let path = directory(home, gateway).join(format!("{id}.json"));
    fs::write(&path, content.to_string()).unwrap();
    path
}

fn state(path: &PathBuf) -> String {
    let kept: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    kept["state"].as_str().unwrap().to_owned()
}

#[test]
fn the_calls_that_wait_are_listed_with_all_that_matters() {
    let home = Home::empty();
    assert_eq!(
        home.run(["approval", "list"]).expect(0).quietly().stdout,
        "✅ No call waits for a decision\n"
    );
    wait(&home, "files", "K7Q2M9XD", "write", 20);
    wait(&home, "memory", "00000001", "delete", 10);
    wait(&home, "memory", "00000002", "over", 121);
    let text = home.run(["approval", "list"]).expect(0).quietly().stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("⏳ K7Q2M9XD write of files for ci, 1m "), "{text}");
    assert_eq!(lines[1], "   pa\\u{202e}th: \"a\\u{200d}b\\u001b\\n\"");
    assert_eq!(lines[2], "   token: \"(hidden, 9 characters)\"");
    assert!(lines[3].starts_with("⏳ 00000001 delete of memory, 1m "), "{text}");
    assert_eq!(lines.len(), 6, "{text}");
    let stdout = home.run(["approval", "list", "--json"]).expect(0).quietly().stdout;
    let listed: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&listed["version"], listed["approvals"].as_array().unwrap().len()), (&json!(1), 2));
    let first = &listed["approvals"][0];
    for (field, expected) in [
        ("id", json!("K7Q2M9XD")),
        ("gateway", json!("files")),
        ("grant", json!("ci")),
        ("tool", json!("write")),
        ("rule", json!("tools.write.approve")),
        ("state", json!("waiting")),
    ] {
        assert_eq!(first[field], expected, "{field}");
    }
    assert!((90..=100).contains(&first["seconds_left"].as_i64().unwrap()), "{first}");
    for field in ["since", "until"] {
        assert!(first[field].as_str().unwrap().ends_with('Z'), "{first}");
    }
}

#[test]
fn a_decision_is_taken_once_and_only_about_a_call_that_waits() {
    let home = Home::empty();
    let write = wait(&home, "files", "K7Q2M9XD", "write", 1);
    let delete = wait(&home, "memory", "00000001", "delete", 1);
    let over = wait(&home, "memory", "00000002", "over", 121);
    let allowed = home.run(["approval", "allow", "k7q2-m9xd"]).expect(0).quietly().stdout;
    assert!(allowed.starts_with("✅ Allowed, once and until 20"), "{allowed}");
    assert!(allowed.ends_with(": write of files for ci\n"), "{allowed}");
    let denied = home.run(["approval", "deny", "oooo0001"]).expect(0).quietly().stdout;
    assert_eq!(denied, "❌ Denied: delete of memory\n");
    for command in ["allow", "deny"] {
        for (id, code, parts) in [
            ("K7Q2M9XD", 1, &["K7Q2M9XD was allowed already"][..]),
            ("00000001", 1, &["00000001 was denied already"]),
            ("00000002", 1, &["the time of 00000002 is over"]),
            ("00000003", 2, &["no call waits under the id 00000003", "zoomtok approval list"]),
            ("../files", 2, &["no call waits under the id ../files"]),
        ] {
            home.run(["approval", command, id]).expect(code).says(parts);
        }
    }
    assert_eq!([write, delete, over].map(|path| state(&path)), ["allowed", "denied", "waiting"]);
    let text = home.run(["approval", "list"]).expect(0).stdout;
    assert!(text.contains("✅ allowed: K7Q2M9XD") && text.contains("❌ denied: 00000001"), "{text}");
}

#[test]
fn one_of_two_decisions_at_the_same_time_counts() {
    let home = Home::empty();
    for n in 0..5 {
        let id = format!("0000000{n}");
        let path = wait(&home, "files", &id, "write", 1);
        let running = ["allow", "deny"].map(|command| home.start(["approval", command, &id]));
        let codes = running.map(|one| one.end().code.unwrap());
        assert!(codes == [0, 1] || codes == [1, 0], "{codes:?}");
        assert_eq!(state(&path), if codes[0] == 0 { "allowed" } else { "denied" });
    }
}

#[test]
fn a_broken_file_keeps_nobody_from_deciding_about_others() {
    let home = Home::empty();
    let write = wait(&home, "files", "K7Q2M9XD", "write", 1);
    fs::write(directory(&home, "files").join("00000009.json"), "{").unwrap();
    let ended = home.run(["approval", "list"]).expect(0).says(&["warning", "00000009.json"]);
    assert!(ended.stdout.contains("K7Q2M9XD"));
    home.run(["approval", "allow", "00000009"]).expect(3).says(&["00000009.json"]);
    home.run(["approval", "allow", "K7Q2M9XD"]).expect(0).quietly();
    assert_eq!(state(&write), "allowed");
}
