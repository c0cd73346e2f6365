//! Where Zoom has a transcript: with a cloud recording, or without one.
//!
//! The recording comes first. Its list of files has all parts, and takes the number of a meeting; the other source has one
//! file, knows nothing of many a recording (onyx#14879), and by reports takes the uuid of an instance only (ZoomNet#455).

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::super::arguments::MeetingId;
use super::super::recordings;
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::token::Token;
use crate::zoom::api::Request;

/// The source of a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Source {
    Recording,
    Meeting,
}

/// The transcripts that were found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) source: Source,
    pub(super) topic: String,
    /// The minutes of the meeting; 0 where Zoom does not say.
    pub(super) duration: u64,
    /// In the order in which they were recorded.
    pub(super) parts: Vec<Part>,
}

/// A file with a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) start: String,
    pub(super) end: String,
    pub(super) address: Option<String>,
}

/// Looks for the transcripts of a meeting.
pub(super) async fn find(
    session: &Session,
    meeting_id: &MeetingId,
    given: Option<&Token>,
) -> Result<Found, ToolFailure> {
    match session.call(&recordings::of_meeting(meeting_id), given).await {
        Ok(recording) => {
            let parts = parts(&recording);
            if !parts.is_empty() {
                let duration = recording["duration"].as_u64().unwrap_or_default();
                return Ok(Found {
                    source: Source::Recording,
                    topic: text(&recording["topic"]),
                    duration,
                    parts,
                });
            }
            let none = ToolFailure::new(
                "This meeting has a recording, but no transcript (yet). Zoom needs some time after a meeting to make \
                 one, and makes one only where \"Audio transcript\" is on in the settings for cloud recordings.",
            );
            without_recording(session, meeting_id, Some(recording), given, none).await
        }
        Err(failure) if failure.is_absence => {
            without_recording(session, meeting_id, None, given, failure).await
        }
        Err(failure) => Err(failure),
    }
}

/// The transcript that a meeting has of its own. `meeting` is what is known of it; `first` is why there is no other.
async fn without_recording(
    session: &Session,
    meeting_id: &MeetingId,
    meeting: Option<Value>,
    given: Option<&Token>,
    first: ToolFailure,
) -> Result<Found, ToolFailure> {
    let meeting = if let Some(meeting) = meeting {
        meeting
    } else {
        // It has the uuid, the topic and the duration; where it cannot be had, the meeting goes by its number.
        let past = Request::get(&["past_meetings", meeting_id.as_ref()]);
        session.call(&past, given).await.unwrap_or_default()
    };
    let uuid = meeting["uuid"].as_str().filter(|uuid| MeetingId::try_from((*uuid).to_owned()).is_ok());
    let request = Request::get(&["meetings", uuid.unwrap_or(meeting_id.as_ref()), "transcript"]);
    let answer = session.call(&request, given).await.map_err(|failure| both(&first, &failure.message))?;
    let part = part_of(&answer).map_err(|why| both(&first, why))?;
    let topic =
        [&answer["meeting_topic"], &meeting["topic"]].into_iter().map(text).find(|text| !text.is_empty());
    Ok(Found {
        source: Source::Meeting,
        topic: topic.unwrap_or_default(),
        duration: meeting["duration"].as_u64().unwrap_or_default(),
        parts: vec![part],
    })
}

/// Why there is no transcript in either place.
fn both(first: &ToolFailure, second: &str) -> ToolFailure {
    ToolFailure::new(format!("{} Without a recording: {second}", first.message))
}

/// The file that an answer of the second source leads to, or why it leads to none. An address may stand there beside a
/// reason against it.
fn part_of(answer: &Value) -> Result<Part, &'static str> {
    let reason = answer["download_restriction_reason"].as_str().filter(|reason| !reason.is_empty());
    let address = answer["download_url"].as_str().filter(|address| !address.is_empty());
    match (reason, address) {
        (None, Some(address)) if answer["can_download"] != false => Ok(Part {
            id: text(&answer["meeting_id"]),
            name: "transcript.vtt".into(),
            start: String::new(),
            end: String::new(),
            address: Some(address.to_owned()),
        }),
        (Some("NOT_READY"), _) => Err("Zoom is still making the transcript. Try again in some minutes."),
        (Some("NO_TRANSCRIPT_DATA"), _) => Err("nothing was said, or nothing was transcribed."),
        (Some("DELETED_OR_TRASHED"), _) => {
            Err("the transcript was deleted, or is in the trash of Zoom's web portal.")
        }
        (Some("IP_ADDRESS_RESTRICTED"), _) => {
            Err("the account allows downloads from certain addresses only.")
        }
        (Some("UNSUPPORTED"), _) => Err("Zoom does not offer this transcript for download."),
        _ => Err("Zoom does not allow to download the transcript."),
    }
}

