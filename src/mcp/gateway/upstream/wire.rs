//! Requests of streamable HTTP to one server, each made once.

use std::time::Duration;

use hyper::body::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::mcp::gateway::routing::PROTOCOL_VERSION;
use crate::mcp::gateway::seam::Received;
use crate::token::Token;
use crate::zoom::{bearer_header, why_unanswered};

/// The most that is read of one message, in bytes.
pub(super) const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// How long a server may be silent before the answer to a request, or in the middle of it. Tools take minutes at times.
pub(super) const ANSWER_PATIENCE: Duration = Duration::from_mins(10);

/// How long it may take to accept what has no answer.
const ACCEPT_PATIENCE: Duration = Duration::from_secs(30);

/// How long the end of a session may take. The server ends it by itself if it never hears of it.
const END_PATIENCE: Duration = Duration::from_secs(2);

pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// The session that a request belongs to.
#[derive(Debug, Clone, Default)]
pub(super) struct Established {
    /// Counts the sessions, so that one that was lost is replaced once.
    pub(super) generation: u64,
    /// The server's name for it; none where the server has no sessions.
    pub(super) id: Option<HeaderValue>,
    /// The version of the protocol that was agreed upon.
    pub(super) version: Option<HeaderValue>,
}

/// A message to the server.
#[derive(Debug, Clone)]
pub(super) struct Outbound {
    pub(super) text: Bytes,
    /// Its id, if it is a request.
    pub(super) id: Option<Value>,
    /// Whether it may be sent again after the token was refused.
    pub(super) may_repeat: bool,
    /// The headers of one that needs no session and says what it is (protocol version 2026-07-28).
    pub(super) stateless: Option<HeaderMap>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Silence {
    /// Nothing was sent.
    NotSent(String),
    /// The server may have received it.
    Broken(String),
}

/// The way to a server, and back to whoever asks it.
pub(super) struct Wire {
    client: Client,
    url: Url,
    headers: HeaderMap,
    received: mpsc::Sender<Received>,
    pub(super) stop: CancellationToken,
}

impl Wire {
    pub(super) fn new(
        client: Client,
        url: Url,
        headers: HeaderMap,
        received: mpsc::Sender<Received>,
    ) -> Self {
        Self { client, url, headers, received, stop: CancellationToken::new() }
    }

    /// The host, for messages.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or("the server")
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Sends a message, and waits for the head of the answer.
    pub(super) async fn post(
        &self,
        message: &Outbound,
        established: &Established,
        token: Option<&Token>,
    ) -> Result<Response, Silence> {
        self.post_to(&self.url, message, established, token).await
    }

    /// The same at another address of the server.
    pub(super) async fn post_to(
        &self,
        url: &Url,
        message: &Outbound,
        established: &Established,
        token: Option<&Token>,
    ) -> Result<Response, Silence> {
        let request = self
            .client
            .post(url.clone())
            .header(ACCEPT, "application/json, text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .headers(message.stateless.clone().unwrap_or_default())
            .body(message.text.clone());
        let patience = if message.id.is_some() { ANSWER_PATIENCE } else { ACCEPT_PATIENCE };
        self.ask(request, established, token, patience).await
    }

    /// Opens a stream, from the event after this one on, and waits for the head of the answer.
    pub(super) async fn listen(
        &self,
        last_event: Option<&str>,
        established: &Established,
        token: Option<&Token>,
    ) -> Result<Response, Silence> {
        let mut request = self.client.get(self.url.clone()).header(ACCEPT, "text/event-stream");
        if let Some(last) = last_event.and_then(|id| HeaderValue::from_str(id).ok()) {
            request = request.header(LAST_EVENT, last);
        }
        self.ask(request, established, token, ACCEPT_PATIENCE).await
    }

    /// Ends the session, if the server has one and can be reached.
    pub(super) async fn end(&self, established: &Established, token: Option<&Token>) {
        if established.id.is_some() {
            // A server need not let clients end sessions.
            let _ = self.ask(self.client.delete(self.url.clone()), established, token, END_PATIENCE).await;
        }
    }

    async fn ask(
        &self,
        request: RequestBuilder,
        established: &Established,
        token: Option<&Token>,
        patience: Duration,
    ) -> Result<Response, Silence> {
        let mut request = request.headers(self.headers.clone());
        if let Some(id) = &established.id {
            request = request.header(SESSION, id);
        }
        if let Some(version) = &established.version {
            request = request.header(PROTOCOL_VERSION, version);
        }
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, bearer_header(token));
        }
        match tokio::time::timeout(patience, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_connect() || error.is_builder() => {
                Err(Silence::NotSent(why_unanswered(&error)))
            }
            Ok(Err(error)) => Err(Silence::Broken(why_unanswered(&error))),
            Err(_) => {
                let seconds = patience.as_secs();
                Err(Silence::Broken(format!("{} did not answer within {seconds} s", self.host())))
            }
        }
    }

    /// The next piece of a body; none at its end.
    ///
    /// # Errors
    ///
    /// It broke off, or nothing came for too long; in words.
    pub(super) async fn chunk(&self, response: &mut Response) -> Result<Option<Bytes>, String> {
        match tokio::time::timeout(ANSWER_PATIENCE, response.chunk()).await {
            Ok(chunk) => chunk.map_err(|error| why_unanswered(&error)),
            Err(_) => Err(format!("{} fell silent in the middle of an answer", self.host())),
        }
    }

    /// A whole body.
    ///
    /// # Errors
    ///
    /// It broke off, or is too long; in words.
    pub(super) async fn body(&self, mut response: Response) -> Result<String, String> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk(&mut response).await? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(self.too_long());
            }
            body.extend_from_slice(&chunk);
        }
        String::from_utf8(body).map_err(|_| format!("the answer of {} is not UTF-8", self.host()))
    }

    pub(super) fn too_long(&self) -> String {
        format!(
            "{} has answered more than {} MiB, which is not passed on",
            self.host(),
            LONGEST_ANSWER / 1024 / 1024
        )
    }

    /// Hands on what the server says.
    pub(super) async fn push(&self, message: String) {
        self.report(Received::Message(message)).await;
    }

    /// Reports something about the server. Where nobody listens any more, nothing is asked any more.
    pub(super) async fn report(&self, received: Received) {
        if self.received.send(received).await.is_err() {
            self.stop.cancel();
        }
    }
}

/// Whether an answer is declared to be of this media type.
pub(super) fn is_of_type(response: &Response, media_type: &str) -> bool {
    let declared =
        response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    declared.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
}
