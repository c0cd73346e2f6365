//! One attempt to send a message, and what the answer means.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{HeaderValue, RETRY_AFTER};
use serde_json::Value;

use super::envelope::{
    Envelope, NO_SUCH_TOOL_TEXT, Verdict, explained, other_server_hint, scopes_hint, with_id,
};
use super::wire::{Established, LONGEST_ANSWER, Outbound, SESSION, Silence, Wire, is_of_type};
use crate::clock::pause;
use crate::mcp::gateway::sse::{Event, Parser};
use crate::token::Token;

/// How often in a row a stream that ends before the answer is opened again and brings nothing.
const RESUMPTIONS: u32 = 3;

/// The pause before that, unless the server asks for another.
const BEFORE_RESUMPTION: Duration = Duration::from_secs(1);

/// The shortest and the longest pause that a server may ask for.
const SHORTEST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// How long the rest of a stream is read after its answer, so that its connection can be used again.
const DRAIN: Duration = Duration::from_secs(1);

/// How an attempt has ended.
#[derive(Debug)]
pub(super) enum Attempt {
    /// The server has it, and there is nothing to hand on.
    Accepted,
    /// The answer, and the session that the server has begun with it.
    Answered { text: String, session: Option<HeaderValue> },
    /// The server does not take the token; with its answer, if that is one.
    TokenRefused(Option<String>),
    /// The server does not know the session.
    SessionLost,
    /// Nothing was sent.
    NotSent(String),
    /// The server does not know this way of talking, or has nothing at this address.
    Unsuitable(String),
    /// The server may have received it, and there is no answer.
    Failed(String),
}

impl Attempt {
    /// Why it has brought nothing, in words, or the answer that was no use.
    pub(super) fn reason(self) -> String {
        match self {
            Self::NotSent(reason) | Self::Failed(reason) | Self::Unsuitable(reason) => reason,
            Self::Answered { text, .. } => text,
            Self::Accepted | Self::TokenRefused(_) | Self::SessionLost => "it gave no answer".to_owned(),
        }
    }
}

/// Sends a message once. `reached` is called when the server has begun to answer.
pub(super) async fn attempt(
    wire: &Wire,
    message: &Outbound,
    established: &Established,
    token: Option<&Token>,
    reached: &mut (dyn FnMut() + Send),
) -> Attempt {
    let posted = wire.post(message, established, token).await;
    let response = match posted {
        Ok(response) => response,
        Err(Silence::NotSent(reason)) => return Attempt::NotSent(reason),
        Err(Silence::Broken(reason)) => return Attempt::Failed(reason),
    };
    reached();
    let session = response.headers().get(&SESSION).cloned();
    match response.status().as_u16() {
        404 if established.id.is_some() => Attempt::SessionLost,
        200..300 if is_of_type(&response, "text/event-stream") => {
            with_session(events(wire, message, established, token, response).await, session)
        }
        200..300 if is_of_type(&response, "application/json") => {
            let Some(id) = &message.id else { return Attempt::Accepted };
            match wire.body(response).await {
                Ok(text) => with_session(answer(wire, text, id, token), session),
                Err(reason) => Attempt::Failed(reason),
            }
        }
        // The answer to a request may come on the other stream.
        202 | 204 => Attempt::Accepted,
        200..300 if message.id.is_none() => Attempt::Accepted,
        status => refused(wire, message, token, status, response).await,
    }
}

fn with_session(attempt: Attempt, session: Option<HeaderValue>) -> Attempt {
    match attempt {
        Attempt::Answered { text, .. } => Attempt::Answered { text, session },
        other => other,
    }
}

/// An answer without an answer: a status of the server, or of something in front of it. Zoom's server may put its error
/// into the body.
pub(super) async fn refused(
    wire: &Wire,
    message: &Outbound,
    token: Option<&Token>,
    status: u16,
    response: Response,
) -> Attempt {
    let host = wire.host().to_owned();
    let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let is_json = is_of_type(&response, "application/json");
    let body = if is_json { wire.body(response).await.unwrap_or_default() } else { String::new() };
    let error = message.id.as_ref().and_then(|id| {
        let envelope = Envelope::read(&body)?;
        if envelope.is_nameless_error() {
            with_id(&body, id)
        } else {
            envelope.answers(id).then(|| body.clone())
        }
    });
    match (status, error, &message.id) {
        (401, error, _) if token.is_some() => Attempt::TokenRefused(error),
        (_, Some(error), Some(id)) => answer(wire, error, id, token),
        (401, ..) => Attempt::Failed(format!(
            "{host} requires a token (HTTP 401). Zoom's token is sent to {host} with --send-token-to {host}, another one \
             with --header Authorization=VARIABLE"
        )),
        (300..=399, ..) => Attempt::Failed(format!(
            "{host} redirects to another address (HTTP {status}), which is not followed: name that address with --url"
        )),
        (404, ..) => {
            Attempt::Unsuitable(format!("{host} has no MCP server at this address (HTTP 404): check --url"))
        }
        (429, ..) => {
            let wait = wait.map(|wait| format!(", and asks to wait ({wait})")).unwrap_or_default();
            Attempt::Failed(format!("{host} has had too many requests (HTTP 429){wait}"))
        }
        (400 | 405, ..) => Attempt::Unsuitable(format!("{host} answered with HTTP {status}")),
        (200..300, ..) => Attempt::Failed(format!("{host} answered neither JSON nor events: check --url")),
        _ => Attempt::Failed(format!("{host} answered with HTTP {status}")),
    }
}

