//! Zoom's hosted MCP servers over streamable HTTP, as `mcp.zoom.us` has them.
//!
//! Paths, tools, scopes and errors are from Zoom's skills repository; what it does not say is assumed, as the comments
//! mark. Sessions, streams and statuses are as the transport of the protocol requires, from 2025-03-26 to 2025-11-25.

mod calls;
mod legacy;
mod rpc;
mod servers;
mod sessions;
mod tools;

use chrono::{DateTime, Utc};
use hyper::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderName, WWW_AUTHENTICATE};
use hyper::{Method, header};
use serde_json::{Value, json};

use self::rpc::{Message, error, result};
use self::servers::Server;
use self::sessions::{Session, Sessions, event};
use super::api::World;
use super::message::{Delivery, Reply, Request};
use super::tokens::Standing;

/// The versions of the protocol, the newest last.
const VERSIONS: [&str; 3] = ["2025-03-26", "2025-06-18", "2025-11-25"];

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// Whether a hosted server is asked.
pub(super) fn is_hosted(path: &str) -> bool {
    path.starts_with("/mcp/") || path.starts_with("/.well-known/oauth-protected-resource/")
}

/// All hosted servers.
#[derive(Default)]
pub(super) struct Hosted {
    sessions: Sessions,
}

impl Hosted {
    /// Answers a request with a bearer token of this standing.
    pub(super) fn answer(
        &mut self,
        world: &mut World,
        request: &Request,
        standing: Option<Standing>,
        origin: &str,
        now: DateTime<Utc>,
    ) -> Reply {
        if let Some(server) = Server::described_at(&request.path) {
            return metadata(server, origin);
        }
        if let Some(server) = Server::at_legacy(&request.path) {
            // A stream has no answer for an expired token, so each is refused by its status.
            let standing = standing.filter(|standing| *standing != Standing::Expired);
            return match authorize(server, request, standing, origin) {
                Ok(()) => self.legacy(world, server, request, now),
                Err(reply) => reply,
            };
        }
        let Some(server) = Server::at(&request.path) else {
            return Reply::json(404, &json!({"error": "Not Found"}));
        };
        if ![Method::POST, Method::GET, Method::DELETE].contains(&request.method) {
            return Reply::empty(405).with(ALLOW, "GET, POST, DELETE");
        }
        if let Err(reply) = authorize(server, request, standing, origin) {
            return reply;
        }
        match request.method {
            Method::POST => self.post(world, server, request, now),
            Method::GET => self.listen(server, request),
            _ => match self.session(server, request) {
                Ok(_) => {
                    self.sessions.end(request.header(&SESSION));
                    Reply::empty(204)
                }
                Err(reply) => reply,
            },
        }
    }

    /// A message of the client.
    fn post(&mut self, world: &mut World, server: Server, request: &Request, now: DateTime<Utc>) -> Reply {
        if media_type(request.header(&CONTENT_TYPE)) != "application/json" {
            return Reply::json(415, &error(&Value::Null, -32600, "Content-Type must be application/json"));
        }
        if !accepts(request, "application/json") || !accepts(request, "text/event-stream") {
            let message = "Accept must list application/json and text/event-stream";
            return Reply::json(406, &error(&Value::Null, -32600, message));
        }
        let message = match Message::read(&request.body) {
            Ok(message) => message,
            Err(error) => return Reply::json(400, &error),
        };
        if let Message::Request { id, method, params } = &message
            && method == "initialize"
        {
            return self.initialize(server, id, params);
        }
        let version = match self.session(server, request) {
            Ok(session) => session.version,
            Err(reply) => return reply,
        };
        // Required since 2025-06-18; without it the server assumes an older client.
        let written = request.header(&VERSION);
        if !written.is_empty() && !VERSIONS.contains(&written) {
            return Reply::json(400, &error(&Value::Null, -32600, "Unsupported MCP-Protocol-Version"));
        }
        let Message::Request { id, method, params } = message else { return Reply::empty(202) };
        let answer =
            listed(server, &id, &method).unwrap_or_else(|| calls::call(world, server, &id, &params, now));
        // Zoom does not say which answers come as events. Here it is those of searches, and of calls whose progress is
        // asked for, so that a client meets both.
        let name = params["name"].as_str().unwrap_or_default();
        let progress = &params["_meta"]["progressToken"];
        if method == "tools/call" && (name.contains("search") || !progress.is_null()) {
            events(version, progress, &answer)
        } else {
            Reply::json(200, &answer)
        }
    }

    fn initialize(&mut self, server: Server, id: &Value, params: &Value) -> Reply {
        let wanted = params["protocolVersion"].as_str().unwrap_or_default();
        let newest = VERSIONS[VERSIONS.len() - 1];
        let version = VERSIONS.into_iter().find(|known| *known == wanted).unwrap_or(newest);
        let session = self.sessions.begin(server, version);
        Reply::json(200, &initialized(server, id, version)).with(SESSION, &session)
    }

