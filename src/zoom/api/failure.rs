//! Why a call of the API gave nothing, and what to do about it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::error::{tracked, tracking};

/// What an answer says that is of no use, or that there was none. Zoom's words are in it as `quoted` leaves them: short, on
/// one line, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// Code 124, or 401 without a better reason: the token is not taken.
    #[error("Zoom's API does not take the token{}", tracked(.tracking_id.as_ref()))]
    Token {
        /// What Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// Codes 4711 and 4700: the token is good, and not for this. A new one is not either (forum thread 108207).
    #[error("{}{}", lacking(.missing), tracked(.tracking_id.as_ref()))]
    Scopes {
        /// The scopes that would do, as Zoom names them; none where it does not.
        missing: Vec<String>,
        /// What Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// 429: too many calls.
    #[error("too many calls: {} is reached (HTTP 429{})", .what.name(), tracking(.tracking_id.as_ref()))]
    Busy {
        /// How long to wait from the answer on, where it says that.
        wait: Option<Duration>,
        /// The same as a time, by this machine's clock.
        until: Option<DateTime<Utc>>,
        /// Which limit was reached.
        what: Limit,
        /// What Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// Zoom has understood the call, and does not do it.
    #[error(
        "Zoom refused: {}{} (HTTP {status}{}{})",
        said(.message), in_fields(.fields), coded(*.code), tracking(.tracking_id.as_ref())
    )]
    Refused {
        /// The HTTP status; 200 is among them.
        status: u16,
        /// Zoom's code, which means more than the status.
        code: Option<i64>,
        /// Zoom's words; empty where it has none.
        message: String,
        /// The fields that are wrong, each with Zoom's words about it.
        fields: Vec<String>,
        /// What Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// What came is no answer of the API.
    #[error("{what} (HTTP {status}{})", tracking(.tracking_id.as_ref()))]
    Broken {
        /// The HTTP status.
        status: u16,
        /// What came.
        what: String,
        /// What Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// Nothing came.
    #[error("{what}")]
    Unanswered {
        /// What happened.
        what: String,
        /// Whether the call may have arrived, and been carried out.
        sent: bool,
    },

    /// A file is where the token must not be sent.
    #[error("not asked for the file: {problem}")]
    Elsewhere {
        /// What is wrong with the address; it names the host.
        problem: String,
        /// Whether Zoom was asked before and led there.
        redirected: bool,
    },
}

/// The limits of Zoom's rate limit documentation. All but the last are those of an account, shared by its apps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So many calls a second.
    PerSecond,
    /// So many calls a day.
    Daily,
    /// A hundred meetings made or changed a day for one user (forum thread 18928).
    PerUserDaily,
    /// The answer does not tell.
    Unknown,
}

impl Limit {
    fn name(self) -> &'static str {
        match self {
            Self::PerSecond => "the limit of calls per second",
            Self::Daily => "the daily limit of calls",
            Self::PerUserDaily => "the daily limit of meetings made or changed for this user",
            Self::Unknown => "a limit of calls",
        }
    }
}

impl Failure {
    /// What to do next, as a sentence without its full stop; none where the failure already says it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Token { .. } => Some(
                "Get a new one with zoomtok get -f. If that one is not taken either, see that the app is activated; for \
                 the user me, pass an explicit user id or e-mail"
                    .into(),
            ),
            Self::Scopes { missing, .. } if missing.is_empty() => Some(
                "Add the scope of this call to the app and get a new token; or the call names a user that the token may \
                 not act for: pass me, or an explicit user id or e-mail"
                    .into(),
            ),
            Self::Scopes { .. } => {
                Some("Add them to the app on marketplace.zoom.us, then get a new token with zoomtok get -f".into())
            }
            Self::Busy { until: Some(time), .. } => {
                Some(format!("Zoom asks to wait until {}", time.format("%Y-%m-%d %H:%M:%SZ")))
            }
            Self::Busy { what: Limit::Daily | Limit::PerUserDaily, .. } => {
                Some("It is counted anew from 00:00 UTC".into())
            }
            Self::Busy { .. } => Some("Try again in a few seconds".into()),
            Self::Refused { code, status, .. } => refusal(*code, *status).map(Into::into),
            Self::Broken { status: 500.., .. } | Self::Unanswered { sent: false, .. } => {
                Some("Try again later".into())
            }
            Self::Broken { .. } => Some(
                "See that no proxy or sign-in of a network is in the way, and that ZOOM_API_URL is right".into(),
            ),
            Self::Unanswered { sent: true, .. } => {
                Some("It may have been carried out: look before it is repeated".into())
            }
            Self::Elsewhere { .. } => Some("The token is sent to Zoom over https and nowhere else".into()),
        }
    }

    /// Whether Zoom, or what stands in its place, may have seen the call.
    pub fn reached(&self) -> bool {
        match self {
            Self::Unanswered { sent, .. } => *sent,
            Self::Elsewhere { redirected, .. } => *redirected,
            _ => true,
        }
    }
}

/// What to do about a refusal, by the codes of Zoom's `OpenAPI` description. Where its own words say it, none.
fn refusal(code: Option<i64>, status: u16) -> Option<&'static str> {
    Some(match code {
        Some(200) => "This needs a paid plan, or a permission that the app's owner does not have",
        Some(300) => "Mend what is named and call again",
        Some(1001 | 1010) => {
            "Look the user up with the list of users; for the user me, pass an explicit user id or e-mail"
        }
        Some(3000) => "This id is that of a webinar; only meetings are looked after here",
        Some(3001) => {
            "The meeting is over, deleted, or of another account: look it up in the list of meetings"
        }
        Some(3161) => "This user's licence does not allow to host or schedule meetings: pass another user",
        Some(3301) => "There is no recording, or none yet: Zoom takes a while after a meeting",
        Some(3322) => {
            "There is no transcript, or none yet: Zoom takes a while after a meeting, and makes one only of a cloud \
             recording with \"Audio transcript\" on, or where AI Companion made one. Zoom may want the uuid of the \
             instance in place of the meeting number"
        }
        Some(12702) => "Zoom tells of a meeting for a year only",
        _ if status == 403 => "See to the permissions of the app's owner",
        _ if status == 404 => "See that the id is right, and of this account",
        _ => return None,
    })
}

fn lacking(missing: &[String]) -> String {
    match missing {
        [] => "the token lacks a scope for this".into(),
        [only] => format!("the token lacks the scope {only}"),
        several => format!("the token lacks the scopes {}", several.join(", ")),
    }
}

fn said(message: &str) -> &str {
    if message.is_empty() { "it does not say why" } else { message }
}

fn in_fields(fields: &[String]) -> String {
    if fields.is_empty() { String::new() } else { format!(" [{}]", fields.join("; ")) }
}

fn coded(code: Option<i64>) -> String {
    code.map(|code| format!(", code {code}")).unwrap_or_default()
}
