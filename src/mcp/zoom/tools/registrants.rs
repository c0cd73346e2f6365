//! The tools for people who register for a meeting.

use garde::Validate;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::arguments::{Email, MeetingId, NextPageToken, OccurrenceId, PageSize, RegistrantId};
use super::done::Done;
use super::scopes::Scopes;
use super::{Hints, Reply, Tool, masks, schema, without_nulls};
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::zoom::api::{Method, Request};

/// The state of a registration.
#[derive(Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
enum Status {
    Pending,
    #[default]
    Approved,
    Denied,
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct ListMeetingRegistrants {
    /// The meeting number, digits only, as text.
    meeting_id: MeetingId,
    /// One occurrence of a recurring meeting whose occurrences are registered for one by one.
    occurrence_id: Option<OccurrenceId>,
    /// Which registrations: those that wait for the host (pending), or were approved or denied.
    #[serde(default)]
    status: Status,
    /// How many registrants there are to be in an answer.
    #[serde(default)]
    page_size: PageSize,
    /// The `next_page_token` of the answer before, for the registrants after those.
    next_page_token: Option<NextPageToken>,
    /// Also show the links by which each registrant joins.
    #[serde(default)]
    include_secrets: bool,
}

impl Tool for ListMeetingRegistrants {
    const NAME: &'static str = "list_meeting_registrants";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:read:list_registrants"], classic: "meeting:read" });
    const TITLE: &'static str = "List registrants";
    const DESCRIPTION: &'static str = "List the people who have registered for a Zoom meeting, each with the registrant's id, name, e-mail address and \
         status. Only a meeting that asks for registration has any.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let request = Request::get(&["meetings", self.meeting_id.as_ref(), "registrants"])
            .with("occurrence_id", self.occurrence_id.as_ref())
            .with("status", json!(self.status).as_str())
            .with("page_size", Some(self.page_size.get()))
            .with("next_page_token", self.next_page_token.as_ref());
        Ok(masks::reply(session.call(&request, None).await?, self.include_secrets))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct AddMeetingRegistrant {
    /// The meeting number, digits only, as text.
    meeting_id: MeetingId,
    /// The e-mail address of the person. Zoom may send a confirmation there.
    email: Email,
    /// The first name.
    #[garde(length(chars, min = 1, max = 64))]
    first_name: String,
    /// The last name.
    #[garde(length(chars, max = 64))]
    last_name: Option<String>,
    /// Also show the link by which the person joins.
    #[serde(default)]
    include_secrets: bool,
}

impl Tool for AddMeetingRegistrant {
    const NAME: &'static str = "add_meeting_registrant";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:write:registrant"], classic: "meeting:write" });
    const TITLE: &'static str = "Register somebody";
    const DESCRIPTION: &'static str = "Register a person for a Zoom meeting that asks for registration, and get the registrant's id. Where the host approves \
         registrations by hand it is pending until update_registrant_status approves it; the link to join is for that \
         person alone.";
    const HINTS: Hints = Hints { read_only: false, destructive: false, idempotent: false, open_world: true };

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let request = Request::new(Method::Post, &["meetings", self.meeting_id.as_ref(), "registrants"])
            .sending(without_nulls(json!({
                "email": self.email,
                "first_name": self.first_name,
                "last_name": self.last_name,
            })));
        Ok(masks::reply(session.call(&request, None).await?, self.include_secrets))
    }
}

/// A decision about a registration.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Action {
    Approve,
    Deny,
    Cancel,
}

impl Action {
    /// The state that it leads to, for a sentence.
    fn done(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Deny => "denied",
            Self::Cancel => "cancelled",
        }
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct UpdateRegistrantStatus {
    /// The meeting number, digits only, as text.
    meeting_id: MeetingId,
    /// One occurrence of a recurring meeting whose occurrences are registered for one by one.
    occurrence_id: Option<OccurrenceId>,
    /// The registrant's id, as `list_meeting_registrants` shows it.
    registrant_id: RegistrantId,
    /// The registrant's e-mail address, as it is shown there.
    email: Email,
    /// approve lets the person join, deny does not, and cancel takes an approved registration back.
    action: Action,
}

impl Tool for UpdateRegistrantStatus {
    const NAME: &'static str = "update_registrant_status";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:update:registrant_status"], classic: "meeting:write" });
    const TITLE: &'static str = "Approve or deny a registrant";
    const DESCRIPTION: &'static str =
        "Approve, deny or cancel one registration for a Zoom meeting. Zoom may tell the person by e-mail.";
    const HINTS: Hints = Hints { read_only: false, destructive: true, idempotent: true, open_world: true };

    fn output() -> Option<Schema> {
        Some(schema::<Done>())
    }

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let path = ["meetings", self.meeting_id.as_ref(), "registrants", "status"];
        let request = Request::new(Method::Put, &path)
            .with("occurrence_id", self.occurrence_id.as_ref())
            .sending(json!({
                "action": self.action,
                "registrants": [{"id": self.registrant_id, "email": self.email}],
            }));
        session.order(&request).await?;
        let message = format!(
            "The registration of {} for meeting {} was {}.",
            self.registrant_id,
            self.meeting_id,
            self.action.done()
        );
        Ok(Done::reply(message, self.meeting_id))
    }
}
