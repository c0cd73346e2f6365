//! Calls that a person has to allow.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::gateways::{given, start, without_greeting};
use crate::support::mcp_session::{Session, wait_until};

/// A home whose policy asks for a person before `write`, and the options for it.
fn asking(home: &Home) -> [String; 5] {
    let path = home.work().join("policy.json");
    let policy = json!({"version": "1", "default": "allow", "approve_within": 60, "tools": {
        "write": {"approve": true, "limits": [{"counter": "w", "window": "day", "max": 3, "scope": "grant"}]},
        "read": {"approve": [{"path": "args.n", "op": "gt", "value": 5}]},
    }});
    fs::write(&path, policy.to_string()).unwrap();
    ["--no-token", "--name", "asked", "--policy", path.to_str().unwrap()].map(str::to_owned)
}

fn strs(options: &[String]) -> Vec<&str> {
    options.iter().map(String::as_str).collect()
}

/// The id of the call that waits.
#[track_caller]
fn waiting(home: &Home) -> (String, Value) {
    let mut found = Value::Null;
    wait_until("a call that waits", || {
        let listed: Value =
            serde_json::from_str(&home.run(["approval", "list", "--json"]).expect(0).stdout).unwrap();
        found = listed["approvals"][0].clone();
        !found.is_null()
    });
    (found["id"].as_str().unwrap().to_owned(), found)
}

fn writes(home: &Home) -> usize {
    given(home).iter().filter(|given| given.calls("write")).count()
}

#[test]
fn a_call_waits_until_a_person_has_decided() {
    let home = Home::empty();
    let options = asking(&home);
    let mut session = start(&home, &strs(&options));
    session.call("read", json!({"n": 5})).ok();

    let sent = session.send("write", &json!({"text": "a", "password": "hidden from you"}));
    let (id, shown) = waiting(&home);
    assert_eq!(shown["tool"], "write");
    assert!(!shown.to_string().contains("hidden from you"), "{shown}");
    assert_eq!(writes(&home), 0);
    home.run(["approval", "allow", &id]).expect(0);
    session.answer(sent).ok();
    assert_eq!(writes(&home), 1);

    let sent = session.send("write", &json!({"text": "a"}));
    home.run(["approval", "deny", &waiting(&home).0]).expect(0);
    session
        .answer(sent)
        .fails(&["[POLICY DENIED] write by tools.write.approve: a person has denied this call"]);
    assert_eq!(writes(&home), 1);
    // The denied call was given back: 3 a day are allowed, and this is the second.
    let sent = session.send("write", &json!({}));
    home.run(["approval", "allow", &waiting(&home).0]).expect(0);
    session.answer(sent).ok();
}

#[test]
fn a_call_that_is_cancelled_while_it_waits_is_forgotten() {
    let home = Home::empty();
    let options = asking(&home);
    let mut session = start(&home, &strs(&options));
    let sent = session.send("write", &json!({}));
    waiting(&home);
    session.cancel(sent);
    wait_until("nothing that waits", || {
        let listed = home.run(["approval", "list", "--json"]).expect(0).stdout;
        serde_json::from_str::<Value>(&listed).unwrap()["approvals"] == json!([])
    });
    session.call("echo", json!({})).ok();
    assert_eq!(writes(&home), 0);
}

/// Begins a session whose client can ask its user.
fn with_user(home: &Home, options: &[&str]) -> Session {
    let mut session = without_greeting(home, options, &[]);
    let client = json!({"name": "tests", "version": "1"});
    let params =
        json!({"protocolVersion": "2025-11-25", "capabilities": {"elicitation": {}}, "clientInfo": client});
    session.ask("initialize", &params);
    session.notify("notifications/initialized", &json!({}));
    session
}

#[test]
fn a_client_that_can_ask_its_user_does() {
    let home = Home::empty();
    let options = asking(&home);
    let mut session = with_user(&home, &strs(&options));
    for (answer, passes) in [
        (json!({"action": "accept", "content": {"allow": true}}), true),
        (json!({"action": "accept", "content": {"allow": false}}), false),
        (json!({"action": "accept"}), false),
        (json!({"action": "decline"}), false),
        (json!({"action": "cancel", "content": {"allow": true}}), false),
        (json!({"action": "accept", "content": {"allow": true}}), true),
    ] {
        let sent = session.send("write", &json!({"text": "b"}));
        let question = session.notification("elicitation/create");
        assert!(question["params"]["message"].as_str().unwrap().contains("text: \"b\""), "{question}");
        session.write(format!("{}\n", json!({"jsonrpc": "2.0", "id": question["id"], "result": answer})));
        assert_eq!(!session.answer(sent).is_error, passes, "{answer}");
    }
    assert_eq!(writes(&home), 2);
    // Its server's own questions still reach the user.
    let sent = session.send("ask", &json!({}));
    let question = session.notification("elicitation/create");
    session.write(format!(
        "{}\n",
        json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "decline"}})
    ));
    assert!(session.answer(sent).text.contains("decline"));
}

#[test]
fn a_call_that_nobody_has_decided_about_in_time_is_denied() {
    let home = Home::empty();
    let options = asking(&home);
    let policy = fs::read_to_string(&options[4]).unwrap();
    fs::write(&options[4], policy.replace("\"approve_within\":60", "\"approve_within\":11")).unwrap();
    let (mut session, mut with_user) = (start(&home, &strs(&options)), with_user(&home, &strs(&options)));
    // Either is waited for at the same time.
    let params = json!({"name": "write", "arguments": {}, "_meta": {"progressToken": "p"}});
    let sent = session.send_text("tools/call", &params.to_string());
    let asked = with_user.send("write", &json!({}));
    let question = with_user.notification("elicitation/create");
    let (id, _) = waiting(&home);
    let progress = session.notification("notifications/progress")["params"].take();
    let expected =
        json!({"progressToken": "p", "progress": 10, "message": format!("waiting for approval {id}")});
    assert_eq!(progress, expected);
    session.answer(sent).fails(&["nobody has allowed this call in time"]);
    with_user.answer(asked).fails(&["the user has not answered in time"]);
    home.run(["approval", "allow", &id]).expect(2);
    // An answer that comes too late counts for nothing, and an error is no answer.
    let allowed = json!({"action": "accept", "content": {"allow": true}});
    let late = json!({"jsonrpc": "2.0", "id": question["id"], "result": allowed});
    with_user.write(format!("{late}\n"));
    let asked = with_user.send("write", &json!({}));
    let question = with_user.notification("elicitation/create");
    let error = json!({"jsonrpc": "2.0", "id": question["id"], "error": {"code": -1, "message": "no"}});
    with_user.write(format!("{error}\n"));
    with_user.answer(asked).fails(&["the user has not allowed this call"]);
    assert_eq!(writes(&home), 0);
}

#[test]
fn a_policy_that_changes_meanwhile_ends_what_was_asked_under_it() {
    let home = Home::empty();
    let options = asking(&home);
    let mut session = start(&home, &strs(&options));
    let sent = session.send("write", &json!({}));
    let (id, _) = waiting(&home);
    let path = &options[4];
    let stricter = fs::read_to_string(path).unwrap().replace("\"max\":3", "\"max\":2");
    fs::write(path, stricter).unwrap();
    std::thread::sleep(Duration::from_millis(10));
    home.run(["approval", "allow", &id]).expect(0);
    session.answer(sent).fails(&["the policy or the tool has changed since it was asked for"]);
    assert_eq!(writes(&home), 0);
}
