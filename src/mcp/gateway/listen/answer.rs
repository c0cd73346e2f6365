//! The answer to one request.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Bytes};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use serde_json::Value;

use super::address::Hosts;
use super::body::ReplyBody;
use super::head::{self, LONGEST_MESSAGE, Place, Refusal, SESSION, refuse};
use super::house::{Closed, House, Peer as _};
use super::routes::First;
use super::sessions::{NotBegun, Session, Sessions};
use super::stateless::{self, is_error, is_stateless, status_of};
use crate::mcp::gateway::message::{INTERNAL, Kind, Message, NOT_A_MESSAGE, error};
use crate::mcp::gateway::metrics::METRICS_TYPE;
use crate::mcp::gateway::mirror::ParamHeaders;
use crate::mcp::gateway::routing::{HEADER_MISMATCH, PROTOCOL_VERSION, STATELESS};

/// How long a body may take to come.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// After how many seconds a client that was turned away may ask for a session again.
const SECONDS_UNTIL_ROOM: HeaderValue = HeaderValue::from_static("60");

/// Proxies are not to gather events before they pass them on.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Answers a request of a client.
pub(super) async fn answer<H, B>(
    sessions: Arc<Sessions<H>>,
    hosts: Hosts,
    from_this_machine: bool,
    request: Request<B>,
) -> Response<ReplyBody>
where
    H: House,
    B: Body<Data = Bytes> + Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (head, body) = request.into_parts();
    match act(&sessions, hosts, from_this_machine, &head, body).await {
        Ok(response) => response,
        Err(refusal) => refused(refusal),
    }
}

async fn act<H, B>(
    sessions: &Arc<Sessions<H>>,
    hosts: Hosts,
    from_this_machine: bool,
    head: &Parts,
    body: B,
) -> Result<Response<ReplyBody>, Refusal>
where
    H: House,
    B: Body<Data = Bytes> + Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let place = head::place(head, hosts, from_this_machine)?;
    match place {
        Place::Health => return Ok(health(&sessions.house)),
        Place::Metrics => {
            let text = sessions.house.metrics(sessions.count()).await;
            return Ok(text_reply(StatusCode::OK, METRICS_TYPE, text));
        }
        Place::Post | Place::Listen | Place::End => {}
    }
    let bearer = head::bearer(&head.headers)?;
    let grant = sessions.house.admit(bearer).await.map_err(closed)?.ok_or_else(head::unknown_bearer)?;
    let session = match head::session(&head.headers)? {
        Some(id) => Some(sessions.find(id, &grant).ok_or_else(unknown_session)?),
        None => None,
    };
    let agreed = session.as_ref().and_then(|session| session.version.get());
    head::check(head, place, agreed.map(String::as_str))?;
    match (place, session) {
        (Place::Post, session) => post(sessions, grant, session, head, read(body).await?).await,
        (Place::Listen, Some(session)) => Ok(listen(&session, head)),
        (Place::End, Some(session)) => {
            session.routes().leave();
            sessions.end(&session).await;
            Ok(reply(StatusCode::NO_CONTENT, ReplyBody::whole(Bytes::new())))
        }
        _ if head::one(&head.headers, &PROTOCOL_VERSION)? == Some(STATELESS) => {
            let header = (ALLOW, HeaderValue::from_static("POST"));
            let reason = "this version of the protocol has no sessions; use POST";
            Err(Refusal { header: Some(header), ..refuse(StatusCode::METHOD_NOT_ALLOWED, reason) })
        }
        _ => Err(without_session()),
    }
}

/// A whole body.
async fn read<B>(body: B) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes> + Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let most = usize::try_from(LONGEST_MESSAGE).unwrap_or(usize::MAX);
    let read = tokio::time::timeout(BODY_PATIENCE, Limited::new(body, most).collect()).await;
    let read = read.map_err(|_| refuse(StatusCode::REQUEST_TIMEOUT, "the body did not come within 30 s"))?;
    let read = read.map_err(|_| refuse(StatusCode::BAD_REQUEST, "the body did not come whole"))?;
    Ok(read.to_bytes())
}

