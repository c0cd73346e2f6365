//! The transcript of a meeting.

mod pages;
mod source;
mod webvtt;

use crate::mcp::zoom::tools::scopes::Scopes;
use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::pages::{PAGE, Position, piece};
use self::source::{Found, Part, Source};
use self::webvtt::{Millis, Range};
use super::arguments::{GivenToken, MeetingId, Moment, NextPageToken};
use super::{Hints, Reply, Tool, schema};
use crate::controls::plain;
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;

/// A call of the tool downloads no more parts than this: the rest is for the next call.
const DOWNLOADS: usize = 12;

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetMeetingTranscript {
    /// The meeting number, which means the latest instance, or the uuid of one instance.
    meeting_id: MeetingId,
    /// `text` has speakers and words, with a time at the start of each line; `vtt` is `WebVTT` as Zoom has it, which is
    /// about twice as long.
    #[serde(default)]
    format: Format,
    /// The first moment, counted from the start of the recording: in minutes, or as HH:MM:SS.
    from: Option<Moment>,
    /// The moment to stop before, counted in the same way.
    to: Option<Moment>,
    /// The `next_page_token` of the answer before, for what follows it, with all other arguments as they were.
    next_page_token: Option<NextPageToken>,
    /// A Zoom access token to ask with, instead of the one that is kept here. Leave it out unless you were given one.
    zoom_access_token: Option<GivenToken>,
}

/// How a transcript is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Text,
    Vtt,
}

impl Format {
    /// The separator between two lines or cues.
    fn between(self) -> &'static str {
        match self {
            Self::Text => "\n",
            Self::Vtt => "\n\n",
        }
    }
}

impl Tool for GetMeetingTranscript {
    const NAME: &'static str = "zoom_get_meeting_transcript";
    // The first for transcripts of cloud recordings, the second for those without one. Either is of use alone.
    const SCOPES: Option<Scopes> = Some(Scopes {
        granular: &["cloud_recording:read:list_recording_files", "cloud_recording:read:meeting_transcript"],
        classic: "recording:read",
    });
    const TITLE: &'static str = "Get a transcript";
    const DESCRIPTION: &'static str = "Get what was said in a past Zoom meeting, by speakers and with times from the start of the recording: of its \
         cloud recording, or without one where Zoom has made a transcript all the same. A long one comes in pages: while \
         next_page_token is not empty, call again with it; from and to choose a part. Transcripts are ready only some \
         time after the meeting.";
    const HINTS: Hints = Hints::READS;
    /// A page may be all quotes, which JSON writes as two characters each; and there is what is said of its parts.
    const LONG: Option<usize> = Some(3 * PAGE);

    fn output() -> Option<Schema> {
        Some(schema::<Answer>())
    }

    fn complete(&self, _: DateTime<Utc>) -> Result<Map<String, Value>, ToolFailure> {
        let Range { from, to } = self.range();
        if from < to { Ok(Map::new()) } else { Err(ToolFailure::arguments("from: must be before to")) }
    }

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let page = self.page()?;
        let given = self.zoom_access_token.as_ref().map(GivenToken::token);
        let found = source::find(session, &self.meeting_id, given).await?;
        let mut page = Filling::new(&found, page)?;
        while let Some(part) = page.next() {
            let budget = session.budget()?;
            let before = budget.held();
            let content = match &part.address {
                Some(address) => session.download(address, given).await,
                None => Err(ToolFailure::new("Zoom gives no address to download it from")),
            };
            // It is copied once before it is cut.
            page.add(content.and_then(|content| match budget.take(content.len()) {
                Ok(()) => Ok(content),
                Err(_) => Err(ToolFailure::new("it is too large to be looked through")),
            }))?;
            budget.shrink(before);
        }
        let (transcripts, next) = page.finish()?;
        Ok(json!(Answer {
            status: "success",
            format: self.format,
            source: found.source,
            next_page_token: next.map(|next| next.token(&self.whose())).unwrap_or_default(),
            meeting_id: self.meeting_id,
            topic: found.topic,
            meeting_duration: found.duration,
            transcripts,
        })
        .into())
    }
}

/// The requested page.
#[derive(Debug, Clone, Copy)]
struct Page {
    format: Format,
    range: Range,
    begin: Position,
}

impl GetMeetingTranscript {
    fn range(&self) -> Range {
        Range {
            from: self.from.as_ref().map_or(Range::ALL.from, Moment::millis),
            to: self.to.as_ref().map_or(Range::ALL.to, Moment::millis),
        }
    }

    /// The transcript that a page token belongs to.
    fn whose(&self) -> String {
        let Range { from, to } = self.range();
        format!("{} {:?} {from} {to}", self.meeting_id, self.format)
    }

    fn page(&self) -> Result<Page, ToolFailure> {
        let range = self.range();
        let begin = match &self.next_page_token {
            None => Position::default(),
            Some(token) => Position::read(token.as_ref(), &self.whose()).ok_or_else(|| {
                ToolFailure::arguments(
                    "next_page_token: it is not from an answer for this meeting_id, format, from and to; keep them as \
                     they were, or leave it out to begin anew",
                )
            })?,
        };
        Ok(Page { format: self.format, range, begin })
    }
}

