//! The meaning of an answer of Zoom's token endpoint: a pure function of the answer and the time.
//!
//! One rule governs everything else: only a verdict on the credentials is final. A status alone never is one, since any
//! gateway between Zoom and here may answer with any status and a page of its own.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::Grant;
use crate::error::{Error, Refusal};
use crate::token::{CLOCK_TOLERANCE, Claims, LONGEST_LIFE, Token};

/// The longest wait that a Retry-After can ask for. Zoom's may name midnight, when a daily limit ends (forum thread
/// 18928); nobody at a terminal should be locked out that long.
pub const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// The life, in seconds, of a token whose answer does not state one; Zoom documents an hour.
const USUAL_LIFE: i64 = 3600;

/// How many scopes are taken from an answer, and how many bytes the name of one may have. Zoom has some hundred scopes,
/// with names of up to 60 bytes.
const MOST_SCOPES: usize = 500;
const LONGEST_SCOPE: usize = 200;

/// An HTTP answer with any status. `Debug` shows neither the body nor the target of a redirect: both may hold tokens.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) date: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) location: Option<String>,
    /// `X-RateLimit-Type`.
    pub(super) limit: Option<String>,
    pub(super) tracking_id: Option<String>,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// Why there is no answer to a request.
#[derive(Debug)]
pub(super) struct Silence {
    /// The event in words, such as a closed connection.
    pub(super) what: String,
    /// Whether the other side may have received the request. False only if no connection was made.
    pub(super) sent: bool,
}

/// When a request was sent and answered, by this machine's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) asked: DateTime<Utc>,
    pub(super) answered: DateTime<Utc>,
}

/// A token that was issued.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The access token.
    pub token: Token,
    /// The refresh token that replaces the spent one, if there was one.
    pub refresh_token: Option<Token>,
    /// Why the refresh token must not be written into a file that shells run, if so.
    pub refused_refresh: Option<&'static str>,
    /// When it expires, by this machine's clock.
    pub expires_at: DateTime<Utc>,
    /// Seconds by which Zoom's clock is ahead of this machine's; 0 within [`CLOCK_TOLERANCE`].
    pub ahead: i64,
    /// Zoom's scopes of the token. Empty where the answer does not list them, as in the first seconds of an app
    /// (marketplace notes in Zoom's skills repository).
    pub scopes: Vec<String>,
}

/// Why there is no token, and whether to try again.
#[derive(Debug)]
pub(super) struct ExchangeFailure {
    pub(super) error: Error,
    /// None: do not try again now.
    pub(super) again: Option<Again>,
    /// Whether this may have spent a single-use grant.
    pub(super) spent: bool,
    /// The refresh token that came with the failure.
    pub(super) refresh_token: Option<Box<Token>>,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// After a pause of the caller's choice.
    Soon,
    /// After this long, as Zoom asked.
    After(Duration),
}