/// A message of a client.
async fn post<H: House>(
    sessions: &Arc<Sessions<H>>,
    grant: H::Grant,
    session: Option<Arc<Session<H>>>,
    head: &Parts,
    body: Bytes,
) -> Result<Response<ReplyBody>, Refusal> {
    let message = match Message::from_client(&body) {
        Ok(message) => message,
        Err(refused) => return Ok(json_reply(StatusCode::BAD_REQUEST, refused.answer())),
    };
    let agreed = session.as_ref().and_then(|session| session.version.get());
    let is_stateless =
        agreed.is_none_or(|agreed| agreed != STATELESS) && is_stateless(&head.headers, &message)?;
    let method = match &message.kind {
        Kind::Request { id, method, params } => {
            if let Err(reason) = stateless::check(&head.headers, method, *params, is_stateless) {
                let text = error(Some(id), HEADER_MISMATCH, &reason);
                return Ok(json_reply(StatusCode::BAD_REQUEST, text));
            }
            Some(&**method)
        }
        Kind::Notification { .. } | Kind::Answer { .. } => None,
    };
    // A request that stands for itself has no session, whichever it names.
    let session = session.filter(|_| !(is_stateless && method.is_some()));
    let (is_request, is_initialize) = (method.is_some(), method == Some("initialize"));
    let is_discover = method == Some("server/discover");
    let (session, begun) = match session {
        Some(session) => (session, None),
        None if is_initialize => {
            let session = sessions.begin(grant).map_err(not_begun)?;
            let begun = Begun { sessions: Arc::clone(sessions), session: Arc::clone(&session), stays: false };
            (session, Some(begun))
        }
        None if is_stateless && is_request => (sessions.stateless(grant).map_err(not_begun)?, None),
        // A notification of such a client has nothing to be about: it is taken, and dropped.
        None if is_stateless && matches!(message.kind, Kind::Notification { .. }) => {
            return Ok(reply(StatusCode::ACCEPTED, ReplyBody::whole(Bytes::new())));
        }
        None => return Err(without_session()),
    };
    let ticket = sessions.ticket();
    let headers = ParamHeaders::of(&head.headers, is_stateless);
    if !is_request {
        Arc::clone(&session.peer).hear(body, ticket, headers).await;
        return Ok(reply(StatusCode::ACCEPTED, ReplyBody::whole(Bytes::new())));
    }
    let first = session.routes().ask(ticket);
    let hold = Asked { session: Arc::clone(&session), ticket };
    // It continues if the client hangs up: that is no cancellation.
    tokio::spawn(Arc::clone(&session.peer).hear(body, ticket, headers));
    let first = first.await.map_err(|_| unknown_session())?;
    sessions.touch(&session);
    let mut response = match first {
        First::Answer(text) => {
            if is_initialize && !has_agreed(&text, &session) {
                return Ok(json_reply(StatusCode::OK, text));
            }
            let status = if session.is_stateless { status_of(&text) } else { StatusCode::OK };
            let is_of_no_use = is_discover && is_error(&text);
            if is_of_no_use && !session.routes().is_in_use() {
                // Its server wants an initialize, which will have a session of its own.
                let (sessions, session) = (Arc::clone(sessions), Arc::clone(&session));
                tokio::spawn(async move { sessions.end(&session).await });
            }
            json_reply(status, text)
        }
        First::Stream(reader) => events_reply(ReplyBody::events(reader, hold)),
    };
    if let Some(mut begun) = begun
        && let Ok(id) = HeaderValue::from_str(&session.id)
    {
        response.headers_mut().insert(SESSION, id);
        begun.stays = true;
    }
    Ok(response)
}

/// Whether the answer to `initialize` begins a session, of whose version note is taken.
fn has_agreed<H: House>(answer: &str, session: &Session<H>) -> bool {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    if let Some(version) = answer["result"]["protocolVersion"].as_str() {
        // The first one counts.
        let _ = session.version.set(version.to_owned());
    }
    answer.get("result").is_some()
}

/// The stream for what belongs to no request.
fn listen<H: House>(session: &Arc<Session<H>>, head: &Parts) -> Response<ReplyBody> {
    let (number, reader) = session.routes().listen(head::last_event(&head.headers));
    events_reply(ReplyBody::events(reader, Listening { session: Arc::clone(session), number }))
}

/// A session that ends unless its client hears of it.
struct Begun<H: House> {
    sessions: Arc<Sessions<H>>,
    session: Arc<Session<H>>,
    stays: bool,
}

impl<H: House> Drop for Begun<H> {
    fn drop(&mut self) {
        if !self.stays {
            let (sessions, session) = (Arc::clone(&self.sessions), Arc::clone(&self.session));
            tokio::spawn(async move { sessions.end(&session).await });
        }
    }
}

/// A request that is under way.
struct Asked<H: House> {
    session: Arc<Session<H>>,
    ticket: u64,
}

impl<H: House> Drop for Asked<H> {
    fn drop(&mut self) {
        let was_open = self.session.routes().gone(self.ticket);
        if was_open && self.session.is_stateless {
            tokio::spawn(Arc::clone(&self.session.peer).hang_up(self.ticket));
        }
    }
}

/// An open stream.
struct Listening<H: House> {
    session: Arc<Session<H>>,
    number: u64,
}

impl<H: House> Drop for Listening<H> {
    fn drop(&mut self) {
        self.session.routes().hung_up(self.number);
    }
}

fn unknown_session() -> Refusal {
    refuse(StatusCode::NOT_FOUND, "there is no such session; initialize a new one")
}

fn closed(Closed { reason, is_for_now }: Closed) -> Refusal {
    let status = if is_for_now { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
    refuse(status, reason)
}

fn without_session() -> Refusal {
    refuse(StatusCode::BAD_REQUEST, "Mcp-Session-Id is required: initialize a session first")
}

fn not_begun(reason: NotBegun) -> Refusal {
    match reason {
        NotBegun::TooMany => Refusal {
            header: Some((RETRY_AFTER, SECONDS_UNTIL_ROOM)),
            ..refuse(
                StatusCode::TOO_MANY_REQUESTS,
                "there are too many sessions; end one, or come back in a minute",
            )
        },
        NotBegun::NotOpened(reason) => refuse(StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}

fn health<H: House>(house: &H) -> Response<ReplyBody> {
    let (status, text) = match house.health() {
        Ok(text) => (StatusCode::OK, text),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
    };
    text_reply(status, "text/plain; charset=utf-8", format!("{text}\n"))
}

fn refused(refusal: Refusal) -> Response<ReplyBody> {
    let code = if refusal.status.is_server_error() { INTERNAL } else { NOT_A_MESSAGE };
    let mut response = json_reply(refusal.status, error(None, code, &refusal.reason));
    if let Some((name, value)) = refusal.header {
        response.headers_mut().insert(name, value);
    }
    response
}

fn json_reply(status: StatusCode, text: String) -> Response<ReplyBody> {
    text_reply(status, "application/json", text)
}

fn events_reply(body: ReplyBody) -> Response<ReplyBody> {
    let mut response = reply(StatusCode::OK, body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(BUFFERING, HeaderValue::from_static("no"));
    response
}

fn text_reply(status: StatusCode, media_type: &'static str, text: String) -> Response<ReplyBody> {
    let mut response = reply(status, ReplyBody::whole(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn reply(status: StatusCode, body: ReplyBody) -> Response<ReplyBody> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
