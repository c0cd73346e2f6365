//! The transport before streamable HTTP (HTTP with SSE, protocol version 2024-11-05): one stream on which the server says
//! everything, beginning with the address to which messages are sent. The session is as long as the stream.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Response, Url};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::attempt::{Attempt, judged, refused};
use super::envelope::Envelope;
use super::wire::{ANSWER_PATIENCE, Established, LONGEST_ANSWER, Outbound, Silence, Wire, is_of_type};
use crate::clock::pause;
use crate::mcp::gateway::sse::{Event, Parser};
use crate::mutex::locked;
use crate::token::Token;

/// How long a server may take to name the address for messages once its stream is open.
const ENDPOINT_PATIENCE: Duration = Duration::from_secs(10);

/// The requests that wait for their answers, by their ids.
type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<String>>>>;

/// A stream of a server. Dropped, it is closed.
pub(super) struct LegacyStream {
    /// The address to which messages are sent.
    endpoint: Url,
    /// The token with which it was opened.
    pub(super) token: Option<Token>,
    waiting: Waiting,
    /// Whether it has ended.
    pub(super) ended: CancellationToken,
    closing: CancellationToken,
}

impl LegacyStream {
    /// Opens a stream, and waits for the address.
    ///
    /// # Errors
    ///
    /// [`Attempt::TokenRefused`]; [`Attempt::NotSent`] and [`Attempt::Unsuitable`] where there is no such stream; and
    /// [`Attempt::Failed`] for one that leads elsewhere.
    pub(super) async fn open(wire: &Arc<Wire>, token: Option<&Token>) -> Result<Self, Attempt> {
        let mut response = match wire.listen(None, &Established::default(), token).await {
            Ok(response) => response,
            Err(Silence::NotSent(reason)) => return Err(Attempt::NotSent(reason)),
            Err(Silence::Broken(reason)) => return Err(Attempt::Unsuitable(reason)),
        };
        match response.status().as_u16() {
            401 if token.is_some() => return Err(Attempt::TokenRefused(None)),
            200..300 if is_of_type(&response, "text/event-stream") => {}
            status => {
                let reason = format!("{} opens no stream of events (HTTP {status})", wire.host());
                return Err(Attempt::Unsuitable(reason));
            }
        }
        let (mut parser, mut events) = (Parser::new(LONGEST_ANSWER), Vec::new());
        let named = tokio::select! {
            named = address(wire, &mut response, &mut parser, &mut events) => named,
            () = pause(ENDPOINT_PATIENCE) => Err(format!(
                "{} named no address for messages within {} s",
                wire.host(),
                ENDPOINT_PATIENCE.as_secs()
            )),
        };
        let named = named.map_err(Attempt::Unsuitable)?;
        let endpoint = same_origin(wire.url(), &named).map_err(Attempt::Failed)?;
        let stream = Self {
            endpoint,
            token: token.cloned(),
            waiting: Waiting::default(),
            ended: CancellationToken::new(),
            closing: wire.stop.child_token(),
        };
        let (wire, waiting) = (Arc::clone(wire), Arc::clone(&stream.waiting));
        let (ended, closing) = (stream.ended.clone(), stream.closing.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = closing.cancelled() => {}
                () = hear(&wire, &waiting, response, parser, events) => {}
            }
            ended.cancel();
            // Whoever waits learns that nothing comes any more.
            locked(&waiting).clear();
        });
        Ok(stream)
    }

    /// Sends a message once, and waits for its answer on the stream.
    pub(super) async fn attempt(
        &self,
        wire: &Wire,
        message: &Outbound,
        token: Option<&Token>,
        reached: &mut (dyn FnMut() + Send),
    ) -> Attempt {
        let mut asked = message.id.as_ref().map(|id| Asked::new(&self.waiting, id));
        if self.ended.is_cancelled() {
            return Attempt::SessionLost;
        }
        let response = match wire.post_to(&self.endpoint, message, &Established::default(), token).await {
            Ok(response) => response,
            Err(Silence::NotSent(reason)) => return Attempt::NotSent(reason),
            Err(Silence::Broken(reason)) => return Attempt::Failed(reason),
        };
        match response.status().as_u16() {
            200..300 => reached(),
            // Servers differ in how they say that they do not know the session.
            400 | 404 | 410 => return Attempt::SessionLost,
            status => {
                reached();
                return refused(wire, message, token, status, response).await;
            }
        }
        let (Some(id), Some(asked)) = (&message.id, &mut asked) else { return Attempt::Accepted };
        // Usually there is only a word; but an error may be here, and not on the stream.
        if is_of_type(&response, "application/json")
            && let Ok(text) = wire.body(response).await
            && Envelope::read(&text).is_some_and(|envelope| envelope.answers(id))
        {
            return judged(text, token);
        }
        tokio::select! {
            answer = &mut asked.answer => match answer {
                Ok(text) => judged(text, token),
                Err(_) => Attempt::Failed(format!("{} ended the stream before the answer", wire.host())),
            },
            () = pause(ANSWER_PATIENCE) => {
                // A connection that is dead says nothing, and the next message is to find out.
                self.closing.cancel();
                let seconds = ANSWER_PATIENCE.as_secs();
                Attempt::Failed(format!("{} did not answer within {seconds} s", wire.host()))
            }
        }
    }
}

