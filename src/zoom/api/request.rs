//! A call to the API, as data.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use serde_json::Value;

/// The characters to encode in a path: all but those that RFC 3986 calls unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The operation on the resource at the path of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads it.
    Get,
    /// Creates something below it.
    Post,
    /// Changes parts of it.
    Patch,
    /// Sets its state.
    Put,
    /// Deletes it.
    Delete,
}

/// A call to the API.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The operation.
    pub method: Method,
    /// The path below the API's URL, encoded, starting with a slash.
    pub path: String,
    /// The names and values of the query, not encoded.
    pub query: Vec<(&'static str, String)>,
    /// The JSON body.
    pub body: Option<Value>,
}

impl Request {
    /// A call without a query or a body. The segments are encoded here.
    ///
    /// A segment must not be empty, `.` or `..`, which a URL cannot contain. Ids are checked earlier, when they come
    /// in.
    pub fn new(method: Method, segments: &[&str]) -> Self {
        let path =
            segments.iter().fold(String::new(), |path, segment| format!("{path}/{}", encoded(segment)));
        Self { method, path, query: Vec::new(), body: None }
    }

    /// A call that reads.
    pub fn get(segments: &[&str]) -> Self {
        Self::new(Method::Get, segments)
    }

    /// Adds a field to the query, if it has a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn sending(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// The URL of this call.
    pub(super) fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        // Setting the path keeps its encoding, even if parts are encoded twice.
        url.set_path(&format!("{}{}", base.path().trim_end_matches('/'), self.path));
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

/// A path segment as Zoom expects it: encoded, and encoded twice if it starts with a slash or contains two in a row, as
/// UUIDs of meetings may (Zoom's `OpenAPI` description of `/past_meetings/{meetingId}`).
fn encoded(segment: &str) -> String {
    let once = utf8_percent_encode(segment, SEGMENT).to_string();
    if segment.starts_with('/') || segment.contains("//") {
        utf8_percent_encode(&once, SEGMENT).to_string()
    } else {
        once
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(segments: &[&str]) -> String {
        Request::get(segments).url(&Url::parse("https://api.zoom.us/v2").unwrap()).to_string()
    }

    #[test]
    fn ids_are_encoded_as_zoom_expects() {
        for (id, path) in [
            ("85746065", "85746065"),
            ("ada@example.com", "ada%40example.com"),
            ("-_id", "-_id"),
            ("4444AAAiAAAAAiAiAiiAii==", "4444AAAiAAAAAiAiAiiAii%3D%3D"),
            ("a/b+c==", "a%2Fb%2Bc%3D%3D"),
            ("/abc==", "%252Fabc%253D%253D"),
            ("a//b==", "a%252F%252Fb%253D%253D"),
            ("a?b#c%2F", "a%3Fb%23c%252F"),
            ("ü", "%C3%BC"),
        ] {
            assert_eq!(
                url(&["past_meetings", id, "participants"]),
                format!("https://api.zoom.us/v2/past_meetings/{path}/participants")
            );
        }
    }

    #[test]
    fn a_query_is_encoded_or_left_out_if_empty() {
        let base = Url::parse("https://api.zoom.us/v2/").unwrap();
        let request = Request::get(&["users"]).with("status", Some("active")).with("page_size", None::<u32>);
        assert_eq!(request.url(&base).as_str(), "https://api.zoom.us/v2/users?status=active");
        let request = Request::get(&["users"]).with("next_page_token", Some("a+b&c=d"));
        assert_eq!(request.url(&base).as_str(), "https://api.zoom.us/v2/users?next_page_token=a%2Bb%26c%3Dd");
    }
}
