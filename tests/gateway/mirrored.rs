//! Headers that repeat what the body of a request says: what a client sends is compared with the body, and what a server gets
//! is made from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::stateless::{Front, VERSION, call, described, request};
use crate::support::Home;
use crate::support::http_server::{HttpServer, Reply};
use crate::support::mcp_session::Session;

/// The tools of a server: one that marks two of its arguments, one that marks none, and one whose mark is not allowed.
fn tools(mark: &str) -> Value {
    let marked = json!({"type": "object", "properties": {
        "region": {"type": "string", "x-mcp-header": mark},
        "at": {"type": "object", "properties": {"n": {"type": "integer", "x-mcp-header": "N"}}},
        "sql": {"type": "string"}}});
    let wrong = json!({"type": "object", "properties": {"x": {"type": "number", "x-mcp-header": "X"}}});
    let tool = |name: &str, schema: Value| json!({"name": name, "inputSchema": schema});
    json!({"resultType": "complete", "ttlMs": 0, "cacheScope": "private",
        "tools": [tool("query", marked), tool("drop", json!({"type": "object"})), tool("wrong", wrong)]})
}

fn answered(message: &Value) -> Reply {
    match message["method"].as_str().unwrap() {
        "initialize" => Reply::begun(message, "one"),
        "tools/list" => Reply::result(message, tools("Region")),
        "tools/call" => Reply::result(message, json!({"resultType": "complete", "content": []})),
        _ => Reply::status(202),
    }
}

/// The headers of a call, in place of the ones that it should have.
type Change<'a> = &'a [(&'a str, &'a str)];

/// The status and the code of the answer to a request with these headers more; those that it has already are replaced by the
/// first of a name, and taken away by one without a value.
fn post(front: &Front, message: &Value, change: Change<'_>, session: Option<&str>) -> (u16, Value) {
    let mut request = front.request(message).build().unwrap();
    let headers = request.headers_mut();
    for (name, _) in change {
        headers.remove(*name);
    }
    let more = session.map(|session| ("mcp-session-id", session));
    for (name, value) in change.iter().copied().chain(more).filter(|(_, value)| !value.is_empty()) {
        let name = reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, value.parse().unwrap());
    }
    front.runtime.block_on(async {
        let answer = front.client.execute(request).await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    })
}

/// A session of a client that has sent `initialize`.
fn begun(front: &Front) -> String {
    front.runtime.block_on(async {
        let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}});
        let post = |message: &Value| {
            front
                .client
                .post(&front.listening.address)
                .bearer_auth(&front.bearer)
                .header("Accept", "application/json, text/event-stream")
                .header("Content-Type", "application/json")
                .body(message.to_string())
        };
        let answer = post(&initialize).send().await.unwrap();
        let session = answer.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        post(&initialized).header("Mcp-Session-Id", &session).send().await.unwrap();
        session
    })
}

#[test]
fn a_header_that_says_something_else_than_the_body_lets_nothing_pass() {
    let home = Home::empty();
    let server = HttpServer::start(|message, _| answered(message));
    let policy = json!({"version": "1", "default": "allow", "tools": {
        "query": {"require": [{"path": "args.region", "op": "eq", "value": "eu"}]}, "drop": {"deny": "never"}}});
    let front = Front::before(&home, &policy, &["--url", &server.address]);
    let of = |tool: &str, arguments: Value| call("1", tool, arguments);
    let (region, n) = (("mcp-param-region", "eu"), ("mcp-param-n", "7"));
    let good = of("query", json!({"region": "eu", "at": {"n": 7}, "sql": "select"}));
    let old = begun(&front);
    // With a session of the version before, a header may be missing, and may not lie.
    for (name, message, change, session, expected) in [
        ("nothing wrong", &good, &[region, n][..], None, None),
        ("a number in another form", &good, &[region, ("mcp-param-n", "7.0")], None, None),
        ("in base64", &good, &[("mcp-param-region", "=?base64?ZXU=?="), n], None, None),
        ("a header of nobody", &good, &[region, n, ("mcp-param-sql", "drop")], None, None),
        ("nothing marked", &of("query", json!({"region": "eu"})), &[region], None, None),
        ("another region", &good, &[("mcp-param-region", "us"), n], None, Some(400)),
        ("no region", &good, &[n], None, Some(400)),
        ("no number", &good, &[region], None, Some(400)),
        ("two regions", &good, &[region, ("mcp-param-region", "us"), n], None, Some(400)),
        ("one region twice", &good, &[region, region, n], None, Some(400)),
        ("no base64", &good, &[("mcp-param-region", "=?base64?*?="), n], None, Some(400)),
        ("one of no argument", &of("query", json!({"region": "eu"})), &[region, n], None, Some(400)),
        ("one of null", &of("query", json!({"region": null})), &[region], None, Some(400)),
        ("another tool", &of("drop", json!({})), &[("mcp-name", "query")], None, Some(400)),
        ("another method", &of("drop", json!({})), &[("mcp-method", "tools/list")], None, Some(400)),
        (
            "another tool, with a session",
            &of("drop", json!({})),
            &[("mcp-name", "query")],
            Some(&*old),
            Some(400),
        ),
        ("no tool, with a session", &good, &[region, n, ("mcp-name", "")], Some(&*old), Some(400)),
        ("another region, with a session", &good, &[("mcp-param-region", "us"), n], Some(&*old), Some(400)),
        (
            "another tool, in an old session",
            &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "drop"}}),
            &[("mcp-name", "query"), ("mcp-protocol-version", "2025-11-25")],
            Some(&*old),
            Some(400),
        ),
        (
            "another region, in an old session",
            &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                "params": {"name": "query", "arguments": {"region": "eu"}}}),
            &[("mcp-param-region", "us"), ("mcp-protocol-version", "2025-11-25")],
            Some(&*old),
            Some(200),
        ),
        (
            "none, in an old session",
            &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                "params": {"name": "query", "arguments": {"region": "eu"}}}),
            &[("mcp-name", ""), ("mcp-method", ""), ("mcp-protocol-version", "2025-11-25")],
            Some(&*old),
            None,
        ),
    ] {
        let before = server.heard("tools/call");
        let (status, answer) = post(&front, message, change, session);
        let code = expected.map_or(Value::Null, |_| json!(-32020));
        assert_eq!((status, &answer["error"]["code"]), (expected.unwrap_or(200), &code), "{name}: {answer}");
        assert_eq!(server.heard("tools/call") - before, usize::from(expected.is_none()), "{name}");
    }
    // The policy judges the body: headers that agree do not help it, and those that the policy likes do not either.
    for (message, change) in [
        (of("query", json!({"region": "us"})), &[("mcp-param-region", "us")][..]),
        (of("drop", json!({})), &[]),
    ] {
        let before = server.heard("tools/call");
        let (status, answer) = post(&front, &message, change, None);
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(status == 200 && text.starts_with("[POLICY DENIED]"), "{answer}");
        assert_eq!(server.heard("tools/call"), before);
    }
    front.listening.process.kill();
}