impl Drop for LegacyStream {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

/// A request that waits for its answer, until this is dropped.
struct Asked {
    waiting: Waiting,
    id: String,
    answer: oneshot::Receiver<String>,
}

impl Asked {
    fn new(waiting: &Waiting, id: &Value) -> Self {
        let (sender, answer) = oneshot::channel();
        locked(waiting).insert(id.to_string(), sender);
        Self { waiting: Arc::clone(waiting), id: id.to_string(), answer }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        locked(&self.waiting).remove(&self.id);
    }
}

/// Reads until the event that names the address. Events after it stay in `events`.
async fn address(
    wire: &Wire,
    response: &mut Response,
    parser: &mut Parser,
    events: &mut Vec<Event>,
) -> Result<String, String> {
    loop {
        let Some(chunk) = wire.chunk(response).await? else {
            return Err(format!("{} ended the stream without an address for messages", wire.host()));
        };
        let fed = parser.feed(&chunk, events);
        if let Some(at) = events.iter().position(|event| event.name.as_deref() == Some("endpoint")) {
            let named = events.drain(..=at).next_back().map(|event| event.data);
            return Ok(named.unwrap_or_default());
        }
        events.clear();
        fed.map_err(|_| wire.too_long())?;
    }
}

/// Hands on what the server says, and each answer to its request. It ends with the stream.
async fn hear(
    wire: &Wire,
    waiting: &Waiting,
    mut response: Response,
    mut parser: Parser,
    mut events: Vec<Event>,
) {
    loop {
        for Event { name, data, .. } in events.drain(..) {
            if name.is_some() || data.is_empty() {
                continue;
            }
            let id = Envelope::read(&data).filter(|envelope| envelope.method.is_none());
            let id = id.and_then(|envelope| envelope.id).map(|id| id.to_string());
            let request = id.and_then(|id| locked(waiting).remove(&id));
            match request {
                // One that was cancelled does not wait any more.
                Some(request) => drop(request.send(data)),
                None => wire.push(data).await,
            }
        }
        // It may be silent for as long as nobody asks anything.
        let Ok(Some(chunk)) = response.chunk().await else { return };
        if parser.feed(&chunk, &mut events).is_err() {
            return;
        }
    }
}

/// The address that a server has named, if it is one of the same server: the token goes there.
fn same_origin(url: &Url, named: &str) -> Result<Url, String> {
    let host = url.host_str().unwrap_or("the server");
    let endpoint = url.join(named.trim()).ok().filter(|_| !named.trim().is_empty());
    let endpoint = endpoint.ok_or_else(|| format!("{host} named no address for messages"))?;
    if endpoint.origin() != url.origin() || !endpoint.username().is_empty() || endpoint.password().is_some() {
        let other = endpoint.host_str().unwrap_or("an address without a host");
        return Err(format!(
            "{host} wants messages to be sent to another place ({other}), which may be anybody's: nothing is sent there"
        ));
    }
    Ok(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_to_the_server_itself_and_nowhere_else() {
        let url = Url::parse("https://example.com:8443/a/sse?key=1").unwrap();
        for (named, expected) in [
            ("/message?sessionId=1", Some("https://example.com:8443/message?sessionId=1")),
            ("message", Some("https://example.com:8443/a/message")),
            ("?s=1", Some("https://example.com:8443/a/sse?s=1")),
            (" /m \n", Some("https://example.com:8443/m")),
            ("https://example.com:8443/m", Some("https://example.com:8443/m")),
            ("https://EXAMPLE.com:8443/m", Some("https://example.com:8443/m")),
            ("https://example.com/m", None),
            ("http://example.com:8443/m", None),
            ("//evil.example/m", None),
            ("\\\\evil.example\\m", None),
            ("https://evil.example/m", None),
            ("https://example.com:8443@evil.example/m", None),
            ("https://me:secret@example.com:8443/m", None),
            ("https://sub.example.com:8443/m", None),
            ("data:,x", None),
            ("javascript:x", None),
            ("http://[", None),
            ("", None),
            (" ", None),
        ] {
            let endpoint = same_origin(&url, named);
            assert_eq!(endpoint.as_ref().ok().map(Url::as_str), expected, "{named:?} {endpoint:?}");
            assert!(!format!("{endpoint:?}").contains("secret"));
        }
    }
}
