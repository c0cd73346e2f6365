//! Subscriptions of a client that sends no `initialize` (protocol version 2026-07-28): a request that stays open, under whose
//! id the server notifies. It has no answer that anybody waits for, and goes on with the next server.

use std::sync::Arc;

use serde_json::json;
use serde_json::value::RawValue;

use super::about::{About, Listening, What};
use super::tools::CHANGED;
use super::{Relay, Work};
use crate::mcp::gateway::distinct::Fields;
use crate::mcp::gateway::flight::Generation;
use crate::mcp::gateway::link::Link;
use crate::mcp::gateway::message::{INTERNAL, Message, error};
use crate::mcp::gateway::metrics::RefusalReason;

/// The method of such a request.
pub(super) const LISTEN: &str = "subscriptions/listen";

/// The notification that begins it.
const ACKNOWLEDGED: &str = "notifications/subscriptions/acknowledged";

/// The name in `_meta` of the id that it goes by.
const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// The id of a subscription in parameters or in a result.
pub(super) fn subscription_in(fields: &RawValue) -> Option<&RawValue> {
    let meta = Fields::read(fields.get()).ok()?.get("_meta")?;
    Fields::read(meta.get()).ok()?.get(SUBSCRIPTION)
}

impl Relay {
    /// Takes in a request that stays open.
    pub(super) fn listen(
        self: &Arc<Self>,
        message: &Message<'_>,
        id: &str,
        params: Option<&RawValue>,
        ticket: u64,
    ) -> Work {
        let listening = Listening::new(params);
        // A subscription with a method of its own under `initialize` needs the same permission here.
        let method = if listening.wants_resources { "resources/subscribe" } else { LISTEN };
        if let Err(denied) = self.parts.gate.lets_method(method) {
            self.count_refusal(RefusalReason::Policy);
            return self.answering(error(Some(id), INTERNAL, &denied.message), ticket);
        }
        let about = About { ticket, what: What::Listen(Box::new(listening)) };
        let (number, line) = self.take_in(message, id, params, about, None);
        if let Some(About { what: What::Listen(listening), .. }) = self.state().flight.about(number) {
            listening.line.clone_from(&line);
        }
        let relay = Arc::clone(self);
        Box::pin(async move { relay.give(number, line).await })
    }

    /// Has a server go on with the subscriptions that another one had.
    pub(super) async fn listen_again(&self, generation: Generation, server: &Link) {
        let again: Vec<(u64, String)> = {
            let state = self.state();
            let of_another = state.flight.iter().filter(|(_, asked)| {
                !asked.is_cancelled && asked.given_to.is_some_and(|given_to| given_to != generation)
            });
            let line = |what: &What| match what {
                What::Listen(listening) => Some(listening.line.clone()),
                _ => None,
            };
            of_another.filter_map(|(number, asked)| Some((number, line(&asked.about.what)?))).collect()
        };
        for (number, line) in again {
            // One that the client has cancelled meanwhile is not given.
            let is_given = self.state().flight.give(number, generation);
            if is_given {
                // A server that has just ended is followed by another.
                let _ = server.send(line).await;
            }
        }
    }

    /// Takes a notification of a server under a subscription.
    pub(super) async fn server_notifies_subscriber(
        self: &Arc<Self>,
        generation: Generation,
        message: &Message<'_>,
        method: &str,
        subscription: &RawValue,
    ) {
        let Some((id, ticket)) = self.subscriber(generation, method, subscription) else { return };
        let text = message.spliced([message.replace(subscription, id)]);
        if method == CHANGED {
            let relay = Arc::clone(self);
            // Its tools are looked at first, as they are without a subscription.
            tokio::spawn(async move {
                relay.learn().await;
                relay.send(text, Some(ticket)).await;
            });
        } else {
            self.send(text, Some(ticket)).await;
        }
    }

    /// The client's id of a subscription that this server has, and what came with it; none where nobody is to be notified.
    fn subscriber(
        &self,
        generation: Generation,
        method: &str,
        subscription: &RawValue,
    ) -> Option<(String, u64)> {
        let number = subscription.get().parse().ok()?;
        let mut state = self.state();
        let asked = state.flight.get(number).filter(|asked| asked.given_to == Some(generation))?;
        let found = (asked.id.clone(), asked.about.ticket);
        if let Some(About { what: What::Listen(listening), .. }) = state.flight.about(number)
            && method == ACKNOWLEDGED
            && std::mem::replace(&mut listening.is_acknowledged, true)
        {
            return None;
        }
        Some(found)
    }

    /// Notifies those clients of other tools that have subscribed to that.
    pub(super) async fn notify_subscribers_of_tools(&self) {
        let subscribers: Vec<(String, u64)> = {
            let state = self.state();
            let wants = |what: &What| matches!(what, What::Listen(listening) if listening.wants_tools);
            let wanting =
                state.flight.iter().filter(|(_, asked)| !asked.is_cancelled && wants(&asked.about.what));
            wanting.map(|(_, asked)| (asked.id.clone(), asked.about.ticket)).collect()
        };
        for (id, ticket) in subscribers {
            let method = json!(CHANGED);
            let text = format!(
                r#"{{"jsonrpc":"2.0","method":{method},"params":{{"_meta":{{"{SUBSCRIPTION}":{id}}}}}}}"#
            );
            self.send(text, Some(ticket)).await;
        }
    }
}
