//! The messages of the server.

use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Relay;
use super::about::{About, What};
use super::subscriptions::subscription_in;
use super::tools::CHANGED;
use crate::mcp::gateway::distinct::Fields;
use crate::mcp::gateway::expired;
use crate::mcp::gateway::flight::{Asked, FromServer, Generation};
use crate::mcp::gateway::listed::{Page, Shown};
use crate::mcp::gateway::message::{INTERNAL, Kind, Message, Outcome, error, progress_token};
use crate::policy::gate::Denied;

impl Relay {
    /// Takes a message of a server.
    pub(super) async fn said(self: &Arc<Self>, generation: Generation, text: &str) {
        let text = self.masks().masked(text);
        let message = match Message::from_server(text.as_bytes()) {
            Ok(message) => message,
            Err(refused) => {
                (self.parts.warn)(&format!("dropped what the server said: {}", refused.reason));
                return;
            }
        };
        match &message.kind {
            Kind::Answer { id: Some(id), .. } => self.server_answered(generation, id, &message).await,
            // The server could not read something; which request that was, nobody knows.
            Kind::Answer { id: None, .. } => {}
            Kind::Request { id, method, params } => {
                self.server_asks(generation, &message, id, method, *params).await;
            }
            Kind::Notification { method, params } => {
                self.server_notifies(generation, &message, method, *params).await;
            }
        }
    }

    async fn server_answered(self: &Arc<Self>, generation: Generation, id: &str, message: &Message<'_>) {
        let Ok(number) = id.parse() else { return };
        let (own, asked) = {
            let mut state = self.state();
            match state.own.remove(&number) {
                Some((asked, heard)) if asked == generation => (Some(heard), None),
                _ => (None, state.flight.answered(number, generation)),
            }
        };
        if let Some(own) = own {
            // The one that asked may have given up.
            let _ = own.send(message.text().to_owned());
        }
        let Some(asked) = asked else { return };
        let Asked { id, progress, given_to, is_cancelled, about: About { ticket, what } } = asked;
        let text = match what {
            What::Initialize => {
                self.state().set.answered(message);
                message.spliced(message.with_id(&id))
            }
            What::List => self.list_for_client(message, &id),
            What::Call(call) if self.may_renew(&call) && expired::says_so(message) => {
                let answer = message.spliced(message.with_id(&id));
                let about = About { ticket, what: What::Call(call) };
                let asked = Asked { id, progress, given_to, is_cancelled, about };
                tokio::spawn(Arc::clone(self).renew(generation, asked, answer));
                return;
            }
            What::Call(call) if self.may_mirror_anew(&call, message) => {
                let answer = message.spliced(message.with_id(&id));
                let about = About { ticket, what: What::Call(call) };
                let asked = Asked { id, progress, given_to, is_cancelled, about };
                tokio::spawn(Arc::clone(self).mirror_anew(asked, answer));
                return;
            }
            What::Call(call) => {
                self.log_answer(&call, message);
                self.count_answer(&call, message);
                let denied = self.denied_input(message).map(|denied| self.failure(&id, &denied.message));
                denied.unwrap_or_else(|| message.spliced(message.with_id(&id)))
            }
            What::Listen(_) => {
                let own = match &message.kind {
                    Kind::Answer { outcome: Outcome::Result(result), .. } => subscription_in(result),
                    _ => None,
                };
                let own = own.map(|own| message.replace(own, id.clone()));
                message.spliced(message.with_id(&id).into_iter().chain(own))
            }
            What::Other => {
                let denied = self.denied_input(message);
                let denied = denied.map(|denied| error(Some(&id), INTERNAL, &denied.message));
                denied.unwrap_or_else(|| message.spliced(message.with_id(&id)))
            }
        };
        self.answer(text, ticket).await;
    }

