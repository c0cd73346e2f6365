//! Users.

use serde_json::Value;

use super::reading::page;
use super::refusal::{Refusal, error, invalid_field};
use super::world::World;
use crate::sandbox::message::{Reply, Request};

/// `GET /users`.
pub(super) fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let query = request.query_fields();
    let status = query.get("status").map_or("active", String::as_str);
    if !["active", "inactive", "pending"].contains(&status) {
        return Err(invalid_field("status"));
    }
    let users: Vec<Value> = world.users.iter().filter(|user| user["status"] == status).cloned().collect();
    page(request, "users", &users).map(|body| Reply::json(200, &body))
}

/// `GET /users/{id, e-mail or me}`.
pub(super) fn get(world: &World, user: &str) -> Result<Reply, Refusal> {
    find(world, user).map(|user| Reply::json(200, user))
}

/// A user by id or e-mail; `me` is the owner of the app.
pub(super) fn find<'a>(world: &'a World, name: &str) -> Result<&'a Value, Refusal> {
    let is_meant = |user: &&Value| {
        user["id"] == name || user["email"].as_str().is_some_and(|email| email.eq_ignore_ascii_case(name))
    };
    let found = if name == "me" { world.users.first() } else { world.users.iter().find(is_meant) };
    found.ok_or_else(|| error(404, 1001, &format!("User does not exist: {name}.")))
}
