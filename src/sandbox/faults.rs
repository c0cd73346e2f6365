//! Faults on demand: what can go wrong between zoomtok and Zoom, one of each kind.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use hyper::header::{HeaderName, RETRY_AFTER};
use serde_json::{Value, json};

use super::message::{Delivery, Reply};

/// The part of the sandbox that a fault befalls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `POST /oauth/token`.
    Token,
    /// Everything under `/v2`, and the downloads.
    Api,
}

/// What happens instead of, or to, the normal answer.
///
/// "Normal answer" means that the request is carried out: on the token endpoint a token is issued and a refresh token
/// is spent. Where this is not said, nothing is carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The normal answer, carried out and sent after this long.
    Slow(Duration),
    /// The normal answer, carried out at once and sent after this long.
    Late(Duration),
    /// The request is accepted and never answered.
    Never,
    /// The connection ends without an answer.
    CutBefore,
    /// The normal answer is carried out, and the connection ends without it: a refresh token is spent, and its
    /// successor unknown to the client.
    CutAfter,
    /// The normal answer is carried out, and a page with this status is sent in its place: a gateway that did not wait.
    Gateway(u16),
    /// The first half of the normal answer as if it were the whole.
    Torn,
    /// Half of the normal answer under the length of the whole, then the end of the connection.
    Truncated,
    /// The normal answer, a byte per this long.
    Trickle(Duration),
    /// The normal answer in chunks, without a length.
    Chunked,
    /// The normal answer with a byte order mark in front.
    Bom,
    /// A 200 of so many bytes, announced by its length.
    Huge(u64),
    /// A 200 that does not end.
    Endless,
    /// A 200 without a body.
    Empty,
    /// A page for people with this status: a sign-in page (200), a proxy's or a gateway's (403, 502).
    Html(u16),
    /// An error with this status, in JSON of the shape that the endpoint uses.
    Status(u16),
    /// 429.
    Busy(RetryAfter),
    /// 302 to this location.
    Redirect(String),
    /// This status with this body, declared to be JSON.
    Json {
        /// The status.
        status: u16,
        /// The body, which need not be JSON.
        body: String,
    },
    /// The normal answer with this text in place of the access token. The sandbox's API takes it.
    Token(String),
    /// The normal answer without its access token.
    NoToken,
}

/// How a 429 says when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// Not at all, as forum thread 18928 met it.
    None,
    /// In seconds.
    Seconds(u64),
    /// As an instant so many seconds from now, `2020-05-31T00:00:00Z`: what Zoom sends.
    Date(i64),
    /// As an HTTP date so many seconds from now: what RFC 9110 has.
    HttpDate(i64),
}

impl RetryAfter {
    fn header(self, now: DateTime<Utc>) -> Option<String> {
        match self {
            Self::None => None,
            Self::Seconds(seconds) => Some(seconds.to_string()),
            Self::Date(seconds) => Some(later(now, seconds).to_rfc3339_opts(SecondsFormat::Secs, true)),
            Self::HttpDate(seconds) => Some(http_date(later(now, seconds))),
        }
    }
}

/// A time so many seconds away, or the same time where the calendar ends before that.
pub(super) fn later(now: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    TimeDelta::try_seconds(seconds).and_then(|delta| now.checked_add_signed(delta)).unwrap_or(now)
}

/// As HTTP writes a time.
pub(super) fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// What a fault makes of a request.
pub(super) enum Outcome {
    Reply(Reply),
    /// Carried out or not, the connection ends here.
    Cut,
    /// Carried out after this long.
    Later(Duration),
    /// Sent after this long.
    Delayed(Reply, Duration),
    Never,
}

