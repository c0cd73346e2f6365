//! A made-up account: its users, its meetings, and their transcripts.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::options::{ACCOUNT_ID, OWNER_ID};

/// Scheduled meetings by their number.
pub(super) type Meetings = BTreeMap<u64, Value>;

/// A meeting that is over.
pub(super) struct Past {
    pub(super) number: u64,
    pub(super) uuid: &'static str,
    pub(super) host_id: &'static str,
    pub(super) start: DateTime<Utc>,
    /// The transcript of its recording, if there is one.
    pub(super) transcript: Option<&'static str>,
    /// The transcript created without a recording, if there is one.
    pub(super) companion: Option<&'static str>,
    topic: &'static str,
    minutes: i64,
    /// Names and e-mail addresses; Zoom omits the address of participants from outside the account.
    people: &'static [(&'static str, &'static str)],
}

/// The value of `approval_type` for a meeting that nobody registers for.
pub(super) const NO_REGISTRATION: u64 = 2;

/// The meeting for which the host approves registrations by hand.
const BY_HAND: u64 = 81_000_000_002;

/// The bytes of each video.
pub(super) const VIDEO_BYTES: usize = 1024 * 1024;

const REVIEW: &str = "WEBVTT\n\n\
    1\n00:00:02.000 --> 00:00:05.500\nAda Example: Shall we begin with the made-up numbers?\n\n\
    2\n00:00:06.000 --> 00:00:08.250\nBen Example: They went up, as made-up numbers do.\n";

const KICKOFF: &str = "WEBVTT\n\n\
    1\n00:00:00.500 --> 00:00:03.000\nAda Example: Welcome to the year before the tokens lasted.\n";

const RETROSPECTIVE: &str = "WEBVTT\n\n\
    1\n00:00:01.000 --> 00:00:04.000\nBen Example: What went well? The token never expired.\n";

const DESIGN: &str = "WEBVTT\n\n\
    1\n00:00:03.000 --> 00:00:06.000\nAda Example: Nobody records this, and it is written down.\n";

