//! The hosted servers over the transport before streamable HTTP: a stream at `/mcp/NAME/sse` that names the address for
//! messages, and on which all answers come. Zoom's skills repository has it as a fallback.

use chrono::{DateTime, Utc};
use hyper::{Method, header};
use serde_json::Value;

use super::rpc::Message;
use super::servers::Server;
use super::{Hosted, VERSIONS, calls, initialized, listed};
use crate::sandbox::api::World;
use crate::sandbox::message::{Reply, Request};

/// The version of the protocol that has this transport.
const VERSION: &str = "2024-11-05";

impl Hosted {
    /// Answers a request at `/mcp/NAME/sse` or at the address that its stream names.
    pub(super) fn legacy(
        &mut self,
        world: &mut World,
        server: Server,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Reply {
        match (&request.method, request.path.ends_with("/sse")) {
            (&Method::GET, true) => {
                let id = self.sessions.begin(server, VERSION);
                let address = format!("/mcp/{}/messages?sessionId={id}", server.name());
                let Some(session) = self.sessions.find(&id, server) else { return Reply::empty(500) };
                let stream = session.open_legacy(&address);
                Reply::text(200, "text/event-stream", "").with(header::CACHE_CONTROL, "no-store").fed(stream)
            }
            (&Method::POST, false) => self.legacy_message(world, server, request, now),
            _ => Reply::empty(405),
        }
    }

    fn legacy_message(
        &mut self,
        world: &mut World,
        server: Server,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Reply {
        let id = request.query_fields().remove("sessionId").unwrap_or_default();
        let Some(session) = self.sessions.find(&id, server).filter(|session| session.is_listening()) else {
            return Reply::text(404, "text/plain", "Session not found");
        };
        match Message::read(&request.body) {
            Ok(Message::Request { id, method, params }) => {
                let answer = answer(world, server, (&id, &method, &params), now);
                session.say(&answer);
                Reply::text(202, "text/plain", "Accepted")
            }
            Ok(Message::Other) => Reply::text(202, "text/plain", "Accepted"),
            Err(error) => Reply::json(400, &error),
        }
    }
}

fn answer(
    world: &mut World,
    server: Server,
    (id, method, params): (&Value, &str, &Value),
    now: DateTime<Utc>,
) -> Value {
    if method == "initialize" {
        let wanted = params["protocolVersion"].as_str().unwrap_or_default();
        let version = VERSIONS.into_iter().find(|known| *known == wanted).unwrap_or(VERSION);
        return initialized(server, id, version);
    }
    listed(server, id, method).unwrap_or_else(|| calls::call(world, server, id, params, now))
}
