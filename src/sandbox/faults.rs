//! Faults on demand: one of each kind that can happen between zoomtok and Zoom.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use hyper::header::{HeaderName, RETRY_AFTER};
use serde_json::{Value, json};

use super::message::{Delivery, Reply};

/// The part of the sandbox that a fault affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `POST /oauth/token`.
    Token,
    /// Everything under `/v2`, and the downloads.
    Api,
    /// Everything under `/mcp`.
    Mcp,
    /// The authorization page, the codes of devices, and the end of a login.
    Login,
}

/// A change to the normal answer, or a replacement for it.
///
/// "Normal answer" means that the request is carried out: the token endpoint issues a token and spends the refresh
/// token. Otherwise nothing is carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The normal answer, carried out and sent after a delay.
    Slow(Duration),
    /// The normal answer, carried out at once and sent after a delay.
    Late(Duration),
    /// The request is accepted and never answered.
    Never,
    /// The connection is closed without an answer.
    CutBefore,
    /// The request is carried out, and the connection is closed without the answer: a refresh token is spent, and the
    /// client does not know its replacement.
    CutAfter,
    /// The request is carried out, but a page with this status is sent: a gateway that did not wait.
    Gateway(u16),
    /// The first half of the normal answer, as if it were all.
    Torn,
    /// Half of the normal answer with the length of the whole; then the connection is closed.
    Truncated,
    /// The normal answer, a byte at a time with this pause.
    Trickle(Duration),
    /// The normal answer in chunks, without a length.
    Chunked,
    /// The normal answer with a byte order mark in front.
    Bom,
    /// A 200 with this many bytes, announced by its length.
    Huge(u64),
    /// A 200 that does not end.
    Endless,
    /// A 200 without a body.
    Empty,
    /// A web page with this status: of a sign-in (200), a proxy or a gateway (403, 502).
    Html(u16),
    /// An error with this status, in the JSON format of the endpoint.
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
    /// The normal answer with this text instead of the access token. The sandbox's API accepts it.
    Token(String),
    /// The normal answer without its access token.
    NoToken,
}

/// How a 429 says when to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// Not at all, as seen in forum thread 18928.
    None,
    /// In seconds.
    Seconds(u64),
    /// As an instant this many seconds from now, in the form that Zoom sends: `2020-05-31T00:00:00Z`.
    Date(i64),
    /// As an HTTP date this many seconds from now, as in RFC 9110.
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

/// A time this many seconds later, or `now` if that is beyond the calendar.
pub(super) fn later(now: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    TimeDelta::try_seconds(seconds).and_then(|delta| now.checked_add_signed(delta)).unwrap_or(now)
}

/// A time in the format of HTTP.
pub(super) fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The outcome of a request.
pub(super) enum Outcome {
    Reply(Reply),
    /// The connection is closed, whether or not the request was carried out.
    Cut,
    /// Carried out after a delay.
    Later(Duration),
    /// Carried out; sent after a delay.
    Delayed(Reply, Duration),
    Never,
}

impl Fault {
    /// Applies this fault to a request at this time; `normal` carries the request out.
    pub(super) fn apply(
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

/// A web page that says no more than its status.
fn page(status: u16) -> Reply {
    let Reply { status, .. } = Reply::empty(status);
    Reply::html(status.as_u16(), &status.to_string())
}

/// The reply with its body changed, if it has an access token.
fn edited(reply: Reply, edit: impl FnOnce(&mut Value)) -> Reply {
    match reply.value() {
        Some(mut body) if body.get("access_token").is_some() => {
            edit(&mut body);
            Reply { body: body.to_string().into(), ..reply }
        }
        _ => reply,
    }
}

/// An error in the format of the endpoint.
fn error(endpoint: Endpoint, status: u16) -> Reply {
    let reply = Reply::empty(status);
    let reason = reply.status.canonical_reason().unwrap_or("Error");
    let body = match endpoint {
        Endpoint::Token | Endpoint::Login => {
            json!({"reason": reason, "error": reason.to_lowercase().replace(' ', "_")})
        }
        Endpoint::Api => json!({"code": status, "message": reason}),
        Endpoint::Mcp => {
            json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32603, "message": reason}})
        }
    };
    Reply::json(status, &body)
}

/// A 429 with the headers from Zoom's rate limit documentation.
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

/// The queued faults of one endpoint.
#[derive(Debug, Default)]
pub(super) struct Queue(VecDeque<(Fault, u32)>);

impl Queue {
    /// Adds a fault for this many requests; `u32::MAX` is for all requests.
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
        match fault.apply(Endpoint::Token, now(), normal) {
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
    fn some_faults_carry_the_request_out_and_others_do_not() {
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
            // Carried out later, by the server.
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
                fault.clone().apply(Endpoint::Token, now(), || {
                    done = true;
                    normal()
                });
                assert_eq!(done, expected, "{fault:?}");
            }
        }
    }

    #[test]
    fn a_token_is_exactly_the_requested_text() {
        let text = "quote\" line\n $(id) \u{e9}";
        let body = reply(Fault::Token(text.into())).value().unwrap();
        assert_eq!(body, json!({"access_token": text, "expires_in": 3599}));
        assert_eq!(reply(Fault::NoToken).value().unwrap(), json!({"expires_in": 3599}));
    }

    #[test]
    fn a_changed_token_leaves_a_refusal_alone() {
        let refusal = json!({"reason": "Invalid Token!", "error": "invalid_grant"});
        let outcome = Fault::Token("t".into()).apply(Endpoint::Token, now(), || Reply::json(400, &refusal));
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
    fn an_error_has_the_format_of_its_endpoint() {
        let body = |endpoint| error(endpoint, 503).value().unwrap();
        assert_eq!(body(Endpoint::Token)["error"], "service_unavailable");
        assert_eq!(body(Endpoint::Api), json!({"code": 503, "message": "Service Unavailable"}));
    }

    #[test]
    fn a_byte_order_mark_precedes_the_body() {
        assert!(reply(Fault::Bom).body.starts_with(b"\xef\xbb\xbf{"));
    }
}