fn time(time: DateTime<Utc>) -> Value {
    json!(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// The users; the first one is the owner of the app.
pub(super) fn users(now: DateTime<Utc>) -> Vec<Value> {
    let table = [
        (OWNER_ID, "ada", "Ada", "Owner", "active"),
        ("sandbox_user_id_ben000", "ben", "Ben", "Member", "active"),
        ("sandbox_user_id_cleo00", "cleo", "Cleo", "Member", "inactive"),
        ("sandbox_user_id_dan000", "dan", "Dan", "Member", "pending"),
    ];
    let users = table.into_iter().map(|(id, mailbox, name, role, status)| {
        json!({
            "id": id,
            "email": format!("{mailbox}@example.com"),
            "first_name": name,
            "last_name": "Example",
            "display_name": format!("{name} Example"),
            "type": 2,
            "status": status,
            "role_name": role,
            "timezone": "UTC",
            "account_id": ACCOUNT_ID,
            "created_at": time(now - TimeDelta::days(400)),
        })
    });
    users.collect()
}

/// A meeting with this host and number, and defaults for everything else.
pub(super) fn meeting(host: &Value, number: u64, now: DateTime<Utc>) -> Value {
    json!({
        "uuid": format!("sandbox{number:015}=="),
        "id": number,
        "host_id": host["id"],
        "host_email": host["email"],
        "topic": "Zoom Meeting",
        "type": 2,
        "status": "waiting",
        "start_time": time(now),
        "duration": 60,
        "timezone": "UTC",
        "agenda": "",
        "created_at": time(now),
        "start_url": format!("https://zoom.example/s/{number}?zak=sandbox-not-a-real-key"),
        "join_url": format!("https://zoom.example/j/{number}?pwd=sandbox"),
        "password": "sandbox",
        "encrypted_password": "sandbox",
        "settings": {
            "host_video": false,
            "participant_video": false,
            "join_before_host": false,
            "mute_upon_entry": false,
            "waiting_room": true,
            "audio": "both",
            "auto_recording": "none",
            "approval_type": NO_REGISTRATION,
        },
    })
}

/// The scheduled meetings of the owner, and one of another user.
pub(super) fn meetings(now: DateTime<Utc>) -> Meetings {
    let users = users(now);
    let table = [
        (81_000_000_001, 0, 2, "Weekly planning", TimeDelta::days(1)),
        (81_000_000_002, 0, 2, "Interview", TimeDelta::days(2)),
        (81_000_000_003, 0, 8, "Stand-up", TimeDelta::hours(18)),
        (81_000_000_004, 0, 2, "Quarterly review", -TimeDelta::days(3)),
        (81_000_000_005, 1, 2, "Mentoring", -TimeDelta::days(10)),
        (81_000_000_006, 0, 2, "Rehearsal", -TimeDelta::days(1)),
    ];
    let meetings = table.into_iter().map(|(number, host, kind, topic, away): (u64, usize, _, _, _)| {
        let mut entry = meeting(&users[host], number, now);
        entry["topic"] = json!(topic);
        entry["type"] = json!(kind);
        entry["start_time"] = time(now + away);
        entry["created_at"] = time(now - TimeDelta::days(30));
        if kind == 8 {
            entry["recurrence"] = json!({"type": 1, "repeat_interval": 1, "end_times": 3});
            let occurrence = |day: i64| {
                let start = now + away + TimeDelta::days(day);
                json!({
                    "occurrence_id": start.timestamp_millis().to_string(),
                    "start_time": time(start),
                    "duration": 15,
                    "status": "available",
                })
            };
            entry["occurrences"] = (0..3).map(occurrence).collect();
        }
        if number == BY_HAND {
            entry["settings"]["approval_type"] = json!(1);
            entry["registration_url"] = json!(format!("https://zoom.example/meeting/register/{number}"));
        }
        (number, entry)
    });
    meetings.collect()
}

/// The registrants of the one meeting that has any.
pub(super) fn registrants(now: DateTime<Utc>) -> BTreeMap<u64, Vec<Value>> {
    let people = [("Cleo", "cleo@example.org", "pending"), ("Dora", "dora@example.org", "approved")];
    let people = people.map(|(name, email, status)| registrant(BY_HAND, email, name, "Example", status, now));
    BTreeMap::from([(BY_HAND, people.into())])
}

/// A registrant of a meeting. The link is that person's own.
pub(super) fn registrant(
    number: u64,
    email: &str,
    first_name: &str,
    last_name: &str,
    status: &str,
    now: DateTime<Utc>,
) -> Value {
    let digest = email.bytes().fold(number, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    json!({
        "id": format!("sandbox{digest:016x}"),
        "email": email,
        "first_name": first_name,
        "last_name": last_name,
        "status": status,
        "create_time": time(now),
        "join_url": format!("https://zoom.example/w/{number}?tk=sandbox{digest:016x}&pwd=sandbox"),
    })
}

/// The past meetings, among them one whose UUID has to be encoded twice, one without a recording, one with a transcript
/// but no recording, and one from months ago.
pub(super) fn past(now: DateTime<Utc>) -> Vec<Past> {
    vec![
        Past {
            number: 81_000_000_004,
            uuid: "sandboxQuarterReview00==",
            host_id: OWNER_ID,
            start: now - TimeDelta::days(3),
            transcript: Some(REVIEW),
            companion: None,
            topic: "Quarterly review",
            minutes: 45,
            people: &[
                ("Ada Example", "ada@example.com"),
                ("Ben Example", "ben@example.com"),
                ("Eve Guest", ""),
            ],
        },
        Past {
            number: 81_000_000_004,
            uuid: "/sandbox//Retrospect00==",
            host_id: OWNER_ID,
            start: now - TimeDelta::days(10),
            transcript: Some(RETROSPECTIVE),
            companion: None,
            topic: "Quarterly review, first part",
            minutes: 30,
            people: &[("Ada Example", "ada@example.com"), ("Ben Example", "ben@example.com")],
        },
        Past {
            number: 81_000_000_006,
            uuid: "sandbox+Rehearsal/0000==",
            host_id: OWNER_ID,
            start: now - TimeDelta::days(1),
            transcript: None,
            companion: None,
            topic: "Rehearsal",
            minutes: 5,
            people: &[("Ada Example", "ada@example.com")],
        },
        Past {
            number: 81_000_000_008,
            uuid: "sandbox/DesignTalk/000==",
            host_id: OWNER_ID,
            start: now - TimeDelta::days(2),
            transcript: None,
            companion: Some(DESIGN),
            topic: "Design talk",
            minutes: 20,
            people: &[("Ada Example", "ada@example.com"), ("Ben Example", "ben@example.com")],
        },
        Past {
            number: 81_000_000_007,
            uuid: "sandboxKickoff00000000==",
            host_id: OWNER_ID,
            start: now - TimeDelta::days(100),
            transcript: Some(KICKOFF),
            companion: None,
            topic: "Kick-off",
            minutes: 60,
            people: &[("Ada Example", "ada@example.com"), ("Ben Example", "ben@example.com")],
        },
    ]
}

impl Past {
    pub(super) fn participants(&self) -> Vec<Value> {
        let end = self.start + TimeDelta::minutes(self.minutes);
        let participants = self.people.iter().enumerate().map(|(index, (name, email))| {
            json!({
                "id": if email.is_empty() { String::new() } else { format!("sandbox_participant_{index:02}") },
                "user_id": format!("{}", 16_778_240 + index),
                "name": name,
                "user_email": email,
                "join_time": time(self.start),
                "leave_time": time(end),
                "duration": self.minutes * 60,
                "status": "in_meeting",
            })
        });
        participants.collect()
    }

    /// The transcript, of either kind.
    pub(super) fn any_transcript(&self) -> Option<&'static str> {
        self.transcript.or(self.companion)
    }

    pub(super) fn details(&self) -> Value {
        json!({
            "uuid": self.uuid,
            "id": self.number,
            "host_id": self.host_id,
            "topic": self.topic,
            "type": 2,
            "start_time": time(self.start),
            "end_time": time(self.start + TimeDelta::minutes(self.minutes)),
            "duration": self.minutes,
            "participants_count": self.people.len(),
        })
    }

    /// Its line in the list of instances.
    pub(super) fn instance(&self) -> Value {
        json!({"uuid": self.uuid, "start_time": time(self.start)})
    }

    /// What AI Companion made of it.
    pub(super) fn summary(&self) -> Value {
        let end = self.start + TimeDelta::minutes(self.minutes);
        json!({
            "meeting_host_id": self.host_id,
            "meeting_uuid": self.uuid,
            "meeting_id": self.number,
            "meeting_topic": self.topic,
            "meeting_start_time": time(self.start),
            "meeting_end_time": time(end),
            "summary_created_time": time(end),
            "summary_title": format!("Summary of {}", self.topic),
            "summary_overview": "Ada and Ben went through the made-up numbers.",
            "summary_details": [{"label": "Numbers", "summary": "They went up."}],
            "next_steps": ["Ben makes up more numbers."],
        })
    }

    /// The answer with the URL of its transcript.
    pub(super) fn transcript_details(&self, origin: &str) -> Value {
        json!({
            "meeting_id": self.uuid,
            "account_id": ACCOUNT_ID,
            "host_id": self.host_id,
            "meeting_topic": self.topic,
            "transcript_created_time": time(self.start + TimeDelta::minutes(self.minutes)),
            "can_download": true,
            "auto_delete": false,
            "download_url": format!("{origin}/rec/download/{}", self.transcript_file()),
        })
    }

    /// The file name of the transcript in download URLs.
    pub(super) fn transcript_file(&self) -> String {
        let kept = self.uuid.chars().filter(char::is_ascii_alphanumeric);
        kept.collect()
    }

    /// The file name of the video in download URLs.
    pub(super) fn video_file(&self) -> String {
        format!("{}-video", self.transcript_file())
    }

    /// The recording, as two files.
    pub(super) fn recording(&self, origin: &str) -> Value {
        let end = self.start + TimeDelta::minutes(self.minutes);
        let size = self.transcript.map_or(0, str::len);
        let file = |id: &str, kind: &str, extension: &str, content: &str, bytes: usize, name: String| {
            json!({
                "id": format!("{}-{id}", self.transcript_file()),
                "meeting_id": self.uuid,
                "recording_start": time(self.start),
                "recording_end": time(end),
                "file_type": kind,
                "file_extension": extension,
                "file_size": bytes,
                "recording_type": content,
                "status": "completed",
                "play_url": format!("{origin}/rec/play/{name}"),
                "download_url": format!("{origin}/rec/download/{name}"),
            })
        };
        let video = "shared_screen_with_speaker_view";
        json!({
            "uuid": self.uuid,
            "id": self.number,
            "account_id": ACCOUNT_ID,
            "host_id": self.host_id,
            "topic": self.topic,
            "type": 2,
            "start_time": time(self.start),
            "duration": self.minutes,
            "total_size": VIDEO_BYTES + size,
            "recording_count": 2,
            "recording_play_passcode": "sandbox",
            "recording_files": [
                file("video", "MP4", "MP4", video, VIDEO_BYTES, self.video_file()),
                file("transcript", "TRANSCRIPT", "VTT", "audio_transcript", size, self.transcript_file()),
            ],
        })
    }
}
