//! A server whose token is not accepted any more gets another one, and the call is made again where that does no harm.

use std::sync::Arc;

use super::Relay;
use super::about::{About, Call, What};
use crate::mcp::gateway::flight::{Asked, Generation};
use crate::mcp::gateway::message::Message;
use crate::mcp::gateway::restart::OnNewToken;

impl Relay {
    /// Whether a call is worth another token, and is not its second. A connection over HTTP replaces its tokens by itself.
    pub(super) fn may_renew(&self, call: &Call) -> bool {
        self.tokens_of_children().is_some()
            && !call.is_repeated
            && self.parts.on_new_token != OnNewToken::Never
    }

    /// Has a server with another token take over, and makes a call again that changes nothing. The answer is what the
    /// client gets otherwise.
    pub(super) async fn renew(self: Arc<Self>, generation: Generation, asked: Asked<About>, answer: String) {
        let About { what: What::Call(call), .. } = &asked.about else { return };
        let is_read_only = self.is_read_only(&call.tool);
        let is_renewed = self.renewed(generation).await.is_ok();
        self.repeat_or_answer(asked, is_renewed && is_read_only, answer).await;
    }

    /// Makes a call once more, or answers it with this answer of the server.
    pub(super) async fn repeat_or_answer(&self, asked: Asked<About>, repeats: bool, answer: String) {
        let Asked { id, progress, about: About { ticket, what: What::Call(call) }, .. } = asked else {
            return;
        };
        let number = if repeats { self.take_in_again(id, progress, ticket, call) } else { Err(call) };
        match number {
            Ok((number, line)) => self.give(number, line).await,
            Err(call) => {
                if let Ok(message) = Message::from_server(answer.as_bytes()) {
                    self.log_answer(&call, &message);
                    self.count_answer(&call, &message);
                }
                self.answer(answer, ticket).await;
            }
        }
    }

    /// # Errors
    ///
    /// No other token can be had, which the answer of the server says well enough.
    async fn renewed(&self, generation: Generation) -> Result<(), String> {
        let Some(tokens) = self.tokens_of_children() else { return Ok(()) };
        let refused = self.state().handed.get(&generation).cloned();
        if let Some(refused) = refused {
            tokens.instead_of(refused, &Arc::default()).await.map_err(|error| error.to_string())?;
        }
        self.state().refused = Some(generation);
        self.wanted.notify_waiters();
        self.server_after(generation).await.map(drop)
    }

    /// Takes a call in again whose tool changes nothing.
    fn take_in_again(
        &self,
        id: String,
        progress: Option<String>,
        ticket: u64,
        mut call: Box<Call>,
    ) -> Result<(u64, String), Box<Call>> {
        let line = call.line.clone();
        let Ok(message) = Message::from_server(line.as_bytes()) else { return Err(call) };
        call.is_repeated = true;
        let number = self.state().flight.ask(id, progress, About { ticket, what: What::Call(call) });
        Ok((number, message.spliced(message.with_id(number))))
    }
}