    /// Why a result may not ask the client for what it asks for. Without `initialize` a server has no requests of its own:
    /// its results have them.
    fn denied_input(&self, message: &Message<'_>) -> Option<Denied> {
        if !self.state().set.is_stateless() {
            return None;
        }
        let Kind::Answer { outcome: Outcome::Result(result), .. } = &message.kind else { return None };
        let requests = Fields::read(result.get()).ok()?.get("inputRequests")?;
        let requests: Map<String, Value> = serde_json::from_str(requests.get()).ok()?;
        let denied = |request: &Value| self.parts.gate.lets_method(request["method"].as_str()?).err();
        requests.values().find_map(denied)
    }

    /// The answer to the client's request for the list of tools, without those that it may not see.
    fn list_for_client(&self, message: &Message<'_>, id: &str) -> String {
        let unfiltered = || message.spliced(message.with_id(id));
        let Some(page) = Page::read(message) else {
            return match &message.kind {
                Kind::Answer { outcome: Outcome::Error(_), .. } => unfiltered(),
                _ => error(Some(id), INTERNAL, "the server's list of tools cannot be read"),
            };
        };
        match page.shown(|tool| self.is_shown(tool)) {
            None => unfiltered(),
            Some(Shown { part, text }) => {
                message.spliced(message.with_id(id).into_iter().chain([message.replace(part, text)]))
            }
        }
    }

    async fn server_asks(
        &self,
        generation: Generation,
        message: &Message<'_>,
        id: &str,
        method: &str,
        params: Option<&RawValue>,
    ) {
        if let Err(denied) = self.parts.gate.lets_method(method) {
            let link = self.state().links.get(&generation).cloned();
            if let Some(link) = link {
                // A server that has ended needs no answer.
                let _ = link.send(error(Some(id), INTERNAL, &denied.message)).await;
            }
            return;
        }
        let progress = params.and_then(progress_token);
        let token = progress.map(|token| token.get().to_owned());
        let request = FromServer { generation, id: id.to_owned(), progress: token };
        let (number, ticket) = {
            let mut state = self.state();
            (state.flight.ask_client(request), state.ticket_of(generation))
        };
        let token = progress.map(|token| message.replace(token, number.to_string()));
        let text = message.spliced(message.with_id(number).into_iter().chain(token));
        self.send(text, ticket).await;
    }

    async fn server_notifies(
        self: &Arc<Self>,
        generation: Generation,
        message: &Message<'_>,
        method: &str,
        params: Option<&RawValue>,
    ) {
        if let Some(subscription) = params.and_then(subscription_in) {
            return self.server_notifies_subscriber(generation, message, method, subscription).await;
        }
        let field = |name: &str| params.and_then(|params| Fields::read(params.get()).ok()?.get(name));
        match method {
            "notifications/progress" => {
                let Some(token) = field("progressToken") else { return };
                let found = {
                    let mut state = self.state();
                    let asked = state.flight.progress(token.get(), generation);
                    asked.and_then(|asked| Some((asked.progress.clone()?, asked.about.ticket)))
                };
                // Progress of nothing that is under way, or that nobody wants to hear of.
                let Some((progress, ticket)) = found else { return };
                self.send(message.spliced([message.replace(token, progress)]), Some(ticket)).await;
            }
            "notifications/cancelled" => {
                let Some(requested) = field("requestId") else { return };
                let id = Message::id(requested);
                let number = id.and_then(|id| self.state().flight.server_cancelled(generation, &id));
                let Some(number) = number else { return };
                self.send(message.spliced([message.replace(requested, number.to_string())]), None).await;
            }
            CHANGED => {
                let (relay, text) = (Arc::clone(self), message.spliced([]));
                // Its tools are looked at first: what the client asks for next is judged by them.
                tokio::spawn(async move {
                    relay.learn().await;
                    relay.send(text, None).await;
                });
            }
            "notifications/message" => {
                let ticket = self.state().ticket_of(generation);
                self.send(message.spliced([]), ticket).await;
            }
            _ => self.send(message.spliced([]), None).await,
        }
    }
}
