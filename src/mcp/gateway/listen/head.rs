//! The head of a request: everything that is judged before its body is read. Pure.

use hyper::header::{
    ACCEPT, ALLOW, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, FORWARDED, HOST, HeaderMap,
    HeaderName, HeaderValue, ORIGIN, TRANSFER_ENCODING, VIA, WWW_AUTHENTICATE,
};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

use super::address::{Hosts, is_loopback_name};
use crate::mcp::gateway::routing::{PROTOCOL_VERSION, STATELESS};

/// The longest message of a client, in bytes.
pub(super) const LONGEST_MESSAGE: u64 = 4 * 1024 * 1024;

/// The versions of the protocol that a client may name: a session may have agreed upon another.
const VERSIONS: [&str; 5] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", STATELESS];

pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A request that is refused, with the reason for its sender.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) reason: String,
    pub(super) header: Option<(HeaderName, HeaderValue)>,
}

/// The requested operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A message of a client.
    Post,
    /// The stream for what belongs to no request.
    Listen,
    /// The end of a session.
    End,
    Health,
    Metrics,
}

pub(super) fn refuse(status: StatusCode, reason: impl Into<String>) -> Refusal {
    Refusal { status, reason: reason.into(), header: None }
}

fn with(status: StatusCode, reason: &str, name: HeaderName, value: &'static str) -> Refusal {
    Refusal { header: Some((name, HeaderValue::from_static(value))), ..refuse(status, reason) }
}

/// Where a request leads, if its sender may ask for that at all. Pages in a browser may not: their own name is in `Host`
/// or in `Origin`.
pub(super) fn place(head: &Parts, hosts: Hosts, from_this_machine: bool) -> Result<Place, Refusal> {
    let host = host(head)?;
    if hosts == Hosts::Loopback && !is_loopback_name(host) {
        return Err(refuse(
            StatusCode::FORBIDDEN,
            "this name of the server is not known; use 127.0.0.1 or localhost",
        ));
    }
    for origin in head.headers.get_all(ORIGIN) {
        let name = origin.to_str().ok().and_then(name_of_origin);
        let is_own = name.is_some_and(|name| match hosts {
            Hosts::Loopback => is_loopback_name(name),
            Hosts::Any => name.eq_ignore_ascii_case(host),
        });
        if !is_own {
            return Err(refuse(StatusCode::FORBIDDEN, "pages of other origins may not ask"));
        }
    }
    let is_get = head.method == Method::GET;
    match head.uri.path() {
        "/mcp" => match head.method {
            Method::POST => Ok(Place::Post),
            Method::GET => Ok(Place::Listen),
            Method::DELETE => Ok(Place::End),
            _ => Err(with(
                StatusCode::METHOD_NOT_ALLOWED,
                "use POST, GET or DELETE",
                ALLOW,
                "GET, POST, DELETE",
            )),
        },
        // A proxy on this machine would make them public.
        path @ ("/healthz" | "/metrics")
            if from_this_machine && is_loopback_name(host) && !is_forwarded(&head.headers) =>
        {
            match (is_get, path) {
                (true, "/healthz") => Ok(Place::Health),
                (true, _) => Ok(Place::Metrics),
                _ => Err(with(StatusCode::METHOD_NOT_ALLOWED, "use GET", ALLOW, "GET")),
            }
        }
        _ => Err(refuse(StatusCode::NOT_FOUND, "the server is at /mcp")),
    }
}

/// The name by which the server was asked for, without the port.
fn host(head: &Parts) -> Result<&str, Refusal> {
    let wrong = || refuse(StatusCode::BAD_REQUEST, "one Host is required");
    let mut all = head.headers.get_all(HOST).iter();
    let (Some(host), None) = (all.next(), all.next()) else { return Err(wrong()) };
    let host = host.to_str().map_err(|_| wrong())?;
    if head.uri.authority().is_some_and(|authority| !authority.as_str().eq_ignore_ascii_case(host)) {
        return Err(refuse(StatusCode::BAD_REQUEST, "Host and the address of the request differ"));
    }
    without_port(host).ok_or_else(wrong)
}

/// The host of an origin such as `http://localhost:6274`; none of `null`.
fn name_of_origin(origin: &str) -> Option<&str> {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))?;
    without_port(authority)
}

fn without_port(authority: &str) -> Option<&str> {
    let end_of_name = authority.find(']').map_or(0, |end| end + 1);
    let (name, port) = match authority[end_of_name..].find(':') {
        Some(colon) => (&authority[..end_of_name + colon], &authority[end_of_name + colon + 1..]),
        None => (authority, ""),
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_[]:".contains(&byte);
    let is_one =
        !name.is_empty() && name.bytes().all(is_plain) && port.bytes().all(|byte| byte.is_ascii_digit());
    is_one.then_some(name)
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    [FORWARDED, FORWARDED_FOR, VIA].iter().any(|name| headers.contains_key(name))
}

/// The bearer token of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let missing = || {
        let reason = "a grant's bearer token is required (zoomtok grant add NAME)";
        with(StatusCode::UNAUTHORIZED, reason, WWW_AUTHENTICATE, "Bearer realm=\"zoomtok gateway\"")
    };
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return Err(missing()) };
    let (scheme, token) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(missing()) }
}

