//! A server whose token is not accepted any more gets another one, and the call is made again where that does no harm.

use std::sync::Arc;

use super::Relay;
use super::about::{About, Call, What};
use crate::mcp::gateway::flight::{Asked, Generation};
use crate::mcp::gateway::message::Message;
use crate::mcp::gateway::restart::OnNewToken;

impl Relay {
    /// Whether a call is worth another token, and is not its second.
    pub(super) fn may_renew(&self, call: &Call) -> bool {
        self.parts.tokens.is_some() && !call.is_repeated && self.parts.on_new_token != OnNewToken::Never
    }

    /// Has a server with another token take over, and makes a call again that changes nothing. The answer is what the
    /// client gets otherwise.
    pub(super) async fn renew(self: Arc<Self>, generation: Generation, asked: Asked<About>, answer: String) {
        let ticket = asked.about.ticket;
        let renewed = self.renewed(generation).await;
        let number = match renewed {
            Ok(()) => self.take_in_again(asked),
            Err(_) => None,
        };
        match number {
            Some((number, line)) => self.give(number, line).await,
            None => self.answer(answer, ticket).await,
        }
    }

    /// # Errors
    ///
    /// No other token can be had, which the answer of the server says well enough.
    async fn renewed(&self, generation: Generation) -> Result<(), String> {
        let Some(tokens) = &self.parts.tokens else { return Ok(()) };
        let refused = self.state().handed.get(&generation).cloned();
        if let Some(refused) = refused {
            tokens.instead_of(refused, &Arc::default()).await.map_err(|error| error.to_string())?;
        }
        self.state().refused = Some(generation);
        self.wanted.notify_waiters();
        self.server_after(generation).await.map(drop)
    }

    /// Takes a call in again whose tool changes nothing.
    fn take_in_again(&self, asked: Asked<About>) -> Option<(u64, String)> {
        let Asked { id, progress, about: About { ticket, what }, .. } = asked;
        let What::Call(mut call) = what else { return None };
        if !self.is_read_only(&call.tool) {
            return None;
        }
        call.is_repeated = true;
        let line = call.line.clone();
        let number = self.state().flight.ask(id, progress, About { ticket, what: What::Call(call) });
        let message = Message::from_server(line.as_bytes()).ok()?;
        Some((number, message.spliced(message.with_id(number))))
    }
}
