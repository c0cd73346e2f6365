//! The tools for cloud recordings.

mod trash;

use crate::mcp::zoom::tools::scopes::Scopes;
use chrono::{DateTime, Utc};
use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) use self::trash::{DeleteMeetingRecordings, RecoverMeetingRecordings};
use super::arguments::{Date, GivenToken, MeetingId, NextPageToken, PageSize, UserId};
use super::months::{self, Listing};
use super::{Hints, Reply, Tool, masks};
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::zoom::api::Request;
use crate::zoom::days::Range;

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct ListRecordings {
    /// Whose recordings: a user id, an e-mail address, or `me` for the owner of the token.
    #[serde(default)]
    user_id: UserId,
    /// The first day, in UTC. By default 29 days before `to_date`.
    #[schemars(extend("x-filled" = true))]
    from_date: Option<Date>,
    /// The last day, in UTC. By default 29 days after `from_date`, or today where that is not given either.
    #[schemars(extend("x-filled" = true))]
    to_date: Option<Date>,
    /// How many recordings there are to be in an answer. Over more than 30 days it may be some more, or fewer.
    #[serde(default)]
    page_size: PageSize,
    /// The `next_page_token` of the answer before, for the recordings after those. It is good for 15 minutes, with all
    /// other arguments as they were.
    next_page_token: Option<NextPageToken>,
    /// The older way to go on, within 30 days only. Rather use `next_page_token`.
    #[garde(range(min = 1))]
    page_number: Option<u32>,
    /// A Zoom access token to ask with, instead of the one that is kept here. Leave it out unless you were given one.
    zoom_access_token: Option<GivenToken>,
    /// Also show passcodes and download tokens.
    #[serde(default)]
    include_secrets: bool,
}

impl ListRecordings {
    /// The days that are asked for.
    fn days(&self, now: DateTime<Utc>) -> Range {
        Range::asked_for(self.from_date.map(Date::day), self.to_date.map(Date::day), now)
    }

    /// The request for days that Zoom answers for at once.
    fn request(&self, days: Range, token: Option<&str>) -> Request {
        Request::get(&["users", self.user_id.as_ref(), "recordings"])
            .with("from", Some(days.from))
            .with("to", Some(days.to))
            .with("page_size", Some(self.page_size.get()))
            .with("page_number", self.page_number)
            .with("next_page_token", token)
    }

    /// The requests for more days than that.
    fn listing(&self, days: Range) -> Result<Listing, ToolFailure> {
        if self.page_number.is_some() {
            return Err(ToolFailure::arguments(
                "page_number: works for 30 days at most; over more days go on with next_page_token",
            ));
        }
        let token = self.next_page_token.as_ref().map(AsRef::as_ref);
        Listing::new(days, self.page_size.get(), token).ok_or_else(foreign_token)
    }
}

fn foreign_token() -> ToolFailure {
    ToolFailure::arguments(
        "next_page_token: it is not from an answer for these dates; keep from_date and to_date as they were, or leave \
         it out to begin anew",
    )
}

impl Tool for ListRecordings {
    const NAME: &'static str = "zoom_list_recordings";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["cloud_recording:read:list_user_recordings"], classic: "recording:read" });
    const TITLE: &'static str = "List recordings";
    const DESCRIPTION: &'static str = "List a user's Zoom cloud recordings of the last 30 days, or of any dates (UTC), each with the uuid and id of its \
         meeting, topic, start time and files; for what was said use zoom_get_meeting_transcript. A next_page_token in \
         the answer that is not empty means that there are more, even if the answer itself has few or none.";
    const HINTS: Hints = Hints::READS;

