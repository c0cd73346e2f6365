//! The headers that repeat arguments of a call: those that came with it over HTTP, and those that it has on its way to a
//! server over HTTP. Both are compared with, or made from, the arguments that are judged.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::about::{About, Call, What};
use super::{Relay, Tools};
use crate::mcp::gateway::audit::Outcome as Decision;
use crate::mcp::gateway::flight::Asked;
use crate::mcp::gateway::link::Target;
use crate::mcp::gateway::message::{Kind, Message, Outcome, error};
use crate::mcp::gateway::metrics::RefusalReason;
use crate::mcp::gateway::mirror::{Mirror, ParamHeaders};
use crate::mcp::gateway::routing::HEADER_MISMATCH;
use crate::mcp::gateway::seam::Manner;
use crate::policy::gate::Denied;

impl Relay {
    /// Whether the headers that came with a call say what its arguments say.
    ///
    /// # Errors
    ///
    /// They do not; in words.
    pub(super) async fn agree(
        self: &Arc<Self>,
        headers: &ParamHeaders,
        tool: &str,
        arguments: &Map<String, Value>,
    ) -> Result<(), String> {
        // Whoever may not call a tool does not learn of its arguments either.
        if headers.mean_nothing() || self.parts.gate.admits(tool).is_err() {
            return Ok(());
        }
        self.learnt().await;
        let check = || match self.mirror(tool) {
            Some(Ok(mirror)) => mirror.check(headers, arguments),
            Some(Err(_)) | None => Ok(()),
        };
        if check().is_ok() {
            return Ok(());
        }
        // The client may know the tool as it is now, and the gateway as it was.
        Box::pin(Arc::clone(self).look_at_tools()).await;
        check()
    }

    /// Refuses a call whose headers say something else than its arguments.
    pub(super) async fn disagree(&self, number: u64, reason: &str) {
        let Some(mut asked) = self.state().flight.remove(number) else { return };
        if let What::Call(call) = &mut asked.about.what {
            if let Some(logged) = &mut call.logged {
                logged.decision = Decision::Invalid;
            }
            self.log_end(call, None, Some(reason));
        }
        self.count_refusal(RefusalReason::Invalid);
        self.answer(error(Some(&asked.id), HEADER_MISMATCH, reason), asked.about.ticket).await;
    }

    /// Whether a tool may be called where arguments go into headers.
    ///
    /// # Errors
    ///
    /// Its marks are not allowed; the message is for the agent.
    pub(super) async fn is_fit(self: &Arc<Self>, tool: &str) -> Result<(), Denied> {
        if !self.sends_headers() {
            return Ok(());
        }
        self.learnt().await;
        let Some(Err(reason)) = self.mirror(tool) else { return Ok(()) };
        Err(Denied {
            rule: None,
            message: format!("{tool} was not called, since its definition is wrong: {reason}"),
        })
    }

    /// Whether the server is told arguments in headers: over HTTP, since protocol version 2026-07-28.
    pub(super) fn sends_headers(&self) -> bool {
        matches!(self.parts.target, Target::Http { .. }) && self.state().set.is_stateless()
    }

    /// The way in which the server is given a request.
    pub(super) fn manner(&self, number: u64) -> Manner {
        let tool = match self.state().flight.about(number) {
            Some(About { what: What::Call(call), .. }) => call.tool.clone(),
            _ => return Manner::default(),
        };
        Manner { is_read_only: self.is_read_only(&tool), mirror: self.mirror(&tool).and_then(Result::ok) }
    }

    /// Whether a server over HTTP has refused a call because of its headers, and it may be made once more with others.
    pub(super) fn may_mirror_anew(&self, call: &Call, answer: &Message<'_>) -> bool {
        let Kind::Answer { outcome: Outcome::Error(error), .. } = &answer.kind else { return false };
        if !self.sends_headers() || call.is_repeated {
            return false;
        }
        let error: Value = serde_json::from_str(error.get()).unwrap_or_default();
        error["code"] == HEADER_MISMATCH
    }

    /// Looks at the tools again, and makes a call once more if its tool marks other arguments now and may still be called. Such
    /// a server has not carried it out. The answer is what the client gets otherwise.
    pub(super) async fn mirror_anew(self: Arc<Self>, asked: Asked<About>, answer: String) {
        let About { what: What::Call(call), .. } = &asked.about else { return };
        let tool = call.tool.clone();
        let before = self.mirror(&tool);
        Arc::clone(&self).look_at_tools().await;
        let is_other = self.mirror(&tool) != before;
        let may_be_called = self.is_pinned(&tool).await.is_ok() && self.is_fit(&tool).await.is_ok();
        self.repeat_or_answer(asked, is_other && may_be_called, answer).await;
    }

    /// The marked arguments of a tool; none where it marks none, or is not known.
    fn mirror(&self, tool: &str) -> Option<Result<Arc<Mirror>, String>> {
        self.tools.borrow().as_ref()?.mirrors.get(tool).cloned()
    }

    /// Warns of the tools that cannot be called, of which there was no word before.
    pub(super) fn warn_of_unfit(&self, before: Option<&Tools>, now: &Tools) {
        for (tool, mirror) in &now.mirrors {
            let was = before.and_then(|before| before.mirrors.get(tool));
            if let Err(reason) = mirror
                && was != Some(mirror)
            {
                (self.parts.warn)(&format!(
                    "the tool {tool} is left out, since its definition is wrong: {reason}"
                ));
            }
        }
    }
}
