//! The REST calls to Zoom that zoomtok makes.
//!
//! Paths, limits and error codes are from Zoom's published `OpenAPI` description, unless a comment says otherwise.

mod meetings;
mod reading;
mod recordings;
mod recurrence;
mod refusal;
mod registrants;
mod users;
mod world;

use chrono::{DateTime, Utc};
use hyper::Method;

use self::refusal::{Refusal, error};
pub(super) use self::world::World;
use super::message::{Reply, Request};
use super::tokens::Standing;

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
    if let Err(refusal) = authorize(request, standing) {
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
        (&Method::PUT, ["meetings", id, "status"]) => meetings::end(world, request, id),
        (&Method::GET, ["meetings", id, "registrants"]) => registrants::list(world, request, id),
        (&Method::POST, ["meetings", id, "registrants"]) => registrants::add(world, request, id, now),
        (&Method::PUT, ["meetings", id, "registrants", "status"]) => registrants::decide(world, request, id),
        (&Method::DELETE, ["meetings", id, "recordings"]) => recordings::delete(world, request, id),
        (&Method::PUT, ["meetings", id, "recordings", "status"]) => recordings::recover(world, request, id),
        (&Method::GET, ["meetings", id, "recordings"]) => recordings::of_meeting(world, id),
        (&Method::GET, ["meetings", id, "transcript"]) => recordings::transcript(world, id),
        (&Method::GET, ["meetings", id, "meeting_summary"]) => recordings::summary(world, id),
        (&Method::GET, ["past_meetings", id]) => recordings::past(world, id),
        (&Method::GET, ["past_meetings", id, "instances"]) => recordings::instances(world, id),
        (&Method::GET, ["past_meetings", id, "participants"]) => recordings::participants(world, request, id),
        // Not in the published description; the wording is quoted by users of other clients.
        _ => Err(error(404, 2300, "This API endpoint is not recognized.")),
    };
    reply.unwrap_or_else(Refusal::reply)
}

/// Checks the token of the request. All refusals are 401 with code 124 and differ in their messages.
fn authorize(request: &Request, standing: Option<Standing>) -> Result<(), Refusal> {
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

#[cfg(test)]
mod tests;