impl ExchangeFailure {
    /// Nothing came back; Zoom may still have received the request.
    pub(super) fn unanswered(what: String, reached: bool, spent: bool) -> Self {
        Self {
            error: Error::Transient { what, not_before: None, reached, spent: false, tracking_id: None },
            again: Some(Again::Soon),
            spent,
            refresh_token: None,
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Answer {
    /// The meaning of this answer to a request for `grant`.
    ///
    /// An answer that is neither a grant nor a verdict may still follow a request that Zoom carried out: a gateway gave
    /// up waiting (504), or the end of the answer is missing. Answers from in front of Zoom never do: a rate limit
    /// (429), a page of a proxy (3xx, 4xx).
    #[allow(clippy::result_large_err, reason = "there is one in an exchange, which takes a network")]
    pub(super) fn read(&self, grant: &Grant, times: Times) -> Result<Granted, ExchangeFailure> {
        let transient = |what: String, again, spent| ExchangeFailure {
            error: Error::Transient {
                what,
                not_before: None,
                reached: true,
                spent: false,
                tracking_id: self.tracking_id.clone(),
            },
            again,
            spent,
            refresh_token: None,
        };
        let soon = Some(Again::Soon);
        match self.status {
            429 => return Err(self.later("Zoom is too busy for this app (HTTP 429)".into(), times, false)),
            408 | 500.. => {
                return Err(self.later(format!("Zoom answered with HTTP {}", self.status), times, true));
            }
            300..400 => {
                return Err(transient(
                    "the answer was a redirect, as from a network's sign-in page".into(),
                    None,
                    false,
                ));
            }
            _ => {}
        }
        let status = self.status;
        let body = self.content();
        let Ok(json) = serde_json::from_slice::<Map<String, Value>>(body) else {
            let what = if body.trim_ascii().is_empty() { "empty" } else { "not a JSON object" };
            let again = soon.filter(|_| status < 400);
            return Err(transient(
                format!("the answer (HTTP {status}) was {what}; is a proxy in the way?"),
                again,
                status < 400,
            ));
        };
        match verdict(grant, &json) {
            Some(Verdict::Final(refusal)) => {
                let tracking_id = self.tracking_id.clone();
                Err(ExchangeFailure {
                    error: Error::Refused { refusal, status, tracking_id },
                    again: None,
                    spent: false,
                    refresh_token: None,
                })
            }
            Some(Verdict::Transient(name)) => {
                Err(transient(format!("Zoom answered {name} (HTTP {status})"), soon, true))
            }
            None if status < 300 => self.granted(json, times),
            None => Err(transient(
                format!("Zoom answered with HTTP {status} and no reason that is known"),
                None,
                false,
            )),
        }
    }

    /// The body, without a byte order mark.
    pub(super) fn content(&self) -> &[u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body)
    }

    /// The wait that the answer asks for, at most `longest`.
    pub(super) fn wait(&self, times: Times, longest: Duration) -> Option<Duration> {
        wait(self.retry_after.as_deref()?, times.answered, self.ahead(times)).map(|wait| wait.min(longest))
    }

    /// A failure with the time to try again, if the answer names one: a 429 may, and so may a 503 (RFC 9110).
    fn later(&self, what: String, times: Times, spent: bool) -> ExchangeFailure {
        let wait = self.wait(times, LONGEST_WAIT);
        let not_before =
            wait.and_then(|wait| times.answered.checked_add_signed(TimeDelta::from_std(wait).ok()?));
        ExchangeFailure {
            error: Error::Transient {
                what,
                not_before,
                reached: true,
                spent: false,
                tracking_id: self.tracking_id.clone(),
            },
            again: Some(wait.map_or(Again::Soon, Again::After)),
            spent,
            refresh_token: None,
        }
    }

    #[allow(clippy::result_large_err, reason = "there is one in an exchange, which takes a network")]
    fn granted(&self, mut json: Map<String, Value>, times: Times) -> Result<Granted, ExchangeFailure> {
        // The texts move into the tokens, which wipe them.
        let mut text = |name| match json.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (access_token, refresh_token) = (text("access_token"), text("refresh_token"));
        // One may be usable where the other is not: keep the usable one.
        let refresh_token = refresh_token.map(Token::new);
        let unusable = |problem, refresh_token: Option<Result<Token, _>>| {
            let refresh_token = refresh_token.and_then(Result::ok);
            let beside_refresh_token = refresh_token.is_some();
            let error = Error::UnsafeToken { problem, beside_refresh_token };
            ExchangeFailure { error, again: None, spent: true, refresh_token: refresh_token.map(Box::new) }
        };
        let Some(access_token) = access_token.filter(|text| !text.is_empty()) else {
            if matches!(refresh_token, Some(Ok(_))) {
                return Err(unusable("there is none beside the refresh token", refresh_token));
            }
            return Err(ExchangeFailure {
                error: Error::Transient {
                    what: "the answer (HTTP 200) held no token".into(),
                    not_before: None,
                    reached: true,
                    spent: false,
                    tracking_id: self.tracking_id.clone(),
                },
                again: Some(Again::Soon),
                spent: true,
                refresh_token: None,
            });
        };
        let token = match Token::new(access_token) {
            Ok(token) => token,
            Err(problem) => return Err(unusable(problem, refresh_token)),
        };
        let (refresh_token, refused_refresh) = match refresh_token {
            Some(Err(problem)) => (None, Some(problem)),
            refresh_token => (refresh_token.and_then(Result::ok), None),
        };
        let ahead = self.ahead(times);
        let exp = Claims::read(token.expose()).ok().and_then(|claims| claims.expires_at);
        let here = exp.map(|exp| exp.checked_sub_signed(TimeDelta::seconds(ahead)).unwrap_or(exp));
        let stated = json.get("expires_in").and_then(seconds);
        let by_answer = times.asked + TimeDelta::seconds(stated.unwrap_or(USUAL_LIFE));
        let expires_at = match here {
            Some(here) if stated.is_some() => here.min(by_answer),
            Some(here) => here,
            None => by_answer,
        };
        // Whole seconds, as recorded.
        let expires_at = expires_at.trunc_subsecs(0);
        let scopes = json.get("scope").and_then(Value::as_str).map(scopes).unwrap_or_default();
        Ok(Granted { token, refresh_token, refused_refresh, expires_at, ahead, scopes })
    }

    /// Seconds by which Zoom's clock is ahead of this machine's, by the Date of the answer.
    fn ahead(&self, times: Times) -> i64 {
        self.dated_ahead(times).unwrap_or_default()
    }

    /// The same; none if the answer has no Date.
    pub(super) fn dated_ahead(&self, times: Times) -> Option<i64> {
        let date = http_date(self.date.as_deref()?)?;
        // The Date was written between the request and the answer.
        let (behind, ahead) = ((date - times.asked).num_seconds(), (date - times.answered).num_seconds());
        Some(if ahead > CLOCK_TOLERANCE {
            ahead
        } else if behind < -CLOCK_TOLERANCE {
            behind
        } else {
            0
        })
    }
}

/// A life in seconds: a number or a number in quotes, with or without a fraction. A number below 1 says nothing.
fn seconds(value: &Value) -> Option<i64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and the result is bounded")]
    (number >= 1.0).then(|| (number as i64).min(LONGEST_LIFE))
}

/// The wait in a Retry-After: seconds, a date of HTTP, or the instant that Zoom sends (forum thread 18928).
fn wait(text: &str, now: DateTime<Utc>, ahead: i64) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let time =
        DateTime::parse_from_rfc3339(text).map_or_else(|_| http_date(text), |time| Some(time.to_utc()))?;
    let here = time.checked_sub_signed(TimeDelta::seconds(ahead))?;
    Some((here - now).to_std().unwrap_or(Duration::ZERO))
}

