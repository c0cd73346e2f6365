//! Messages that are not governed pass in both directions: one dialogue with the server itself, and the same through a
//! gateway.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::gateways::{given, server, start, without_greeting};
use crate::support::mcp_client::Client;
use crate::support::mcp_session::SOON;

/// The client's answer to a request of the server.
fn answer(asked: &Value) -> Value {
    match asked["method"].as_str().unwrap() {
        "roots/list" => json!({"result": {"roots": [{"uri": "file:///a"}]}}),
        "elicitation/create" => json!({"result": {"action": "accept", "content": {"n": 1.50}, "x": 1}}),
        _ => json!({"error": {"code": -1, "message": "no", "data": [null]}}),
    }
}

/// A dialogue with every method of the specification, odd ids, and what nobody knows.
fn dialogue() -> Vec<String> {
    let request = |id: Value, method: &str, params: Value| {
        json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
    };
    let call = |id: Value, tool: &str, arguments: Value| {
        request(id, "tools/call", json!({"name": tool, "arguments": arguments}))
    };
    let mut lines = vec![
        request(
            json!(0),
            "initialize",
            json!({"protocolVersion": "2025-11-25", "capabilities": {"roots": {"listChanged": true}, "sampling": {},
                "elicitation": {}, "experimental": {"x": {"y": 1.5}}},
                "clientInfo": {"name": "a client", "title": "A", "version": "1.2"}, "unknown": [1]}),
        ),
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.into(),
    ];
    let methods = [
        ("ping", json!({})),
        ("tools/list", json!({})),
        ("tools/list", json!({"cursor": "x"})),
        ("prompts/list", json!({})),
        ("prompts/get", json!({"name": "greet", "arguments": {"a": "b"}})),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({"uri": "a://b"})),
        ("resources/subscribe", json!({"uri": "a://b"})),
        ("resources/unsubscribe", json!({"uri": "a://b"})),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": "a", "value": "b"}}),
        ),
        ("logging/setLevel", json!({"level": "debug"})),
        ("tasks/list", json!({})),
        ("tasks/get", json!({"taskId": "1"})),
        ("server/discover", json!({})),
        ("error/please", json!({})),
        ("no/such", json!({"deep": {"er": [null, true, -0.5e-3]}})),
        ("", json!({})),
    ];
    for (at, (method, params)) in methods.iter().enumerate() {
        lines.push(request(json!(format!("id {at} \u{1f600} \"")), method, params.clone()));
        lines.push(request(json!(at), method, params.clone()));
    }
    for id in [
        json!(-1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(""),
        json!("1"),
        json!("\u{0}\u{2028}"),
        json!("x".repeat(300)),
    ] {
        lines.push(request(id.clone(), "ping", json!({})));
        lines.push(call(id.clone(), "echo", json!({"n": 1.5})));
        lines.push(request(id, "tools/list", json!({})));
    }
    for tool in ["log", "ask", "sample", "roots", "read", "write", "danger", "slow"] {
        lines.push(call(json!(tool), tool, json!({"n": 2, "text": "\u{e9}\n\t\"\\"})));
    }
    for size in [0, 100, 10_000, 1_000_000] {
        lines.push(call(json!(size), "long", json!({"n": size})));
        lines.push(call(json!(size), "echo", json!({"text": "y".repeat(size)})));
    }
    for token in [json!("a token"), json!(7), json!("7")] {
        let params =
            json!({"name": "progress", "arguments": {}, "_meta": {"progressToken": token, "x.y/z": 1.50}});
        lines.push(request(json!("progress"), "tools/call", params));
    }
    lines.extend(
        [
            r#"{ "params":{"name":"echo","arguments":null,"unknown":1.50}, "id":"spaces" ,"method":"tools/call","jsonrpc":"2.0", "extra":[1.0]}"#,
            r#"{"jsonrpc":"2.0","id":"null","method":"ping","params":null}"#,
            r#"{"jsonrpc":"2.0","id":"none","method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":"none","method":"tools/call","params":{"name":"echo"}}"#,
            r#"{"jsonrpc":"2.0","id":"\u0061\/","method":"\u0070ing"}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/unknown","params":{"n":1.50}}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"nobody's"}}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"nobody's","progress":1}}"#,
            r#"{"jsonrpc":"2.0","id":"nobody asked","result":{}}"#,
            r#"{"jsonrpc":"2.0","id":"last","method":"ping"}"#,
        ]
        .map(str::to_owned),
    );
    lines
}

