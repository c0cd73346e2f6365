//! The policy before somebody else's server, and that nothing gets around it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::gateways::{given, start};

/// A home with a policy, and the options that name it.
fn under(policy: &Value) -> (Home, [String; 3]) {
    let home = Home::empty();
    let path = home.work().join("policy.json");
    fs::write(&path, policy.to_string()).unwrap();
    let options = ["--no-token".into(), "--policy".into(), path.to_str().unwrap().into()];
    (home, options)
}

fn strs(options: &[String]) -> Vec<&str> {
    options.iter().map(String::as_str).collect()
}

#[test]
fn a_refused_call_never_reaches_the_server() {
    let (home, options) = under(&json!({
        "version": "1", "default": "deny", "hide": ["danger"],
        "tools": {
            "echo": {"deny_if": [{"path": "args.n", "op": "gt", "value": 10}]},
            "read": {"require": [{"path": "args.text", "op": "eq", "value": "a"}]},
            "write": {"deny": "Nothing is written here"},
        },
    }));
    let mut session = start(&home, &strs(&options));
    assert!(!session.tools().contains(&"danger".to_owned()));
    for (tool, arguments, refusal) in [
        ("danger", json!({}), "[POLICY DENIED] danger by hide[0]"),
        ("slow", json!({}), "[POLICY DENIED] slow by default"),
        ("write", json!({}), "Nothing is written here"),
        (
            "echo",
            json!({"n": 11}),
            "[POLICY DENIED] echo by tools.echo.deny_if[0]: args.n must not be more than 10",
        ),
        ("echo", json!({"N": 11}), "[POLICY DENIED] echo"),
        ("echo", json!({"n": 1, "N": 11}), "[POLICY DENIED] echo"),
        ("read", json!({}), "[POLICY DENIED] read by tools.read.require[0]"),
        ("read", json!({"text": "b"}), "[POLICY DENIED] read"),
    ] {
        session.call(tool, arguments).fails(&[refusal]);
    }
    session.call("echo", json!({"n": 10})).ok();
    session.call("read", json!({"text": "a"})).ok();
    let calls: Vec<Value> = given(&home)
        .into_iter()
        .filter(|given| given.message["method"] == "tools/call")
        .map(|given| given.message["params"]["name"].clone())
        .collect();
    assert_eq!(calls, ["echo", "read"]);
}

