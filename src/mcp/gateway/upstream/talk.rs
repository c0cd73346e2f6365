//! The talk with a server: its session, its token, and what is done when either is lost.

mod legacy;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Url};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::attempt::{Attempt, attempt};
use super::bearer::Bearer;
use super::envelope::{Envelope, explained, failed};
use super::legacy::LegacyStream;
use super::listen::{Listened, listen};
use super::wire::{Established, Outbound, Wire};
use crate::mcp::gateway::distinct::Fields;
use crate::mcp::gateway::mirror::Mirror;
use crate::mcp::gateway::routing;
use crate::mcp::gateway::seam::{Manner, NotGiven, Received};
use crate::mutex::locked;
use crate::token::Token;

/// Added to the error of a call that is not made again.
const NOT_REPEATED: &str = "zoomtok has obtained a new token. The call was not repeated, since its tool may change \
    something: call it again";

/// The agreement between a client and a server, and how it was reached.
#[derive(Default)]
struct Session {
    established: Established,
    /// The messages with which the client began it.
    initialize: Option<Outbound>,
    initialized: Option<Outbound>,
    /// The stream that it is over, where the server has the older transport only.
    legacy: Option<Arc<LegacyStream>>,
    /// Ends the listening in it.
    listening: CancellationToken,
}

pub(super) struct Talk {
    wire: Arc<Wire>,
    bearer: Option<Arc<dyn Bearer>>,
    /// Held as long as a session begins: other messages wait for it.
    session: Mutex<Session>,
    /// The requests under way that need no session, by their ids: each ends with its connection.
    stateless: std::sync::Mutex<HashMap<String, CancellationToken>>,
    /// How often in a row a stream of the older transport has ended soon.
    fruitless: AtomicU32,
}

/// Reports once whether the server has been given a message.
struct Report(Option<oneshot::Sender<Result<(), NotGiven>>>);

impl Report {
    fn given(&mut self) {
        // The one that asked may have gone.
        self.0.take().map(|report| report.send(Ok(())));
    }

    /// Whether it was the first to be reported.
    fn not_given(&mut self, reason: String) -> Result<(), String> {
        let report = self.0.take().ok_or_else(|| reason.clone())?;
        let _ = report.send(Err(NotGiven(reason)));
        Ok(())
    }
}

impl Talk {
    pub(super) fn new(
        client: Client,
        url: Url,
        headers: HeaderMap,
        bearer: Option<Arc<dyn Bearer>>,
        received: mpsc::Sender<Received>,
    ) -> Self {
        let wire = Arc::new(Wire::new(client, url, headers, received));
        let (session, stateless) = (Mutex::default(), std::sync::Mutex::default());
        Self { wire, bearer, session, stateless, fruitless: AtomicU32::new(0) }
    }

    #[cfg(test)]
    pub(super) fn has_bearer(&self) -> bool {
        self.bearer.is_some()
    }

    pub(super) fn stop(&self) {
        self.wire.stop.cancel();
    }

    pub(super) async fn close(&self) {
        self.stop();
        let session = std::mem::take(&mut *self.session.lock().await);
        if session.established.id.is_some() {
            let token = self.token().await.ok().flatten();
            self.wire.end(&session.established, token.as_ref()).await;
        }
    }

    pub(super) async fn send(self: &Arc<Self>, message: String, manner: &Manner) -> Result<(), NotGiven> {
        let Some(envelope) = Envelope::read(&message) else {
            return Err(NotGiven("the message is not JSON".into()));
        };
        let method = envelope.method.map(std::borrow::Cow::into_owned).unwrap_or_default();
        let id = envelope.id.filter(|_| !method.is_empty());
        let may_repeat = method != "tools/call" || manner.is_read_only;
        let params = Fields::read(&message).ok().and_then(|fields| fields.get("params"));
        if method == "notifications/cancelled" && self.hang_up(params) {
            return Ok(());
        }
        let stateless = id.as_ref().map(|_| headers_of(&method, params, manner.mirror.as_deref()));
        let stateless = stateless.transpose().map_err(NotGiven)?.flatten();
        let key = stateless.as_ref().and(id.as_ref()).map(Value::to_string);
        let stop = self.wire.stop.child_token();
        if let Some(key) = &key {
            locked(&self.stateless).insert(key.clone(), stop.clone());
        }
        let message = Outbound { text: message.into(), id, may_repeat, stateless };
        let (report, reported) = oneshot::channel();
        let (this, stopped) = (Arc::clone(self), stop.clone());
        tokio::spawn(async move {
            let deliver = this.deliver(&method, message, Report(Some(report)));
            tokio::select! {
                () = stopped.cancelled() => {}
                () = deliver => {}
            }
            key.map(|key| locked(&this.stateless).remove(&key));
        });
        // The task ends without a report only when everything ends, or nobody wants to know.
        let is_cancelled = || stop.is_cancelled() && !self.wire.stop.is_cancelled();
        reported.await.unwrap_or_else(|_| {
            if is_cancelled() { Ok(()) } else { Err(NotGiven("the gateway is ending".into())) }
        })
    }

