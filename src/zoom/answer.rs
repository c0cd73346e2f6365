//! What an answer of Zoom's token endpoint means: a pure function of the answer and the time.
//!
//! The one rule that everything else follows: only a verdict on the credentials is final. A status alone is never
//! one, since whatever stands between Zoom and here answers with any status and a page of its own.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::Value;

use super::Grant;
use crate::error::{Error, Refusal};
use crate::token::{CLOCK_TOLERANCE, Claims, LONGEST_LIFE, Token};

/// The longest wait that is believed of a Retry-After. Zoom's may name midnight, when a daily limit ends
/// (forum thread 18928); nobody who sits at a terminal should be locked out that long.
pub const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// The life of a token whose answer does not say it, in seconds; Zoom documents an hour.
const USUAL_LIFE: i64 = 3600;

/// An answer over HTTP, of any status.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) date: Option<String>,
    pub(super) tracking_id: Option<String>,
    pub(super) body: Vec<u8>,
}

/// When something was asked and answered, by this machine's clock.
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
    /// The refresh token that takes the place of the spent one, where there was one.
    pub refresh_token: Option<Token>,
    /// When it ends, by this machine's clock.
    pub expires_at: DateTime<Utc>,
    /// The seconds that Zoom's clock is ahead of this machine's; 0 when that is within [`CLOCK_TOLERANCE`].
    pub ahead: i64,
}

/// Why there is no token, and whether to ask once more.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// None: not now.
    pub(super) again: Option<Again>,
}

/// When to ask once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// After a pause of one's own choice.
    Soon,
    /// After this long, as Zoom asked.
    After(Duration),
}

impl Failure {
    /// Nothing came back that could be an answer.
    pub(super) fn passing(what: impl Into<String>) -> Self {
        Self {
            error: Error::Passing { what: what.into(), not_before: None, tracking_id: None },
            again: Some(Again::Soon),
        }
    }
}

impl Answer {
    /// What this answer to a request for `grant` means.
    pub(super) fn read(&self, grant: &Grant, times: Times) -> Result<Granted, Failure> {
        let passing = |what: String, again| Failure {
            error: Error::Passing { what, not_before: None, tracking_id: self.tracking_id.clone() },
            again,
        };
        let soon = Some(Again::Soon);
        match self.status {
            429 => return Err(self.later("Zoom is too busy for this app (HTTP 429)".into(), times)),
            408 | 500.. => return Err(self.later(format!("Zoom answered with HTTP {}", self.status), times)),
            300..400 => {
                return Err(passing(
                    "the answer was a redirect, as sign-in pages of networks send it".into(),
                    None,
                ));
            }
            _ => {}
        }
        let status = self.status;
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        let Ok(Value::Object(json)) = serde_json::from_slice::<Value>(body) else {
            let what = if body.trim_ascii().is_empty() { "nothing" } else { "something else than JSON" };
            let again = soon.filter(|_| status < 400);
            return Err(passing(
                format!("the answer (HTTP {status}) was {what}; is a proxy in the way?"),
                again,
            ));
        };
        let json = Value::Object(json);
        match verdict(grant, &json) {
            Some(Verdict::Final(refusal)) => {
                let tracking_id = self.tracking_id.clone();
                Err(Failure { error: Error::Refused { refusal, status, tracking_id }, again: None })
            }
            Some(Verdict::Passing(name)) => {
                Err(passing(format!("Zoom answered {name} (HTTP {status})"), soon))
            }
            None if status < 300 => self.granted(&json, times),
            None => {
                Err(passing(format!("Zoom answered with HTTP {status} and no reason that is known"), None))
            }
        }
    }

    /// A failure that names the time to come back, if the answer does: a 429 may, and so may a 503 (RFC 9110).
    fn later(&self, what: String, times: Times) -> Failure {
        let wait = self.retry_after.as_deref().and_then(|text| wait(text, times.answered, self.ahead(times)));
        let not_before =
            wait.and_then(|wait| times.answered.checked_add_signed(TimeDelta::from_std(wait).ok()?));
        Failure {
            error: Error::Passing { what, not_before, tracking_id: self.tracking_id.clone() },
            again: Some(wait.map_or(Again::Soon, Again::After)),
        }
    }

