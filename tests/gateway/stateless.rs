//! Clients and servers of protocol version 2026-07-28, which send no `initialize`: each request says of itself what it is.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::gateways::{Listening, given, record, server, without_greeting};
use crate::support::mcp_client::Client;
use crate::support::mcp_session::{SOON, Session, wait_until};
use crate::support::{Home, sandbox};

pub(super) const VERSION: &str = "2026-07-28";

/// The same parameters with what such a client says of itself in each request.
pub(super) fn described(mut params: Value) -> Value {
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(VERSION);
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({"elicitation": {"form": {}}});
    params["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({"name": "tests", "version": "1"});
    params
}

#[expect(clippy::needless_pass_by_value, reason = "it reads better at the call")]
pub(super) fn request(id: Value, method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": described(params)})
}

#[expect(clippy::needless_pass_by_value, reason = "it reads better at the call")]
pub(super) fn call(id: &str, tool: &str, arguments: Value) -> Value {
    request(json!(id), "tools/call", json!({"name": tool, "arguments": arguments}))
}

/// The requests of such a client to the stand-in server: each that has an answer.
fn dialogue() -> Vec<Value> {
    let mut progress = call("progress", "progress", json!({}));
    progress["params"]["_meta"]["progressToken"] = json!("mine");
    let mut answered = call("asked again", "ask", json!({}));
    answered["params"]["inputResponses"] = json!({"one": {"action": "accept", "content": {"n": 1.50}}});
    answered["params"]["requestState"] = json!("sealed");
    let mut all = vec![
        request(json!(0), "server/discover", json!({})),
        request(json!("0"), "tools/list", json!({})),
        call("echo", "echo", json!({"n": 1.5, "text": "ä\u{2028}\""})),
        call("write", "write", json!({})),
        call("long", "long", json!({"n": 100_000})),
        progress,
        call("asked", "ask", json!({})),
        answered,
        call("sampled", "sample", json!({})),
        call("unknown", "no_such_tool", json!({})),
    ];
    for (method, params) in [
        ("prompts/list", json!({})),
        ("prompts/get", json!({"name": "greet"})),
        ("resources/list", json!({})),
        ("resources/read", json!({"uri": "a://grüße"})),
        ("error/please", json!({})),
        ("no/such", json!({"deep": [null]})),
        ("ping", json!({})),
    ] {
        all.push(request(json!(format!("of {method}")), method, params));
    }
    all
}

/// The messages to a client over standard input and output, in a dialogue and under a subscription.
fn heard(command: Command) -> Vec<Value> {
    let mut client = Client::new(command, Box::new(|asked| panic!("a server asks nothing: {asked}")));
    for message in dialogue() {
        client.say(&message.to_string());
    }
    let listen =
        request(json!("mine"), "subscriptions/listen", json!({"notifications": {"toolsListChanged": true}}));
    client.write(&listen.to_string());
    client.wait_for(1, "notifications/subscriptions/acknowledged");
    client.say(&call("change", "change", json!({})).to_string());
    client.wait_for(1, "notifications/tools/list_changed");
    client.say(&request(json!("after"), "tools/list", json!({})).to_string());
    let mut heard = client.end(SOON);
    // A notification and the answer to a call have no order.
    heard.sort_by_key(|message| message["method"].is_string());
    heard
}

#[test]
fn a_session_without_initialize_is_the_same_through_a_gateway() {
    let (direct, through) = (Home::empty(), Home::empty());
    let direct = heard(direct.foreign(server(), [""; 0]));
    let server = server();
    let gateway = ["gateway", "--no-token", "--no-pin", "-q", "--", server.to_str().unwrap()];
    let through = heard(through.command(gateway));
    for (direct, through) in direct.iter().zip(&through) {
        assert_eq!(direct, through);
    }
    assert_eq!((direct.len(), through.len()), (24, 24));
}

/// rmcp as the server: what it is asked, it has to understand.
#[test]
fn a_session_without_initialize_with_zoomtok_mcp_is_the_same_through_a_gateway() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3600);
    let zoomtok = env!("CARGO_BIN_EXE_zoomtok");
    let heard = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command.env("ZOOM_ENV_FILE", home.env_path());
        let mut client = Client::new(command, Box::new(|asked| panic!("a server asks nothing: {asked}")));
        for message in [
            request(json!(1), "server/discover", json!({})),
            request(json!("a"), "tools/list", json!({})),
            call("me", "get_user", json!({"user_id": "me"})),
            call("wrong", "get_user", json!({"user_id": 7})),
            request(json!(2), "no/such", json!({})),
        ] {
            client.say(&message.to_string());
        }
        let listening = json!({"notifications": {"toolsListChanged": true}});
        client.write(&request(json!("mine"), "subscriptions/listen", listening).to_string());
        client.wait_for(1, "notifications/subscriptions/acknowledged");
        client.end(SOON)
    };
    let direct = heard(&["mcp", "--no-watch"]);
    let through = heard(&["gateway", "--no-token", "--no-pin", "-q", "--", zoomtok, "mcp", "--no-watch"]);
    for (direct, through) in direct.iter().zip(&through) {
        assert_eq!(direct, through);
    }
    assert_eq!(through.len(), direct.len());
    assert!(
        direct[2]["result"]["structuredContent"]["email"] == "ada@example.com" && direct.len() == 7,
        "{direct:#?}"
    );
}

