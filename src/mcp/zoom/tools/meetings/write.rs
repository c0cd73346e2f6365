//! Creating, changing and deleting meetings.

use crate::mcp::zoom::tools::scopes::Scopes;
use chrono::{DateTime, Utc};
use garde::Validate;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::recurrence::Recurrence;
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::mcp::zoom::tools::arguments::{MeetingId, OccurrenceId, StartTime, Timezone, UserId};
use crate::mcp::zoom::tools::done::Done;
use crate::mcp::zoom::tools::{Hints, Reply, Tool, masks, schema, without_nulls};
use crate::zoom::api::{Method, Request};

/// The kind of a meeting: a number to Zoom.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32")]
#[schemars(extend("enum" = KINDS))]
struct Kind(u32);

/// Zoom's 10, a screen share only, is not offered.
const KINDS: [u32; 4] = [1, 2, 3, 8];

impl Default for Kind {
    fn default() -> Self {
        Self(2)
    }
}

impl TryFrom<u32> for Kind {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        if KINDS.contains(&number) { Ok(Self(number)) } else { Err("must be 1, 2, 3 or 8") }
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Audio {
    Both,
    Telephony,
    Voip,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Settings {
    /// Whether the host's video is on at the start.
    host_video: Option<bool>,
    /// Whether the participants' video is on at the start.
    participant_video: Option<bool>,
    /// Whether participants may come in before the host. Without effect where there is a waiting room.
    join_before_host: Option<bool>,
    /// Whether participants are muted when they come in.
    mute_upon_entry: Option<bool>,
    /// Whether participants wait until the host lets them in.
    waiting_room: Option<bool>,
    /// How participants are heard: by telephone, by computer (voip), or either.
    audio: Option<Audio>,
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(in crate::mcp::zoom::tools) struct CreateMeeting {
    /// The host: a user id, an e-mail address, or `me` for the owner of the token.
    #[serde(default)]
    user_id: UserId,
    /// The topic.
    #[garde(length(chars, min = 1, max = 200))]
    topic: String,
    /// 1: at once; 2: at its `start_time`; 3: recurring without fixed times; 8: recurring at fixed times, from
    /// `start_time` on as `recurrence` says.
    #[serde(default, rename = "type")]
    kind: Kind,
    /// When it begins: `2026-03-04T12:00:00Z` in UTC, or without the Z in `timezone`. An instant meeting ignores it.
    start_time: Option<StartTime>,
    /// How long it lasts, in minutes.
    #[garde(range(min = 1))]
    duration: Option<u32>,
    /// The time zone of a `start_time` without a Z, and in which the meeting is shown, such as `Europe/Berlin`.
    timezone: Option<Timezone>,
    /// The agenda.
    #[garde(length(chars, max = 2000))]
    agenda: Option<String>,
    /// The passcode for those who join. Without one the account decides.
    #[garde(length(chars, max = 10))]
    password: Option<String>,
    /// How it recurs, for type 8.
    recurrence: Option<Recurrence>,
    /// How it is held. Settings that are left out are those of the account.
    settings: Option<Settings>,
    /// Also show passwords and the `start_url`, with which anybody can start the meeting as its host.
    #[serde(default)]
    include_secrets: bool,
}

impl CreateMeeting {
    fn request(&self) -> Request {
        let path = ["users", self.user_id.as_ref(), "meetings"];
        Request::new(Method::Post, &path).sending(without_nulls(json!({
            "topic": self.topic,
            "type": self.kind,
            "start_time": self.start_time,
            "duration": self.duration,
            "timezone": self.timezone,
            "agenda": self.agenda,
            "password": self.password,
            "recurrence": self.recurrence,
            "settings": self.settings,
        })))
    }
}

impl Tool for CreateMeeting {
    const NAME: &'static str = "create_meeting";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:write:meeting"], classic: "meeting:write" });
    const TITLE: &'static str = "Create a meeting";
    const DESCRIPTION: &'static str = "Schedule a Zoom meeting, or open one at once with type 1, and get its id and the join_url to hand on. Each call \
         makes another meeting; Zoom allows 100 creations and changes a day per host.";
    const HINTS: Hints = Hints { read_only: false, destructive: false, idempotent: false, open_world: true };

    fn complete(&self, _: DateTime<Utc>) -> Result<Map<String, Value>, ToolFailure> {
        match (&self.recurrence, self.kind.0) {
            (None, 8) => Err(ToolFailure::arguments(
                "recurrence: must be given with type 8; a meeting that recurs without fixed times has type 3",
            )),
            (Some(recurrence), 8) => recurrence.check().map(|()| Map::new()),
            (Some(_), _) => Err(ToolFailure::arguments("recurrence: is for a meeting of type 8 only")),
            (None, _) => Ok(Map::new()),
        }
    }

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        Ok(masks::reply(session.call(&self.request(), None).await?, self.include_secrets))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(in crate::mcp::zoom::tools) struct UpdateMeeting {
    /// The meeting number, digits only, as text.
    meeting_id: MeetingId,
    /// One occurrence of a recurring meeting; without it the change is to the whole series.
    occurrence_id: Option<OccurrenceId>,
    /// The topic.
    #[garde(length(chars, min = 1, max = 200))]
    topic: Option<String>,
    /// When it begins: `2026-03-04T12:00:00Z` in UTC, or without the Z in `timezone`.
    start_time: Option<StartTime>,
    /// How long it lasts, in minutes.
    #[garde(range(min = 1))]
    duration: Option<u32>,
    /// The time zone of a `start_time` without a Z, and in which the meeting is shown, such as `Europe/Berlin`.
    timezone: Option<Timezone>,
    /// The agenda.
    #[garde(length(chars, max = 2000))]
    #[schemars(extend("x-blank" = "must not be empty: leave it out to keep the agenda as it is"))]
    agenda: Option<String>,
    /// The passcode for those who join.
    #[garde(length(chars, max = 10))]
    #[schemars(extend("x-blank" = "must not be empty: leave it out to keep the passcode as it is"))]
    password: Option<String>,
    /// How the whole series recurs, in place of how it did. For a meeting of type 8, without `occurrence_id`.
    recurrence: Option<Recurrence>,
    /// How it is held. Settings that are left out stay as they are.
    settings: Option<Settings>,
}

impl UpdateMeeting {
    fn request(&self) -> Result<Request, ToolFailure> {
        let changes = without_nulls(json!({
            "topic": self.topic,
            "start_time": self.start_time,
            "duration": self.duration,
            "timezone": self.timezone,
            "agenda": self.agenda,
            "password": self.password,
            "recurrence": self.recurrence,
            "settings": self.settings,
        }));
        let nothing = |change: &Value| change.as_object().is_some_and(Map::is_empty);
        if changes.as_object().is_none_or(|changes| changes.values().all(nothing)) {
            return Err(ToolFailure::arguments(
                "there is nothing to change: give at least one of topic, start_time, duration, timezone, agenda, \
                 password, recurrence and settings",
            ));
        }
        Ok(Request::new(Method::Patch, &["meetings", self.meeting_id.as_ref()])
            .with("occurrence_id", self.occurrence_id.as_ref())
            .sending(changes))
    }
}

impl Tool for UpdateMeeting {
    const NAME: &'static str = "update_meeting";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:update:meeting"], classic: "meeting:write" });
    const TITLE: &'static str = "Change a meeting";
    const DESCRIPTION: &'static str = "Change a scheduled Zoom meeting: only what is given is overwritten. Of a recurring meeting the whole series \
         changes unless occurrence_id names one. Zoom silently ignores a start_time in the past for recurring meetings; \
         get_meeting shows what came of it.";
    const HINTS: Hints = Hints { read_only: false, destructive: true, idempotent: true, open_world: true };

    fn output() -> Option<Schema> {
        Some(schema::<Done>())
    }

    fn complete(&self, _: DateTime<Utc>) -> Result<Map<String, Value>, ToolFailure> {
        let Some(recurrence) = &self.recurrence else { return Ok(Map::new()) };
        if self.occurrence_id.is_some() {
            return Err(ToolFailure::arguments("recurrence: is that of the series; leave occurrence_id out"));
        }
        recurrence.check().map(|()| Map::new())
    }

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        session.order(&self.request()?).await?;
        let what = which(&self.meeting_id, self.occurrence_id.as_ref());
        Ok(Done::reply(format!("{what} was changed."), self.meeting_id))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(in crate::mcp::zoom::tools) struct DeleteMeeting {
    /// The meeting number, digits only, as text.
    meeting_id: MeetingId,
    /// One occurrence of a recurring meeting. Without it the whole series is deleted.
    occurrence_id: Option<OccurrenceId>,
}

impl DeleteMeeting {
    fn request(&self) -> Request {
        Request::new(Method::Delete, &["meetings", self.meeting_id.as_ref()])
            .with("occurrence_id", self.occurrence_id.as_ref())
    }
}

impl Tool for DeleteMeeting {
    const NAME: &'static str = "delete_meeting";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["meeting:delete:meeting"], classic: "meeting:write" });
    const TITLE: &'static str = "Delete a meeting";
    const DESCRIPTION: &'static str = "Delete a scheduled Zoom meeting; this cannot be undone. Without occurrence_id a recurring meeting goes as a \
         whole, with all its occurrences: get_meeting shows whether it is one, and their ids.";
    const HINTS: Hints = Hints { read_only: false, destructive: true, idempotent: true, open_world: true };

    fn output() -> Option<Schema> {
        Some(schema::<Done>())
    }

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        session.order(&self.request()).await?;
        let what = which(&self.meeting_id, self.occurrence_id.as_ref());
        Ok(Done::reply(format!("{what} was deleted."), self.meeting_id))
    }
}

/// The meeting or the occurrence, at the beginning of a sentence.
fn which(meeting: &MeetingId, occurrence: Option<&OccurrenceId>) -> String {
    match occurrence {
        Some(occurrence) => format!("Occurrence {occurrence} of meeting {meeting}"),
        None => format!("Meeting {meeting}"),
    }
}
