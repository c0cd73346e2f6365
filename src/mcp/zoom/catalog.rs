//! The tools as a catalogue: for clients, and for a policy to be checked against.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::mcp::zoom::tools::{self, Definition};
use crate::policy::Catalog;

/// The arguments of a call as a policy judges them, in words where they are not what the tool takes; none where there is
/// no such tool.
pub(crate) fn judged(
    tool: &str,
    arguments: Map<String, Value>,
    now: DateTime<Utc>,
) -> Option<Result<Map<String, Value>, String>> {
    let tool = tools::all().into_iter().find(|one| one.name == tool)?;
    let call = tool.read(arguments, now).map_err(|failure| failure.message);
    Some(call.map(|call| call.arguments().clone()))
}

/// The tools and the schemas of their arguments, for a policy to be checked against.
pub(crate) fn catalog() -> Catalog {
    schemas(&tools::all())
}

/// The schemas of the arguments of these tools.
pub(super) fn schemas(tools: &[Definition]) -> Catalog {
    tools.iter().map(|tool| (tool.name.to_owned(), (*tool.schema).clone())).collect()
}