/// A time as HTTP writes it, in the current form or one of the two obsolete ones (RFC 9110, section 5.6.7).
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    httpdate::parse_http_date(text).ok().map(DateTime::from)
}

/// The names in a `scope`, separated by spaces (RFC 6749, section 3.3). Anything else is left out, since the names are
/// stored and shown.
pub(super) fn scopes(text: &str) -> Vec<String> {
    let is_name =
        |name: &&str| name.len() <= LONGEST_SCOPE && name.bytes().all(|byte| byte.is_ascii_graphic());
    text.split_ascii_whitespace().filter(is_name).take(MOST_SCOPES).map(str::to_owned).collect()
}

enum Verdict {
    Final(Refusal),
    Transient(String),
}

/// The verdict in an answer, in any of Zoom's dialects: `error` and `reason` of the token endpoint, `errorCode` and
/// `errorMessage` around the authorization page, `code` and `message` of the API.
///
/// The texts are never repeated: Zoom echoes client ids and codes in them.
fn verdict(grant: &Grant, json: &Map<String, Value>) -> Option<Verdict> {
    let refreshing = matches!(grant, Grant::RefreshToken(_));
    let redeeming = matches!(grant, Grant::AuthorizationCode { .. });
    let number = ["errorCode", "code"].into_iter().find_map(|name| json.get(name)?.as_i64());
    let by_number = match number {
        Some(4702 | 4704) => Some(Refusal::Client),
        Some(4705) => Some(Refusal::GrantType),
        Some(4711 | 4737 | 4740 | 4741) if refreshing => Some(Refusal::RefreshToken),
        Some(4709) if redeeming => Some(Refusal::RedirectUri),
        Some(4733 | 4734) if redeeming => Some(Refusal::Code),
        Some(4717) => Some(Refusal::AppDisabled),
        Some(4735) => Some(Refusal::UserGone),
        Some(4738) => Some(Refusal::Unauthorized),
        Some(code @ (4706 | 4709 | 4711 | 4724 | 4733 | 4734 | 4737 | 4740 | 4741)) => {
            Some(Refusal::Other(format!("code {code}")))
        }
        // 4700 is Zoom's code for an exception, 4732 for a lookup service that is down.
        Some(code @ (4700 | 4732)) => return Some(Verdict::Transient(format!("code {code}"))),
        _ => None,
    };
    if let Some(refusal) = by_number {
        return Some(Verdict::Final(refusal));
    }
    let name = json.get("error")?.as_str()?;
    if let (Grant::DeviceCode(_), Some(refusal)) = (grant, of_device(name)) {
        return Some(Verdict::Final(refusal));
    }
    Some(Verdict::Final(match name {
        "invalid_client" => Refusal::Client,
        // With this grant Zoom answers a bare "Bad Request" for a wrong account id, and for nothing else.
        "invalid_request" if matches!(grant, Grant::AccountCredentials { .. }) => Refusal::Account,
        "unsupported_grant_type" => Refusal::GrantType,
        "invalid_grant" if refreshing => Refusal::RefreshToken,
        "invalid_grant" if redeeming => Refusal::Code,
        "invalid_scope" => Refusal::Scope,
        "unauthorized_client" | "access_denied" => Refusal::Unauthorized,
        "invalid_grant" | "invalid_request" => Refusal::Other(name.into()),
        "server_error" | "temporarily_unavailable" | "slow_down" => {
            return Some(Verdict::Transient(name.into()));
        }
        _ => return None,
    }))
}

/// The meaning of an answer to a device that waits for a person (RFC 8628, section 3.5).
fn of_device(name: &str) -> Option<Refusal> {
    Some(match name {
        "authorization_pending" => Refusal::Pending { slow_down: false },
        "slow_down" => Refusal::Pending { slow_down: true },
        "expired_token" | "invalid_grant" => Refusal::DeviceCode,
        "access_denied" => Refusal::Denied,
        _ => return None,
    })
}

#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
#[cfg(test)]
mod tests;
