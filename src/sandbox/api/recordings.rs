//! Past meetings: participants, recordings, and files.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Value, json};

use super::reading::{Name, json_body, meeting_name, page};
use super::refusal::{Refusal, error, invalid_field, no_such_meeting};
use super::users;
use super::world::World;
use crate::sandbox::data::{Past, VIDEO_BYTES};
use crate::sandbox::message::{Reply, Request};
use crate::sandbox::shelf::{in_parts, video};
use crate::sandbox::tokens::Standing;

/// `GET /users/{id}/recordings`.
pub(super) fn list(
    world: &World,
    request: &Request,
    user: &str,
    now: DateTime<Utc>,
) -> Result<Reply, Refusal> {
    let host = users::find(world, user)?["id"].clone();
    let query = request.query_fields();
    let today = now.date_naive();
    let date = |name: &'static str, default: NaiveDate| match query.get(name) {
        None => Ok(default),
        Some(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| invalid_field(name)),
    };
    let to = date("to", today + Days::new(1))?;
    // Zoom allows a month and does not document longer ranges. Here the echoed range is shortened.
    let month_before = to.checked_sub_days(Days::new(31)).unwrap_or(to);
    let from = date("from", today)?.max(month_before);
    let shelved = world.shelf.recordings(&world.origin, world.since);
    let shelved = shelved.into_iter().filter(|(_, recording)| recording["host_id"] == host);
    let shelved = shelved.filter(|(start, _)| (from..=to).contains(&start.date_naive()));
    let meetings: Vec<Value> = world
        .past
        .iter()
        .filter(|past| is_recorded(world, past) && past.host_id == host)
        .filter(|past| (from..=to).contains(&past.start.date_naive()))
        .map(|past| past.recording(&world.origin))
        .chain(shelved.map(|(_, recording)| recording))
        .collect();
    let mut body = page(request, "meetings", &meetings)?;
    body["from"] = json!(from.to_string());
    body["to"] = json!(to.to_string());
    Ok(Reply::json(200, &body))
}

/// `GET /meetings/{id or UUID}/recordings`.
pub(super) fn of_meeting(world: &World, id: &str) -> Result<Reply, Refusal> {
    match find(world, id) {
        Some(past) if is_recorded(world, past) => Ok(Reply::json(200, &past.recording(&world.origin))),
        _ => Err(no_recording()),
    }
}

/// Whether a meeting has a recording that is not in the trash.
fn is_recorded(world: &World, past: &Past) -> bool {
    past.transcript.is_some() && !world.trash.contains(past.uuid)
}

fn no_recording() -> Refusal {
    error(404, 3301, "There is no recording for this meeting.")
}

/// `DELETE /meetings/{id or UUID}/recordings`: into the trash, or for good.
pub(super) fn delete(world: &mut World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    let recorded = find(world, id).filter(|past| is_recorded(world, past)).ok_or_else(no_recording)?.uuid;
    match request.query_fields().get("action").map(String::as_str) {
        None | Some("trash") => drop(world.trash.insert(recorded)),
        Some("delete") => world.past.retain(|past| past.uuid != recorded),
        Some(_) => return Err(invalid_field("action")),
    }
    Ok(Reply::empty(204))
}

/// `PUT /meetings/{id or UUID}/recordings/status`.
pub(super) fn recover(world: &mut World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    if json_body(request)?["action"] != "recover" {
        return Err(invalid_field("action"));
    }
    let trashed = find(world, id).filter(|past| world.trash.contains(past.uuid)).ok_or_else(no_recording)?;
    let uuid = trashed.uuid;
    world.trash.remove(uuid);
    Ok(Reply::empty(204))
}

