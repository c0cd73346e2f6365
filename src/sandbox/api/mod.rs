//! Zoom's REST calls, as far as zoomtok makes them.
//!
//! Paths, limits and error codes are those of Zoom's published `OpenAPI` description; where it is silent, the comment at
//! the place says so.

mod meetings;
mod recordings;
mod recurrence;
mod users;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hyper::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::data;
use super::message::{Reply, Request};
use super::tokens::Standing;

/// What there is in this Zoom.
pub(super) struct World {
    origin: String,
    users: Vec<Value>,
    meetings: data::Meetings,
    past: Vec<data::Past>,
    next_meeting: u64,
}

impl World {
    /// A small account, with meetings around this time.
    pub(super) fn new(origin: &str, now: DateTime<Utc>) -> Self {
        Self {
            origin: origin.to_owned(),
            users: data::users(now),
            meetings: data::meetings(now),
            past: data::past(now),
            next_meeting: 84_000_000_001,
        }
    }
}

/// Answers a call with a bearer token of this standing.
pub(super) fn answer(
    world: &mut World,
    request: &Request,
    standing: Option<Standing>,
    now: DateTime<Utc>,
) -> Reply {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if let ["rec", step, file] = segments[..] {
        return recordings::download(world, request, step, file, standing);
    }
    if let Err(refusal) = admit(request, standing) {
        return refusal.reply();
    }
    let reply = match (&request.method, &segments[1..]) {
        (&Method::GET, ["users"]) => users::list(world, request),
        (&Method::GET, ["users", user]) => users::get(world, user),
        (&Method::GET, ["users", user, "meetings"]) => meetings::list(world, request, user, now),
        (&Method::POST, ["users", user, "meetings"]) => meetings::create(world, request, user, now),
        (&Method::GET, ["users", user, "recordings"]) => recordings::list(world, request, user, now),
        (&Method::GET, ["meetings", id]) => meetings::get(world, id),
        (&Method::PATCH, ["meetings", id]) => meetings::update(world, request, id),
        (&Method::DELETE, ["meetings", id]) => meetings::delete(world, request, id),
        (&Method::GET, ["meetings", id, "recordings"]) => recordings::of_meeting(world, id),
        (&Method::GET, ["meetings", id, "transcript"]) => recordings::transcript(world, id),
        (&Method::GET, ["past_meetings", id]) => recordings::past(world, id),
        (&Method::GET, ["past_meetings", id, "participants"]) => recordings::participants(world, request, id),
        // Not in the published description; the wording is what users of other clients quote.
        _ => Err(error(404, 2300, "This API endpoint is not recognized.")),
    };
    reply.unwrap_or_else(Refusal::reply)
}

/// Whether the request has a token that is good; all refusals are 401 with code 124, and differ in their words.
fn admit(request: &Request, standing: Option<Standing>) -> Result<(), Refusal> {
    let refuse = |message| Err(error(401, 124, message));
    match standing {
        Some(Standing::Good) => Ok(()),
        Some(Standing::Expired) => refuse("Access token is expired."),
        Some(Standing::Unknown) => refuse("Invalid access token."),
        // Barred since February 2023 (Zoom's blog, "access token change").
        None if request.query_fields().contains_key("access_token") => {
            refuse("Invalid access token, this access token is not supported as query parameter string.")
        }
        None => refuse("Requires an access token."),
    }
}

/// An error in Zoom's shape: a code and a message, for validation also the field.
struct Refusal {
    status: u16,
    code: u32,
    message: String,
    field: Option<&'static str>,
}

impl Refusal {
    fn reply(self) -> Reply {
        let mut body = json!({"code": self.code, "message": self.message});
        if let Some(field) = self.field {
            body["errors"] = json!([{"field": field, "message": "Invalid field."}]);
        }
        Reply::json(self.status, &body)
    }
}

fn error(status: u16, code: u32, message: &str) -> Refusal {
    Refusal { status, code, message: message.to_owned(), field: None }
}

/// The validation error of Zoom's error documentation.
fn invalid_field(field: &'static str) -> Refusal {
    Refusal { field: Some(field), ..error(400, 300, "Validation Failed.") }
}

/// The request's JSON object.
fn json_body(request: &Request) -> Result<Value, Refusal> {
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(fields)) => Ok(Value::Object(fields)),
        _ => Err(error(400, 300, "Request Body should be a valid JSON object.")),
    }
}

/// One page of a list, in Zoom's envelope: 30 entries unless asked otherwise, at most 300.
fn page(request: &Request, name: &str, entries: &[Value]) -> Result<Value, Refusal> {
    let query = request.query_fields();
    let size = match query.get("page_size") {
        None => 30,
        Some(text) => text
            .parse()
            .ok()
            .filter(|size| (1..=300).contains(size))
            .ok_or_else(|| invalid_field("page_size"))?,
    };
    let start = match query.get("next_page_token").map(String::as_str) {
        None | Some("") => 0,
        Some(token) => {
            page_start(token).ok_or_else(|| error(400, 300, "The next page token is invalid or expired."))?
        }
    };
    let rest = entries.get(start..).unwrap_or_default();
    let end = start.saturating_add(size);
    let next = if rest.len() > size { URL_SAFE_NO_PAD.encode(format!("page {end}")) } else { String::new() };
    let mut body = json!({
        "page_count": entries.len().div_ceil(size),
        "page_size": size,
        "total_records": entries.len(),
        "next_page_token": next,
    });
    body[name] = rest.iter().take(size).cloned().collect();
    Ok(body)
}

fn page_start(token: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix("page ")?.parse().ok()
}

/// How a meeting is named in a path.
enum Name {
    Number(u64),
    Uuid(String),
}

/// Reads a meeting's name from a path segment that was decoded once.
///
/// A UUID that begins with a slash or holds two in a row must have been encoded twice (`OpenAPI` description): what is
/// still encoded is decoded again, and one that was encoded once is not found.
fn meeting_name(segment: &str) -> Option<Name> {
    if let Ok(number) = segment.parse() {
        return Some(Name::Number(number));
    }
    if segment.starts_with('/') || segment.contains("//") {
        return None;
    }
    percent_decode_str(segment).decode_utf8().ok().map(|uuid| Name::Uuid(uuid.into_owned()))
}

fn no_such_meeting(segment: &str) -> Refusal {
    error(404, 3001, &format!("Meeting does not exist: {segment}."))
}

#[cfg(test)]
mod tests;
