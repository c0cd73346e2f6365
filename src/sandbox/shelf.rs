//! Recordings by the dozen: made-up videos of any size, with parts of which they can be asked for.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use hyper::header::{ACCEPT_RANGES, CONTENT_RANGE, ETAG, IF_RANGE, RANGE};
use serde_json::{Value, json};

use super::message::{Reply, Request};
use super::options::{ACCOUNT_ID, OWNER_ID};

/// The recordings of made-up meetings, one video each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// How many.
    pub meetings: u32,
    /// The days over which they are spread, back from the start of the sandbox.
    pub days: u32,
    /// The bytes of the first one; each of the next has one more, up to six more.
    pub bytes: usize,
    /// Whether a part of one can be asked for.
    pub ranges: bool,
}

impl Default for Shelf {
    fn default() -> Self {
        Self { meetings: 0, days: 1, bytes: 0, ranges: true }
    }
}

impl Shelf {
    /// The bytes of a video.
    pub fn video(&self, number: u32) -> Vec<u8> {
        video(u64::from(number), self.bytes + (number % 7) as usize)
    }

    /// The answer about each meeting that was recorded in these days.
    pub(super) fn recordings(&self, origin: &str, since: DateTime<Utc>) -> Vec<(DateTime<Utc>, Value)> {
        let apart = i64::from(self.days) * 86_400 / i64::from(self.meetings.max(1));
        let entry = |number: u32| {
            let start = since - TimeDelta::seconds(apart * i64::from(number));
            let end = start + TimeDelta::minutes(30);
            let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
            let size = self.bytes + (number % 7) as usize;
            let recording = json!({
                "uuid": format!("shelf{number:06}=="),
                "id": 82_000_000_000_u64 + u64::from(number),
                "account_id": ACCOUNT_ID,
                "host_id": OWNER_ID,
                "topic": format!("Daily: news/{number} \u{1f600} .."),
                "type": 2,
                "start_time": time(start),
                "duration": 30,
                "total_size": size,
                "recording_count": 1,
                "recording_files": [{
                    "id": format!("shelf-{number:06}"),
                    "meeting_id": format!("shelf{number:06}=="),
                    "recording_start": time(start),
                    "recording_end": time(end),
                    "file_type": "MP4",
                    "file_extension": "MP4",
                    "file_size": size,
                    "recording_type": "shared_screen_with_speaker_view",
                    "status": "completed",
                    "play_url": format!("{origin}/rec/play/shelf-{number:06}"),
                    "download_url": format!("{origin}/rec/file/shelf-{number:06}"),
                }],
            });
            (start, recording)
        };
        (0..self.meetings).map(entry).collect()
    }

    /// The video of this file name.
    pub(super) fn file(&self, name: &str) -> Option<Vec<u8>> {
        let number: u32 = name.strip_prefix("shelf-")?.parse().ok()?;
        (number < self.meetings).then(|| self.video(number))
    }
}

/// A made-up video: bytes that differ from one to the next, behind the beginning of a real one.
pub(super) fn video(number: u64, bytes: usize) -> Vec<u8> {
    let mut video = b"\0\0\0\x20ftypisom".to_vec();
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while video.len() < bytes {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // Without letters, so that no part of it looks like a token.
        video.extend(state.to_le_bytes().map(|byte| byte | 0x80));
    }
    video.truncate(bytes);
    video
}

/// The file, or the part of it that is asked for.
pub(super) fn in_parts(request: &Request, media_type: &str, bytes: Vec<u8>, ranges: bool) -> Reply {
    let size = bytes.len();
    let sum = bytes.iter().fold(0_u32, |sum, byte| sum.rotate_left(5) ^ u32::from(*byte));
    let etag = format!("\"{size:x}-{sum:x}\"");
    let is_of_this = [String::new(), etag.clone()].contains(&request.header(&IF_RANGE).to_owned());
    let from = request.header(&RANGE).strip_prefix("bytes=").and_then(|range| range.strip_suffix('-'));
    let from: Option<usize> = from.filter(|_| ranges && is_of_this).and_then(|from| from.parse().ok());
    let reply = match from {
        None => Reply::text(200, media_type, bytes),
        Some(from) if from >= size => {
            return Reply::empty(416).with(CONTENT_RANGE, &format!("bytes */{size}"));
        }
        Some(from) => Reply::text(206, media_type, bytes[from..].to_vec())
            .with(CONTENT_RANGE, &format!("bytes {from}-{}/{size}", size - 1)),
    };
    if ranges { reply.with(ACCEPT_RANGES, "bytes").with(ETAG, &etag) } else { reply }
}