    /// The stream on which the server speaks first.
    fn listen(&mut self, server: Server, request: &Request) -> Reply {
        if !accepts(request, "text/event-stream") {
            return Reply::json(406, &error(&Value::Null, -32600, "Accept must list text/event-stream"));
        }
        let last_seen = request.header(&LAST_EVENT).parse().ok();
        match self.session(server, request) {
            Ok(session) => {
                let stream = session.listen(last_seen);
                Reply::text(200, "text/event-stream", "").with(header::CACHE_CONTROL, "no-store").fed(stream)
            }
            Err(reply) => reply,
        }
    }

    /// The session that a request names.
    #[expect(clippy::result_large_err, reason = "a sandbox answers few requests")]
    fn session(&mut self, server: Server, request: &Request) -> Result<&mut Session, Reply> {
        let id = request.header(&SESSION);
        if id.is_empty() {
            let message = "Mcp-Session-Id is required";
            return Err(Reply::json(400, &error(&Value::Null, -32600, message)));
        }
        let unknown = || Reply::json(404, &error(&Value::Null, -32600, "Session not found"));
        self.sessions.find(id, server).ok_or_else(unknown)
    }

    /// Forgets every session, as after a restart of the server.
    pub(super) fn forget(&mut self) {
        self.sessions.forget();
    }

    /// Closes every stream on which a server speaks first.
    pub(super) fn hang_up(&mut self) {
        self.sessions.hang_up();
    }

    /// Says something to every client.
    pub(super) fn push(&mut self, message: &Value) {
        self.sessions.push(message);
    }

    /// How many sessions there are, and how many clients listen.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.sessions.count(), self.sessions.listening())
    }
}

/// The answer to `initialize`.
fn initialized(server: Server, id: &Value, version: &str) -> Value {
    let answer = json!({
        "protocolVersion": version,
        "capabilities": {"tools": {"listChanged": true}},
        "serverInfo": {"name": format!("zoom-{}-sandbox", server.name()), "version": "1.0.0"},
    });
    result(id, &answer)
}

/// The answer to any other request but a call.
fn listed(server: Server, id: &Value, method: &str) -> Option<Value> {
    match method {
        "tools/call" => None,
        "ping" => Some(result(id, &json!({}))),
        "tools/list" => {
            let tools: Vec<Value> = tools::of(server).map(tools::Tool::listed).collect();
            Some(result(id, &json!({"tools": tools})))
        }
        _ => Some(error(id, -32601, "Method not found")),
    }
}

/// The metadata of RFC 9728, which clients read after a 401.
fn metadata(server: Server, origin: &str) -> Reply {
    Reply::json(
        200,
        &json!({
            "resource": format!("{origin}/mcp/{}/streamable", server.name()),
            "authorization_servers": [origin],
            "scopes_supported": tools::scopes(server),
            "bearer_methods_supported": ["header"],
        }),
    )
}

/// Checks the token. Zoom documents the errors, and not with which status they come. Assumed are 401 where the protocol
/// requires it, and 200 for an expired token, so that a client meets both.
#[expect(clippy::result_large_err, reason = "a sandbox answers few requests")]
fn authorize(
    server: Server,
    request: &Request,
    standing: Option<Standing>,
    origin: &str,
) -> Result<(), Reply> {
    let (status, message) = match standing {
        Some(Standing::Good) => return Ok(()),
        Some(Standing::Expired) => (200, "Invalid access token"),
        Some(Standing::Unknown) => (401, "Invalid access token"),
        None => (401, "Access token is required"),
    };
    let id = match Message::read(&request.body) {
        Ok(Message::Request { id, .. }) => id,
        _ => Value::Null,
    };
    // A stream has no place for an error, and neither has a session that ends.
    let status = if request.method == Method::POST { status } else { 401 };
    let metadata = format!("{origin}/.well-known/oauth-protected-resource/mcp_{}", server.name());
    let challenge = format!("Bearer resource_metadata=\"{metadata}\"");
    Err(Reply::json(status, &error(&id, -32001, message)).with(WWW_AUTHENTICATE, &challenge))
}

/// An answer as events: an empty one, progress if a token for it was given, then the answer.
fn events(version: &str, progress: &Value, answer: &Value) -> Reply {
    // Since 2025-11-25, so that a client that loses the stream has an id to begin with.
    let first = if version == VERSIONS[2] { "id: 0\ndata:\n\n" } else { "" };
    let notification = json!({
        "jsonrpc": "2.0",
        "method": "notifications/progress",
        "params": {"progressToken": progress, "progress": 1, "total": 2},
    });
    let progress = if progress.is_null() { hyper::body::Bytes::new() } else { event(None, &notification) };
    let body = [first.as_bytes(), &progress, &event(None, answer)].concat();
    Reply::text(200, "text/event-stream", body).delivered(Delivery::Chunked)
}

fn media_type(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn accepts(request: &Request, wanted: &str) -> bool {
    let is_meant = |range: &str| {
        let range = media_type(range);
        range == wanted
            || range == "*/*"
            || wanted.split('/').next().is_some_and(|kind| range == format!("{kind}/*"))
    };
    request.header(&ACCEPT).split(',').any(is_meant)
}

#[cfg(test)]
mod tests;