/// `GET /meetings/{UUID}/transcript`. Reportedly a number is not accepted here (ZoomNet#455), and a meeting with a
/// cloud recording is often not found (onyx#14879).
pub(super) fn transcript(world: &World, id: &str) -> Result<Reply, Refusal> {
    let is_uuid = matches!(meeting_name(id), Some(Name::Uuid(_)));
    match find(world, id) {
        Some(past) if is_uuid && past.companion.is_some() => {
            Ok(Reply::json(200, &past.transcript_details(&world.origin)))
        }
        _ => Err(error(404, 3322, "This meeting transcript does not exist.")),
    }
}

/// `GET /past_meetings/{id or UUID}`.
pub(super) fn past(world: &World, id: &str) -> Result<Reply, Refusal> {
    let past = find(world, id).ok_or_else(|| no_such_meeting(id))?;
    Ok(Reply::json(200, &past.details()))
}

/// `GET /past_meetings/{id}/instances`.
pub(super) fn instances(world: &World, id: &str) -> Result<Reply, Refusal> {
    let Some(Name::Number(number)) = meeting_name(id) else { return Err(no_such_meeting(id)) };
    let instances = world.past.iter().filter(|past| past.number == number).map(Past::instance);
    let instances: Vec<Value> = instances.collect();
    if instances.is_empty() {
        return Err(no_such_meeting(id));
    }
    Ok(Reply::json(200, &json!({"meetings": instances})))
}

/// `GET /meetings/{id or UUID}/meeting_summary`. Those with a transcript have one.
pub(super) fn summary(world: &World, id: &str) -> Result<Reply, Refusal> {
    let past = find(world, id).filter(|past| past.any_transcript().is_some());
    Ok(Reply::json(200, &past.ok_or_else(|| no_such_meeting(id))?.summary()))
}

/// `GET /past_meetings/{id or UUID}/participants`.
pub(super) fn participants(world: &World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    let past = find(world, id).ok_or_else(|| no_such_meeting(id))?;
    let participants = past.participants();
    // Zoom lists no participants if only one person attended.
    let shown = if participants.len() == 1 { &[] } else { participants.as_slice() };
    page(request, "participants", shown).map(|body| Reply::json(200, &body))
}

/// A past meeting; a number means the latest one with it.
fn find<'a>(world: &'a World, segment: &str) -> Option<&'a Past> {
    let name = meeting_name(segment)?;
    world
        .past
        .iter()
        .filter(|past| match &name {
            Name::Number(number) => past.number == *number,
            Name::Uuid(uuid) => past.uuid == *uuid,
        })
        .max_by_key(|past| past.start)
}

/// A download: `/rec/download/{file}` redirects to `/rec/file/{file}`, and both require the token. Without a valid one
/// the answer is a sign-in page with status 200, as seen in forum thread 53338.
pub(super) fn download(
    world: &World,
    request: &Request,
    step: &str,
    file: &str,
    standing: Option<Standing>,
) -> Reply {
    match (step, content(world, file)) {
        _ if request.method != hyper::Method::GET => Reply::html(405, "Method Not Allowed - Zoom"),
        ("download" | "file", Some(_)) if standing != Some(Standing::Good) => {
            Reply::html(200, "Sign In - Zoom")
        }
        ("download", Some(_)) => Reply::redirect(&format!("{}/rec/file/{file}", world.origin)),
        ("file", Some((media_type, bytes))) => in_parts(request, media_type, bytes, world.shelf.ranges),
        _ => Reply::html(404, "Page Not Found - Zoom"),
    }
}

/// A file of a recording, with its media type.
fn content(world: &World, file: &str) -> Option<(&'static str, Vec<u8>)> {
    if let Some(video) = world.shelf.file(file) {
        return Some(("video/mp4", video));
    }
    let recorded = |past: &&Past| past.transcript.is_some() && past.video_file() == file;
    if let Some(past) = world.past.iter().find(recorded) {
        return Some(("video/mp4", video(past.number, VIDEO_BYTES)));
    }
    let past = world.past.iter().find(|past| past.transcript_file() == file)?;
    Some(("text/vtt;charset=UTF-8", past.any_transcript()?.as_bytes().to_vec()))
}