/// The messages to the client in the dialogue. The ids that a server gives its own requests are its own business.
fn heard(command: Command) -> Vec<Value> {
    let mut client = Client::new(command, Box::new(answer));
    for line in dialogue() {
        client.say(&line);
    }
    let mut heard = client.end(SOON);
    for message in heard.iter_mut().filter(|message| message["method"].is_string()) {
        message.as_object_mut().unwrap().remove("id");
    }
    heard
}

#[test]
fn a_dialogue_is_the_same_through_a_gateway() {
    let home = Home::empty();
    let direct = heard(Command::new(server()));
    let server = server();
    let through = heard(home.command(["gateway", "--no-token", "-q", "--", server.to_str().unwrap()]));
    assert!(direct.len() > 90, "{}", direct.len());
    for (direct, through) in direct.iter().zip(&through) {
        assert_eq!(direct, through);
    }
    assert_eq!(direct.len(), through.len());
}

#[test]
fn the_server_gets_what_the_client_has_sent() {
    let home = Home::empty();
    let server = server();
    let record = crate::support::gateways::record(&home);
    let behind = ["--", server.to_str().unwrap(), "--record", record.to_str().unwrap()];
    drop(heard(home.command([&["gateway", "--no-token", "-q"], &behind[..]].concat())));
    let mut got: Vec<Value> = given(&home).into_iter().map(|given| given.message).collect();
    // The gateway's own request for the tools comes as soon as there is a session.
    let is_own =
        |message: &Value| message["method"] == "tools/list" && message.get("params") == Some(&json!({}));
    got.remove(got.iter().position(is_own).unwrap());
    let sent = dialogue().into_iter().map(|line| serde_json::from_str::<Value>(&line).unwrap());
    // Nobody's answers, progress and cancellations go nowhere.
    let sent = sent.filter(|message| !message.to_string().contains("nobody"));
    let without_ids = |mut message: Value| {
        message.as_object_mut().unwrap().remove("id");
        if message["params"]["_meta"]["progressToken"] != Value::Null {
            message["params"]["_meta"]["progressToken"] = "some".into();
        }
        message
    };
    let got: Vec<Value> =
        got.into_iter().filter(|message| message["method"].is_string()).map(without_ids).collect();
    let sent: Vec<Value> = sent.map(without_ids).collect();
    for (got, sent) in got.iter().zip(&sent) {
        assert_eq!(got, sent);
    }
    assert_eq!(got.len(), sent.len());
}

#[test]
fn a_cancelled_call_is_cancelled_at_the_server_by_its_own_id() {
    let home = Home::empty();
    let mut session = start(&home, &["--no-token"]);
    let sent = session.send("slow", &json!({"ms": 5_000}));
    session.call("echo", json!({})).ok();
    session.cancel(sent);
    session.call("echo", json!({})).ok();
    let given = given(&home);
    let called = given.iter().find(|given| given.calls("slow")).unwrap();
    let cancelled = given.iter().find(|given| given.message["method"] == "notifications/cancelled").unwrap();
    assert_eq!(cancelled.message["params"]["requestId"], called.message["id"]);
}

#[test]
fn junk_and_second_answers_of_a_server_go_nowhere() {
    let home = Home::empty();
    let mut session = start(&home, &["--no-token"]);
    assert_eq!(session.call("junk", json!({})).ok().text, "done");
    assert_eq!(session.call("twice", json!({})).ok().text, "first");
    session.call("echo", json!({})).ok();
    let ended = session.leave().expect(0);
    assert_eq!(ended.stdout, "", "what nobody waited for");
    assert!(
        ended.stderr.contains("dropped what the server said: the message is not JSON"),
        "{}",
        ended.stderr
    );
}

#[test]
fn requests_before_the_end_of_input_are_answered() {
    let home = Home::empty();
    let mut session = start(&home, &["--no-token"]);
    let sent = session.send("slow", &json!({"ms": 1_500}));
    let ended = session.leave().expect(0);
    assert!(ended.stdout.contains("done"), "{}", ended.stdout);
    let _ = sent;
}

#[test]
fn a_server_that_cannot_start_is_reported_in_the_answer_to_initialize() {
    let home = Home::empty();
    std::fs::write(home.work().join("refuse"), "").unwrap();
    let mut session = without_greeting(&home, &["--no-token"], &["--refuse-start", "refuse"]);
    let answer = session.ask("initialize", &json!({"protocolVersion": "2025-11-25"}));
    let told = answer["error"]["message"].as_str().unwrap();
    assert!(told.contains("cannot start: the configuration is wrong"), "{told}");
    assert!(told.contains("exit status: 3") || told.contains("exit code: 3"), "{told}");
}
