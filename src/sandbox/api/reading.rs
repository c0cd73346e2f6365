//! Helpers for calls: a JSON body, a page of a list, the name of a meeting.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::refusal::{Refusal, error, invalid_field};
use crate::sandbox::message::Request;

pub(super) fn json_body(request: &Request) -> Result<Value, Refusal> {
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(fields)) => Ok(Value::Object(fields)),
        _ => Err(error(400, 300, "Request Body should be a valid JSON object.")),
    }
}

/// One page of a list, in Zoom's envelope: 30 entries by default, at most 300.
pub(super) fn page(request: &Request, name: &str, entries: &[Value]) -> Result<Value, Refusal> {
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

/// How a path refers to a meeting.
pub(super) enum Name {
    Number(u64),
    Uuid(String),
}

/// Reads a meeting's name from a path segment that was decoded once.
///
/// A UUID that starts with a slash or contains two in a row must be encoded twice (`OpenAPI` description). A second
/// encoding is decoded here, and such a UUID that was encoded only once is not found.
pub(super) fn meeting_name(segment: &str) -> Option<Name> {
    if let Ok(number) = segment.parse() {
        return Some(Name::Number(number));
    }
    if segment.starts_with('/') || segment.contains("//") {
        return None;
    }
    percent_decode_str(segment).decode_utf8().ok().map(|uuid| Name::Uuid(uuid.into_owned()))
}
