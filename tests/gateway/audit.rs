//! The audit log.

use std::fs;

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::gateways::start;

fn lines(home: &Home) -> Vec<Value> {
    let text = fs::read_to_string(home.work().join("audit.log")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A home whose policy requires a log or not.
fn under(more: &str) -> Home {
    let home = Home::empty();
    let policy = format!(r#"{{"version": "1", "default": "allow", "hide": ["danger"]{more}}}"#);
    fs::write(home.work().join("policy.json"), policy).unwrap();
    home
}

const OPTIONS: [&str; 5] = ["--no-token", "--policy", "policy.json", "--audit", "audit.log"];

#[test]
fn each_call_is_a_line_without_the_values_of_its_arguments() {
    let home = under("");
    let mut session = start(&home, &OPTIONS);
    session.call("echo", json!({"n": 1, "text": "keep this to yourself"})).ok();
    assert!(session.call("danger", json!({})).is_error);
    assert!(session.call("die", json!({})).is_error);
    session.leave().expect(0);
    let lines = lines(&home);
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            (line["tool"].clone(), line["decision"].clone(), line["rule"].clone(), line["error"].is_null())
        })
        .collect();
    assert_eq!(
        told,
        [
            (json!("echo"), json!("allowed"), json!("default"), true),
            (json!("danger"), json!("denied"), json!("hide[0]"), false),
            (json!("die"), json!("allowed"), json!("default"), false),
        ]
    );
    assert_eq!(
        (&lines[0]["v"], &lines[0]["client"], &lines[0]["event"]),
        (&json!(1), &json!("tests 1"), &json!("end"))
    );
    assert!(lines[0]["size"].as_u64().unwrap() > 50 && lines[0]["duration_ms"].as_f64().unwrap() > 0.0);
    let text = fs::read_to_string(home.work().join("audit.log")).unwrap();
    assert!(text.contains("\"text\"") && !text.contains("keep this to yourself"), "{text}");
}

#[test]
fn values_are_written_down_only_where_they_are_wanted() {
    let home = under("");
    let mut session = start(&home, &[&OPTIONS[..], &["--audit-arguments"]].concat());
    session.call("echo", json!({"text": "for the record"})).ok();
    session.leave().expect(0);
    assert!(lines(&home)[0]["arguments"].to_string().contains("for the record"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_call_that_has_to_be_written_down_and_cannot_be_is_refused() {
    let home = under(r#", "audit": "required""#);
    let mut session = start(&home, &OPTIONS);
    session.call("echo", json!({})).ok();
    let events: Vec<Value> = lines(&home).into_iter().map(|line| line["event"].clone()).collect();
    assert_eq!(events, ["begin", "end"]);
    fs::remove_file(home.work().join("audit.log")).unwrap();
    std::os::unix::fs::symlink("/dev/full", home.work().join("audit.log")).unwrap();
    session.call("echo", json!({"n": 2})).fails(&["[POLICY DENIED] echo by audit", "audit log"]);
    drop(session);
    let mut without = start(&home, &OPTIONS[..3]);
    without.call("echo", json!({"n": 3})).fails(&["there is none: start the gateway with --audit FILE"]);
    assert_eq!(crate::support::gateways::given(&home).iter().filter(|given| given.calls("echo")).count(), 1);
}
