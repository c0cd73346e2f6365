//! A call of the API, as data.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use serde_json::Value;

/// What RFC 3986 calls unreserved, and what therefore needs no encoding in a path, stays as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is done to what the path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// It is read.
    Get,
    /// Something is made below it.
    Post,
    /// Parts of it are changed.
    Patch,
    /// It is removed.
    Delete,
}

/// A call of the API.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is done.
    pub method: Method,
    /// What it is done to: the path below the API's URL, encoded, beginning with a slash.
    pub path: String,
    /// Names and values behind the question mark, not yet encoded.
    pub query: Vec<(&'static str, String)>,
    /// What is sent as JSON.
    pub body: Option<Value>,
}

impl Request {
    /// A call without query and body. The segments are encoded here.
    ///
    /// A segment must not be empty, `.` or `..`: a URL cannot hold those. Ids are looked at before, where they come in.
    pub fn new(method: Method, segments: &[&str]) -> Self {
        let path =
            segments.iter().fold(String::new(), |path, segment| format!("{path}/{}", encoded(segment)));
        Self { method, path, query: Vec::new(), body: None }
    }

    /// The same, reading.
    pub fn get(segments: &[&str]) -> Self {
        Self::new(Method::Get, segments)
    }

    /// With a field in the query, where there is a value for it.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// With a body.
    #[must_use]
    pub fn sending(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// The address of this call, below the API's URL.
    pub(super) fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        // The path is set as it is: what is encoded in it stays encoded, also where it was encoded twice.
        url.set_path(&format!("{}{}", base.path().trim_end_matches('/'), self.path));
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

/// A path segment as Zoom wants it: encoded, and encoded twice where it begins with a slash or holds two in a row, as
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
    fn ids_are_encoded_as_zoom_wants_them() {
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
    fn a_query_is_encoded_and_left_out_where_there_is_none() {
        let base = Url::parse("https://api.zoom.us/v2/").unwrap();
        let request = Request::get(&["users"]).with("status", Some("active")).with("page_size", None::<u32>);
        assert_eq!(request.url(&base).as_str(), "https://api.zoom.us/v2/users?status=active");
        let request = Request::get(&["users"]).with("next_page_token", Some("a+b&c=d"));
        assert_eq!(request.url(&base).as_str(), "https://api.zoom.us/v2/users?next_page_token=a%2Bb%26c%3Dd");
    }
}
