//! Moving recordings to the trash, and back.

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
pub(in crate::mcp::zoom::tools) struct DeleteMeetingRecordings {
    /// The meeting number, which means the latest instance, or the uuid of one instance.
    meeting_id: MeetingId,
}

impl Tool for DeleteMeetingRecordings {
    const NAME: &'static str = "delete_meeting_recordings";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["cloud_recording:delete:meeting_recording"], classic: "recording:write" });
    const TITLE: &'static str = "Move recordings to the trash";
    const DESCRIPTION: &'static str = "Move all cloud recording files of one Zoom meeting to the trash. Zoom keeps them there for 30 days, in which \
         recover_meeting_recordings brings them back; no tool here deletes them for good.";
    const HINTS: Hints = Hints { read_only: false, destructive: true, idempotent: true, open_world: true };

    fn output() -> Option<Schema> {
        Some(schema::<Done>())
    }

    /// The action is named: without one Zoom's own default would decide what becomes of the files.
    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let request = Request::new(Method::Delete, &["meetings", self.meeting_id.as_ref(), "recordings"]);
        session.order(&request.with("action", Some("trash"))).await?;
        let message = format!("The recordings of meeting {} are in the trash.", self.meeting_id);
        Ok(Done::reply(message, self.meeting_id))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(in crate::mcp::zoom::tools) struct RecoverMeetingRecordings {
    /// The meeting number, which means the latest instance, or the uuid of one instance.
    meeting_id: MeetingId,
}

impl Tool for RecoverMeetingRecordings {
    const NAME: &'static str = "recover_meeting_recordings";
    const SCOPES: Option<Scopes> = Some(Scopes {
        granular: &["cloud_recording:update:recover_meeting_recordings"],
        classic: "recording:write",
    });
    const TITLE: &'static str = "Recover recordings";
    const DESCRIPTION: &'static str = "Take all cloud recording files of one Zoom meeting out of the trash, within 30 days of their deletion. \
         zoom_list_recordings shows them again then.";
    const HINTS: Hints = Hints { read_only: false, destructive: false, idempotent: true, open_world: true };

    fn output() -> Option<Schema> {
        Some(schema::<Done>())
    }

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let path = ["meetings", self.meeting_id.as_ref(), "recordings", "status"];
        session.order(&Request::new(Method::Put, &path).sending(json!({"action": "recover"}))).await?;
        let message = format!("The recordings of meeting {} are out of the trash.", self.meeting_id);
        Ok(Done::reply(message, self.meeting_id))
    }
}
