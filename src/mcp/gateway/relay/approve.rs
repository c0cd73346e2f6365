//! A call that needs a person: its client's user is asked where that can be, and otherwise it waits for
//! `zoomtok approval allow`.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::oneshot;

use super::Relay;
use crate::clock::Clock as _;
use crate::error::Diagnostic as _;
use crate::event::Event;
use crate::mcp::gateway::approval::Binding;
use crate::mcp::gateway::approvals::{Approvals, Decision, Request};
use crate::mcp::gateway::audit::Outcome as Decided;
use crate::mcp::gateway::digest;
use crate::mcp::gateway::message::{Kind, Message, Outcome};
use crate::mcp::gateway::question::{Answer, answer, question};
use crate::mcp::gateway::shown::shown;
use crate::policy::gate::{Denied, Pass};

/// How long a call is kept waiting without an answer: the SDKs give up after a minute.
const HOLD: Duration = Duration::from_secs(45);

/// How often a client that wants to hear of progress hears that its call still waits, for which it waits longer too.
const PROGRESS: Duration = Duration::from_secs(10);

/// How often is looked whether the client has cancelled a call that waits.
const CANCELLED_LOOK: Duration = Duration::from_millis(500);

impl Relay {
    /// Has a person decide about a call that a rule of the policy asks for.
    ///
    /// # Errors
    ///
    /// It may not be made, or not yet; the message is for the agent.
    pub(super) async fn approved(
        self: &Arc<Self>,
        number: u64,
        tool: &str,
        arguments: &Map<String, Value>,
        pass: &Pass,
    ) -> Result<(), (Denied, Decided)> {
        let Some(rule) = &pass.approve else { return Ok(()) };
        let refused = |why: &str, decision| {
            let message = format!("[POLICY DENIED] {tool} by {rule}: {why}.");
            (Denied { rule: Some(rule.clone()), message }, decision)
        };
        let denied = |why: &str| refused(why, Decided::Denied);
        let binding = self.binding(tool, arguments, pass);
        let Some(approvals) = &self.parts.approvals else {
            return Err(denied("a person has to allow this call, and there is no place where it could wait"));
        };
        if approvals.claim(&binding).await.map_err(|error| denied(&error.report()))?.is_none() {
            let can_be_asked = self.state().set.can_be_asked;
            if can_be_asked {
                self.ask_user(number, tool, arguments).await.map_err(denied)?;
            } else {
                let within = self.parts.gate.approve_within();
                let (rule, arguments) = (rule.clone(), shown(arguments));
                let request = Request { binding: binding.clone(), rule, arguments, within };
                self.wait_for_person(number, tool, approvals, request)
                    .await
                    .map_err(|(why, decision)| refused(&why, decision))?;
            }
        }
        // The approval is for this call under this policy, with the tool as it was.
        if self.parts.gate.is_under(pass) && self.binding(tool, arguments, pass) == binding {
            Ok(())
        } else {
            Err(denied("the policy or the tool has changed since it was asked for; call again"))
        }
    }

    fn binding(&self, tool: &str, arguments: &Map<String, Value>, pass: &Pass) -> Binding {
        let tools = self.tools.borrow();
        let pinned = tools.as_ref().and_then(|tools| tools.pinned.as_ref()?.usable.get(tool).cloned());
        Binding {
            grant: self.parts.grant.clone(),
            gateway: self.parts.name.clone(),
            tool: tool.to_owned(),
            arguments: digest::of_fields(arguments),
            policy: pass.policy.to_string(),
            pin: pinned.unwrap_or_default(),
        }
    }

