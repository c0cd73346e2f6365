//! The answer of a tool where Zoom answers nothing.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::Reply;
use super::arguments::MeetingId;

/// The answer where Zoom answers nothing.
#[derive(Serialize, JsonSchema)]
pub(super) struct Done {
    #[schemars(extend("const" = "success"))]
    status: &'static str,
    /// A sentence about the change.
    message: String,
    meeting_id: MeetingId,
}

impl Done {
    pub(super) fn reply(message: String, meeting_id: MeetingId) -> Reply {
        let text = Some(message.clone());
        Reply { value: json!(Self { status: "success", message, meeting_id }), text }
    }
}
