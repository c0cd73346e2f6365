//! People who register for a meeting.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::meetings::number;
use super::reading::{json_body, page};
use super::refusal::{Refusal, error, invalid_field, no_such_meeting};
use super::world::World;
use crate::sandbox::data::{self, NO_REGISTRATION};
use crate::sandbox::message::{Reply, Request};

/// `GET /meetings/{id}/registrants`.
pub(super) fn list(world: &World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    let number = of_registration(world, id)?;
    let query = request.query_fields();
    let status = query.get("status").map_or("approved", String::as_str);
    if !["pending", "approved", "denied"].contains(&status) {
        return Err(invalid_field("status"));
    }
    let all = world.registrants.get(&number).map(Vec::as_slice).unwrap_or_default();
    let wanted: Vec<Value> = all.iter().filter(|one| one["status"] == status).cloned().collect();
    page(request, "registrants", &wanted).map(|body| Reply::json(200, &body))
}

/// `POST /meetings/{id}/registrants`.
pub(super) fn add(
    world: &mut World,
    request: &Request,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Reply, Refusal> {
    let number = of_registration(world, id)?;
    let asked = json_body(request)?;
    let text = |name| asked[name].as_str().filter(|text| !text.is_empty() && text.chars().count() <= 128);
    let email = text("email").filter(|email| email.contains('@')).ok_or_else(|| invalid_field("email"))?;
    let first = text("first_name").ok_or_else(|| invalid_field("first_name"))?;
    let meeting = &world.meetings[&number];
    let status = if meeting["settings"]["approval_type"] == 1 { "pending" } else { "approved" };
    let added = data::registrant(number, email, first, text("last_name").unwrap_or(""), status, now);
    let answer = json!({
        "id": number,
        "registrant_id": added["id"],
        "topic": meeting["topic"],
        "start_time": meeting["start_time"],
        "join_url": added["join_url"],
    });
    let registrants = world.registrants.entry(number).or_default();
    // Zoom sends somebody who registers again the same registration.
    registrants.retain(|one| one["email"] != email);
    registrants.push(added);
    Ok(Reply::json(201, &answer))
}

/// `PUT /meetings/{id}/registrants/status`.
pub(super) fn decide(world: &mut World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    let number = of_registration(world, id)?;
    let asked = json_body(request)?;
    let status = match asked["action"].as_str() {
        Some("approve") => "approved",
        Some("deny") => "denied",
        // Whoever is cancelled can be approved again.
        Some("cancel") => "pending",
        _ => return Err(invalid_field("action")),
    };
    let named = asked["registrants"].as_array().ok_or_else(|| invalid_field("registrants"))?;
    let registrants = world.registrants.entry(number).or_default();
    let is_named = |one: &Value| named.iter().any(|n| n["id"] == one["id"] && n["email"] == one["email"]);
    for registrant in registrants.iter_mut().filter(|one| is_named(one)) {
        registrant["status"] = json!(status);
    }
    Ok(Reply::empty(204))
}

/// The number of a meeting that asks for registration.
fn of_registration(world: &World, id: &str) -> Result<u64, Refusal> {
    let number = number(id)?;
    let meeting = world.meetings.get(&number).ok_or_else(|| no_such_meeting(id))?;
    if meeting["settings"]["approval_type"] == NO_REGISTRATION {
        return Err(error(
            404,
            404,
            &format!("Registration has not been enabled for this meeting: {number}."),
        ));
    }
    Ok(number)
}