    /// Asks the user of the client.
    async fn ask_user(
        &self,
        number: u64,
        tool: &str,
        arguments: &Map<String, Value>,
    ) -> Result<(), &'static str> {
        let (heard, answered) = oneshot::channel();
        let (asked, ticket) = {
            let mut state = self.state();
            let Some(about) = state.flight.about(number) else { return Err("it was cancelled") };
            let ticket = about.ticket;
            let asked = state.flight.number();
            state.asked_user.insert(asked, heard);
            (asked, ticket)
        };
        let params = question(self.parts.name.as_str(), tool, &shown(arguments));
        let text =
            format!(r#"{{"jsonrpc":"2.0","id":{asked},"method":"elicitation/create","params":{params}}}"#);
        self.send(text, Some(ticket)).await;
        let within = self.parts.gate.approve_within();
        let answered = tokio::time::timeout(within, answered).await;
        self.state().asked_user.remove(&asked);
        match answered.ok().and_then(Result::ok).as_deref().map(decision) {
            Some(Answer::Allow) => Ok(()),
            Some(Answer::Deny) => Err("the user has denied this call"),
            Some(Answer::Nothing) => Err("the user has not allowed this call"),
            None => Err("the user has not answered in time"),
        }
    }

    /// Waits for a person who decides with `zoomtok approval`.
    async fn wait_for_person(
        &self,
        number: u64,
        tool: &str,
        approvals: &Approvals,
        request: Request,
    ) -> Result<(), (String, Decided)> {
        let within = request.within;
        let denied = |why: String| Err((why, Decided::Denied));
        let mut waiting = match approvals.ask(request).await {
            Ok(waiting) => waiting,
            Err(error) => return denied(error.report()),
        };
        let id = waiting.id().clone();
        (self.parts.warn)(&format!("a call waits for you: zoomtok approval allow {id}"));
        let (gateway, tool) = (self.parts.name.to_string(), tool.to_owned());
        (self.parts.report)(&Event::ApprovalWaiting { gateway, id: id.to_string(), tool });
        let (progress, since) = (self.progress_of(number), self.parts.clock.elapsed());
        // A call that is kept for all its time is denied by the next look after that, and waits for that look.
        let hold = if progress.is_some() || within <= HOLD { within + PROGRESS } else { HOLD };
        let mut next_progress = PROGRESS;
        let decided = {
            // One look after the other to its end: an approval that was used up is not to be forgotten.
            let mut deciding = pin!(waiting.decided());
            loop {
                let decided = tokio::time::timeout(CANCELLED_LOOK, deciding.as_mut()).await;
                let waited = self.parts.clock.elapsed().saturating_sub(since);
                match decided {
                    Ok(decision) => break Some(decision),
                    Err(_) if self.is_gone(number) => return denied("it was cancelled".into()),
                    Err(_) if waited >= hold => break None,
                    Err(_) => {}
                }
                if let Some((token, ticket)) = progress.as_ref().filter(|_| waited >= next_progress) {
                    next_progress += PROGRESS;
                    let text = format!(
                        r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{token},"progress":{},"message":"waiting for approval {id}"}}}}"#,
                        waited.as_secs(),
                    );
                    self.send(text, Some(*ticket)).await;
                }
            }
        };
        match decided {
            Some(Decision::Allowed) => Ok(()),
            Some(Decision::Denied) => denied("a person has denied this call".into()),
            Some(Decision::Over) => denied("nobody has allowed this call in time".into()),
            Some(Decision::Lost(why)) => denied(format!("what was decided about this call is lost: {why}")),
            None => {
                if let Err(error) = waiting.leave().await {
                    return denied(error.report());
                }
                let why = format!(
                    "pending: a person has to allow this call with: zoomtok approval allow {id} - then call again with the same \
                     arguments"
                );
                Err((why, Decided::Pending))
            }
        }
    }

    /// The client's own token for progress of a request, and what came with it.
    fn progress_of(&self, number: u64) -> Option<(String, u64)> {
        let state = self.state();
        let asked = state.flight.get(number)?;
        Some((asked.progress.clone()?, asked.about.ticket))
    }

    fn is_gone(&self, number: u64) -> bool {
        self.state().flight.get(number).is_none()
    }
}

/// The user's answer.
fn decision(text: &str) -> Answer {
    let Ok(message) = Message::from_server(text.as_bytes()) else { return Answer::Nothing };
    match message.kind {
        Kind::Answer { outcome: Outcome::Result(result), .. } => {
            answer(&serde_json::from_str(result.get()).unwrap_or_default())
        }
        _ => Answer::Nothing,
    }
}