/// The refusal of a bearer token that is nobody's.
pub(super) fn unknown_bearer() -> Refusal {
    let challenge = "Bearer realm=\"zoomtok gateway\", error=\"invalid_token\"";
    with(StatusCode::UNAUTHORIZED, "no grant has this bearer token", WWW_AUTHENTICATE, challenge)
}

/// Whether the rest of the head fits what is asked for. `agreed` is the version of the session.
pub(super) fn check(head: &Parts, place: Place, agreed: Option<&str>) -> Result<(), Refusal> {
    let headers = &head.headers;
    // A body has one length, which is said before it: where two parties find different ends of a message, one of them
    // reads a request that the other has not judged.
    if headers.contains_key(TRANSFER_ENCODING) {
        return Err(refuse(
            StatusCode::LENGTH_REQUIRED,
            "send the body with its Content-Length, not in chunks",
        ));
    }
    let length = headers
        .get(CONTENT_LENGTH)
        .map(|length| length.to_str().ok().and_then(|text| text.parse::<u64>().ok()));
    match (place, length) {
        (Place::Post, None) => {
            return Err(refuse(StatusCode::LENGTH_REQUIRED, "send the body with its Content-Length"));
        }
        (Place::Post, Some(Some(length))) if length > LONGEST_MESSAGE => return Err(too_long()),
        (_, Some(None)) => return Err(refuse(StatusCode::BAD_REQUEST, "Content-Length is no number")),
        (Place::Listen | Place::End, Some(Some(1..))) => {
            return Err(refuse(StatusCode::BAD_REQUEST, "this request has no body"));
        }
        _ => {}
    }
    if let Some(version) = one(headers, &PROTOCOL_VERSION)?
        && !VERSIONS.contains(&version)
        && agreed != Some(version)
    {
        let reason = format!("Unsupported protocol version; supported: {}", VERSIONS.join(", "));
        return Err(refuse(StatusCode::BAD_REQUEST, reason));
    }
    match place {
        Place::Post => {
            if one(headers, &CONTENT_ENCODING)?.is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"))
            {
                return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the body uncompressed"));
            }
            let media_type = one(headers, &CONTENT_TYPE)?.unwrap_or_default();
            if !is_json(media_type) {
                return Err(refuse(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "Content-Type must be application/json",
                ));
            }
            if !accepts(headers, "application", "json") || !accepts(headers, "text", "event-stream") {
                let reason = "Accept must list application/json and text/event-stream";
                return Err(refuse(StatusCode::NOT_ACCEPTABLE, reason));
            }
        }
        Place::Listen if !accepts(headers, "text", "event-stream") => {
            return Err(refuse(StatusCode::NOT_ACCEPTABLE, "Accept must list text/event-stream"));
        }
        _ => {}
    }
    Ok(())
}

pub(super) fn too_long() -> Refusal {
    let reason = format!("a message may have {} MiB", LONGEST_MESSAGE / 1024 / 1024);
    refuse(StatusCode::PAYLOAD_TOO_LARGE, reason)
}

/// The session that a request names; none where it names none.
pub(super) fn session(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    one(headers, &SESSION)
}

/// The last event that a client has seen.
pub(super) fn last_event(headers: &HeaderMap) -> Option<u64> {
    headers.get(LAST_EVENT)?.to_str().ok()?.parse().ok()
}

/// The value of a header that may be there once.
pub(super) fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(value), None) if value.to_str().is_ok() => Ok(value.to_str().ok()),
        _ => Err(refuse(StatusCode::BAD_REQUEST, format!("one {name} is allowed, and it must be text"))),
    }
}

fn is_json(media_type: &str) -> bool {
    media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// Whether a client takes answers of this type. One that says nothing takes any.
fn accepts(headers: &HeaderMap, kind: &str, subtype: &str) -> bool {
    if !headers.contains_key(ACCEPT) {
        return true;
    }
    let lists = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|range| {
        let range = range.split(';').next().unwrap_or_default().trim();
        let (of, sub) = range.split_once('/').unwrap_or((range, ""));
        (of == "*" && sub == "*")
            || (of.eq_ignore_ascii_case(kind) && (sub == "*" || sub.eq_ignore_ascii_case(subtype)))
    })
}

#[cfg(test)]
#[path = "head/tests.rs"]
mod tests;