    /// Ends the request that these parameters cancel with its connection, if it needs no session: there is no other way to
    /// cancel one. Gives whether it is one of those.
    fn hang_up(&self, params: Option<&RawValue>) -> bool {
        let id = params.and_then(|params| Fields::read(params.get()).ok()?.get("requestId"));
        let id = id.and_then(|id| serde_json::from_str::<Value>(id.get()).ok());
        let found = id.and_then(|id| locked(&self.stateless).remove(&id.to_string()));
        found.map(|stop| stop.cancel()).is_some()
    }

    async fn deliver(self: &Arc<Self>, method: &str, message: Outbound, mut report: Report) {
        let id = message.id.clone();
        let attempt = match method {
            "initialize" => self.initialize(message, &mut report).await,
            "notifications/initialized" => self.initialized(message, &mut report).await,
            _ => self.pass(&message, &mut report).await,
        };
        let (text, failure) = match attempt {
            Attempt::Answered { text, .. } => (Some(text), None),
            Attempt::NotSent(reason) => (None, report.not_given(reason).err()),
            Attempt::Failed(reason) | Attempt::Unsuitable(reason) => (None, Some(reason)),
            Attempt::Accepted | Attempt::TokenRefused(_) | Attempt::SessionLost => (None, None),
        };
        report.given();
        let text = text.or_else(|| Some(failed(&id?, &failure?)));
        if let Some(text) = text {
            self.wire.push(text).await;
        }
    }

    /// Begins the session with the client's own message.
    async fn initialize(self: &Arc<Self>, message: Outbound, report: &mut Report) -> Attempt {
        let mut session = self.session.lock().await;
        let generation = session.established.generation;
        session.listening.cancel();
        *session = Session::default();
        session.established.generation = generation;
        let mut answered = self.with_token(&message, &Established::default(), report).await;
        if let Attempt::Unsuitable(refusal) = answered {
            answered = self.initialize_legacy(&mut session, &message, Some(refusal), report).await;
        } else if let Attempt::Answered { text, session: id } = &answered {
            session.begun(text, id.clone());
        }
        session.initialize = matches!(answered, Attempt::Answered { .. }).then_some(message);
        answered
    }

    /// Completes it, and listens from then on.
    async fn initialized(self: &Arc<Self>, message: Outbound, report: &mut Report) -> Attempt {
        let mut session = self.session.lock().await;
        if let Some(stream) = session.legacy.clone() {
            let token = stream.token.as_ref();
            let attempt = stream.attempt(&self.wire, &message, token, &mut || report.given()).await;
            session.initialized = Some(message);
            return attempt;
        }
        let established = session.established.clone();
        let attempt = self.with_token(&message, &established, report).await;
        if matches!(attempt, Attempt::Accepted) {
            session.initialized = Some(message);
            self.start_listening(&mut session);
        }
        attempt
    }

    /// Passes any other message on. Where the session is lost, the message goes into a new one.
    async fn pass(self: &Arc<Self>, message: &Outbound, report: &mut Report) -> Attempt {
        let (established, is_legacy) = {
            let session = self.session.lock().await;
            (session.established.clone(), session.legacy.is_some())
        };
        if is_legacy {
            return self.pass_legacy(message, report).await;
        }
        let established = if message.stateless.is_some() { Established::default() } else { established };
        let attempt = self.with_token(message, &established, report).await;
        if !matches!(attempt, Attempt::SessionLost) {
            return attempt;
        }
        let host = self.wire.host();
        match self.begin_again(established.generation).await {
            Ok(established) => match self.with_token(message, &established, report).await {
                Attempt::SessionLost => {
                    Attempt::Failed(format!("{host} does not know the session it has just begun"))
                }
                attempt => attempt,
            },
            Err(reason) => {
                Attempt::Failed(format!("{host} has lost the session, and a new one did not begin: {reason}"))
            }
        }
    }

    /// Begins a new session in place of the one of this generation, unless another message has done so.
    ///
    /// # Errors
    ///
    /// The server does not begin one; in words.
    async fn begin_again(self: &Arc<Self>, generation: u64) -> Result<Established, String> {
        let mut session = self.session.lock().await;
        if session.established.generation != generation {
            return Ok(session.established.clone());
        }
        if session.legacy.is_some() {
            self.begin_legacy_again(&mut session).await?;
            return Ok(session.established.clone());
        }
        let initialize = session.initialize.clone().ok_or("the client had begun none")?;
        match self.with_token(&initialize, &Established::default(), &mut Report(None)).await {
            Attempt::Answered { text, session: id } if is_result(&text) => session.begun(&text, id),
            attempt => return Err(attempt.reason()),
        }
        let established = session.established.clone();
        if let Some(initialized) = session.initialized.clone() {
            match self.with_token(&initialized, &established, &mut Report(None)).await {
                Attempt::Accepted => self.start_listening(&mut session),
                attempt => return Err(attempt.reason()),
            }
        }
        self.wire.report(Received::BegunAgain).await;
        Ok(established)
    }

