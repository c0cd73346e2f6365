//! A request and its reply, apart from the connection.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use hyper::{HeaderMap, Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

/// The fields of a form or of a query.
pub(super) type Fields = BTreeMap<String, String>;

/// A complete request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    /// The path, still encoded.
    pub(super) path: String,
    /// The query, still encoded.
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Request {
    /// The parts of the path between its slashes, each decoded once.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path
            .trim_start_matches('/')
            .split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect()
    }

    pub(super) fn query_fields(&self) -> Fields {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// The form's fields; none if the body is not declared as a form.
    pub(super) fn form(&self) -> Fields {
        let media_type = self.header(&CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            form_urlencoded::parse(&self.body).into_owned().collect()
        } else {
            Fields::new()
        }
    }

    /// The user and password of Basic authentication.
    pub(super) fn basic(&self) -> Option<(String, String)> {
        let decoded = STANDARD.decode(self.credentials("Basic")?).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
    }

    /// The token of Bearer authentication.
    pub(super) fn bearer(&self) -> Option<&str> {
        self.credentials("Bearer")
    }

    /// The value of a header, empty if it is missing or not text.
    pub(super) fn header(&self, name: &HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn credentials(&self, scheme: &str) -> Option<&str> {
        let (given, credentials) = self.header(&AUTHORIZATION).split_once(' ')?;
        given.eq_ignore_ascii_case(scheme).then(|| credentials.trim())
    }
}

/// How a body reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Delivery {
    /// At once, with its length.
    #[default]
    Whole,
    /// In two chunks without a length.
    Chunked,
    /// A byte at a time.
    Trickle(Duration),
    /// Half of it, with the length of the whole; then the connection closes.
    Half,
    /// This many spaces instead of it, with that length.
    Padding(u64),
    /// Spaces instead of it, without a length and without an end.
    Endless,
}

/// A body that lasts for as long as somebody writes it.
#[derive(Clone)]
pub(super) struct Feed(pub(super) Arc<Mutex<UnboundedReceiver<Bytes>>>);

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Feed")
    }
}

#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) delivery: Delivery,
    /// The stream instead of the body, without a length.
    pub(super) feed: Option<Feed>,
}

impl Reply {
    /// A reply without a body.
    pub(super) fn empty(status: u16) -> Self {
        // A number outside 100..=999 comes only from a fault and becomes 500.
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), delivery: Delivery::Whole, feed: None }
    }

    /// A reply with this text.
    pub(super) fn text(status: u16, media_type: &str, body: impl Into<Bytes>) -> Self {
        let reply = Self { body: body.into(), ..Self::empty(status) };
        reply.with(CONTENT_TYPE, media_type)
    }

    /// A JSON reply.
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json;charset=UTF-8", body.to_string())
    }

    /// A web page.
    pub(super) fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
        );
        Self::text(status, "text/html;charset=UTF-8", page)
    }

    /// A redirect to this location.
    pub(super) fn redirect(location: &str) -> Self {
        Self::empty(302).with(LOCATION, location)
    }

    /// Adds a header, unless the value is not valid in one.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(super) fn delivered(self, delivery: Delivery) -> Self {
        Self { delivery, ..self }
    }

    /// A reply whose body is what this channel brings.
    pub(super) fn fed(self, feed: UnboundedReceiver<Bytes>) -> Self {
        Self { feed: Some(Feed(Arc::new(Mutex::new(feed)))), ..self }
    }

    /// The body, if it is JSON.
    pub(super) fn value(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A request with a line such as `GET /path?query`.
    pub(in crate::sandbox) fn request(line: &str) -> Request {
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Request {
            method: method.parse().unwrap(),
            path: path.into(),
            query: query.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    impl Request {
        pub(in crate::sandbox) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
            self.headers.insert(name, value.parse().unwrap());
            self
        }

        pub(in crate::sandbox) fn with_form(self, fields: &[(&str, &str)]) -> Self {
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            Self { body: body.into(), ..self.with_header(CONTENT_TYPE, "application/x-www-form-urlencoded") }
        }

        pub(in crate::sandbox) fn with_basic(self, user: &str, password: &str) -> Self {
            let credentials = STANDARD.encode(format!("{user}:{password}"));
            self.with_header(AUTHORIZATION, &format!("Basic {credentials}"))
        }

        pub(in crate::sandbox) fn with_bearer(self, token: &str) -> Self {
            self.with_header(AUTHORIZATION, &format!("Bearer {token}"))
        }

        pub(in crate::sandbox) fn with_json(self, body: &Value) -> Self {
            Self { body: body.to_string().into(), ..self.with_header(CONTENT_TYPE, "application/json") }
        }
    }

    #[test]
    fn a_form_counts_only_with_its_media_type() {
        let fields = [("a", "1 2"), ("b", "$(x)")];
        let form = request("POST /").with_form(&fields);
        assert_eq!(form.form()["a"], "1 2");
        assert_eq!(form.form()["b"], "$(x)");
        let json = form.clone().with_header(CONTENT_TYPE, "application/json");
        assert!(json.form().is_empty());
        let spelled = form.with_header(CONTENT_TYPE, "Application/X-WWW-Form-Urlencoded; charset=utf-8");
        assert_eq!(spelled.form().len(), 2);
    }

    #[test]
    fn credentials_are_read_by_their_scheme() {
        let basic = request("GET /").with_basic("id", "se:cret");
        assert_eq!(basic.basic(), Some(("id".into(), "se:cret".into())));
        assert_eq!(basic.bearer(), None);
        assert_eq!(request("GET /").with_bearer("t").bearer(), Some("t"));
        assert_eq!(request("GET /").bearer(), None);
    }

    #[test]
    fn a_segment_is_decoded_once() {
        assert_eq!(request("GET /v2/meetings/a%2Fb%252F").segments(), ["v2", "meetings", "a/b%2F"]);
    }
}
