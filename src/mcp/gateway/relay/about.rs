//! Everything known of a request under way.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::mcp::gateway::audit::Outcome;
use crate::policy::gate::Pass;

/// Everything that a relay knows of a request of its client.
pub(super) struct About {
    /// What came with it.
    pub(super) ticket: u64,
    pub(super) what: What,
}

/// The kind of request.
pub(super) enum What {
    Initialize,
    /// The list of tools.
    List,
    /// A call of a tool.
    Call(Box<Call>),
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

/// What a line has of a call.
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
pub(super) fn failure(id: &str, reason: &str) -> String {
    let result = json!({"content": [{"type": "text", "text": reason}], "isError": true});
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)
}
