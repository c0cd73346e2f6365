//! The metrics of each call, where there are any.

use super::Relay;
use super::about::Call;
use crate::clock::Clock as _;
use crate::event::Event;
use crate::mcp::gateway::audit::Outcome as Decision;
use crate::mcp::gateway::distinct::Fields;
use crate::mcp::gateway::message::{Kind, Message, Outcome};
use crate::mcp::gateway::metrics::{CallOutcome, RefusalReason, RestartReason};

impl Relay {
    /// Counts a call that the server has answered.
    pub(super) fn count_answer(&self, call: &Call, answer: &Message<'_>) {
        if self.parts.metrics.is_some() {
            self.count_call(call, outcome_of(answer));
        }
    }

    /// Counts a call that is answered in the place of the server. It was given the call if that has still its pass.
    pub(super) fn count_failure(&self, call: &Call) {
        match call.pass {
            Some(_) => self.count_call(call, CallOutcome::Failed),
            None => self.count_refusal(RefusalReason::Unavailable),
        }
    }

    /// Counts what the server is not given.
    pub(super) fn count_refusal(&self, reason: RefusalReason) {
        if let Some(metrics) = &self.parts.metrics {
            metrics.refused(reason);
        }
    }

    /// Counts and reports that another server was started, or is to be.
    pub(super) fn count_restart(&self, reason: RestartReason) {
        let gateway = self.parts.name.to_string();
        (self.parts.report)(&Event::ServerRestarted { gateway, reason: reason.name() });
        if let Some(metrics) = &self.parts.metrics {
            metrics.restarted(reason);
        }
    }

    fn count_call(&self, call: &Call, outcome: CallOutcome) {
        let Some(metrics) = &self.parts.metrics else { return };
        metrics.called(&call.tool, outcome, self.parts.clock.elapsed().saturating_sub(call.since));
    }
}

/// The outcome of a call, by the server's answer.
fn outcome_of(answer: &Message<'_>) -> CallOutcome {
    let Kind::Answer { outcome: Outcome::Result(result), .. } = &answer.kind else {
        return CallOutcome::Failed;
    };
    let fields = Fields::read(result.get()).ok();
    match fields.and_then(|fields| fields.get("isError").map(|value| value.get() == "true")) {
        Some(true) => CallOutcome::ToolError,
        Some(false) | None => CallOutcome::Ok,
    }
}

/// Why a call is refused, by the place of the rule that refuses it and what was decided.
pub(super) fn reason_of(rule: Option<&str>, decision: Decision) -> RefusalReason {
    match (decision, rule) {
        (Decision::Held, _) => RefusalReason::Held,
        (Decision::Pending, _) => RefusalReason::Pending,
        (_, None) => RefusalReason::Unavailable,
        (_, Some(rule)) if rule.contains(".approve") => RefusalReason::Approval,
        (_, Some(rule)) if rule.contains(".limits[") => RefusalReason::Limit,
        (_, Some(_)) => RefusalReason::Policy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_what_came_of_the_call() {
        for (answer, outcome) in [
            (r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#, CallOutcome::Ok),
            (r#"{"jsonrpc":"2.0","id":1,"result":{"isError":false}}"#, CallOutcome::Ok),
            (r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"isError":true}]}}"#, CallOutcome::Ok),
            (r#"{"jsonrpc":"2.0","id":1,"result":{"isError": true,"x":1}}"#, CallOutcome::ToolError),
            (r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"isError"}}"#, CallOutcome::Failed),
        ] {
            assert_eq!(outcome_of(&Message::from_server(answer.as_bytes()).unwrap()), outcome, "{answer}");
        }
    }

    #[test]
    fn a_refusal_is_counted_by_what_refuses() {
        for (rule, decision, reason) in [
            (Some("pins"), Decision::Held, RefusalReason::Held),
            (Some("tools.t.approve"), Decision::Pending, RefusalReason::Pending),
            (Some("tools.t.approve[0]"), Decision::Denied, RefusalReason::Approval),
            (Some("tools.t.limits[0]"), Decision::Denied, RefusalReason::Limit),
            (Some("all_tools.limits[1]"), Decision::Denied, RefusalReason::Limit),
            (Some("tools.t.require[0]"), Decision::Denied, RefusalReason::Policy),
            (Some("default"), Decision::Denied, RefusalReason::Policy),
            (None, Decision::Denied, RefusalReason::Unavailable),
        ] {
            assert_eq!(reason_of(rule, decision), reason, "{rule:?}");
        }
    }
}