    fn granted(&self, json: &Value, times: Times) -> Result<Granted, Failure> {
        let Some(text) = json.get("access_token").and_then(Value::as_str).filter(|text| !text.is_empty())
        else {
            return Err(Failure {
                error: Error::Passing {
                    what: "the answer (HTTP 200) held no token".into(),
                    not_before: None,
                    tracking_id: self.tracking_id.clone(),
                },
                again: Some(Again::Soon),
            });
        };
        let usable = |text: &str| {
            Token::new(text).map_err(|problem| Failure { error: Error::UnsafeToken { problem }, again: None })
        };
        let token = usable(text)?;
        let refresh_token = json.get("refresh_token").and_then(Value::as_str).map(usable).transpose()?;
        let ahead = self.ahead(times);
        let exp = Claims::read(token.expose()).ok().and_then(|claims| claims.expires_at);
        let here = exp.map(|exp| exp.checked_sub_signed(TimeDelta::seconds(ahead)).unwrap_or(exp));
        let told = json.get("expires_in").and_then(seconds);
        let by_answer = times.asked + TimeDelta::seconds(told.unwrap_or(USUAL_LIFE));
        let expires_at = match here {
            Some(here) if told.is_some() => here.min(by_answer),
            Some(here) => here,
            None => by_answer,
        };
        // Whole seconds, as they are recorded.
        let expires_at = expires_at.trunc_subsecs(0);
        Ok(Granted { token, refresh_token, expires_at, ahead })
    }

    /// The seconds that Zoom's clock is ahead of this machine's, by the Date of the answer.
    fn ahead(&self, times: Times) -> i64 {
        let Some(date) = self.date.as_deref().and_then(|date| DateTime::parse_from_rfc2822(date).ok()) else {
            return 0;
        };
        let date = date.with_timezone(&Utc);
        // It was written somewhere between the question and the answer.
        let (behind, ahead) = ((date - times.asked).num_seconds(), (date - times.answered).num_seconds());
        if ahead > CLOCK_TOLERANCE {
            ahead
        } else if behind < -CLOCK_TOLERANCE {
            behind
        } else {
            0
        }
    }
}

/// A life in seconds: a number, a number in quotes, with or without a fraction. What is not positive says nothing.
fn seconds(value: &Value) -> Option<i64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and the result is bounded")]
    (number >= 1.0).then(|| (number as i64).min(LONGEST_LIFE))
}

/// What a Retry-After asks for: seconds, the date of HTTP, or the instant that Zoom sends (forum thread 18928).
fn wait(text: &str, now: DateTime<Utc>, ahead: i64) -> Option<Duration> {
    let text = text.trim();
    let until = |time: DateTime<chrono::FixedOffset>| {
        let here = time.with_timezone(&Utc).checked_sub_signed(TimeDelta::seconds(ahead))?;
        Some((here - now).to_std().unwrap_or(Duration::ZERO))
    };
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => DateTime::parse_from_rfc3339(text)
            .or_else(|_| DateTime::parse_from_rfc2822(text))
            .ok()
            .and_then(until),
    };
    wait.map(|wait| wait.min(LONGEST_WAIT))
}

enum Verdict {
    Final(Refusal),
    Passing(String),
}