/// Lines that some reader takes for a call of `danger`.
fn attacks() -> Vec<String> {
    let call = |inner: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call",{inner}}}"#);
    let mut lines = vec![
        format!("[{}]", call(r#""params":{"name":"danger"}"#)),
        format!(" \t[{},{}]", call(r#""params":{"name":"echo"}"#), call(r#""params":{"name":"danger"}"#)),
        call(r#""params":{"name":"echo","name":"danger"}"#),
        call(r#""params":{"name":"danger","name":"echo"}"#),
        call(r#""params":{"name":"echo","Name":"danger"}"#),
        call(r#""params":{"name":"echo","\u004eame":"danger"}"#),
        call("\"params\":{\"name\":\"echo\",\"argument\u{17f}\":{\"x\":1}}"),
        call(r#""params":{"name":"echo"},"params":{"name":"danger"}"#),
        call(r#""params":{"name":"echo"},"Params":{"name":"danger"}"#),
        call(r#""Params":{"name":"danger"}"#),
        call(r#""params":["danger"]"#),
        call(r#""params":"danger""#),
        call(r#""params":{"name":["danger"]}"#),
        call(r#""params":{"name":{"name":"danger"}}"#),
        call(r#""params":{"name":"danger","arguments":["x"]}"#),
        call(r#""params":{"name":"danger","arguments":"x"}"#),
        call(r#""params":{"name":"echo","arguments":{"a":1,"a":2}}"#),
        call(r#""params":{"name":"danger\u0000"}"#),
        call(r#""params":{"name":" danger"}"#),
        call(r#""params":{"name":"DANGER"}"#),
        call(r#""params":{"name":"d\u0061nger"}"#),
        call(r#""params":{"name":"danger"},"method":"ping""#),
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"danger"}}"#.into(),
        r#"{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"danger"}}"#.into(),
        r#"{"jsonrpc":"2.0","id":1.5,"method":"tools/call","params":{"name":"danger"}}"#.into(),
        r#"{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{"name":"danger"}}"#.into(),
        r#"{"id":1,"method":"tools/call","params":{"name":"danger"}}"#.into(),
        r#"{"jsonrpc":"2.0","id":1,"method":"Tools/Call","params":{"name":"danger"}}"#.into(),
        r#"{"jsonrpc":"2.0","id":1,"method":"tool\u017f/call","params":{"name":"danger"}}"#.into(),
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call","params":{"name":"danger"}}"#.into(),
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"danger"},"result":{}}"#.into(),
        r#"{"jsonrpc":"2.0","id":1,"result":{},"method":"tools/call","params":{"name":"danger"}}"#.into(),
        "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"danger\"}}".into(),
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"danger\"}}\r{\"jsonrpc\":\"2.0\"}".into(),
    ];
    // Each of them behind whitespace that lines of JSON may have, too.
    lines.extend(lines.clone().iter().map(|line| format!("  {line}\t")));
    lines
}

#[test]
fn no_spelling_of_a_call_gets_past_the_gateway() {
    for policy in [
        json!({"version": "1", "default": "allow", "hide": ["danger"]}),
        json!({"version": "1", "default": "deny", "tools": {"echo": {}}}),
    ] {
        let (home, options) = under(&policy);
        let mut session = start(&home, &strs(&options));
        for line in attacks() {
            session.write(format!("{line}\n"));
        }
        // Also those that are behind the ones that were refused.
        session.call("echo", json!({"n": 7})).ok();
        session.leave().expect(0);
        let given = given(&home);
        for message in given.iter().map(|given| &given.message) {
            let text = message.to_string().to_lowercase();
            assert!(!text.contains("danger"), "{message}");
        }
        assert_eq!(
            given.iter().filter(|given| given.message["params"]["arguments"] == json!({"n": 7})).count(),
            1
        );
    }
}

#[test]
fn exactly_as_many_calls_as_the_limit_allows_pass_however_often_the_gateway_is_killed() {
    let limit = json!([{"counter": "all", "window": "day", "max": 10, "scope": "grant"}]);
    let (home, options) = under(&json!({"version": "1", "default": "allow", "all_tools": {"limits": limit}}));
    let mut sessions: Vec<_> = (0..4).map(|_| start(&home, &strs(&options))).collect();
    let mut sent: Vec<Vec<_>> = Vec::new();
    for session in &mut sessions {
        sent.push((0..50).map(|_| session.send("write", &json!({}))).collect());
    }
    let killed = sessions.remove(0);
    killed.kill();
    let mut passed = 0;
    for (session, sent) in sessions.iter_mut().zip(sent.into_iter().skip(1)) {
        for sent in sent {
            let answer = session.answer(sent);
            passed += usize::from(!answer.is_error);
            // Under wine a file that a killed process had locked may stay so for seconds.
            let is_full = answer.text.contains("no more than 10 a day");
            let is_unknown = cfg!(windows) && answer.text.contains("the call cannot be counted");
            assert!(!answer.is_error || is_full || is_unknown, "{}", answer.text);
        }
    }
    let reached = given(&home).iter().filter(|given| given.calls("write")).count();
    assert!(passed <= reached && reached <= 10, "{passed} {reached}");
    let mut again = start(&home, &strs(&options));
    again.call("write", json!({})).fails(&["no more than 10 a day"]);
}

#[test]
fn other_methods_pass_under_deny_only_where_the_policy_lets_them() {
    let (home, options) =
        under(&json!({"version": "1", "default": "deny", "tools": {"sample": {}}, "methods": ["prompts/*"]}));
    let mut session = start(&home, &strs(&options));
    assert!(session.ask("prompts/get", &json!({"name": "x"})).get("result").is_some());
    for method in ["resources/read", "resources/list", "completion/complete"] {
        let answer = session.ask(method, &json!({"uri": "a://b"}));
        assert!(answer["error"]["message"].as_str().unwrap().starts_with("[POLICY DENIED]"), "{answer}");
    }
    // Requests of the server to its client are refused in the client's place.
    assert!(session.call("sample", json!({})).text.contains("[POLICY DENIED]"));
    assert!(session.ask("ping", &json!({})).get("result").is_some());
    assert!(given(&home).iter().all(|given| given.message["method"] != "resources/read"));
}

#[test]
fn a_policy_that_is_not_valid_closes_the_gateway_until_it_is() {
    let (home, options) = under(&json!({"version": "1"}));
    let mut session = start(&home, &strs(&options));
    assert!(!session.tools().is_empty());
    session.call("echo", json!({})).fails(&["echo was not called", "default: is missing"]);
    fs::write(Path::new(&options[2]), json!({"version": "1", "default": "allow"}).to_string()).unwrap();
    session.call("echo", json!({})).ok();
    fs::write(
        Path::new(&options[2]),
        json!({"version": "1", "default": "allow", "hide": ["echo"]}).to_string(),
    )
    .unwrap();
    session.call("echo", json!({})).fails(&["[POLICY DENIED] echo by hide[0]"]);
    assert_eq!(given(&home).iter().filter(|given| given.calls("echo")).count(), 1);
}

#[test]
fn a_policy_is_suggested_and_checked_by_the_tools_that_a_server_has() {
    let home = Home::empty();
    let server = crate::support::gateways::server();
    let behind = ["--", server.to_str().unwrap()];
    let suggested = home.run([&["policy", "suggest"], &behind[..]].concat()).expect(0);
    let policy: Value = serde_json::from_str(&suggested.stdout).unwrap();
    assert_eq!(policy["default"], "deny");
    assert!(policy["tools"]["echo"].is_object() && policy["tools"]["danger"]["approve"] == true, "{policy}");
    assert!(suggested.stderr.contains("Destructive"), "{}", suggested.stderr);
    fs::write(home.work().join("suggested.json"), &suggested.stdout).unwrap();
    let checked = home.run([&["policy", "check", "suggested.json"], &behind[..]].concat()).expect(0).stdout;
    assert!(checked.contains("VALID"), "{checked}");
    let nobody = home.run(["policy", "suggest", "--", "nobody-has-this"]).expect(1);
    assert!(nobody.stderr.contains("cannot list the tools of nobody-has-this"), "{}", nobody.stderr);
}