/// The files of a recording that hold what was said: transcripts, or captions where there are no transcripts.
fn parts(recording: &Value) -> Vec<Part> {
    let files = || recording["recording_files"].as_array().into_iter().flatten();
    let of_type =
        |kind: &str| files().filter(|file| file["file_type"] == kind).map(Part::of).collect::<Vec<_>>();
    let transcripts = of_type("TRANSCRIPT");
    let mut parts = if transcripts.is_empty() { of_type("CC") } else { transcripts };
    // Zoom has no order that it promises. Parts without a time stay in front, in their order.
    parts.sort_by_key(Part::began);
    parts
}

impl Part {
    /// Reads Zoom's record of a file. Where it gives no name, the id makes one.
    fn of(file: &Value) -> Self {
        let id = text(&file["id"]);
        let name = file["file_name"].as_str().filter(|name| !name.is_empty());
        Self {
            name: name.map_or_else(|| format!("{id}.vtt"), str::to_owned),
            start: text(&file["recording_start"]),
            end: text(&file["recording_end"]),
            address: file["download_url"].as_str().map(str::to_owned),
            id,
        }
    }

    pub(super) fn began(&self) -> Option<DateTime<Utc>> {
        self.start.parse().ok()
    }

    pub(super) fn ended(&self) -> Option<DateTime<Utc>> {
        self.end.parse().ok()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn captions_stand_in_where_there_are_no_transcripts() {
        for (kinds, chosen) in [
            (vec!["MP4", "TRANSCRIPT", "CC", "TRANSCRIPT", "NEW"], vec!["1", "3"]),
            (vec!["CC", "CHAT", "CC"], vec!["0", "2"]),
            (vec!["MP4", "TIMELINE"], vec![]),
        ] {
            let files =
                kinds.iter().enumerate().map(|(at, kind)| json!({"id": at.to_string(), "file_type": kind}));
            let recording = json!({"recording_files": files.collect::<Vec<_>>()});
            let ids: Vec<String> = parts(&recording).into_iter().map(|part| part.id).collect();
            assert_eq!(ids, chosen, "{kinds:?}");
        }
        assert!(parts(&json!({})).is_empty());
    }

    #[test]
    fn parts_come_in_the_order_of_their_time() {
        let file =
            |id: &str, start: &str| json!({"id": id, "file_type": "TRANSCRIPT", "recording_start": start});
        let files = [
            file("c", "2026-03-04T12:30:00Z"),
            file("a", ""),
            file("b", "2026-03-04T12:00:00Z"),
            file("d", "2026-03-04T12:30:00Z"),
        ];
        let parts = parts(&json!({"recording_files": files}));
        assert_eq!(parts.iter().map(|part| &*part.id).collect::<String>(), "abcd");
        assert_eq!((&*parts[1].name, &parts[1].address), ("b.vtt", &None));
    }

    #[test]
    fn an_address_beside_a_reason_is_none() {
        let url = "https://zoom.us/rec/download/abc";
        for (answer, expected) in [
            (json!({"can_download": true, "download_url": url, "meeting_id": "a=="}), None),
            (json!({"download_url": url}), None),
            (json!({"download_url": url, "download_restriction_reason": ""}), None),
            (json!({"can_download": false, "download_url": url}), Some("does not allow")),
            (
                json!({"can_download": true, "download_url": url, "download_restriction_reason": "NOT_READY"}),
                Some("still making"),
            ),
            (json!({"download_restriction_reason": "NO_TRANSCRIPT_DATA"}), Some("nothing was said")),
            (json!({"download_restriction_reason": "DELETED_OR_TRASHED"}), Some("deleted")),
            (json!({"download_restriction_reason": "IP_ADDRESS_RESTRICTED"}), Some("certain addresses")),
            (json!({"download_restriction_reason": "UNSUPPORTED"}), Some("does not offer")),
            (json!({"download_restriction_reason": "NEW"}), Some("does not allow")),
            (json!({"can_download": true}), Some("does not allow")),
        ] {
            match (part_of(&answer), expected) {
                (Ok(part), None) => assert_eq!(part.address.as_deref(), Some(url)),
                (Err(why), Some(words)) => assert!(why.contains(words), "{answer}: {why}"),
                (other, _) => panic!("{answer}: {other:?}"),
            }
        }
    }
}