/// A request that the policy forbids to a server is refused in a result too.
#[test]
fn what_a_result_asks_for_is_judged_as_a_request_of_the_server_would_be() {
    let home = Home::empty();
    let policy = home.work().join("policy.json");
    fs::write(
        &policy,
        json!({"version": "1", "default": "deny", "tools": {"sample": {}, "ask": {}}}).to_string(),
    )
    .unwrap();
    let mut session = without_greeting(&home, &["--no-token", "--policy", policy.to_str().unwrap()], &[]);
    let params = |tool: &str| described(json!({"name": tool, "arguments": {}}));
    let asked = session.ask("tools/call", &params("ask"));
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    let uris = json!({"notifications": {"toolsListChanged": true, "resourceSubscriptions": ["a://b"]}});
    let refused = session.ask("subscriptions/listen", &described(uris));
    assert!(refused["error"]["message"].as_str().unwrap().contains("resources/subscribe"), "{refused}");
    let sampled = session.ask("tools/call", &params("sample"));
    let text = sampled["result"]["content"][0]["text"].as_str().unwrap();
    assert!(sampled["result"]["isError"] == true && text.contains("sampling/createMessage"), "{sampled}");
}

#[test]
fn a_subscription_goes_on_with_the_next_server() {
    let home = Home::empty();
    let mut session = without_greeting(&home, &["--no-token", "--no-pin"], &[]);
    let listening = described(json!({"notifications": {"toolsListChanged": true}}));
    session.write(format!(
        "{}\n",
        json!({"jsonrpc": "2.0", "id": "mine", "method": "subscriptions/listen", "params": listening})
    ));
    let acknowledged = session.notification("notifications/subscriptions/acknowledged");
    let of = |message: &Value| message["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"].clone();
    assert_eq!(of(&acknowledged), "mine");
    let call = |session: &mut Session, tool: &str| {
        session.ask("tools/call", &described(json!({"name": tool, "arguments": {}})))
    };
    assert_eq!(call(&mut session, "die")["result"]["isError"], true);
    wait_until("the next server is asked for it", || {
        given(&home).iter().filter(|given| given.message["method"] == "subscriptions/listen").count() == 2
    });
    session.forget();
    call(&mut session, "change");
    // It has begun long ago for its client.
    assert_eq!(of(&session.notification("notifications/tools/list_changed")), "mine");
    assert!(session.said().matches("subscriptions/acknowledged").nth(1).is_none());
    let left = std::time::Instant::now();
    session.leave().expect(0);
    assert!(left.elapsed().as_secs() < 10, "nobody waits for what has no answer");
}

/// A front that is asked over HTTP.
pub(super) struct Front {
    pub(super) listening: Listening,
    pub(super) bearer: String,
    pub(super) runtime: tokio::runtime::Runtime,
    pub(super) client: reqwest::Client,
}

impl Front {
    fn start(home: &Home, policy: &Value) -> Self {
        let (server, record) = (server(), record(home));
        Self::before(home, policy, &["--", server.to_str().unwrap(), "--record", record.to_str().unwrap()])
    }

    /// One before another server.
    pub(super) fn before(home: &Home, policy: &Value, server: &[&str]) -> Self {
        fs::write(home.work().join("policy.json"), policy.to_string()).unwrap();
        let bearer = home.run(["grant", "add", "one", "--policy", "policy.json"]).expect(0).stdout;
        let listening = Listening::start(home, &[&["--no-token", "--no-pin"], server].concat());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // Another test may have done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { listening, bearer: bearer.trim().to_owned(), runtime, client }
    }

    /// A request with the headers that it must have.
    pub(super) fn request(&self, message: &Value) -> reqwest::RequestBuilder {
        let params = &message["params"];
        let mut request = self
            .client
            .post(&self.listening.address)
            .bearer_auth(&self.bearer)
            .header("Accept", "application/json, text/event-stream")
            .header("Content-Type", "application/json")
            .header("MCP-Protocol-Version", VERSION)
            .header("Mcp-Method", message["method"].as_str().unwrap())
            .body(message.to_string());
        let name = match message["method"].as_str().unwrap() {
            "tools/call" | "prompts/get" => params["name"].as_str(),
            // As the protocol encodes what cannot be in a header.
            "resources/read" => Some("=?base64?YTovL2dyw7zDn2U=?="),
            _ => None,
        };
        if let Some(name) = name {
            request = request.header("Mcp-Name", name);
        }
        request
    }

    /// The status of an answer, and the messages in it.
    fn post(&self, message: &Value) -> (u16, Vec<Value>) {
        self.runtime.block_on(async {
            let answer = self.request(message).send().await.unwrap();
            assert!(answer.headers().get("mcp-session-id").is_none());
            (answer.status().as_u16(), messages(&answer.text().await.unwrap()))
        })
    }
}