impl Fault {
    /// What this fault makes of a request at this time; `normal` carries the request out.
    pub(super) fn befall(
        self,
        endpoint: Endpoint,
        now: DateTime<Utc>,
        normal: impl FnOnce() -> Reply,
    ) -> Outcome {
        Outcome::Reply(match self {
            Self::Slow(duration) => return Outcome::Later(duration),
            Self::Late(duration) => return Outcome::Delayed(normal(), duration),
            Self::Never => return Outcome::Never,
            Self::CutBefore => return Outcome::Cut,
            Self::CutAfter => {
                normal();
                return Outcome::Cut;
            }
            Self::Gateway(status) => {
                normal();
                page(status)
            }
            Self::Torn => {
                let reply = normal();
                Reply { body: reply.body.slice(..reply.body.len() / 2), ..reply }
            }
            Self::Truncated => normal().delivered(Delivery::Half),
            Self::Trickle(pace) => normal().delivered(Delivery::Trickle(pace)),
            Self::Chunked => normal().delivered(Delivery::Chunked),
            Self::Bom => {
                let reply = normal();
                let body = ["\u{feff}".as_bytes(), &reply.body].concat();
                Reply { body: body.into(), ..reply }
            }
            Self::Huge(bytes) => Reply::json(200, &Value::Null).delivered(Delivery::Padding(bytes)),
            Self::Endless => Reply::json(200, &Value::Null).delivered(Delivery::Endless),
            Self::Empty => Reply::empty(200),
            Self::Html(200) => Reply::html(200, "Sign In - Zoom"),
            Self::Html(status) => page(status),
            Self::Status(status) => error(endpoint, status),
            Self::Busy(retry_after) => busy(retry_after, now),
            Self::Redirect(location) => Reply::redirect(&location),
            Self::Json { status, body } => Reply::text(status, "application/json;charset=UTF-8", body),
            Self::Token(text) => edited(normal(), |body| body["access_token"] = json!(text)),
            Self::NoToken => edited(normal(), |body| {
                body.as_object_mut().and_then(|fields| fields.remove("access_token"));
            }),
        })
    }
}

/// A page for people that says no more than its status.
fn page(status: u16) -> Reply {
    let Reply { status, .. } = Reply::empty(status);
    Reply::html(status.as_u16(), &status.to_string())
}

/// The reply with its body changed, when it brings an access token.
fn edited(reply: Reply, edit: impl FnOnce(&mut Value)) -> Reply {
    match reply.value() {
        Some(mut body) if body.get("access_token").is_some() => {
            edit(&mut body);
            Reply { body: body.to_string().into(), ..reply }
        }
        _ => reply,
    }
}

/// An error in the dialect of the endpoint.
fn error(endpoint: Endpoint, status: u16) -> Reply {
    let reply = Reply::empty(status);
    let reason = reply.status.canonical_reason().unwrap_or("Error");
    let body = match endpoint {
        Endpoint::Token => json!({"reason": reason, "error": reason.to_lowercase().replace(' ', "_")}),
        Endpoint::Api => json!({"code": status, "message": reason}),
    };
    Reply::json(status, &body)
}

/// The headers are those of Zoom's rate limit documentation.
fn busy(retry_after: RetryAfter, now: DateTime<Utc>) -> Reply {
    let message = "You have reached the maximum per-second rate limit for this API. Try again later.";
    let reply = Reply::json(429, &json!({"code": 429, "message": message}))
        .with(HeaderName::from_static("x-ratelimit-category"), "Medium")
        .with(HeaderName::from_static("x-ratelimit-type"), "QPS")
        .with(HeaderName::from_static("x-ratelimit-limit"), "20")
        .with(HeaderName::from_static("x-ratelimit-remaining"), "0");
    match retry_after.header(now) {
        Some(value) => reply.with(RETRY_AFTER, &value),
        None => reply,
    }
}

/// The faults to come on one endpoint, in order.
#[derive(Debug, Default)]
pub(super) struct Queue(VecDeque<(Fault, u32)>);

impl Queue {
    /// Adds a fault for this many requests; `u32::MAX` is for all that come.
    pub(super) fn push(&mut self, fault: Fault, times: u32) {
        if times > 0 {
            self.0.push_back((fault, times));
        }
    }

    /// The fault for the next request.
    pub(super) fn take(&mut self) -> Option<Fault> {
        let (fault, times) = self.0.front_mut()?;
        if *times == u32::MAX {
            return Some(fault.clone());
        }
        *times -= 1;
        if *times > 0 {
            return Some(fault.clone());
        }
        self.0.pop_front().map(|(fault, _)| fault)
    }

