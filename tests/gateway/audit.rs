//! The audit log.

use std::fs;

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::gateways::start;
#[cfg(target_os = "linux")]
use crate::support::{
    gateways::{given, record, server},
    mcp_session::{Session, wait_until},
    needs::{in_mount_namespace, needs},
};

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
    assert_eq!(given(&home).iter().filter(|given| given.calls("echo")).count(), 1);
}

/// Has a gateway write its log to a disk of its own, which is filled and has room again when files of these names appear.
#[cfg(target_os = "linux")]
const ON_A_SMALL_DISK: &str = r#"
    mkdir log && mount -t tmpfs -o size=64k none log || exit 97
    (
        until [ -e fill ]; do sleep 0.05; done; cat /dev/zero >log/rest 2>/dev/null; touch filled
        until [ -e free ]; do sleep 0.05; done; rm log/rest; touch freed
        until [ -e copy ]; do sleep 0.05; done; cp log/audit.log audit.log; touch copied
    ) </dev/null >/dev/null 2>&1 &
    exec "$@"
"#;

/// A session with such a gateway under this policy.
#[cfg(target_os = "linux")]
fn on_a_small_disk(home: &Home) -> Session {
    let options = ["gateway", "--no-token", "--policy", "policy.json", "--audit", "log/audit.log", "--"];
    let program = home.command(options);
    let mut shell = in_mount_namespace();
    shell.args(["sh", "-c", ON_A_SMALL_DISK, "sh"]).arg(program.get_program()).args(program.get_args());
    shell.arg(server()).arg("--record").arg(record(home));
    shell.current_dir(home.work()).env_clear();
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut session = Session::of(shell);
    session.greet("2025-11-25");
    session
}

/// Asks the shell beside a gateway to do something.
#[cfg(target_os = "linux")]
fn have(home: &Home, what: &str, done: &str) {
    fs::write(home.work().join(what), "").unwrap();
    wait_until(done, || home.work().join(done).exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_under_the_log_stops_the_calls_that_have_to_be_written_down() {
    needs!(Mounts);
    let home = under(r#", "audit": "required""#);
    let mut session = on_a_small_disk(&home);
    session.call("echo", json!({})).ok();
    have(&home, "fill", "filled");
    // The rest of the last block takes some lines more.
    let refused = (0..64).map(|n| session.call("echo", json!({"n": n}))).find(|answer| answer.is_error);
    refused.unwrap().fails(&["[POLICY DENIED] echo by audit", "No space left on device"]);
    let before = given(&home).iter().filter(|given| given.calls("echo")).count();
    session.call("echo", json!({})).fails(&["[POLICY DENIED] echo by audit"]);
    assert_eq!(given(&home).iter().filter(|given| given.calls("echo")).count(), before);
    have(&home, "free", "freed");
    session.call("echo", json!({"n": 99})).ok();
    have(&home, "copy", "copied");
    session.leave().expect(0);
    let text = fs::read_to_string(home.work().join("audit.log")).unwrap();
    let broken = text.lines().filter(|line| serde_json::from_str::<Value>(line).is_err()).count();
    assert!(broken <= 1, "no line but the one that was cut off: {text}");
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((&last["event"], &last["tool"]), (&json!("end"), &json!("echo")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_under_the_log_is_warned_of_once_where_the_log_is_not_required() {
    needs!(Mounts);
    let home = under("");
    let mut session = on_a_small_disk(&home);
    have(&home, "fill", "filled");
    for n in 0..64 {
        session.call("echo", json!({"n": n})).ok();
    }
    session.wait_for("No space left on device");
    assert_eq!(session.stderr().matches("No space left on device").count(), 1, "{}", session.stderr());
    have(&home, "free", "freed");
    session.call("echo", json!({})).ok();
    have(&home, "copy", "copied");
    session.leave().expect(0);
}
