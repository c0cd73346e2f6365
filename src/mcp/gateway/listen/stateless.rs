//! Requests of clients that send no `initialize` (protocol version 2026-07-28): each stands for itself, and its headers say
//! what it is. Pure.

use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderName};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::head::{Refusal, one};
use crate::mcp::gateway::message::{Kind, Message};
use crate::mcp::gateway::routing::{
    HEADER_MISMATCH, METHOD, NAME, PROTOCOL_VERSION, STATELESS, decoded, name, version,
};

/// The code of an error for a capability that the client would need.
const MISSING_CAPABILITY: i32 = -32021;
/// The code of an error for a version that the server does not speak.
const UNSUPPORTED_VERSION: i32 = -32022;
/// The code of JSON-RPC for a method that the server does not have.
const NO_SUCH_METHOD: i32 = -32601;

/// Whether a message is one of those, by its header or its body. `initialize` is none, whatever it says.
///
/// # Errors
///
/// The header stands twice, or is no text.
pub(super) fn is_stateless(headers: &HeaderMap, message: &Message<'_>) -> Result<bool, Refusal> {
    let params = match message.kind {
        Kind::Request { ref method, .. } if method == "initialize" => return Ok(false),
        Kind::Request { params, .. } | Kind::Notification { params, .. } => params,
        Kind::Answer { .. } => None,
    };
    Ok(one(headers, &PROTOCOL_VERSION)? == Some(STATELESS) || version(params).is_some())
}

/// Checks that the headers of a request say what its body says: something on its way may have judged it by them. Where they
/// are not required, those that there are must fit.
///
/// # Errors
///
/// They do not; in words.
pub(super) fn check(
    headers: &HeaderMap,
    method: &str,
    params: Option<&RawValue>,
    are_required: bool,
) -> Result<(), String> {
    let header = |of: &HeaderName| one(headers, of).map_err(|refusal| refusal.reason);
    let named = header(&PROTOCOL_VERSION)?;
    if are_required && (version(params).as_deref() != Some(STATELESS) || named != Some(STATELESS)) {
        return Err(format!("{PROTOCOL_VERSION} and _meta must both name the version, {STATELESS}"));
    }
    if header(&METHOD)?.map_or(are_required, |sent| sent != method) {
        return Err(format!("{METHOD} must be the method of the request"));
    }
    let expected = name(method, params);
    let is_other = match header(&NAME)? {
        Some(sent) => expected.is_some() && decoded(sent) != expected,
        None => are_required && expected.is_some(),
    };
    if is_other { Err(format!("{NAME} must be the name in the request")) } else { Ok(()) }
}

/// The code of the error in an answer.
fn code_of(answer: &str) -> Option<i32> {
    #[derive(Deserialize)]
    struct Answer {
        error: Option<Failure>,
    }
    #[derive(Deserialize)]
    struct Failure {
        code: i32,
    }
    serde_json::from_str::<Answer>(answer).ok()?.error.map(|error| error.code)
}

/// Whether an answer is an error.
pub(super) fn is_error(answer: &str) -> bool {
    code_of(answer).is_some()
}

/// The status of an answer.
pub(super) fn status_of(answer: &str) -> StatusCode {
    match code_of(answer) {
        Some(HEADER_MISMATCH | MISSING_CAPABILITY | UNSUPPORTED_VERSION) => StatusCode::BAD_REQUEST,
        Some(NO_SUCH_METHOD) => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn headers(all: &[(&str, &str)]) -> HeaderMap {
        let named = |(name, value): &(&str, &str)| {
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
        };
        let mut map = HeaderMap::new();
        for (name, value) in all.iter().map(named) {
            map.append(name, value);
        }
        map
    }

    #[test]
    fn headers_must_say_what_the_body_says() {
        const BODY: &str =
            r#"{"name":"grüße","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#;
        let of = |params: &str, all: &[(&str, &str)]| {
            let text = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
            let message = Message::from_client(text.as_bytes()).unwrap();
            let Kind::Request { method, params, .. } = &message.kind else { panic!("{text}") };
            let headers = headers(all);
            is_stateless(&headers, &message).map(|_| ()).map_err(|refusal| refusal.reason)?;
            check(&headers, method, *params, true)
        };
        let version = ("mcp-protocol-version", "2026-07-28");
        let (method, name) = (("mcp-method", "tools/call"), ("mcp-name", "=?base64?Z3LDvMOfZQ==?="));
        assert_eq!(of(BODY, &[version, method, name]), Ok(()));
        for (params, all, reason) in [
            (BODY, &[method, name][..], "must both name"),
            (BODY, &[("mcp-protocol-version", "2025-11-25"), method, name], "must both name"),
            ("{}", &[version, method, name], "must both name"),
            (BODY, &[version, name], "mcp-method must be"),
            (BODY, &[version, ("mcp-method", "tools/list"), name], "mcp-method must be"),
            (BODY, &[version, method, method, name], "one mcp-method is allowed"),
            (BODY, &[version, method], "mcp-name must be"),
            (BODY, &[version, method, ("mcp-name", "echo")], "mcp-name must be"),
            (BODY, &[version, method, name, ("mcp-name", "echo")], "one mcp-name is allowed"),
            (BODY, &[version, version, method, name], "one mcp-protocol-version is allowed"),
        ] {
            let refused = of(params, all).unwrap_err();
            assert!(refused.contains(reason), "{all:?}: {refused}");
        }
        let params: Box<RawValue> = serde_json::from_str(BODY).unwrap();
        for (all, fits) in [
            (&[][..], true),
            (&[method, name], true),
            (&[("mcp-method", "tools/list")], false),
            (&[("mcp-name", "echo")], false),
            (&[name, name], false),
        ] {
            assert_eq!(check(&headers(all), "tools/call", Some(&params), false).is_ok(), fits, "{all:?}");
        }
    }

    #[test]
    fn the_status_says_what_the_code_says() {
        for (answer, status) in [
            (r#"{"result":{"code":-32601}}"#, 200),
            (r#"{"error":{"code":-32601}}"#, 404),
            (r#"{"error":{"code":-32020}}"#, 400),
            (r#"{"error":{"code":-32022}}"#, 400),
            (r#"{"error":{"code":-32602}}"#, 200),
            ("", 200),
        ] {
            assert_eq!(status_of(answer), status, "{answer}");
        }
    }
}
