//! The hosted servers, without a connection.

use hyper::StatusCode;

use super::*;
use crate::sandbox::message::tests::request;

mod policies;

const ORIGIN: &str = "http://127.0.0.1:1";
const BOTH: &str = "application/json, text/event-stream";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

struct Client {
    hosted: Hosted,
    world: World,
    path: &'static str,
    session: String,
}

impl Client {
    /// A client in a session with the server at this path.
    fn at(path: &'static str) -> Self {
        let world = World::new(ORIGIN, now());
        let mut client = Self { hosted: Hosted::default(), world, path, session: String::new() };
        let initialize = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {}});
        let reply = client.post(&asked("initialize", &initialize));
        client.session = reply.headers[&SESSION].to_str().unwrap().to_owned();
        client
    }

    fn request(&self, method: &str) -> Request {
        let request = request(&format!("{method} {}", self.path)).with_header(ACCEPT, BOTH);
        if self.session.is_empty() { request } else { request.with_header(SESSION, &self.session) }
    }

    fn send(&mut self, request: &Request) -> Reply {
        self.send_as(request, Some(Standing::Good))
    }

    fn send_as(&mut self, request: &Request, standing: Option<Standing>) -> Reply {
        self.hosted.answer(&mut self.world, request, standing, ORIGIN, now())
    }

    fn post(&mut self, message: &Value) -> Reply {
        let request = self.request("POST").with_json(message);
        self.send(&request)
    }

    /// The answer to a call, in either form.
    fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let reply = self.post(&asked("tools/call", &json!({"name": tool, "arguments": arguments})));
        assert_eq!(reply.status, StatusCode::OK);
        reply.value().unwrap_or_else(|| events_of(&reply).pop().unwrap())
    }
}

fn asked(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
}

fn events_of(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.headers[CONTENT_TYPE], "text/event-stream");
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect()
}

fn message_of(reply: &Reply) -> String {
    reply.value().unwrap()["error"]["message"].as_str().unwrap().to_owned()
}

#[test]
fn initialize_begins_a_session_in_a_version_that_both_know() {
    for (wanted, agreed) in
        [("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"), ("2024-11-05", "2025-11-25")]
    {
        let mut client = Client::at("/mcp/zoom/streamable");
        client.session.clear();
        let reply = client.post(&asked("initialize", &json!({"protocolVersion": wanted})));
        let answer = reply.value().unwrap();
        assert_eq!(answer["result"]["protocolVersion"], agreed, "{wanted}");
        assert_eq!(answer["id"], 7);
        assert_eq!(reply.headers[&SESSION].len(), 32);
        assert_eq!(client.hosted.counts(), (2, 0));
    }
}

#[test]
fn each_form_of_the_refused_token_is_told_apart() {
    let mut client = Client::at("/mcp/tasks/streamable");
    let list = client.request("POST").with_json(&asked("tools/list", &json!({})));
    for (standing, status, message) in [
        (None, 401, "Access token is required"),
        (Some(Standing::Unknown), 401, "Invalid access token"),
        (Some(Standing::Expired), 200, "Invalid access token"),
    ] {
        let reply = client.send_as(&list, standing);
        assert_eq!(reply.status, status, "{standing:?}");
        let expected = json!({"jsonrpc": "2.0", "id": 7, "error": {"code": -32001, "message": message}});
        assert_eq!(reply.value().unwrap(), expected);
        let challenge = reply.headers[WWW_AUTHENTICATE].to_str().unwrap();
        assert!(challenge.ends_with("/.well-known/oauth-protected-resource/mcp_tasks\""), "{challenge}");
    }
    let stream = client.request("GET");
    assert_eq!(client.send_as(&stream, Some(Standing::Expired)).status, 401);
    let refused = client.call("trash_task", &json!({"taskId": "t"}));
    assert_eq!(refused["error"]["code"], -32001);
    let message = "Invalid access token, does not contain scopes:[tasks:delete:trash_task]";
    assert_eq!(refused["error"]["message"], message);
}

