//! The messages of the client.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use serde_json::value::RawValue;

use super::about::{About, What};
use super::subscriptions::LISTEN;
use super::{Relay, Work};
use crate::mcp::gateway::distinct::Fields;
use crate::mcp::gateway::flight::{Asked, Cancelled};
use crate::mcp::gateway::fold::folds_to;
use crate::mcp::gateway::message::{INTERNAL, Kind, Message, NOT_A_MESSAGE, error, progress_token};
use crate::mcp::gateway::metrics::RefusalReason;
use crate::mcp::gateway::mirror::ParamHeaders;

/// The methods that are judged, which no other spelling may pass for.
const JUDGED: [&str; 2] = ["tools/call", "tools/list"];

impl Relay {
    /// Takes a message of the client, which came with this ticket and these headers. Waits where the server is behind.
    pub(crate) async fn hear(self: &Arc<Self>, bytes: &[u8], ticket: u64, headers: ParamHeaders) {
        let Some(work) = self.heard(bytes, ticket, headers) else { return };
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(&self.room).acquire_owned().await else { return };
        let mut work: Work = Box::pin(async move {
            work.await;
            drop(permit);
        });
        // As far as it goes at once, it goes in the order in which the messages came. The rest keeps nobody waiting.
        let done = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
        if done.is_pending() {
            tokio::spawn(work);
        }
    }

    /// Answers a message that was longer than the `most` bytes that one may have.
    pub(crate) async fn refuse_length(&self, most: usize) {
        let reason = format!("the message has more than {} MiB", most / 1024 / 1024);
        self.send(error(None, NOT_A_MESSAGE, &reason), None).await;
    }

    fn heard(self: &Arc<Self>, bytes: &[u8], ticket: u64, headers: ParamHeaders) -> Option<Work> {
        let message = match Message::from_client(bytes) {
            Ok(message) => message,
            Err(refused) => {
                self.count_refusal(RefusalReason::Invalid);
                return Some(self.answering(refused.answer(), ticket));
            }
        };
        match &message.kind {
            Kind::Request { id, method, params } => {
                if let Some((_, judged)) = folds_to(method, &JUDGED) {
                    self.count_refusal(RefusalReason::Invalid);
                    let reason = format!("{method:?} would be read as {judged:?} by some servers");
                    return Some(self.answering(error(Some(id), NOT_A_MESSAGE, &reason), ticket));
                }
                Some(self.asked(&message, id, method, *params, ticket, headers))
            }
            Kind::Notification { method, params } => self.notified(&message, method, *params),
            Kind::Answer { id, .. } => self.client_answered(&message, id.as_deref()?),
        }
    }

    /// Answers a request in the place of the server.
    pub(super) fn answering(self: &Arc<Self>, answer: String, ticket: u64) -> Work {
        let relay = Arc::clone(self);
        Box::pin(async move { relay.answer(answer, ticket).await })
    }

    fn asked(
        self: &Arc<Self>,
        message: &Message<'_>,
        id: &str,
        method: &str,
        params: Option<&RawValue>,
        ticket: u64,
        headers: ParamHeaders,
    ) -> Work {
        self.note(method, params);
        match method {
            "tools/call" => return self.call(message, id, params, ticket, headers),
            "tools/list" => return self.list(message, id, params, ticket),
            LISTEN => return self.listen(message, id, params, ticket),
            _ => {}
        }
        if let Err(denied) = self.parts.gate.lets_method(method) {
            self.count_refusal(RefusalReason::Policy);
            return self.answering(error(Some(id), INTERNAL, &denied.message), ticket);
        }
        let what = if method == "initialize" { What::Initialize } else { What::Other };
        let (number, line) = self.take_in(message, id, params, About { ticket, what }, None);
        let relay = Arc::clone(self);
        Box::pin(async move { relay.give(number, line).await })
    }

    /// Notes what a request says of its client.
    fn note(&self, method: &str, params: Option<&RawValue>) {
        let mut state = self.state();
        state.set.asks(method, params.map(RawValue::get));
        if !state.set.is_begun()
            && let Some(meta) = params.and_then(|params| Fields::read(params.get()).ok()?.get("_meta"))
        {
            state.set.describes(meta.get());
        }
    }

    /// Takes a request in; gives its number, and the line for the server. Some part of it may be replaced.
    pub(super) fn take_in(
        &self,
        message: &Message<'_>,
        id: &str,
        params: Option<&RawValue>,
        about: About,
        replaced: Option<(&RawValue, String)>,
    ) -> (u64, String) {
        let progress = params.and_then(progress_token);
        let token = progress.map(|token| token.get().to_owned());
        let number = self.state().flight.ask(id.to_owned(), token, about);
        let parts = [
            message.with_id(number),
            progress.map(|token| message.replace(token, number.to_string())),
            replaced.map(|(part, text)| message.replace(part, text)),
        ];
        (number, message.spliced(parts.into_iter().flatten()))
    }