/// A page while it is filled, part by part.
struct Filling<'a> {
    found: &'a Found,
    page: Page,
    /// The beginning of the next page, unless nothing follows.
    next: Option<Position>,
    room: usize,
    downloads: usize,
    transcripts: Vec<Transcript>,
    first_failure: Option<ToolFailure>,
}

impl<'a> Filling<'a> {
    fn new(found: &'a Found, page: Page) -> Result<Self, ToolFailure> {
        let begin = page.begin;
        let mut filling = Self {
            found,
            page,
            next: Some(begin),
            room: PAGE,
            downloads: 0,
            transcripts: Vec::new(),
            first_failure: None,
        };
        filling.go_to(begin);
        // A part that was there is gone.
        if filling.next.is_none() && begin != Position::default() {
            return Err(changed());
        }
        Ok(filling)
    }

    /// The part to download, unless the page is full.
    fn next(&self) -> Option<&'a Part> {
        let has_room = self.room > 0 && self.downloads < DOWNLOADS;
        self.found.parts.get(self.next.filter(|_| has_room)?.part as usize)
    }

    /// Goes on at this position, or at the first part behind it that has something of the range.
    fn go_to(&mut self, position: Position) {
        let parts = self.found.parts.iter().zip(0_u32..).skip(position.part as usize);
        let mut within = parts.filter(|(part, _)| {
            let start = self.offset(part);
            let end = part.ended().zip(self.first()).map(|(end, first)| millis(end - first));
            self.page.range.has(start, end.unwrap_or(Millis::MAX))
        });
        self.next = within
            .next()
            .map(|(_, part)| if part == position.part { position } else { Position { part, at: 0 } });
    }

    fn first(&self) -> Option<DateTime<Utc>> {
        self.found.parts.iter().find_map(Part::began)
    }

    /// When a part began, counted from the start of the first one.
    fn offset(&self, part: &Part) -> Millis {
        part.began().zip(self.first()).map_or(0, |(began, first)| millis(began - first))
    }

    /// Takes what came of the part. One that could not be had does not keep back the others.
    fn add(&mut self, content: Result<String, ToolFailure>) -> Result<(), ToolFailure> {
        let Some((position, part)) = self.next.zip(self.next()) else { return Ok(()) };
        self.downloads += 1;
        let after = Position { part: position.part + 1, at: 0 };
        let content = match content {
            Ok(content) => content,
            Err(failure) => {
                self.transcripts
                    .push(Transcript { error: Some(failure.message.clone()), ..Transcript::of(part) });
                self.first_failure.get_or_insert(failure);
                self.go_to(after);
                return Ok(());
            }
        };
        let (offset, Page { format, range, .. }) = (self.offset(part), self.page);
        let content = match plain(&content) {
            Cow::Borrowed(_) => content,
            Cow::Owned(plain) => plain,
        };
        // No more than the page before it and this one; a character has four bytes at most.
        let end = usize::try_from(position.at).unwrap_or(usize::MAX).saturating_add(4 * (self.room + 1));
        let shown = match format {
            Format::Text => webvtt::text(&content, offset, range, end),
            Format::Vtt => webvtt::vtt(content, offset, range),
        };
        let (shown, rest) = piece(&shown, position.at, self.room, format.between()).ok_or_else(changed)?;
        self.room = self.room.saturating_sub(shown.chars().count());
        self.transcripts.push(Transcript { content: Some(shown.to_owned()), ..Transcript::of(part) });
        match rest {
            None => self.go_to(after),
            Some(at) => {
                self.room = 0;
                self.next = Some(Position { at, ..position });
            }
        }
        Ok(())
    }

    /// The content of the page, and where the next one begins.
    fn finish(self) -> Result<(Vec<Transcript>, Option<Position>), ToolFailure> {
        match self.first_failure {
            Some(failure)
                if self.next.is_none() && self.transcripts.iter().all(|part| part.content.is_none()) =>
            {
                Err(failure)
            }
            _ => Ok((self.transcripts, self.next)),
        }
    }
}

fn millis(delta: TimeDelta) -> Millis {
    Millis::try_from(delta.num_milliseconds()).unwrap_or_default()
}

fn changed() -> ToolFailure {
    ToolFailure::new(
        "The transcript has changed since the page before. Leave next_page_token out to begin anew.",
    )
}

#[derive(Serialize, JsonSchema)]
struct Answer {
    #[schemars(extend("const" = "success"))]
    status: &'static str,
    /// As it was asked for.
    meeting_id: MeetingId,
    topic: String,
    /// In minutes; 0 where Zoom does not say.
    meeting_duration: u64,
    format: Format,
    /// `recording` where it is of a cloud recording, `meeting` where there is none.
    source: Source,
    /// For what follows; empty where nothing does.
    next_page_token: String,
    /// The parts on this page, in the order in which they were recorded.
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
    /// The words, in the form that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    /// Why there is no content.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Transcript {
    fn of(part: &Part) -> Self {
        Self {
            file_id: part.id.clone(),
            file_name: part.name.clone(),
            recording_start: part.start.clone(),
            recording_end: part.end.clone(),
            content: None,
            error: None,
        }
    }
}

#[cfg(test)]
mod tests;