/// The messages in a body, whichever way they come.
fn messages(body: &str) -> Vec<Value> {
    if !body.starts_with("event:") {
        return vec![serde_json::from_str(body).unwrap()];
    }
    let events = body.lines().filter_map(|line| line.strip_prefix("data: "));
    events.map(|data| serde_json::from_str(data).unwrap()).collect()
}

#[test]
fn the_same_is_heard_over_http() {
    let (home, direct) = (Home::empty(), Home::empty());
    let front = Front::start(&home, &json!({"version": "1", "default": "allow"}));
    let mut client = Client::new(direct.foreign(server(), [""; 0]), Box::new(|asked| panic!("{asked}")));
    for message in dialogue() {
        client.heard.clear();
        client.say(&message.to_string());
        let (status, heard) = front.post(&message);
        assert_eq!(heard, client.heard, "{message}");
        let code = heard.last().unwrap()["error"]["code"].as_i64();
        assert_eq!(status, if code == Some(-32601) { 404 } else { 200 }, "{heard:?}");
    }
    let pids: std::collections::HashSet<u64> = given(&home).iter().map(|given| given.pid).collect();
    assert_eq!(pids.len(), 1, "all requests of a grant have one server");
    front.listening.process.kill();
}

#[test]
fn headers_that_say_something_else_than_the_body_are_refused() {
    let home = Home::empty();
    let front = Front::start(&home, &json!({"version": "1", "default": "allow"}));
    let echo = call("1", "echo", json!({}));
    let refused = |header: &str, value: &str| {
        let mut request = front.request(&echo).build().unwrap();
        request.headers_mut().insert(
            reqwest::header::HeaderName::from_bytes(header.as_bytes()).unwrap(),
            value.parse().unwrap(),
        );
        front.runtime.block_on(async {
            let answer = front.client.execute(request).await.unwrap();
            (
                answer.status().as_u16(),
                serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap()["error"]["code"]
                    .clone(),
            )
        })
    };
    for (header, value) in
        [("Mcp-Method", "tools/list"), ("Mcp-Name", "read"), ("MCP-Protocol-Version", "2025-11-25")]
    {
        assert_eq!(refused(header, value), (400, json!(-32020)), "{header}");
    }
    assert_eq!(refused("Mcp-Name", "=?base64?ZWNobw==?=").0, 200);
    let get = front
        .client
        .get(&front.listening.address)
        .bearer_auth(&front.bearer)
        .header("MCP-Protocol-Version", VERSION);
    let status = front.runtime.block_on(async { get.send().await.unwrap().status().as_u16() });
    assert_eq!(status, 405);
    assert_eq!(given(&home).iter().filter(|given| given.calls("echo")).count(), 1);
    front.listening.process.kill();
}

#[test]
fn a_client_that_hangs_up_has_cancelled_and_a_subscription_is_a_stream() {
    let home = Home::empty();
    let front =
        Front::start(&home, &json!({"version": "1", "default": "deny", "tools": {"slow": {}, "change": {}}}));
    let (_, denied) = front.post(&call("1", "echo", json!({})));
    assert_eq!(denied[0]["result"]["resultType"], "complete", "the SDKs take no result without it");
    assert!(denied[0]["result"]["content"][0]["text"].as_str().unwrap().starts_with("[POLICY DENIED]"));
    front.runtime.block_on(async {
        let slow = front.request(&call("slow", "slow", json!({"ms": 20_000}))).send();
        let slow = tokio::spawn(slow);
        let deadline = std::time::Instant::now() + SOON;
        while !given(&home).iter().any(|given| given.calls("slow")) {
            assert!(std::time::Instant::now() < deadline);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        slow.abort();
        // It is dropped by whoever runs it.
        let _ = slow.await;
    });
    wait_until("the server to be notified", || {
        let given = given(&home);
        let slow = given.iter().find(|given| given.calls("slow")).unwrap();
        given.iter().any(|given| {
            given.message["method"] == "notifications/cancelled"
                && given.message["params"]["requestId"] == slow.message["id"]
        })
    });
    let listening =
        request(json!("mine"), "subscriptions/listen", json!({"notifications": {"toolsListChanged": true}}));
    let heard = front.runtime.block_on(async {
        let mut stream = front.request(&listening).send().await.unwrap();
        let mut heard = String::new();
        while !heard.contains("list_changed") {
            heard.push_str(str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
            if heard.contains("acknowledged") && !heard.contains("list_changed") {
                front.request(&call("change", "change", json!({}))).send().await.unwrap();
            }
        }
        messages(&heard)
    });
    let methods: Vec<&str> = heard.iter().map(|message| message["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["notifications/subscriptions/acknowledged", "notifications/tools/list_changed"]);
    for message in &heard {
        assert_eq!(message["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], "mine");
    }
    front.listening.process.kill();
}
