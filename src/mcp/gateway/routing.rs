//! The headers with which a request over HTTP says what it is, so that nobody on its way has to read it. Pure.
//!
//! Clients that send no `initialize` have them since protocol version 2026-07-28
//! (source: modelcontextprotocol.io/specification/2026-07-28/basic/transports, "Standard Headers").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::value::RawValue;

use super::distinct::Fields;

/// The first version of the protocol without `initialize`.
pub(crate) const STATELESS: &str = "2026-07-28";

pub(crate) const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(crate) const METHOD: HeaderName = HeaderName::from_static("mcp-method");
pub(crate) const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// The code of an error for headers that say something else than the body.
pub(crate) const HEADER_MISMATCH: i32 = -32020;

/// The name in `_meta` of the version that a request is of.
const VERSION_IN_META: &str = "io.modelcontextprotocol/protocolVersion";

/// A value that cannot be that of a header stands between these, in base64.
const ENCODED: (&str, &str) = ("=?base64?", "?=");

/// The version that a request says it is of; none where an `initialize` has said it.
pub(crate) fn version(params: Option<&RawValue>) -> Option<String> {
    let meta = Fields::read(params?.get()).ok()?.get("_meta")?;
    let version = Fields::read(meta.get()).ok()?.get(VERSION_IN_META)?;
    serde_json::from_str(version.get()).ok()
}

/// The name of the thing that a request is about; none where its method is about none.
pub(crate) fn name(method: &str, params: Option<&RawValue>) -> Option<String> {
    let field = match method {
        "tools/call" | "prompts/get" => "name",
        "resources/read" | "resources/subscribe" | "resources/unsubscribe" => "uri",
        "tasks/get" | "tasks/update" | "tasks/cancel" => "taskId",
        _ => return None,
    };
    let name = Fields::read(params?.get()).ok()?.get(field)?;
    serde_json::from_str(name.get()).ok()
}

/// The headers of a request that needs no session; none of any other.
pub(crate) fn headers(method: &str, params: Option<&RawValue>) -> Option<HeaderMap> {
    let mut headers =
        HeaderMap::from_iter([(PROTOCOL_VERSION, encoded(&version(params)?)?), (METHOD, encoded(method)?)]);
    if let Some(name) = name(method, params) {
        headers.insert(NAME, encoded(&name)?);
    }
    Some(headers)
}

/// A text as the value of a header.
pub(crate) fn encoded(text: &str) -> Option<HeaderValue> {
    let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && text.trim_matches(' ') == text
        && !(text.starts_with(ENCODED.0) && text.ends_with(ENCODED.1));
    let text = if is_plain {
        text.to_owned()
    } else {
        format!("{}{}{}", ENCODED.0, STANDARD.encode(text), ENCODED.1)
    };
    HeaderValue::from_str(&text).ok()
}

/// The text that the value of a header stands for; none where it cannot be read.
pub(crate) fn decoded(value: &str) -> Option<String> {
    if !(value.starts_with(ENCODED.0) && value.ends_with(ENCODED.1)) {
        return Some(value.to_owned());
    }
    // Where one character stands for the end of both, readers differ.
    let inner = value.strip_prefix(ENCODED.0)?.strip_suffix(ENCODED.1)?;
    String::from_utf8(STANDARD.decode(inner).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_request_is_named_by_what_it_is_about() {
        let params = raw(r#"{"name":"n\u0061me","uri":"a://b","taskId":"t","_meta":{"x":1}}"#);
        for (method, expected) in [
            ("tools/call", Some("name")),
            ("prompts/get", Some("name")),
            ("resources/read", Some("a://b")),
            ("tasks/cancel", Some("t")),
            ("tools/list", None),
            ("Tools/call", None),
        ] {
            assert_eq!(name(method, Some(&params)).as_deref(), expected, "{method}");
        }
        assert_eq!(name("tools/call", Some(&raw(r#"{"name":7}"#))), None);
        assert_eq!(name("tools/call", None), None);
        assert_eq!(headers("tools/call", Some(&params)), None);
        assert_eq!(version(Some(&params)), None);
        let params = raw(r#"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#);
        assert_eq!(version(Some(&params)).as_deref(), Some(STATELESS));
        assert_eq!(headers("tools/list", Some(&params)).unwrap()[METHOD], "tools/list");
    }

    proptest! {
        #[test]
        fn any_name_comes_through_a_header(text: String) {
            let value = encoded(&text).unwrap();
            prop_assert_eq!(decoded(value.to_str().unwrap()), Some(text));
        }
    }

    #[test]
    fn a_plain_name_stays_and_others_are_encoded() {
        for (text, expected) in [
            ("get_user", "get_user"),
            ("a b", "a b"),
            (" a", "=?base64?IGE=?="),
            ("ä", "=?base64?w6Q=?="),
            ("=?base64?x?=", "=?base64?PT9iYXNlNjQ/eD89?="),
        ] {
            assert_eq!(encoded(text).unwrap(), expected, "{text}");
        }
        for wrong in ["=?base64?*?=", "=?base64?w6Q?=", "=?base64?w6R=?=", "=?base64?/w==?=", "=?base64?="] {
            assert_eq!(decoded(wrong), None, "{wrong}");
        }
    }
}
