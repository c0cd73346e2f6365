//! What an answer of the API means: a pure function of the answer and the time.
//!
//! Zoom's status says little: a failure may come with 200 (`OpenAPI` description of the recordings), a missing scope
//! with 401. The code in the answer comes first, and the status where there is none.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use super::quoted::{quoted, redacted};
use super::{Failure, Limit, counted};
use crate::token::Token;
use crate::zoom::answer::{Answer, Times, scopes};
use crate::zoom::budget::{Budget, TooMuch};

/// The longest wait that is believed of a Retry-After: daily limits end at 00:00 UTC (Zoom's rate limit documentation).
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// How many wrong fields are told.
const MOST_FIELDS: usize = 20;

/// An answer, with what it takes to read it.
pub(super) struct Reading<'a> {
    pub(super) answer: &'a Answer,
    /// The token that went with the question, which must not be repeated.
    pub(super) token: &'a Token,
    pub(super) times: Times,
    /// What the answer may become.
    pub(super) budget: &'a Budget,
}

impl Reading<'_> {
    /// What was asked for; null where Zoom has nothing to say but that it is done.
    pub(super) fn value(&self) -> Result<Value, Failure> {
        if !self.is_success() {
            return Err(self.failure());
        }
        if self.is_empty() {
            return Ok(Value::Null);
        }
        let json = counted::value(self.answer.content(), self.budget)
            .map_err(|TooMuch(what)| Failure::Unanswered { what, sent: true })?
            .ok_or_else(|| self.not_json())?;
        self.failure_in(&json).map_or(Ok(json), Err)
    }

    /// The `WebVTT` that was asked for. A download that is not allowed may bring a page to sign in, under status 200
    /// (forum thread 53338).
    pub(super) fn is_transcript(&self) -> Result<(), Failure> {
        if !self.is_success() {
            return Err(self.failure());
        }
        if self.is_page() {
            return Err(self.broken(
                "a sign-in page came in place of the file: the token may not open it, or a network wants a sign-in",
            ));
        }
        if self.answer.content().starts_with(b"WEBVTT") {
            return Ok(());
        }
        let told = self.json().and_then(|json| self.failure_in(&json));
        Err(told.unwrap_or_else(|| self.broken("what came is no transcript: it does not begin with WEBVTT")))
    }

    /// What came is of no use.
    pub(super) fn broken(&self, what: impl Into<String>) -> Failure {
        Failure::Broken {
            status: self.answer.status,
            what: what.into(),
            tracking_id: self.answer.tracking_id.clone(),
        }
    }

    /// What an answer says that is no success.
    fn failure(&self) -> Failure {
        let json = self.json();
        match self.answer.status {
            300..=399 => self.broken("the answer was a redirect, as sign-in pages of networks send it"),
            408 | 500.. => {
                let words = json.as_ref().and_then(message).map(|text| quoted(text, self.token));
                let words = words.map(|words| format!(": {words}")).unwrap_or_default();
                self.broken(format!("Zoom's API is out of order{words}"))
            }
            // These two mean the same whoever gives the answer, and whatever page comes with it.
            401 | 429 => self.refusal(&json.unwrap_or_default()),
            _ if json.is_some() || self.is_empty() => self.refusal(&json.unwrap_or_default()),
            _ => self.not_json(),
        }
    }

    /// The failure in the body of a success.
    fn failure_in(&self, json: &Value) -> Option<Failure> {
        let is_failure = code(json).is_some_and(|code| code != 0) && message(json).is_some();
        is_failure.then(|| self.refusal(json))
    }

    /// What Zoom refuses, and why.
    fn refusal(&self, json: &Value) -> Failure {
        let (status, tracking_id) = (self.answer.status, self.answer.tracking_id.clone());
        let (code, message) = (code(json), message(json).unwrap_or_default());
        let lacks_scopes = matches!(code, Some(4700 | 4711)) || message.contains("does not contain scopes");
        if status == 429 || code == Some(429) {
            self.busy(message)
        } else if lacks_scopes {
            Failure::Scopes { missing: self.missing(message), tracking_id }
        } else if code == Some(124) || status == 401 {
            Failure::Token { tracking_id }
        } else {
            let (message, fields) = (quoted(message, self.token), self.fields(json));
            Failure::Refused { status, code, message, fields, tracking_id }
        }
    }

    fn busy(&self, message: &str) -> Failure {
        let wait = self.answer.wait(self.times, LONGEST_WAIT);
        let until =
            wait.and_then(|wait| self.times.answered.checked_add_signed(TimeDelta::from_std(wait).ok()?));
        let what = limit(self.answer.limit.as_deref().unwrap_or_default(), message);
        Failure::Busy { wait, until, what, tracking_id: self.answer.tracking_id.clone() }
    }

    /// The scopes in `does not contain scopes:[a, b]` (forum thread 108207).
    fn missing(&self, message: &str) -> Vec<String> {
        let list = message.split_once('[').map(|(_, rest)| rest.split(']').next().unwrap_or(rest));
        scopes(&redacted(list.unwrap_or_default(), self.token).replace(',', " "))
    }

    /// The entries of `errors`, each with its field.
    fn fields(&self, json: &Value) -> Vec<String> {
        let entries = json.get("errors").and_then(Value::as_array).into_iter().flatten();
        let told = entries.filter_map(|entry| {
            let text = |name| entry.get(name).and_then(Value::as_str);
            Some(match (text("field"), text("message")) {
                (Some(field), Some(message)) => format!("{field}: {message}"),
                (one, other) => one.or(other)?.to_owned(),
            })
        });
        told.take(MOST_FIELDS).map(|text| quoted(&text, self.token)).collect()
    }

    fn not_json(&self) -> Failure {
        let what = if self.is_page() { "a page for people" } else { "something else than JSON" };
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

    /// Whether a page for people came: of a proxy, of a gateway, to sign in.
    fn is_page(&self) -> bool {
        let media_type = self.answer.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        media_type.trim_start().starts_with("text/html")
            || self.answer.content().trim_ascii().starts_with(b"<")
    }
}

/// Zoom's code, which some answers write as a text.
fn code(json: &Value) -> Option<i64> {
    let code = ["code", "errorCode"].iter().find_map(|name| json.get(name))?;
    code.as_i64().or_else(|| code.as_str()?.trim().parse().ok())
}

/// Zoom's words. Its documentation has `message`; clients met the others.
fn message(json: &Value) -> Option<&str> {
    ["message", "error_message", "errorMessage"].iter().find_map(|name| json.get(name)?.as_str())
}

/// Which limit a 429 is about, by X-RateLimit-Type and by the words: that of a user comes without the header.
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