    /// The days are part of what is asked, so they are part of what is judged.
    fn complete(&self, now: DateTime<Utc>) -> Result<Map<String, Value>, ToolFailure> {
        let Range { from, to } = self.days(now);
        if from > to {
            return Err(ToolFailure::arguments("from_date: must not be after to_date"));
        }
        Ok([("from_date".to_owned(), json!(from)), ("to_date".to_owned(), json!(to))].into_iter().collect())
    }

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let days = self.days(session.now());
        let given = self.zoom_access_token.as_ref().map(GivenToken::token);
        let answer = if days.is_one_window() {
            let token = self.next_page_token.as_ref().map(AsRef::as_ref);
            if token.is_some_and(months::is_token) {
                return Err(foreign_token());
            }
            session.call(&self.request(days, token), given).await?
        } else {
            let mut listing = self.listing(days)?;
            while let Some(page) = listing.next() {
                let answer = session.call(&self.request(page.window, page.token.as_deref()), given).await?;
                listing.add(answer);
            }
            listing.finish()
        };
        Ok(masks::reply(answer, self.include_secrets))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetRecordingDetails {
    /// The meeting number, which means the latest instance, or the uuid of one instance.
    meeting_id: MeetingId,
    /// A Zoom access token to ask with, instead of the one that is kept here. Leave it out unless you were given one.
    zoom_access_token: Option<GivenToken>,
    /// Also show passcodes and download tokens.
    #[serde(default)]
    include_secrets: bool,
}

impl Tool for GetRecordingDetails {
    const NAME: &'static str = "zoom_get_recording_details";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["cloud_recording:read:list_recording_files"], classic: "recording:read" });
    const TITLE: &'static str = "Get a recording";
    const DESCRIPTION: &'static str = "Get the cloud recording of one Zoom meeting: topic, start time (UTC), duration and every file with its type, \
         size and addresses to play and download it. The same as get_meeting_recordings, and it can ask with another \
         access token; a recording is there only some time after its meeting.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let given = self.zoom_access_token.as_ref().map(GivenToken::token);
        Ok(masks::reply(session.call(&of_meeting(&self.meeting_id), given).await?, self.include_secrets))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetMeetingRecordings {
    /// The meeting number, which means the latest instance, or the uuid of one instance.
    meeting_id: MeetingId,
    /// Also show passcodes and download tokens.
    #[serde(default)]
    include_secrets: bool,
}

impl Tool for GetMeetingRecordings {
    const NAME: &'static str = "get_meeting_recordings";
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["cloud_recording:read:list_recording_files"], classic: "recording:read" });
    const TITLE: &'static str = "Get recordings of a meeting";
    const DESCRIPTION: &'static str = "Get the cloud recording of one Zoom meeting: topic, start time (UTC), duration and every file with its type, \
         size and addresses to play and download it. Use zoom_list_recordings to find out which meetings have one, and \
         zoom_get_meeting_transcript for what was said.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        Ok(masks::reply(session.call(&of_meeting(&self.meeting_id), None).await?, self.include_secrets))
    }
}

/// Asks for the recording of a meeting.
pub(super) fn of_meeting(meeting_id: &MeetingId) -> Request {
    Request::get(&["meetings", meeting_id.as_ref(), "recordings"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_are_not_given_follow_from_those_that_are() {
        let now = "2026-03-04T23:59:59Z".parse().unwrap();
        for (given, from, to) in [
            (json!({}), "2026-02-03", "2026-03-04"),
            (json!({"from_date": "2026-01-01"}), "2026-01-01", "2026-01-30"),
            (json!({"to_date": "2024-03-01"}), "2024-02-01", "2024-03-01"),
            (json!({"from_date": "2020-01-01", "to_date": "2026-01-01"}), "2020-01-01", "2026-01-01"),
            (json!({"from_date": "2026-01-01", "to_date": "2026-01-01"}), "2026-01-01", "2026-01-01"),
            (json!({"from_date": "0000-01-01"}), "0000-01-01", "0000-01-30"),
            (json!({"to_date": "0000-01-01"}), "0000-01-01", "0000-01-01"),
            (json!({"from_date": "9999-12-31"}), "9999-12-31", "9999-12-31"),
        ] {
            let list: ListRecordings = serde_json::from_value(given.clone()).unwrap();
            let days = Value::from(list.complete(now).unwrap());
            assert_eq!(days, json!({"from_date": from, "to_date": to}), "{given}");
        }
        let turned = json!({"from_date": "2026-01-02", "to_date": "2026-01-01"});
        let turned = serde_json::from_value::<ListRecordings>(turned).unwrap().complete(now);
        assert!(turned.unwrap_err().message.contains("from_date: must not be after to_date"));
    }
}
