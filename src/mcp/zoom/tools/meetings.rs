//! The tools for scheduled meetings.

mod end;
mod recurrence;
mod write;

use crate::mcp::zoom::tools::scopes::Scopes;
use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::arguments::{MeetingId, NextPageToken, OccurrenceId, PageSize, UserId};
use super::{Hints, Reply, Tool, masks};
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::zoom::api::Request;

pub(super) use self::end::EndMeeting;
pub(super) use self::write::{CreateMeeting, DeleteMeeting, UpdateMeeting};

/// The meetings to list (Zoom's `OpenAPI` description of `/users/{userId}/meetings`).
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    Scheduled,
    Live,
    #[default]
    Upcoming,
    UpcomingMeetings,
    PreviousMeetings,
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct ListMeetings {
    /// Whose meetings: a user id, an e-mail address, or `me` for the owner of the token.
    #[serde(default)]
    user_id: UserId,
    /// Which meetings: `upcoming` from now on, `live` that run now, `scheduled` all that have not expired,
    /// `upcoming_meetings` and `previous_meetings` those of six months to come or past.
    #[serde(default, rename = "type")]
    which: Which,
    /// How many meetings an answer holds at most.
    #[serde(default)]
    page_size: PageSize,
    /// The `next_page_token` of the answer before, for the meetings after those. It is good for 15 minutes, with all
    /// other arguments as they were.
    next_page_token: Option<NextPageToken>,
    /// Also show passwords and the `start_url`, with which anybody can start the meeting as its host.
    #[serde(default)]
    include_secrets: bool,
}

impl ListMeetings {
    fn request(&self) -> Request {
        Request::get(&["users", self.user_id.as_ref(), "meetings"])
            .with("type", json!(self.which).as_str())
            .with("page_size", Some(self.page_size.get()))
            .with("next_page_token", self.next_page_token.as_ref())
    }
}

impl Tool for ListMeetings {
    const NAME: &'static str = "list_meetings";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:read:list_meetings"], classic: "meeting:read" });
    const TITLE: &'static str = "List meetings";
    const DESCRIPTION: &'static str = "List the Zoom meetings of a user with id, topic, start time (UTC), duration and join_url. Instant meetings \
         are never listed; for cloud recordings use zoom_list_recordings. A next_page_token in the answer that is not \
         empty means that there are more.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        Ok(masks::reply(session.call(&self.request(), None).await?, self.include_secrets))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetMeeting {
    /// The meeting number, digits only, as text.
    meeting_id: MeetingId,
    /// One occurrence of a recurring meeting; without it the series is shown, with its occurrences.
    occurrence_id: Option<OccurrenceId>,
    /// Also show passwords and the `start_url`, with which anybody can start the meeting as its host.
    #[serde(default)]
    include_secrets: bool,
}

impl GetMeeting {
    fn request(&self) -> Request {
        Request::get(&["meetings", self.meeting_id.as_ref()])
            .with("occurrence_id", self.occurrence_id.as_ref())
    }
}

impl Tool for GetMeeting {
    const NAME: &'static str = "get_meeting";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:read:meeting"], classic: "meeting:read" });
    const TITLE: &'static str = "Get a meeting";
    const DESCRIPTION: &'static str = "Get one scheduled Zoom meeting: topic, agenda, start time (UTC), duration, settings, join_url and, of a \
         recurring one, the occurrences with their ids. Use list_meetings to find out the id.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        Ok(masks::reply(session.call(&self.request(), None).await?, self.include_secrets))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetMeetingParticipants {
    /// The meeting number, which means the latest instance, or the uuid of one instance.
    meeting_id: MeetingId,
    /// How many entries an answer holds at most.
    #[serde(default)]
    page_size: PageSize,
    /// The `next_page_token` of the answer before, for the entries after those. It is good for 15 minutes, with all
    /// other arguments as they were.
    next_page_token: Option<NextPageToken>,
}

impl GetMeetingParticipants {
    fn request(&self) -> Request {
        Request::get(&["past_meetings", self.meeting_id.as_ref(), "participants"])
            .with("page_size", Some(self.page_size.get()))
            .with("next_page_token", self.next_page_token.as_ref())
    }
}

impl Tool for GetMeetingParticipants {
    const NAME: &'static str = "get_meeting_participants";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:read:list_past_participants"], classic: "meeting:read" });
    const TITLE: &'static str = "Get participants";
    const DESCRIPTION: &'static str = "List who took part in a Zoom meeting that is over, with the times (UTC) of joining and leaving and the seconds \
         between; who joined twice is there twice. Zoom keeps this for a year, needs a paid plan for it, and lists \
         nobody for a meeting of one. A next_page_token in the answer that is not empty means that there are more.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        Ok(masks::reply(session.call(&self.request(), None).await?, false))
    }
}