    /// Sends a message, and once more with another token if the server does not take the one of now.
    async fn with_token(
        &self,
        message: &Outbound,
        established: &Established,
        report: &mut Report,
    ) -> Attempt {
        let token = match self.token().await {
            Ok(token) => token,
            Err(reason) => return Attempt::NotSent(reason),
        };
        let mut reached = || report.given();
        let first = attempt(&self.wire, message, established, token.as_ref(), &mut reached).await;
        let Attempt::TokenRefused(refusal) = first else { return first };
        let renewed = match self.renewed(token).await {
            Ok(token) => token,
            Err(reason) => return Attempt::Failed(reason),
        };
        let id = message.id.as_ref().unwrap_or(&Value::Null);
        if !message.may_repeat {
            let refusal = refusal.unwrap_or_else(|| failed(id, "the server did not take the token"));
            return Attempt::Answered { text: explained(&refusal, NOT_REPEATED), session: None };
        }
        match attempt(&self.wire, message, established, Some(&renewed), &mut reached).await {
            Attempt::TokenRefused(Some(text)) => Attempt::Answered { text, session: None },
            Attempt::TokenRefused(None) => Attempt::Failed(self.refused_anew()),
            attempt => attempt,
        }
    }

    /// Another token than this, which the server has refused.
    ///
    /// # Errors
    ///
    /// There is none; in words.
    async fn renewed(&self, refused: Option<Token>) -> Result<Token, String> {
        let renewed = match (&self.bearer, refused) {
            (Some(bearer), Some(token)) => bearer.instead_of(token).await,
            _ => Err("there is none".into()),
        };
        let host = self.wire.host();
        renewed.map_err(|reason| format!("{host} does not take the token, and there is no other: {reason}"))
    }

    fn refused_anew(&self) -> String {
        format!("{} does not take a token that was issued just now (HTTP 401)", self.wire.host())
    }

    /// The token of now, if this server gets one.
    async fn token(&self) -> Result<Option<Token>, String> {
        match &self.bearer {
            Some(bearer) => bearer.current().await.map(Some),
            None => Ok(None),
        }
    }

    /// Hands on what the server says unasked in this session, as long as it lasts.
    fn start_listening(self: &Arc<Self>, session: &mut Session) {
        session.listening.cancel();
        session.listening = self.wire.stop.child_token();
        let (this, established, stop) =
            (Arc::clone(self), session.established.clone(), session.listening.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = this.listen(&established) => {}
            }
        });
    }

    async fn listen(self: &Arc<Self>, established: &Established) {
        let mut token = self.token().await;
        let mut is_new = false;
        while let Ok(sent) = token {
            token = match (listen(&self.wire, established, sent.as_ref()).await, &self.bearer, sent) {
                (Listened::Refused { was_open }, Some(bearer), Some(sent)) if was_open || !is_new => {
                    is_new = true;
                    bearer.instead_of(sent).await.map(Some)
                }
                (Listened::Lost, ..) => {
                    // A server that does not begin another session is asked again with the next message.
                    let (this, generation) = (Arc::clone(self), established.generation);
                    tokio::spawn(async move { this.begin_again(generation).await });
                    return;
                }
                _ => return,
            };
        }
    }
}

impl Session {
    /// Takes note of what the server has answered to `initialize`.
    fn begun(&mut self, answer: &str, id: Option<HeaderValue>) {
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
        let version = answer["result"]["protocolVersion"].as_str();
        let version = version.and_then(|version| HeaderValue::from_str(version).ok());
        let generation = self.established.generation + 1;
        self.established = Established { generation, id, version };
    }
}

/// The headers of a request that needs no session; none of any other.
///
/// # Errors
///
/// An argument cannot be in the header where it has to be.
fn headers_of(
    method: &str,
    params: Option<&RawValue>,
    mirror: Option<&Mirror>,
) -> Result<Option<HeaderMap>, String> {
    let Some(mut headers) = routing::headers(method, params) else { return Ok(None) };
    let arguments = params.and_then(|params| Fields::read(params.get()).ok()?.get("arguments"));
    if let (Some(mirror), Some(arguments)) = (mirror, arguments) {
        let arguments: Option<Map<String, Value>> = serde_json::from_str(arguments.get()).unwrap_or_default();
        headers.extend(mirror.headers(&arguments.unwrap_or_default())?);
    }
    Ok(Some(headers))
}

fn is_result(answer: &str) -> bool {
    serde_json::from_str::<Value>(answer).is_ok_and(|answer| answer.get("result").is_some())
}