#[test]
fn calls_have_zooms_errors() {
    let mut client = Client::at("/mcp/meeting/streamable");
    let unknown = client.call("create_task", &json!({"title": "x"}));
    assert_eq!(unknown["error"]["code"], -32602);
    assert_eq!(unknown["error"]["message"], "Can not found tool: create_task in this MCP Server");
    let incomplete = client.call("get_meeting_assets", &json!({}));
    assert_eq!(incomplete["error"], json!({"code": -32603, "message": "Call handle error"}));
    let upstream = client.call("get_recording_resource", &json!({"meetingId": "81000000001"}));
    assert_eq!(upstream["result"]["isError"], true);
    let text = upstream["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("Upstream API returned error status code: 404 {"), "{text}");
    assert_eq!(client.post(&asked("prompts/list", &json!({}))).value().unwrap()["error"]["code"], -32601);
}

#[test]
fn tools_answer_from_the_account() {
    let mut client = Client::at("/mcp/zoom/streamable");
    let text = |answer: &Value| answer["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    let found = text(&client.call("search_meetings", &json!({"q": "PLANNING"})));
    assert!(found.contains("Weekly planning") && !found.contains("Interview"), "{found}");
    let recordings = text(&client.call("recordings_list", &json!({"from": "2026-09-01"})));
    assert!(recordings.contains("Quarterly review"), "{recordings}");
    let assets = text(&client.call("get_meeting_assets", &json!({"meetingId": "/sandbox//Retrospect00=="})));
    assert!(assets.contains("Quarterly review, first part"), "{assets}");
    let mut chat = Client::at("/mcp/team_chat/streamable");
    let sent = json!({"chat_session_id": "ben@example.com", "message_content": "hello"});
    assert!(text(&chat.call("zoom_chat_message_send", &sent)).contains("\"status\":\"success\""));
}

#[test]
fn answers_come_as_json_or_as_events_with_their_progress() {
    let mut client = Client::at("/mcp/zoom/streamable");
    let list = client.post(&asked("tools/list", &json!({})));
    assert_eq!(list.value().unwrap()["result"]["tools"].as_array().unwrap().len(), 9);
    let with_progress = json!({"name": "recordings_list", "arguments": {}, "_meta": {"progressToken": "p"}});
    let events = events_of(&client.post(&asked("tools/call", &with_progress)));
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["params"]["progressToken"], "p");
    assert_eq!(events[1]["id"], 7);
    let without = json!({"name": "recordings_list", "arguments": {}});
    assert!(client.post(&asked("tools/call", &without)).value().is_some());
}

#[test]
fn the_rules_of_the_transport_hold() {
    let mut client = Client::at("/mcp/chat/streamable");
    let ping = asked("ping", &json!({}));
    let good = client.request("POST").with_json(&ping);
    let table = [
        (good.clone(), 200, ""),
        (good.clone().with_header(ACCEPT, "application/json"), 406, "Accept must list"),
        (good.clone().with_header(CONTENT_TYPE, "text/plain"), 415, "Content-Type must be"),
        (good.clone().with_header(CONTENT_TYPE, "Application/JSON; charset=utf-8"), 200, ""),
        (good.clone().with_header(SESSION, "other"), 404, "Session not found"),
        (good.clone().with_header(SESSION, ""), 400, "Mcp-Session-Id is required"),
        (good.clone().with_header(VERSION, "2025-06-18"), 200, ""),
        (good.clone().with_header(VERSION, "1999-01-01"), 400, "Unsupported MCP-Protocol-Version"),
        (good.clone().with_json(&json!([ping])), 400, "Invalid Request"),
        (
            good.clone().with_json(&json!({"jsonrpc": "2.0", "method": "x", "id": null})),
            400,
            "Invalid Request",
        ),
        (Request { body: "{".into(), ..good.clone() }, 400, "Parse error"),
    ];
    for (request, status, message) in table {
        let reply = client.send(&request);
        assert_eq!(reply.status, status, "{request:?}");
        assert!(status == 200 || message_of(&reply).starts_with(message), "{request:?}");
    }
    let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let answer = json!({"jsonrpc": "2.0", "id": 1, "result": {}});
    for message in [notification, answer] {
        let reply = client.post(&message);
        assert_eq!((reply.status.as_u16(), reply.body.len()), (202, 0));
    }
    let put = client.request("PUT");
    assert_eq!(client.send(&put).headers[ALLOW], "GET, POST, DELETE");
    let delete = client.request("DELETE");
    assert_eq!(client.send(&delete).status, 204);
    assert_eq!(client.send(&delete).status, 404);
    assert_eq!(client.send(&good).status, 404);
    assert_eq!(client.send(&request("GET /mcp/none/streamable")).status, 404);
}

#[test]
fn a_stream_brings_what_is_pushed_and_what_was_missed() {
    let mut client = Client::at("/mcp/zoom/streamable");
    let listen = client.request("GET");
    assert_eq!(client.send(&listen.clone().with_header(ACCEPT, "application/json")).status, 406);
    let drained = |reply: &Reply| {
        let feed = reply.feed.clone().unwrap();
        let mut feed = feed.0.lock().unwrap();
        std::iter::from_fn(|| feed.try_recv().ok())
            .map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
            .collect::<Vec<_>>()
    };
    let first = client.send(&listen);
    let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
    client.hosted.push(&changed);
    assert_eq!(client.hosted.counts(), (1, 1));
    let heard = drained(&first);
    assert_eq!(heard, ["id: 0\ndata:\n\n".to_owned(), format!("id: 1\nevent: message\ndata: {changed}\n\n")]);

    client.hosted.hang_up();
    assert_eq!(client.hosted.counts(), (1, 0));
    client.hosted.push(&changed);
    let second = client.send(&listen.clone().with_header(LAST_EVENT, "1"));
    assert_eq!(drained(&second)[1..], [format!("id: 2\nevent: message\ndata: {changed}\n\n")]);
    client.hosted.forget();
    assert_eq!(client.send(&listen).status, 404);
}

#[test]
fn the_metadata_names_the_scopes() {
    let mut client = Client::at("/mcp/docs/streamable");
    let reply = client.send_as(&request("GET /.well-known/oauth-protected-resource/mcp_canvas"), None);
    let body = reply.value().unwrap();
    assert_eq!(body["scopes_supported"], json!(["docs:read:export", "docs:write:import"]));
    assert_eq!(body["authorization_servers"], json!([ORIGIN]));
}
