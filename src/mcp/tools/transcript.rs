//! What was said in a meeting.

use garde::Validate;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::arguments::{GivenToken, MeetingId};
use super::{Hints, Reply, Tool, recordings, schema};
use crate::mcp::failure::Failure;
use crate::mcp::session::Session;

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetMeetingTranscript {
    /// The meeting number, which means the latest instance, or the uuid of one instance.
    meeting_id: MeetingId,
    /// A Zoom access token to ask with, instead of the one that is kept here. Leave it out unless you were given one.
    zoom_access_token: Option<GivenToken>,
}

impl Tool for GetMeetingTranscript {
    const NAME: &'static str = "zoom_get_meeting_transcript";
    const TITLE: &'static str = "Get a transcript";
    const DESCRIPTION: &'static str = "Get what was said in a recorded Zoom meeting, as WebVTT text with speakers and times from the start of the \
         recording. A meeting that was recorded in parts has several transcripts. Transcripts are ready only some time \
         after the meeting, and only where audio transcription is on.";
    const HINTS: Hints = Hints::READS;

    fn output() -> Option<Schema> {
        Some(schema::<Answer>())
    }

    async fn call(self, session: &Session) -> Result<Reply, Failure> {
        let given = self.zoom_access_token.as_ref().map(GivenToken::token);
        let recording = session.call(&recordings::of_meeting(&self.meeting_id), given).await?;
        let files = transcripts(&recording);
        let mut contents = Vec::with_capacity(files.len());
        for file in &files {
            contents.push(match file["download_url"].as_str() {
                Some(address) => session.download(address, given).await,
                None => Err(Failure::new("Zoom gives no address to download it from")),
            });
        }
        answer(self.meeting_id, &recording, files.into_iter().zip(contents)).map(Reply::from)
    }
}

/// The files of a recording that hold what was said: transcripts, or captions where there are no transcripts.
fn transcripts(recording: &Value) -> Vec<&Value> {
    let files = || recording["recording_files"].as_array().into_iter().flatten();
    let of_type = |kind: &str| files().filter(|file| file["file_type"] == kind).collect::<Vec<_>>();
    let transcripts = of_type("TRANSCRIPT");
    if transcripts.is_empty() { of_type("CC") } else { transcripts }
}

/// What is answered. A file that could not be had does not keep back the others.
fn answer<'a>(
    meeting_id: MeetingId,
    recording: &Value,
    files: impl Iterator<Item = (&'a Value, Result<String, Failure>)>,
) -> Result<Value, Failure> {
    let (mut transcripts, mut first_failure) = (Vec::new(), None);
    for (file, content) in files {
        let (content, error) = match content {
            Ok(content) => (Some(content), None),
            Err(failure) => {
                let message = failure.message.clone();
                first_failure.get_or_insert(failure);
                (None, Some(message))
            }
        };
        transcripts.push(Transcript { content, error, ..Transcript::of(file) });
    }
    if transcripts.iter().all(|transcript| transcript.content.is_none()) {
        return Err(first_failure.unwrap_or_else(|| {
            Failure::new(
                "This meeting has a recording, but no transcript (yet). Zoom needs some time after a meeting to make \
                 one, and makes one only where \"Audio transcript\" is on in the settings for cloud recordings.",
            )
        }));
    }
    Ok(json!(Answer {
        status: "success",
        meeting_id,
        topic: text(&recording["topic"]),
        meeting_duration: recording["duration"].as_u64().unwrap_or_default(),
        transcripts,
    }))
}

#[derive(Serialize, JsonSchema)]
struct Answer {
    #[schemars(extend("const" = "success"))]
    status: &'static str,
    /// As it was asked for.
    meeting_id: MeetingId,
    topic: String,
    /// In minutes.
    meeting_duration: u64,
    transcripts: Vec<Transcript>,
}

#[derive(Serialize, JsonSchema)]
struct Transcript {
    file_id: String,
    file_name: String,
    /// A time in UTC; empty where Zoom gives none.
    recording_start: String,
    /// A time in UTC; empty where Zoom gives none.
    recording_end: String,
    /// A text in the form `WebVTT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    /// Why there is no content.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Transcript {
    /// What Zoom says of a file. Where it gives no name, the id makes one.
    fn of(file: &Value) -> Self {
        let file_id = text(&file["id"]);
        let name = file["file_name"].as_str().filter(|name| !name.is_empty());
        Self {
            file_name: name.map_or_else(|| format!("{file_id}.vtt"), str::to_owned),
            recording_start: text(&file["recording_start"]),
            recording_end: text(&file["recording_end"]),
            file_id,
            content: None,
            error: None,
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(id: &str, kind: &str) -> Value {
        json!({"id": id, "file_type": kind, "recording_start": "2026-03-04T12:00:00Z"})
    }

    fn answered(recording: &Value, contents: Vec<Result<String, Failure>>) -> Result<Value, Failure> {
        let meeting = MeetingId::try_from("81000000004".to_owned()).unwrap();
        answer(meeting, recording, transcripts(recording).into_iter().zip(contents))
    }

    #[test]
    fn captions_stand_in_where_there_are_no_transcripts() {
        for (kinds, chosen) in [
            (vec!["MP4", "TRANSCRIPT", "CC", "TRANSCRIPT", "NEW"], vec!["1", "3"]),
            (vec!["CC", "CHAT", "CC"], vec!["0", "2"]),
            (vec!["MP4", "TIMELINE"], vec![]),
        ] {
            let files: Vec<Value> =
                kinds.iter().enumerate().map(|(at, kind)| file(&at.to_string(), kind)).collect();
            let recording = json!({"recording_files": files});
            let ids: Vec<&str> =
                transcripts(&recording).iter().map(|file| file["id"].as_str().unwrap()).collect();
            assert_eq!(ids, chosen, "{kinds:?}");
        }
        assert!(transcripts(&json!({})).is_empty());
    }

    #[test]
    fn a_part_that_cannot_be_had_does_not_keep_back_the_others() {
        let mut named = file("b", "TRANSCRIPT");
        named["file_name"] = json!("part two.vtt");
        let recording =
            json!({"topic": "Review", "duration": 45, "recording_files": [file("a", "TRANSCRIPT"), named]});
        let answer = answered(&recording, vec![Err(Failure::new("Zoom is busy")), Ok("WEBVTT".into())]);
        let start = "2026-03-04T12:00:00Z";
        let expected = json!({
            "status": "success",
            "meeting_id": "81000000004",
            "topic": "Review",
            "meeting_duration": 45,
            "transcripts": [
                {"file_id": "a", "file_name": "a.vtt", "recording_start": start, "recording_end": "", "error": "Zoom is busy"},
                {"file_id": "b", "file_name": "part two.vtt", "recording_start": start, "recording_end": "", "content": "WEBVTT"},
            ],
        });
        assert_eq!(answer.unwrap(), expected);
    }

    #[test]
    fn without_any_part_it_is_a_failure() {
        let two = json!({"recording_files": [file("a", "TRANSCRIPT"), file("b", "TRANSCRIPT")]});
        let both = vec![Err(Failure::new("first")), Err(Failure::new("second"))];
        assert_eq!(answered(&two, both).unwrap_err().message, "first");
        let none = answered(&json!({"recording_files": [file("a", "MP4")]}), Vec::new());
        assert!(none.unwrap_err().message.contains("no transcript (yet)"));
    }
}
