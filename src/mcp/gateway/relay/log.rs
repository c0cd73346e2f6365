//! The entries of each call in the audit log, where there is one.

use serde_json::{Map, Value};

use super::Relay;
use super::about::{Call, Logged};
use crate::clock::Clock as _;
use crate::error::Diagnostic as _;
use crate::mcp::gateway::audit::{Event, Line, Outcome};
use crate::mcp::gateway::message::{Kind, Message};
use crate::policy::gate::Denied;

impl Relay {
    /// The record for the log of a call with these arguments; none without a log.
    pub(super) fn logged(&self, arguments: &Map<String, Value>) -> Option<Box<Logged>> {
        let call = self.parts.audit.as_ref()?.next_call();
        let (decision, arguments) = (Outcome::Invalid, arguments.clone());
        Some(Box::new(Logged { call, arguments, decision, rule: None, wait: None }))
    }

    /// Writes down that a call is about to be made, where the policy requires that.
    ///
    /// # Errors
    ///
    /// It cannot be written down, so the call may not be made.
    pub(super) fn log_begin(&self, call: &Call) -> Result<(), Denied> {
        if !self.parts.gate.audit_required() {
            return Ok(());
        }
        let why = match &self.parts.audit {
            None => {
                "the policy requires an audit log, and there is none: start the gateway with --audit FILE"
                    .into()
            }
            Some(_) => match self.write_down(Event::Begin, call, None, None) {
                Ok(()) => return Ok(()),
                Err(why) => format!("the policy requires that it is written to the audit log, and {why}"),
            },
        };
        let message = format!("[POLICY DENIED] {} by audit: {why}.", call.tool);
        Err(Denied { rule: Some("audit".into()), message })
    }

    /// Writes down how a call ended: with an answer of so many bytes, or without one of the server's.
    pub(super) fn log_end(&self, call: &Call, size: Option<usize>, error: Option<&str>) {
        // A line that cannot be written is warned of where that begins.
        let _ = self.write_down(Event::End, call, size, error);
    }

    /// The same with the server's own answer.
    pub(super) fn log_answer(&self, call: &Call, answer: &Message<'_>) {
        if call.logged.is_none() {
            return;
        }
        let text = answer.text();
        let is_error = match &answer.kind {
            Kind::Answer { .. } if !text.contains("rror") => None,
            Kind::Answer { .. } => failure_in(text),
            Kind::Request { .. } | Kind::Notification { .. } => None,
        };
        self.log_end(call, Some(text.len()), is_error.as_deref());
    }

    fn write_down(
        &self,
        event: Event,
        call: &Call,
        size: Option<usize>,
        error: Option<&str>,
    ) -> Result<(), String> {
        let (Some(log), Some(logged)) = (&self.parts.audit, &call.logged) else { return Ok(()) };
        let client = self.state().set.client.clone();
        let now = self.parts.clock.elapsed();
        let line = Line {
            time: self.parts.clock.now(),
            event,
            call: &logged.call,
            name: self.parts.name.as_str(),
            grant: Some(&*self.parts.grant).filter(|grant| !grant.is_empty()),
            client: client.as_deref(),
            tool: Some(&call.tool),
            arguments: &logged.arguments,
            decision: logged.decision,
            rule: logged.rule.as_deref(),
            wait: logged.wait,
            duration: Some(now.saturating_sub(call.since)).filter(|_| matches!(event, Event::End)),
            size,
            error,
        };
        let mask = |text: &str| self.masks().masked(text).into_owned();
        log.write(&line, &mask).map_err(|not_logged| {
            let report = not_logged.error.report();
            if not_logged.is_first {
                (self.parts.warn)(&format!("calls are not in the audit log: {report}"));
            }
            report
        })
    }
}

/// The words of an answer that says that something went wrong.
fn failure_in(answer: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    let words = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_default();
    if let Some(error) = answer.get("error") {
        return Some(words(&error["message"]));
    }
    let result = &answer["result"];
    (result["isError"] == true).then(|| words(&result["content"][0]["text"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_found_in_a_result_and_in_an_error() {
        for (answer, failure) in [
            (r#"{"result":{"content":[{"type":"text","text":"isError"}]}}"#, None),
            (r#"{"result":{"isError":true,"content":[{"type":"text","text":"no"}]}}"#, Some("no")),
            (r#"{"result":{"isError":true}}"#, Some("")),
            (r#"{"error":{"code":1,"message":"bad"}}"#, Some("bad")),
        ] {
            assert_eq!(failure_in(answer).as_deref(), failure, "{answer}");
        }
    }
}
