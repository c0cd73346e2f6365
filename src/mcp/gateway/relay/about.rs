//! Everything known of a request under way.

use std::time::Duration;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::mcp::gateway::audit::Outcome;
use crate::policy::gate::Pass;

/// Everything that a relay knows of a request of its client.
pub(super) struct About {
    /// The ticket that came with it.
    pub(super) ticket: u64,
    pub(super) what: What,
}

impl About {
    /// Whether somebody waits for its answer.
    pub(super) fn is_waited_for(&self) -> bool {
        !matches!(self.what, What::Listen(_))
    }
}

/// The kind of request.
pub(super) enum What {
    Initialize,
    /// The list of tools.
    List,
    /// A call of a tool.
    Call(Box<Call>),
    /// One that stays open for notifications.
    Listen(Box<Listening>),
    Other,
}

/// Everything known of a call.
pub(super) struct Call {
    /// Its pass through the gate; given back where no server was given the call.
    pub(super) pass: Option<Pass>,
    pub(super) tool: String,
    /// When it came, by the clock that never jumps.
    pub(super) since: Duration,
    /// The line that the server was given, to be given again under another token.
    pub(super) line: String,
    /// Its entry in the audit log.
    pub(super) logged: Option<Box<Logged>>,
    /// Whether it was given again.
    pub(super) is_repeated: bool,
}

/// Everything known of a subscription.
pub(super) struct Listening {
    /// The line that its server was given, for the next one.
    pub(super) line: String,
    /// Whether the client knows that it has begun.
    pub(super) is_acknowledged: bool,
    /// Whether its client wants to know when resources change.
    pub(super) wants_resources: bool,
    /// Whether its client wants to know when tools change.
    pub(super) wants_tools: bool,
}

impl Listening {
    pub(super) fn new(params: Option<&RawValue>) -> Self {
        let params = params.and_then(|params| serde_json::from_str::<Value>(params.get()).ok());
        let wanted = params.map(|params| params["notifications"].clone()).unwrap_or_default();
        let wants_resources = wanted["resourceSubscriptions"].as_array().is_some_and(|all| !all.is_empty());
        let wants_tools = wanted["toolsListChanged"] == true;
        Self { line: String::new(), is_acknowledged: false, wants_resources, wants_tools }
    }
}

/// The call in a line of the log.
pub(super) struct Logged {
    /// The fields that the lines of the call share.
    pub(super) call: String,
    pub(super) arguments: Map<String, Value>,
    pub(super) decision: Outcome,
    pub(super) rule: Option<String>,
    /// How long it waited for a person.
    pub(super) wait: Option<Duration>,
}

/// An answer that says why a tool has done nothing, or may have: a result, which a model reads, where an error of the
/// protocol is hidden from it.
///
/// Since protocol version 2026-07-28, without `initialize`, a result must have a type.
pub(super) fn failure(id: &str, reason: &str, is_stateless: bool) -> String {
    let mut result = json!({"content": [{"type": "text", "text": reason}], "isError": true});
    if is_stateless {
        result["resultType"] = "complete".into();
    }
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)
}