#[test]
fn a_server_over_http_gets_headers_that_are_made_from_the_body() {
    let home = Home::empty();
    let server = HttpServer::start(|message, _| answered(message));
    let front =
        Front::before(&home, &json!({"version": "1", "default": "allow"}), &["--url", &server.address]);
    let message = call("1", "query", json!({"region": "Bj\u{f6}rk ", "at": {"n": 7.0}, "sql": "x"}));
    let mine =
        [("mcp-param-region", "=?base64?QmrDtnJrIA==?="), ("mcp-param-n", "7.00"), ("mcp-param-sql", "mine")];
    let (status, answer) = post(&front, &message, &mine, None);
    assert!(status == 200 && answer["error"].is_null(), "{answer}");
    let heard = server.all("tools/call").pop().unwrap();
    for (name, expected) in [
        ("mcp-protocol-version", &[VERSION][..]),
        ("mcp-method", &["tools/call"]),
        ("mcp-name", &["query"]),
        ("mcp-param-region", &["=?base64?QmrDtnJrIA==?="]),
        ("mcp-param-n", &["7"]),
        ("mcp-param-sql", &[]),
        ("mcp-session-id", &[]),
    ] {
        assert_eq!(heard.header(name), expected, "{name}");
    }
    assert_eq!(
        heard.message["params"]["arguments"]["at"]["n"].to_string(),
        "7.0",
        "the body stays as it was"
    );
    let (_, answer) = post(&front, &request(json!(2), "tools/list", json!({})), &[], None);
    let names: Vec<&str> = answer["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["query", "drop"], "one whose mark is not allowed is left out");
    let before = server.heard("tools/call");
    let (_, answer) = post(&front, &call("3", "wrong", json!({"x": 1})), &[], None);
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("wrong was not called, since its definition is wrong"), "{answer}");
    let large = json!({"at": {"n": 9_007_199_254_740_993_i64}});
    let (_, answer) = post(&front, &call("4", "query", large), &[("mcp-param-n", "9007199254740993")], None);
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("at.n goes into a header"), "{answer}");
    assert_eq!(server.heard("tools/call"), before);
    front.listening.process.kill();
}

/// A server that marks other arguments from one moment on refuses what is sent as before, once.
#[test]
fn a_call_that_a_server_refuses_for_its_headers_is_made_again_with_those_of_now() {
    let home = Home::empty();
    let is_renamed = Arc::new(AtomicBool::new(false));
    let renamed = Arc::clone(&is_renamed);
    let refused = Arc::new(AtomicBool::new(false));
    let was_refused = Arc::clone(&refused);
    let server = HttpServer::start(move |message, _| match message["method"].as_str().unwrap() {
        "tools/list" if renamed.load(Ordering::SeqCst) => Reply::result(message, tools("Place")),
        "tools/call" if renamed.load(Ordering::SeqCst) && !was_refused.swap(true, Ordering::SeqCst) => {
            let error = json!({"code": -32020, "message": "Mcp-Param-Place is missing"});
            let message = json!({"jsonrpc": "2.0", "id": message["id"], "error": error});
            Reply { status: 400, session: None, message: Some(message) }
        }
        _ => answered(message),
    });
    let command = home.command(["gateway", "--no-token", "--no-pin", "--url", &*server.address]);
    let mut session = Session::of(command);
    let mut call = |arguments: Value| {
        session.ask("tools/call", &described(json!({"name": "query", "arguments": arguments})))
    };
    for renames in [false, true] {
        is_renamed.store(renames, Ordering::SeqCst);
        let answer = call(json!({"region": "eu"}));
        assert!(answer["error"].is_null(), "{answer}");
    }
    let calls = server.all("tools/call");
    let sent = |name: &str| calls.iter().map(|call| call.header(name).join(" ")).collect::<Vec<_>>();
    assert_eq!(sent("mcp-param-region"), ["eu", "eu", ""]);
    assert_eq!(sent("mcp-param-place"), ["", "", "eu"]);
    // Refused again, with the same tools as before, it is not made again.
    refused.store(false, Ordering::SeqCst);
    let answer = call(json!({"region": "eu"}));
    assert_eq!(answer["error"]["code"], -32020, "{answer}");
    assert_eq!(server.heard("tools/call"), 4);
}