    /// A list is filtered by what is known of the tools, so that is waited for.
    fn list(
        self: &Arc<Self>,
        message: &Message<'_>,
        id: &str,
        params: Option<&RawValue>,
        ticket: u64,
    ) -> Work {
        let about = About { ticket, what: What::List };
        let (number, line) = self.take_in(message, id, params, about, None);
        let relay = Arc::clone(self);
        Box::pin(async move {
            relay.parts.gate.look_again();
            relay.learnt().await;
            relay.look_around().await;
            relay.give(number, line).await;
        })
    }

    fn notified(
        self: &Arc<Self>,
        message: &Message<'_>,
        method: &str,
        params: Option<&RawValue>,
    ) -> Option<Work> {
        let fields = || Fields::read(params?.get()).ok();
        let relay = Arc::clone(self);
        match method {
            "notifications/initialized" => {
                self.state().set.initialized(message.text());
                let line = message.spliced([]);
                Some(Box::pin(async move {
                    relay.pass_on(line).await;
                    relay.learn_soon();
                }))
            }
            "notifications/cancelled" => {
                let requested = fields()?.get("requestId")?;
                let id = Message::id(requested)?;
                let cancelled = self.state().flight.cancel(&id);
                match cancelled {
                    Cancelled::Given { number, generation } => {
                        let line = message.spliced([message.replace(requested, number.to_string())]);
                        Some(Box::pin(async move {
                            relay.pass_to(generation, line).await;
                            let ticket = relay.state().flight.get(number).map(|asked| asked.about.ticket);
                            if let Some(ticket) = ticket {
                                relay.leave(ticket).await;
                            }
                        }))
                    }
                    // Whoever was about to give it to the server finds it gone.
                    Cancelled::Waiting(asked) => Some(Box::pin(async move { relay.withdrawn(asked).await })),
                    Cancelled::Unknown => None,
                }
            }
            "notifications/progress" => {
                let token = fields()?.get("progressToken")?;
                let request = self.state().flight.client_progress(token.get())?.clone();
                let line = message.spliced([message.replace(token, request.progress?)]);
                Some(Box::pin(async move { relay.pass_to(request.generation, line).await }))
            }
            // Nobody would learn its outcome, nor that it is refused.
            _ if JUDGED.contains(&method) || folds_to(method, &JUDGED).is_some() => {
                (self.parts.warn)(&format!("a {method} without an id was dropped"));
                None
            }
            _ if self.parts.gate.lets_method(method).is_err() => None,
            _ => {
                let line = message.spliced([]);
                Some(Box::pin(async move { relay.pass_on(line).await }))
            }
        }
    }

    /// The connection has gone on which a request came that stands for itself, and with it the request.
    pub(crate) async fn hang_up(&self, ticket: u64) {
        let cancelled = {
            let mut state = self.state();
            let found = state.flight.iter().find(|(_, asked)| asked.about.ticket == ticket);
            let Some(number) = found.map(|(number, _)| number) else { return };
            state.flight.cancel_number(number)
        };
        match cancelled {
            Cancelled::Given { number, generation } => {
                let params = format!(r#"{{"requestId":{number},"reason":"the client has gone"}}"#);
                let line =
                    format!(r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{params}}}"#);
                self.pass_to(generation, line).await;
            }
            Cancelled::Waiting(asked) => self.withdrawn(asked).await,
            Cancelled::Unknown => {}
        }
    }

    /// A request was cancelled that no server was given.
    async fn withdrawn(&self, asked: Asked<About>) {
        if let What::Call(call) = asked.about.what
            && let Some(pass) = call.pass
        {
            self.parts.gate.give_back(pass).await;
        }
        self.leave(asked.about.ticket).await;
    }

    /// Ends the connection of a request that was cancelled: over HTTP it would stay open for an answer that nobody wants.
    async fn leave(&self, ticket: u64) {
        self.answer(String::new(), ticket).await;
    }

    /// The client has answered a request of a server: it goes to that one.
    fn client_answered(self: &Arc<Self>, message: &Message<'_>, id: &str) -> Option<Work> {
        let own = id.parse().ok().and_then(|number| self.state().asked_user.remove(&number));
        if let Some(own) = own {
            // The one that asked may have given up.
            let _ = own.send(message.text().to_owned());
            return None;
        }
        let request = self.state().flight.client_answered(id)?;
        let line = message.spliced(message.with_id(&request.id));
        let relay = Arc::clone(self);
        Some(Box::pin(async move { relay.pass_to(request.generation, line).await }))
    }

    /// Hands something to the server that wants no answer. Where there is none, nobody misses it.
    async fn pass_on(&self, line: String) {
        if let Ok((_, server)) = self.server_after(0).await {
            let _ = server.send(line).await;
        }
    }

    async fn pass_to(&self, generation: u64, line: String) {
        let server = self.state().links.get(&generation).cloned();
        if let Some(server) = server {
            let _ = server.send(line).await;
        }
    }
}