/// The meaning of a text as the answer to the request of this id.
fn answer(wire: &Wire, text: String, id: &Value, token: Option<&Token>) -> Attempt {
    let Some(envelope) = Envelope::read(&text) else {
        return Attempt::Failed(format!("{} answered something that is no message", wire.host()));
    };
    if !envelope.answers(id) {
        return Attempt::Failed(format!("{} answered another request than was made", wire.host()));
    }
    judged(text, token)
}

/// The meaning of an answer for the token. An error of Zoom's servers is passed on with what to do about it.
pub(super) fn judged(text: String, token: Option<&Token>) -> Attempt {
    // Most answers are not parsed again.
    let verdict = if text.contains("-32001") || text.contains(NO_SUCH_TOOL_TEXT) {
        Envelope::read(&text).map_or(Verdict::None, |envelope| envelope.verdict())
    } else {
        Verdict::None
    };
    match verdict {
        Verdict::Refused if token.is_some() => Attempt::TokenRefused(Some(text)),
        Verdict::Scopes(scopes) if token.is_some() => {
            Attempt::Answered { text: explained(&text, &scopes_hint(&scopes)), session: None }
        }
        Verdict::NoSuchTool(tool) => {
            Attempt::Answered { text: explained(&text, &other_server_hint(&tool)), session: None }
        }
        _ => Attempt::Answered { text, session: None },
    }
}

/// Reads a stream until the answer, and hands on what comes before it. A stream that ends before is opened again.
async fn events(
    wire: &Wire,
    message: &Outbound,
    established: &Established,
    token: Option<&Token>,
    mut response: Response,
) -> Attempt {
    let mut place = Place::default();
    let mut fruitless = 0;
    loop {
        let broken = match until_answer(wire, message.id.as_ref(), &mut response, &mut place).await {
            Ok(Some(text)) => {
                tokio::spawn(drain(response));
                return judged(text, token);
            }
            Ok(None) if message.id.is_none() => return Attempt::Accepted,
            Ok(None) => format!("{} ended the stream before the answer", wire.host()),
            Err(reason) => reason,
        };
        // A server may end the stream again and again while it works, so that no connection is held meanwhile.
        if std::mem::take(&mut place.has_heard) {
            fruitless = 0;
        }
        response = loop {
            let Some(last) = place.last.as_deref().filter(|_| fruitless < RESUMPTIONS) else {
                return Attempt::Failed(broken);
            };
            fruitless += 1;
            pause(place.retry.unwrap_or(BEFORE_RESUMPTION).max(SHORTEST_RETRY)).await;
            match wire.listen(Some(last), established, token).await {
                Ok(resumed) if resumed.status().is_success() && is_of_type(&resumed, "text/event-stream") => {
                    break resumed;
                }
                Ok(refused) if refused.status().is_client_error() => return Attempt::Failed(broken),
                _ => {}
            }
        };
    }
}

/// How far a stream was read.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The id of the last event.
    pub(super) last: Option<String>,
    /// The pause that the server asks for before the stream is opened again.
    pub(super) retry: Option<Duration>,
    /// Whether anything came.
    pub(super) has_heard: bool,
}

/// Reads a stream until the answer to the request of this id, or to its end, and hands on everything else.
///
/// # Errors
///
/// It broke off, or a message is too long; in words.
pub(super) async fn until_answer(
    wire: &Wire,
    id: Option<&Value>,
    response: &mut Response,
    place: &mut Place,
) -> Result<Option<String>, String> {
    let mut parser = Parser::new(LONGEST_ANSWER);
    let mut events = Vec::new();
    while let Some(chunk) = wire.chunk(response).await? {
        let fed = parser.feed(&chunk, &mut events);
        let mut answer = None;
        for Event { name, data, id: event_id, retry } in events.drain(..) {
            place.has_heard = true;
            place.last = event_id.or(place.last.take());
            place.retry =
                retry.map(|millis| Duration::from_millis(millis).min(LONGEST_RETRY)).or(place.retry);
            if name.is_some() || data.is_empty() {
                continue;
            }
            if id.is_some_and(|id| Envelope::read(&data).is_some_and(|envelope| envelope.answers(id))) {
                answer = Some(data);
            } else {
                wire.push(data).await;
            }
        }
        if answer.is_some() {
            return Ok(answer);
        }
        fed.map_err(|_| wire.too_long())?;
    }
    Ok(None)
}

/// Reads the rest of a stream.
async fn drain(mut response: Response) {
    let rest = async { while response.chunk().await.is_ok_and(|chunk| chunk.is_some()) {} };
    // A longer rest is closed with its connection.
    let _ = tokio::time::timeout(DRAIN, rest).await;
}
