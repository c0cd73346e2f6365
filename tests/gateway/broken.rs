//! Servers that do not keep to the protocol, and clients that do not.

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::gateways::{given, start};
use crate::support::mcp_session::Session;

/// A server in `sh`. `$id` is the id of the request; each part is a pattern of `case` with what it does, before the usual ones.
const SERVER: &str = r#"
answer() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
while read -r line; do
    id=${line#*'"id":'}; id=${id%%,*}; id=${id%%\}*}
    case $line in
        MORE
        *'"initialize"'*) answer '"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}' ;;
        *'"tools/list"'*) answer '"result":{"tools":[{"name":"t","inputSchema":{"type":"object"}}]}' ;;
        *'"method":"notifications/'*) ;;
        *'"method":'*) answer '"result":{"content":[]}' ;;
    esac
done
"#;

/// Begins a session with a gateway before that server.
fn before(home: &Home, more: &str) -> Session {
    let script = SERVER.replace("MORE", more);
    let command = home.command(["gateway", "--no-token", "--name", "broken", "--", "sh", "-c", &script]);
    let mut session = Session::of(command);
    session.greet("2025-11-25");
    session
}

#[test]
fn a_list_of_tools_that_is_none_is_reported_and_the_gateway_serves_on() {
    let endless = r#""result":{"tools":[{"name":"t","inputSchema":{}}],"nextCursor":"more"}"#;
    let unreadable = "the server's list of tools cannot be read";
    for (answer, warned, seen) in [
        (
            r#""error":{"code":-32000,"message":"not today"}"#,
            Some("the server does not list its tools: not today"),
            json!({"code": -32000, "message": "not today"}),
        ),
        (
            r#""error":{"code":-32000}"#,
            Some("the server does not list its tools: an error without a message"),
            json!({"code": -32000}),
        ),
        // A server without tools has no such method.
        (
            r#""error":{"code":-32601,"message":"no such method"}"#,
            None,
            json!({"code": -32601, "message": "no such method"}),
        ),
        (
            r#""result":{"tools":5}"#,
            Some("the server does not list its tools: the list cannot be read"),
            json!({"code": -32603, "message": unreadable}),
        ),
        (endless, Some("the server does not list its tools: the list has more than 200 pages"), Value::Null),
    ] {
        let home = Home::empty();
        let mut session = before(&home, &format!("*'\"tools/list\"'*) answer '{answer}' ;;"));
        assert_eq!(session.ask("tools/list", &json!({}))["error"], seen, "{answer}");
        if let Some(warned) = warned {
            session.wait_for(warned);
        }
        assert_eq!(session.ask("ping", &json!({}))["result"], json!({"content": []}));
        assert!(warned.is_some() || !session.stderr().contains("does not list"), "{}", session.stderr());
    }
}

#[test]
fn what_a_server_takes_back_is_taken_back_under_the_id_that_the_client_knows() {
    let home = Home::empty();
    let asks = r#"printf '{"jsonrpc":"2.0","id":"r-1","method":"roots/list"}\n'"#;
    let cancels = |id: &str| {
        format!(
            r#"printf '{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id}}}}}\n'"#
        )
    };
    let nameless = r#"printf '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"what?"}}\n'"#;
    // Also what nobody has asked, which reaches nobody.
    let script = [asks, &cancels("\"r-2\""), &cancels("[]"), &cancels("\"r-1\""), nameless].join("; ");
    let mut session = before(&home, &format!("*'\"prompts/list\"'*) {script}; answer '\"result\":{{}}' ;;"));
    assert_eq!(session.ask("prompts/list", &json!({}))["result"], json!({}));
    let asked = session.notification("roots/list");
    let cancelled = session.notification("notifications/cancelled");
    assert!(asked["id"].is_number(), "{asked}");
    assert_eq!(cancelled["params"]["requestId"], asked["id"]);
    session.ask("ping", &json!({}));
    let said = session.close();
    assert_eq!(said.matches("notifications/cancelled").count(), 1, "{said}");
    assert!(!said.contains("what?"), "{said}");
}

#[test]
fn a_client_is_heard_after_a_message_that_is_too_long_or_makes_no_sense() {
    let home = Home::empty();
    let mut session = start(&home, &["--no-token"]);
    session
        .write(format!("{{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"{}\"}}\n", "x".repeat(16 * 1024 * 1024)));
    let refused = session.response_to_nothing();
    assert_eq!(refused["error"]["message"], "the message has more than 16 MiB");
    // Progress of nothing, a call that nobody could answer, and a request that is not under way.
    session.notify("notifications/progress", &json!({"progressToken": "none", "progress": 1}));
    session.notify("tools/call", &json!({"name": "write", "arguments": {}}));
    session.notify("notifications/cancelled", &json!({"requestId": 99}));
    session.call("echo", json!({"n": 1})).ok();
    session.wait_for("a tools/call without an id was dropped");
    let methods: Vec<String> =
        given(&home).iter().map(|given| given.message["method"].as_str().unwrap().to_owned()).collect();
    assert!(
        !methods
            .iter()
            .any(|method| method == "notifications/progress" || method == "notifications/cancelled")
    );
    assert!(!given(&home).iter().any(|given| given.calls("write")), "{methods:?}");
}