    /// Forgets them all.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn normal() -> Reply {
        Reply::json(200, &json!({"access_token": "normal", "expires_in": 3599}))
    }

    fn reply(fault: Fault) -> Reply {
        match fault.befall(Endpoint::Token, now(), normal) {
            Outcome::Reply(reply) => reply,
            Outcome::Cut | Outcome::Later(_) | Outcome::Delayed(..) | Outcome::Never => panic!("no reply"),
        }
    }

    #[test]
    fn a_queue_is_first_in_first_out() {
        let mut queue = Queue::default();
        assert_eq!(queue.take(), None);
        queue.push(Fault::Empty, 2);
        queue.push(Fault::Never, 0);
        queue.push(Fault::Bom, 1);
        queue.push(Fault::NoToken, u32::MAX);
        let taken: Vec<_> = std::iter::repeat_with(|| queue.take().unwrap()).take(5).collect();
        assert_eq!(taken, [Fault::Empty, Fault::Empty, Fault::Bom, Fault::NoToken, Fault::NoToken]);
        queue.clear();
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn what_is_carried_out_and_what_is_not() {
        let carried = [
            Fault::CutAfter,
            Fault::Late(Duration::ZERO),
            Fault::Gateway(504),
            Fault::Torn,
            Fault::Truncated,
            Fault::Trickle(Duration::ZERO),
            Fault::Chunked,
            Fault::Bom,
            Fault::Token("t".into()),
            Fault::NoToken,
        ];
        let dropped = [
            // Carried out by whoever waits.
            Fault::Slow(Duration::ZERO),
            Fault::Never,
            Fault::CutBefore,
            Fault::Huge(1),
            Fault::Endless,
            Fault::Empty,
            Fault::Html(200),
            Fault::Status(503),
            Fault::Busy(RetryAfter::None),
            Fault::Redirect("/".into()),
            Fault::Json { status: 200, body: String::new() },
        ];
        for (faults, expected) in [(&carried[..], true), (&dropped[..], false)] {
            for fault in faults {
                let mut done = false;
                fault.clone().befall(Endpoint::Token, now(), || {
                    done = true;
                    normal()
                });
                assert_eq!(done, expected, "{fault:?}");
            }
        }
    }

    #[test]
    fn a_token_is_exactly_what_was_asked_for() {
        let text = "quote\" line\n $(id) \u{e9}";
        let body = reply(Fault::Token(text.into())).value().unwrap();
        assert_eq!(body, json!({"access_token": text, "expires_in": 3599}));
        assert_eq!(reply(Fault::NoToken).value().unwrap(), json!({"expires_in": 3599}));
    }

    #[test]
    fn a_refusal_stays_one_under_a_changed_token() {
        let refusal = json!({"reason": "Invalid Token!", "error": "invalid_grant"});
        let outcome = Fault::Token("t".into()).befall(Endpoint::Token, now(), || Reply::json(400, &refusal));
        assert!(matches!(outcome, Outcome::Reply(reply) if reply.value() == Some(refusal)));
    }

    #[test]
    fn retry_after_has_four_forms() {
        let table = [
            (RetryAfter::None, None),
            (RetryAfter::Seconds(30), Some("30")),
            (RetryAfter::Date(80), Some("2026-09-21T14:14:40Z")),
            (RetryAfter::HttpDate(-20), Some("Mon, 21 Sep 2026 14:13:00 GMT")),
        ];
        for (retry_after, expected) in table {
            let reply = reply(Fault::Busy(retry_after));
            assert_eq!(reply.status, 429);
            let header = reply.headers.get(RETRY_AFTER).map(|value| value.to_str().unwrap());
            assert_eq!(header, expected, "{retry_after:?}");
        }
    }

    #[test]
    fn an_error_speaks_the_dialect_of_its_endpoint() {
        let body = |endpoint| error(endpoint, 503).value().unwrap();
        assert_eq!(body(Endpoint::Token)["error"], "service_unavailable");
        assert_eq!(body(Endpoint::Api), json!({"code": 503, "message": "Service Unavailable"}));
    }

    #[test]
    fn a_byte_order_mark_stands_before_the_body() {
        assert!(reply(Fault::Bom).body.starts_with(b"\xef\xbb\xbf{"));
    }
}
