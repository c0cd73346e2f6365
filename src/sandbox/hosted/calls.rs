//! Calls of tools, and what they answer.

use chrono::{DateTime, Utc};
use hyper::HeaderMap;
use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::rpc::{error, result};
use super::servers::Server;
use super::tools::{self, Effect, Tool};
use crate::sandbox::api::{self, World};
use crate::sandbox::message::Request;
use crate::sandbox::tokens::Standing;

/// Scopes that the sandbox's app does not have.
const MISSING: [&str; 2] = ["hub:write:content", "tasks:delete:trash_task"];

/// The answer to `tools/call`.
pub(super) fn call(
    world: &mut World,
    server: Server,
    id: &Value,
    params: &Value,
    now: DateTime<Utc>,
) -> Value {
    let name = params["name"].as_str().unwrap_or_default();
    let Some(tool) = tools::of(server).find(|tool| tool.name == name) else {
        return error(id, -32602, &format!("Can not found tool: {name} in this MCP Server"));
    };
    if MISSING.contains(&tool.scope) {
        let message = format!("Invalid access token, does not contain scopes:[{}]", tool.scope);
        return error(id, -32001, &message);
    }
    let arguments = &params["arguments"];
    if tool.required().any(|name| arguments.get(name).is_none_or(Value::is_null)) {
        return error(id, -32603, "Call handle error");
    }
    let (text, is_error) = match carry_out(world, tool, arguments, now) {
        Ok(value) => (value.to_string(), false),
        Err((status, body)) => (format!("Upstream API returned error status code: {status} {body}"), true),
    };
    result(id, &json!({"content": [{"type": "text", "text": text}], "isError": is_error}))
}

/// Carries out a call. Tools that search and list look at the account of the REST API; others echo their arguments.
///
/// # Errors
///
/// A status and a body of the REST API.
fn carry_out(
    world: &mut World,
    tool: &Tool,
    arguments: &Value,
    now: DateTime<Utc>,
) -> Result<Value, (u16, Value)> {
    let text = |name: &str| arguments[name].as_str().unwrap_or_default().to_owned();
    match tool.name {
        "search_meetings" => {
            let meetings = rest(world, "users/me/meetings", "type=scheduled&page_size=300", now)?;
            let query = text("q").to_lowercase();
            let is_found = |meeting: &&Value| {
                meeting["topic"].as_str().is_some_and(|topic| topic.to_lowercase().contains(&query))
            };
            let found: Vec<&Value> =
                meetings["meetings"].as_array().into_iter().flatten().filter(is_found).collect();
            Ok(json!({"meetings": found, "next_page_token": ""}))
        }
        "recordings_list" => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            for name in ["from", "to"] {
                if let Some(date) = arguments[name].as_str() {
                    query.append_pair(name, date);
                }
            }
            rest(world, "users/me/recordings", &query.finish(), now)
        }
        "get_meeting_assets" | "get_recording_resource" => {
            let meeting = percent_encoding::utf8_percent_encode(&text("meetingId"), ENCODED).to_string();
            let meeting = percent_encoding::utf8_percent_encode(&meeting, ENCODED).to_string();
            rest(world, &format!("meetings/{meeting}/recordings"), "", now)
        }
        _ if tool.effect == Effect::Reads => Ok(json!({"items": [], "asked": arguments})),
        _ => Ok(json!({"status": "success", "tool": tool.name, "given": arguments})),
    }
}

const ENCODED: &percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC;

/// A `GET` of the REST API with a good token.
fn rest(world: &mut World, path: &str, query: &str, now: DateTime<Utc>) -> Result<Value, (u16, Value)> {
    let request = Request {
        method: Method::GET,
        path: format!("/v2/{path}"),
        query: query.to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
    };
    let reply = api::answer(world, &request, Some(Standing::Good), now);
    let body = reply.value().unwrap_or_default();
    if reply.status.is_success() { Ok(body) } else { Err((reply.status.as_u16(), body)) }
}
