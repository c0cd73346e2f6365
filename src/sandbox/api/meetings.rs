//! Scheduled meetings.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::reading::{Name, json_body, meeting_name, page};
use super::refusal::{Refusal, error, invalid_field, no_such_meeting};
use super::world::World;
use super::{recurrence, users};
use crate::sandbox::data;
use crate::sandbox::message::{Reply, Request};

/// The fields that a request may set.
const FIELDS: [&str; 8] =
    ["topic", "type", "start_time", "duration", "timezone", "agenda", "password", "recurrence"];

/// `GET /users/{id}/meetings`.
pub(super) fn list(
    world: &World,
    request: &Request,
    user: &str,
    now: DateTime<Utc>,
) -> Result<Reply, Refusal> {
    let host = users::find(world, user)?["id"].clone();
    let query = request.query_fields();
    let kind = query.get("type").map_or("scheduled", String::as_str);
    let now = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    // Times in the same format and in UTC sort like texts.
    let is_upcoming =
        |meeting: &Value| meeting["start_time"].as_str().is_none_or(|start| start > now.as_str());
    let wanted = |meeting: &&Value| {
        meeting["host_id"] == host
            // Instant meetings appear in no other list.
            && (meeting["type"] != 1 || kind == "live")
            && match kind {
                "scheduled" => true,
                "upcoming" | "upcoming_meetings" => is_upcoming(meeting),
                "previous_meetings" => !is_upcoming(meeting),
                _ => meeting["status"] == "started",
            }
    };
    if !["scheduled", "live", "upcoming", "upcoming_meetings", "previous_meetings"].contains(&kind) {
        return Err(invalid_field("type"));
    }
    let meetings: Vec<Value> = world.meetings.values().filter(wanted).map(listed).collect();
    page(request, "meetings", &meetings).map(|body| Reply::json(200, &body))
}

/// A meeting as in a list, without the fields that only the host sees.
fn listed(meeting: &Value) -> Value {
    let mut entry = meeting.clone();
    if let Some(fields) = entry.as_object_mut() {
        for name in ["settings", "start_url", "password", "encrypted_password", "occurrences", "recurrence"] {
            fields.remove(name);
        }
    }
    entry
}

/// `POST /users/{id}/meetings`.
pub(super) fn create(
    world: &mut World,
    request: &Request,
    user: &str,
    now: DateTime<Utc>,
) -> Result<Reply, Refusal> {
    let host = users::find(world, user)?.clone();
    let asked = json_body(request)?;
    validate(&asked)?;
    if asked["type"] == 8 && asked.get("recurrence").is_none() {
        return Err(invalid_field("recurrence"));
    }
    let number = world.next_meeting;
    world.next_meeting += 1;
    let mut meeting = data::meeting(&host, number, now);
    merge(&mut meeting, &asked);
    world.meetings.insert(number, meeting.clone());
    Ok(Reply::json(201, &meeting))
}

/// `GET /meetings/{id}`.
pub(super) fn get(world: &World, id: &str) -> Result<Reply, Refusal> {
    let number = number(id)?;
    world.meetings.get(&number).map(|meeting| Reply::json(200, meeting)).ok_or_else(|| no_such_meeting(id))
}

/// `PATCH /meetings/{id}`.
pub(super) fn update(world: &mut World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    let number = number(id)?;
    let meeting = world.meetings.get_mut(&number).ok_or_else(|| no_such_meeting(id))?;
    let asked = json_body(request)?;
    validate(&asked)?;
    merge(meeting, &asked);
    Ok(Reply::empty(204))
}

/// `DELETE /meetings/{id}`. Without an occurrence the whole series is deleted.
pub(super) fn delete(world: &mut World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    let number = number(id)?;
    let meeting = world.meetings.get_mut(&number).ok_or_else(|| no_such_meeting(id))?;
    if let Some(occurrence) = request.query_fields().get("occurrence_id") {
        let occurrences = meeting.get_mut("occurrences").and_then(Value::as_array_mut);
        let occurrences = occurrences.ok_or_else(|| invalid_field("occurrence_id"))?;
        let before = occurrences.len();
        occurrences.retain(|entry| entry["occurrence_id"] != occurrence.as_str());
        if occurrences.len() == before {
            return Err(invalid_field("occurrence_id"));
        }
    } else {
        world.meetings.remove(&number);
    }
    Ok(Reply::empty(204))
}

/// `PUT /meetings/{id}/status`. An instant meeting is over then. Zoom's answer for a meeting that does not take place is in no
/// published description.
pub(super) fn end(world: &mut World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    let number = number(id)?;
    let meeting = world.meetings.get_mut(&number).ok_or_else(|| no_such_meeting(id))?;
    if json_body(request)?["action"] != "end" {
        return Err(invalid_field("action"));
    }
    if meeting["status"] != "started" {
        return Err(error(400, 300, "The meeting is not in progress."));
    }
    if meeting["type"] == 1 {
        world.meetings.remove(&number);
    } else {
        meeting["status"] = json!("waiting");
    }
    Ok(Reply::empty(204))
}

/// The number of a scheduled meeting, which has no other name.
pub(super) fn number(id: &str) -> Result<u64, Refusal> {
    match meeting_name(id) {
        Some(Name::Number(number)) => Ok(number),
        _ => Err(error(400, 300, "Invalid meeting ID.")),
    }
}

/// Checks the limits in Zoom's `OpenAPI` description.
fn validate(asked: &Value) -> Result<(), Refusal> {
    let text_at_most = |name: &str, length: usize| match asked.get(name) {
        None => true,
        Some(value) => value.as_str().is_some_and(|text| text.chars().count() <= length),
    };
    for (name, length) in [("topic", 200), ("agenda", 2000), ("password", 10)] {
        if !text_at_most(name, length) {
            return Err(invalid_field(name));
        }
    }
    let is_type = |value: &Value| value.as_u64().is_some_and(|kind| [1, 2, 3, 8, 10].contains(&kind));
    if asked.get("type").is_some_and(|value| !is_type(value)) {
        return Err(invalid_field("type"));
    }
    if asked.get("duration").is_some_and(|value| value.as_u64().is_none()) {
        return Err(invalid_field("duration"));
    }
    if asked.get("recurrence").is_some_and(|value| !recurrence::is_valid(value)) {
        return Err(invalid_field("recurrence"));
    }
    if asked.get("settings").is_some_and(|value| !value.is_object()) {
        return Err(invalid_field("settings"));
    }
    Ok(())
}

/// Sets the requested fields, and settings one by one.
fn merge(meeting: &mut Value, asked: &Value) {
    for name in FIELDS {
        if let Some(value) = asked.get(name) {
            meeting[name] = value.clone();
        }
    }
    for (name, value) in asked["settings"].as_object().into_iter().flatten() {
        meeting["settings"][name] = value.clone();
    }
    if asked.get("recurrence").is_some() {
        meeting["occurrences"] = recurrence::occurrences(meeting).into();
    }
    if meeting["type"] == 1 {
        // An instant meeting ignores the start time: it takes place now.
        meeting["start_time"] = json!(null);
        meeting["status"] = json!("started");
    }
}