/// The verdict in an answer, in any of Zoom's dialects: `error` and `reason` of the token endpoint, `errorCode` and
/// `errorMessage` around the authorization page, `code` and `message` of the API.
///
/// The texts are not repeated: Zoom echoes client ids and codes in them.
fn verdict(grant: &Grant, json: &Value) -> Option<Verdict> {
    let refreshing = matches!(grant, Grant::RefreshToken(_));
    let number = ["errorCode", "code"].iter().find_map(|name| json.get(name)?.as_i64());
    let by_number = match number {
        Some(4702 | 4704) => Some(Refusal::Client),
        Some(4705) => Some(Refusal::GrantType),
        Some(4711 | 4737 | 4740 | 4741) if refreshing => Some(Refusal::RefreshToken),
        Some(4717) => Some(Refusal::AppDisabled),
        Some(4735) => Some(Refusal::UserGone),
        Some(4738) => Some(Refusal::Unauthorized),
        Some(code @ (4706 | 4709 | 4711 | 4724 | 4733 | 4734 | 4737 | 4740 | 4741)) => {
            Some(Refusal::Other(format!("code {code}")))
        }
        // 4700 is Zoom's word for an exception, 4732 for a look-up that is down.
        Some(code @ (4700 | 4732)) => return Some(Verdict::Passing(format!("code {code}"))),
        _ => None,
    };
    if let Some(refusal) = by_number {
        return Some(Verdict::Final(refusal));
    }
    let name = json.get("error")?.as_str()?;
    Some(Verdict::Final(match name {
        "invalid_client" => Refusal::Client,
        // Of this grant Zoom says only "Bad Request" when the account id is wrong, and sends nothing else so.
        "invalid_request" if !refreshing => Refusal::Account,
        "unsupported_grant_type" => Refusal::GrantType,
        "invalid_grant" if refreshing => Refusal::RefreshToken,
        "invalid_scope" => Refusal::Scope,
        "unauthorized_client" | "access_denied" => Refusal::Unauthorized,
        "invalid_grant" | "invalid_request" => Refusal::Other(name.into()),
        "server_error" | "temporarily_unavailable" | "slow_down" => {
            return Some(Verdict::Passing(name.into()));
        }
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Grant {
        Grant::AccountCredentials { account_id: "account".into() }
    }

    fn refresh() -> Grant {
        Grant::RefreshToken(Token::new("refresh").unwrap())
    }

    fn times() -> Times {
        let asked = "2026-03-04T12:00:00Z".parse().unwrap();
        Times { asked, answered: asked + TimeDelta::seconds(1) }
    }

    fn read(grant: &Grant, status: u16, body: &str) -> Result<Granted, Failure> {
        Answer { status, body: body.into(), ..Answer::default() }.read(grant, times())
    }

    fn life(body: &str) -> i64 {
        (read(&account(), 200, body).unwrap().expires_at - times().asked).num_seconds()
    }

    #[test]
    fn a_verdict_is_told_by_what_it_is_about() {
        for (grant, status, body, refusal) in [
            (
                account(),
                400,
                r#"{"reason":"Invalid client_id or client_secret","error":"invalid_client"}"#,
                Refusal::Client,
            ),
            (account(), 400, r#"{"reason":"Bad Request","error":"invalid_request"}"#, Refusal::Account),
            (
                account(),
                400,
                r#"{"reason":"unsupported grant type","error":"unsupported_grant_type"}"#,
                Refusal::GrantType,
            ),
            (refresh(), 400, r#"{"reason":"Invalid Token!","error":"invalid_grant"}"#, Refusal::RefreshToken),
            (refresh(), 400, r#"{"error":"invalid_grant"}"#, Refusal::RefreshToken),
            (account(), 401, r#"{"error":"unauthorized_client"}"#, Refusal::Unauthorized),
            (account(), 200, r#"{"error":"invalid_client"}"#, Refusal::Client),
            (
                account(),
                400,
                r#"{"status":false,"errorCode":4702,"errorMessage":"Invalid client_id: X","result":null}"#,
                Refusal::Client,
            ),
            (refresh(), 400, r#"{"code":4741,"message":"superseded"}"#, Refusal::RefreshToken),
            (account(), 403, r#"{"code":4717,"message":"disabled"}"#, Refusal::AppDisabled),
            (
                refresh(),
                400,
                r#"{"reason":"no","error":"invalid_request"}"#,
                Refusal::Other("invalid_request".into()),
            ),
        ] {
            let failure = read(&grant, status, body).unwrap_err();
            assert!(failure.again.is_none(), "{body}");
            match failure.error {
                Error::Refused { refusal: seen, status: told, .. } => {
                    assert_eq!((seen, told), (refusal, status), "{body}");
                }
                other => panic!("{body}: {other}"),
            }
        }
    }

    #[test]
    fn everything_else_passes() {
        for (status, body) in [
            (200, "<html>Sign in</html>"),
            (200, ""),
            (200, "{}"),
            (200, r#"{"access_token":""}"#),
            (200, r#"{"access_token":7}"#),
            (200, "[]"),
            (200, r#"{"access_token":"abc"#),
            (302, ""),
            (400, "<html>"),
            (403, "<html>"),
            (404, "<html>"),
            (408, "{}"),
            (418, r#"{"error":"teapot"}"#),
            (429, r#"{"error":"invalid_client"}"#),
            (500, r#"{"error":"invalid_client"}"#),
            (502, "<html>"),
            (503, ""),
            (504, ""),
            (400, r#"{"code":4732}"#),
            (400, r#"{"errorCode":4700,"errorMessage":""}"#),
        ] {
            for grant in [account(), refresh()] {
                let failure = read(&grant, status, body).unwrap_err();
                assert!(matches!(failure.error, Error::Passing { .. }), "{status} {body}: {}", failure.error);
            }
        }
    }

    #[test]
    fn what_zoom_echoes_is_not_repeated() {
        for body in [
            r#"{"reason":"Invalid authorization code CANARY","error":"invalid_grant"}"#,
            r#"{"errorCode":4702,"errorMessage":"Invalid client_id: CANARY"}"#,
            r#"{"error":"CANARY"}"#,
            r#"{"error_description":"CANARY","error":"invalid_request"}"#,
        ] {
            let failure = read(&refresh(), 400, body).unwrap_err();
            let shown = format!("{} {:?} {failure:?}", failure.error, failure.error.hint());
            assert!(!shown.contains("CANARY"), "{shown}");
        }
    }

    #[test]
    fn a_life_is_read_in_every_form() {
        for (expires_in, life_) in [
            ("3599", 3599),
            ("\"3599\"", 3599),
            ("3599.0", 3599),
            ("0", 3600),
            ("-5", 3600),
            ("null", 3600),
            ("\"soon\"", 3600),
            ("1e300", LONGEST_LIFE),
            ("99999999999999999999", LONGEST_LIFE),
        ] {
            let body = format!(
                r#"{{"access_token":"opaque","token_type":"BEARER","x":[1],"expires_in":{expires_in}}}"#
            );
            assert_eq!(life(&body), life_, "{expires_in}");
        }
        assert_eq!(life(r#"{"access_token":"opaque"}"#), 3600);
        assert_eq!(life("\u{feff}{\"access_token\":\"opaque\"}"), 3600);
    }

    #[test]
    fn an_unsafe_token_is_refused() {
        for token in ["a\\nb", "a\\\"b", "$(id)", "a b", "`id`"] {
            for body in [
                format!(r#"{{"access_token":"{token}"}}"#),
                format!(r#"{{"access_token":"fine","refresh_token":"{token}"}}"#),
            ] {
                let failure = read(&account(), 200, &body).unwrap_err();
                assert!(
                    matches!(failure.error, Error::UnsafeToken { .. }) && failure.again.is_none(),
                    "{body}"
                );
            }
        }
    }

    #[test]
    fn a_retry_after_is_read_in_three_forms_and_bounded() {
        let now = times().answered;
        for (text, seconds) in [
            ("7", Some(7)),
            (" 7 ", Some(7)),
            ("2026-03-04T12:00:31Z", Some(30)),
            ("Wed, 04 Mar 2026 12:00:31 GMT", Some(30)),
            ("2020-05-31T00:00:00Z", Some(0)),
            ("86400", Some(300)),
            ("2026-03-05T00:00:00Z", Some(300)),
            ("soon", None),
            ("-3", None),
            ("", None),
        ] {
            assert_eq!(wait(text, now, 0), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(wait("2026-03-04T14:00:31Z", now, 7200), Some(Duration::from_secs(30)));
    }

    #[test]
    fn a_difference_of_the_clocks_is_seen_and_taken_out() {
        for (date, ahead) in [
            ("Wed, 04 Mar 2026 12:00:00 GMT", 0),
            ("Wed, 04 Mar 2026 12:01:00 GMT", 0),
            ("Wed, 04 Mar 2026 12:10:01 GMT", 600),
            ("Wed, 04 Mar 2026 10:00:00 GMT", -7200),
            ("never", 0),
        ] {
            let answer = Answer {
                status: 200,
                date: Some(date.into()),
                body: br#"{"access_token":"opaque","expires_in":3600}"#.to_vec(),
                ..Answer::default()
            };
            let granted = answer.read(&account(), times()).unwrap();
            assert_eq!(granted.ahead, ahead, "{date}");
            assert_eq!(granted.expires_at, times().asked + TimeDelta::seconds(3600), "{date}");
        }
    }
}
