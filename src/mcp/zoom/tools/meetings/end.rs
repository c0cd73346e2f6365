//! Ending a meeting that takes place.

use garde::Validate;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::json;

use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::mcp::zoom::tools::arguments::MeetingId;
use crate::mcp::zoom::tools::done::Done;
use crate::mcp::zoom::tools::scopes::Scopes;
use crate::mcp::zoom::tools::{Hints, Reply, Tool, schema};
use crate::zoom::api::{Method, Request};

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(in crate::mcp::zoom::tools) struct EndMeeting {
    /// The meeting number, digits only, as text.
    meeting_id: MeetingId,
}

impl Tool for EndMeeting {
    const NAME: &'static str = "end_meeting";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:update:status"], classic: "meeting:write" });
    const TITLE: &'static str = "End a meeting";
    const DESCRIPTION: &'static str = "End a Zoom meeting that takes place now, for everybody in it. It stays scheduled: delete_meeting cancels a meeting \
         that is still to come, and list_meetings with type live shows those that take place.";
    const HINTS: Hints = Hints { read_only: false, destructive: true, idempotent: true, open_world: true };

    fn output() -> Option<Schema> {
        Some(schema::<Done>())
    }

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let path = ["meetings", self.meeting_id.as_ref(), "status"];
        session.order(&Request::new(Method::Put, &path).sending(json!({"action": "end"}))).await?;
        let message = format!("Meeting {} was ended.", self.meeting_id);
        Ok(Done::reply(message, self.meeting_id))
    }
}
