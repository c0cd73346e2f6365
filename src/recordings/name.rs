//! The name of a file: `2026-03-01_14-05-00_Weekly-planning_shared_screen-a2f19f96.mp4`.
//!
//! Names sort by time, and every file system takes them: they have letters, digits, `.`, `_` and `-`, begin with a digit or a
//! letter, and are no longer than 220 bytes. The id at the end makes each name the only one of its kind, also where letters of
//! either case are the same.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use serde_json::Value;

/// The most bytes of a topic.
const LONGEST_TOPIC: usize = 80;

/// The most bytes of the kind of a file, and of its id.
const LONGEST_PART: usize = 40;

/// The name of a file of a recording, as Zoom lists both.
pub(super) fn name(recording: &Value, file: &Value) -> String {
    let text = |value: &'_ Value| value.as_str().unwrap_or_default().trim().to_owned();
    let start = [&file["recording_start"], &recording["start_time"]];
    let start = start.iter().find_map(|start| DateTime::parse_from_rfc3339(start.as_str()?).ok());
    let start = start.map(|start| start.with_timezone(&Utc).format("%Y-%m-%d_%H-%M-%S").to_string());
    let start = start.filter(|start| start.starts_with(|c: char| c.is_ascii_digit()));
    let topic = word(&text(&recording["topic"]), LONGEST_TOPIC, char::is_alphanumeric);
    let plain = |c: char| c.is_ascii_alphanumeric();
    let kinds = [&file["recording_type"], &file["file_type"]].map(text);
    let kinds = kinds.map(|kind| word(&kind.to_ascii_lowercase(), LONGEST_PART, |c| plain(c) || c == '_'));
    let kind = kinds.into_iter().find(|kind| !kind.is_empty());
    let endings = [&file["file_extension"], &file["file_type"]].map(text);
    let endings = endings.map(|ending| word(&ending.to_ascii_lowercase(), 10, plain));
    let ending = endings.into_iter().find(|ending| !ending.is_empty());
    format!(
        "{}_{}_{}-{}.{}",
        start.as_deref().unwrap_or("undated"),
        if topic.is_empty() { "meeting" } else { &topic },
        kind.as_deref().unwrap_or("file"),
        id(recording, file),
        ending.as_deref().unwrap_or("bin"),
    )
}

/// The id of a file, as a part of a name. One that could not be told from another there has a digest behind it.
fn id(recording: &Value, file: &Value) -> String {
    let id = file["id"].as_str().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=LONGEST_PART).contains(&id.len()) && id.chars().all(is_plain) {
        return id.to_owned();
    }
    let known = if id.is_empty() {
        ["uuid", "id", "start_time"].map(|name| recording[name].to_string()).concat() + &file.to_string()
    } else {
        id.to_owned()
    };
    let mut name = word(&id.to_ascii_lowercase(), LONGEST_PART, |c| c.is_ascii_alphanumeric());
    if !name.is_empty() {
        name.push('-');
    }
    for byte in &digest(&SHA256, known.as_bytes()).as_ref()[..4] {
        // Writing into a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// The parts of a text that a name can have, with hyphens between them.
fn word(text: &str, most: usize, is_kept: impl Fn(char) -> bool) -> String {
    let mut word = String::new();
    for part in text.split(|c| !is_kept(c)).filter(|part| !part.is_empty()) {
        let hyphen = if word.is_empty() { "" } else { "-" };
        for piece in hyphen.chars().chain(part.chars()) {
            if word.len() + piece.len_utf8() > most {
                return word.trim_end_matches('-').to_owned();
            }
            word.push(piece);
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(topic: &str, id: &str) -> String {
        let recording = json!({"topic": topic, "uuid": "u==", "start_time": "2026-03-01T14:05:00Z"});
        let file =
            json!({"id": id, "recording_type": "shared_screen", "file_type": "MP4", "file_extension": "MP4"});
        name(&recording, &file)
    }

    #[test]
    fn a_name_has_time_topic_kind_and_id() {
        for (topic, id, expected) in [
            ("Weekly planning", "a2f19f96-9294", "Weekly-planning_shared_screen-a2f19f96-9294.mp4"),
            ("../../etc/passwd", "1", "etc-passwd_shared_screen-1.mp4"),
            ("  ", "1", "meeting_shared_screen-1.mp4"),
            ("CON", "1", "CON_shared_screen-1.mp4"),
            ("Réunion — Überblick 会議", "1", "Réunion-Überblick-会議_shared_screen-1.mp4"),
            ("a\u{202e}b\nc\u{0}d😀e", "1", "a-b-c-d-e_shared_screen-1.mp4"),
            ("q_1", "1", "q-1_shared_screen-1.mp4"),
            ("x", "../x", "x_shared_screen-x-d6b96a97.mp4"),
            ("x", "AbC", "x_shared_screen-abc-482e1ae7.mp4"),
        ] {
            assert_eq!(of(topic, id), format!("2026-03-01_14-05-00_{expected}"));
        }
        assert_ne!(of("x", "AbC").to_lowercase(), of("x", "aBc").to_lowercase());
        assert_eq!(
            name(&json!({}), &json!({"file_type": "TIMELINE"})).split('-').next(),
            Some("undated_meeting_timeline")
        );
        let part =
            json!({"recording_start": "2026-03-01T23:30:00-02:00", "id": "1", "file_extension": "M4A"});
        assert_eq!(name(&json!({"topic": "x"}), &part), "2026-03-02_01-30-00_x_file-1.m4a");
    }

    proptest! {
        #[test]
        fn every_name_is_one_of_a_file_in_its_directory(
            topic in any::<String>(),
            id in any::<String>(),
            kind in any::<String>(),
            start in "[0-9T:Z+. -]{0,25}",
        ) {
            let recording = json!({"topic": topic, "start_time": start});
            let file = json!({"id": id, "recording_type": kind, "file_extension": kind});
            let name = name(&recording, &file);
            let parts: Vec<Component<'_>> = Path::new(&name).components().collect();
            prop_assert_eq!(parts, [Component::Normal(name.as_ref())]);
            prop_assert!(name.len() <= 220, "{}", name.len());
            prop_assert!(name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c)));
            prop_assert!(name.starts_with(|c: char| c.is_ascii_alphanumeric()));
            prop_assert!(name.ends_with(|c: char| c.is_ascii_alphanumeric()));
        }

        #[test]
        fn files_with_other_ids_have_other_names(ids in prop::collection::hash_set("[A-Za-z0-9+/=-]{1,60}", 2..10)) {
            let names: std::collections::HashSet<String> =
                ids.iter().map(|id| of("x", id).to_lowercase()).collect();
            prop_assert_eq!(names.len(), ids.len());
        }
    }
}
