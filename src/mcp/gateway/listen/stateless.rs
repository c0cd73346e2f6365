//! Requests of clients that send no `initialize` (protocol version 2026-07-28): each stands for itself, and its headers say
//! what it is. Pure.

use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderName};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::head::{Refusal, one};
use crate::mcp::gateway::routing::{METHOD, NAME, PROTOCOL_VERSION, STATELESS, decoded, name, version};

/// The code of an error for headers that say something else than the body.
const HEADER_MISMATCH: i32 = -32020;
/// The code of an error for a capability that the client would need.
const MISSING_CAPABILITY: i32 = -32021;
/// The code of an error for a version that the server does not speak.
const UNSUPPORTED_VERSION: i32 = -32022;
/// The code of JSON-RPC for a method that the server does not have.
const NO_SUCH_METHOD: i32 = -32601;

/// Whether a message is one of those, by its header or its body.
///
/// # Errors
///
/// The header stands twice, or is no text.
pub(super) fn is_stateless(headers: &HeaderMap, params: Option<&RawValue>) -> Result<bool, Refusal> {
    Ok(one(headers, &PROTOCOL_VERSION)? == Some(STATELESS) || version(params).is_some())
}

/// Checks that the headers of a request say what its body says: something on its way may have judged it by them.
///
/// # Errors
///
/// They do not; the code of the error, and why, in words.
pub(super) fn check(
    headers: &HeaderMap,
    method: &str,
    params: Option<&RawValue>,
) -> Result<(), (i32, String)> {
    let mismatch = |reason: String| (HEADER_MISMATCH, reason);
    let header = |of: &HeaderName| one(headers, of).map_err(|refusal| mismatch(refusal.reason));
    let named = header(&PROTOCOL_VERSION)?;
    if version(params).as_deref() != Some(STATELESS) || named != Some(STATELESS) {
        let reason = format!("{PROTOCOL_VERSION} and _meta must both name the version, {STATELESS}");
        return Err(mismatch(reason));
    }
    if header(&METHOD)? != Some(method) {
        return Err(mismatch(format!("{METHOD} must be the method of the request")));
    }
    let Some(expected) = name(method, params) else { return Ok(()) };
    if header(&NAME)?.and_then(decoded) == Some(expected) {
        Ok(())
    } else {
        Err(mismatch(format!("{NAME} must be the name in the request")))
    }
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
            let params: Box<RawValue> = serde_json::from_str(params).unwrap();
            let headers = headers(all);
            is_stateless(&headers, Some(&params)).map(|_| ()).map_err(|refusal| refusal.reason)?;
            check(&headers, "tools/call", Some(&params)).map_err(|(_, reason)| reason)
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
