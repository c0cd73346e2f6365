//! The tools for meetings that are over: when they were, how they went, and what AI Companion made of them.

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::arguments::MeetingId;
use super::{Hints, Reply, Tool, masks};
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::mcp::zoom::tools::scopes::Scopes;
use crate::zoom::api::Request;

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetPastMeeting {
    /// The meeting number, which means the latest instance, or the uuid of one instance.
    meeting_id: MeetingId,
}

impl Tool for GetPastMeeting {
    const NAME: &'static str = "get_past_meeting";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:read:past_meeting"], classic: "meeting:read" });
    const TITLE: &'static str = "Get a past meeting";
    const DESCRIPTION: &'static str = "Get how a Zoom meeting that is over went: topic, host, start and end time (UTC), minutes and the number of \
         participants. Use get_meeting_instances to find out the uuids of a meeting that took place several times, and \
         get_meeting_participants for who took part.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let request = Request::get(&["past_meetings", self.meeting_id.as_ref()]);
        Ok(masks::reply(session.call(&request, None).await?, false))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetMeetingInstances {
    /// The meeting number, digits only, as text.
    meeting_id: MeetingId,
}

impl Tool for GetMeetingInstances {
    const NAME: &'static str = "get_meeting_instances";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:read:list_past_instances"], classic: "meeting:read" });
    const TITLE: &'static str = "Get past instances";
    const DESCRIPTION: &'static str = "List each time that a Zoom meeting took place, with the start time (UTC) and the uuid of that instance, for at \
         most 15 months. The tools about past meetings take this uuid as meeting_id, where the number would mean the latest \
         instance.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let request = Request::get(&["past_meetings", self.meeting_id.as_ref(), "instances"]);
        Ok(masks::reply(session.call(&request, None).await?, false))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetMeetingSummary {
    /// The uuid of one instance, or the meeting number, which means the latest instance.
    meeting_id: MeetingId,
}

impl Tool for GetMeetingSummary {
    const NAME: &'static str = "get_meeting_summary";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:read:summary"], classic: "meeting_summary:read" });
    const TITLE: &'static str = "Get a meeting summary";
    const DESCRIPTION: &'static str = "Get the summary that Zoom's AI Companion made of a meeting that is over: overview, details and next steps, and \
         the version that the host has edited if there is one. A meeting has one only if the summary was turned on in it; \
         for the words themselves use zoom_get_meeting_transcript.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let request = Request::get(&["meetings", self.meeting_id.as_ref(), "meeting_summary"]);
        Ok(masks::reply(session.call(&request, None).await?, false))
    }
}
