//! The meaning of an answer from the API: a pure function of the answer and the time.
//!
//! Zoom's status says little: a failure may come with 200 (`OpenAPI` description of the recordings), a missing scope
//! with 401. The code in the answer counts first, and the status only if there is none.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use super::quoted::{quoted, redacted};
use super::{ApiFailure, Limit, counted};
use crate::token::Token;
use crate::zoom::answer::{Answer, Times, scopes};
use crate::zoom::budget::{Budget, TooMuch};

/// The longest wait that a Retry-After can ask for: daily limits end at 00:00 UTC (Zoom's rate limit documentation).
const LONGEST_API_WAIT: Duration = Duration::from_hours(24);

/// The most invalid fields that are reported.
const MOST_FIELDS: usize = 20;

/// The words for a page in place of a file.
const SIGN_IN: &str =
    "a sign-in page came instead of the file: the token lacks access to it, or a network requires a sign-in";

/// An answer, with everything needed to read it.
pub(super) struct Reading<'a> {
    pub(super) answer: &'a Answer,
    /// The token of the request, which must not be repeated.
    pub(super) token: &'a Token,
    pub(super) times: Times,
    /// The memory that the value may take.
    pub(super) budget: &'a Budget,
}

impl Reading<'_> {
    /// The requested value; null if the answer is an empty success.
    pub(super) fn value(&self) -> Result<Value, ApiFailure> {
        if !self.is_success() {
            return Err(self.failure());
        }
        if self.is_empty() {
            return Ok(Value::Null);
        }
        let json = counted::value(self.answer.content(), self.budget)
            .map_err(|TooMuch(what)| ApiFailure::Unanswered { what, sent: true })?
            .ok_or_else(|| self.not_json())?;
        self.failure_in(&json).map_or(Ok(json), Err)
    }

    /// Checks that the answer is `WebVTT`. A download that is not allowed may end in a sign-in page with status 200
    /// (forum thread 53338).
    pub(super) fn is_transcript(&self) -> Result<(), ApiFailure> {
        if !self.is_success() {
            return Err(self.failure());
        }
        if self.is_page() {
            return Err(self.broken(SIGN_IN));
        }
        if self.answer.content().starts_with(b"WEBVTT") {
            return Ok(());
        }
        let failure = self.json().and_then(|json| self.failure_in(&json));
        Err(failure
            .unwrap_or_else(|| self.broken("the file is not a transcript: it does not begin with WEBVTT")))
    }

    /// Checks that the answer is the file that was asked for, as far as its beginning says. Its bytes are looked at if it
    /// begins with the first one: Zoom sends sign-in pages and errors with status 200.
    pub(super) fn is_file(&self, from_beginning: bool) -> Result<(), ApiFailure> {
        if !self.is_success() {
            return Err(self.failure());
        }
        let is_page = if from_beginning { self.is_page() } else { self.is_of_html() };
        if is_page {
            return Err(self.broken(SIGN_IN));
        }
        let failure = self.json().filter(|_| from_beginning).and_then(|json| self.failure_in(&json));
        failure.map_or(Ok(()), Err)
    }

    /// The failure for an unusable answer.
    pub(super) fn broken(&self, what: impl Into<String>) -> ApiFailure {
        ApiFailure::Broken {
            status: self.answer.status,
            what: what.into(),
            tracking_id: self.answer.tracking_id.clone(),
        }
    }

    /// The failure in an answer that is not a success.
    fn failure(&self) -> ApiFailure {
        let json = self.json();
        match self.answer.status {
            300..=399 => self.broken("the answer was a redirect, as from a network's sign-in page"),
            408 | 500.. => {
                let words = json.as_ref().and_then(message).map(|text| quoted(text, self.token));
                let words = words.map(|words| format!(": {words}")).unwrap_or_default();
                self.broken(format!("Zoom's API is out of order{words}"))
            }
            // These two mean the same from Zoom and from a proxy, whatever the body.
            401 | 429 => self.refusal(&json.unwrap_or_default()),
            _ if json.is_some() || self.is_empty() => self.refusal(&json.unwrap_or_default()),
            _ => self.not_json(),
        }
    }

    /// The failure in the body of a successful answer.
    fn failure_in(&self, json: &Value) -> Option<ApiFailure> {
        let is_failure = code(json).is_some_and(|code| code != 0) && message(json).is_some();
        is_failure.then(|| self.refusal(json))
    }

    /// The failure for a refusal by Zoom.
    fn refusal(&self, json: &Value) -> ApiFailure {
        let (status, tracking_id) = (self.answer.status, self.answer.tracking_id.clone());
        let (code, message) = (code(json), message(json).unwrap_or_default());
        let lacks_scopes = matches!(code, Some(4700 | 4711)) || message.contains("does not contain scopes");
        if status == 429 || code == Some(429) {
            self.busy(message)
        } else if lacks_scopes {
            ApiFailure::Scopes { missing: self.missing(message), tracking_id }
        } else if code == Some(124) || status == 401 {
            ApiFailure::Token { tracking_id }
        } else {
            let (message, fields) = (quoted(message, self.token), self.fields(json));
            ApiFailure::Refused { status, code, message, fields, tracking_id }
        }
    }

    fn busy(&self, message: &str) -> ApiFailure {
        let wait = self.answer.wait(self.times, LONGEST_API_WAIT);
        let until =
            wait.and_then(|wait| self.times.answered.checked_add_signed(TimeDelta::from_std(wait).ok()?));
        let what = limit(self.answer.limit.as_deref().unwrap_or_default(), message);
        ApiFailure::Busy { wait, until, what, tracking_id: self.answer.tracking_id.clone() }
    }

    /// The scopes in `does not contain scopes:[a, b]` (forum thread 108207).
    fn missing(&self, message: &str) -> Vec<String> {
        let list = message.split_once('[').map(|(_, rest)| rest.split(']').next().unwrap_or(rest));
        scopes(&redacted(list.unwrap_or_default(), self.token).replace(',', " "))
    }

    /// The entries of `errors`, each with its field.
    fn fields(&self, json: &Value) -> Vec<String> {
        let entries = json.get("errors").and_then(Value::as_array).into_iter().flatten();
        let fields = entries.filter_map(|entry| {
            let text = |name| entry.get(name).and_then(Value::as_str);
            Some(match (text("field"), text("message")) {
                (Some(field), Some(message)) => format!("{field}: {message}"),
                (one, other) => one.or(other)?.to_owned(),
            })
        });
        fields.take(MOST_FIELDS).map(|text| quoted(&text, self.token)).collect()
    }

    fn not_json(&self) -> ApiFailure {
        let what = if self.is_page() { "a web page" } else { "not JSON" };
        self.broken(format!("the answer was {what}"))
    }

    fn json(&self) -> Option<Value> {
        counted::value(self.answer.content(), self.budget).ok().flatten()
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.answer.status)
    }

    fn is_empty(&self) -> bool {
        self.answer.content().trim_ascii().is_empty()
    }

    /// Whether the answer is a web page, from a proxy, a gateway or a sign-in.
    fn is_page(&self) -> bool {
        self.is_of_html() || self.answer.content().trim_ascii().starts_with(b"<")
    }

    /// Whether the answer says that it is a web page.
    fn is_of_html(&self) -> bool {
        let media_type = self.answer.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        media_type.trim_start().starts_with("text/html")
    }
}

/// Zoom's code, which some answers give as text.
fn code(json: &Value) -> Option<i64> {
    let code = ["code", "errorCode"].iter().find_map(|name| json.get(name))?;
    code.as_i64().or_else(|| code.as_str()?.trim().parse().ok())
}

/// Zoom's message. `message` is documented; clients have seen the others.
fn message(json: &Value) -> Option<&str> {
    ["message", "error_message", "errorMessage"].iter().find_map(|name| json.get(name)?.as_str())
}

/// The limit that a 429 is about, by X-RateLimit-Type and the message: the limit of a user comes without the header.
fn limit(kind: &str, message: &str) -> Limit {
    let (kind, message) = (kind.to_ascii_lowercase(), message.to_ascii_lowercase());
    if message.contains("daily rate limit (") {
        Limit::PerUserDaily
    } else if kind == "qps" || message.contains("per-second") {
        Limit::PerSecond
    } else if kind.starts_with("daily") || message.contains("daily rate limit") {
        Limit::Daily
    } else {
        Limit::Unknown
    }
}

#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
#[cfg(test)]
mod tests;
