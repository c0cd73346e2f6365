//! Why a call to the API failed, and what to do about it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::error::{tracked, tracking};

/// A failed call to the API. Text from Zoom has passed through `quoted`: it is short, on one line, and without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ApiFailure {
    /// Code 124, or 401 without a better reason: the token is not accepted.
    #[error("Zoom's API does not accept the token{}", tracked(.tracking_id.as_ref()))]
    Token {
        /// The id that Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// Codes 4711 and 4700: the token is valid, but not for this call, and a new one would not be either (forum thread
    /// 108207).
    #[error("{}{}", lacking(.missing), tracked(.tracking_id.as_ref()))]
    Scopes {
        /// The scopes that would suffice, if Zoom names any.
        missing: Vec<String>,
        /// The id that Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// 429: too many calls.
    #[error("too many calls: {} is reached (HTTP 429{})", .what.name(), tracking(.tracking_id.as_ref()))]
    Busy {
        /// How long to wait from the answer on, if it says so.
        wait: Option<Duration>,
        /// The same as a time, by this machine's clock.
        until: Option<DateTime<Utc>>,
        /// The limit that was reached.
        what: Limit,
        /// The id that Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// Zoom understood the call and refused it.
    #[error(
        "Zoom refused: {}{} (HTTP {status}{}{})",
        said(.message), in_fields(.fields), coded(*.code), tracking(.tracking_id.as_ref())
    )]
    Refused {
        /// The HTTP status, which may be 200.
        status: u16,
        /// Zoom's code, which is more specific than the status.
        code: Option<i64>,
        /// Zoom's message; may be empty.
        message: String,
        /// The invalid fields, each with Zoom's message about it.
        fields: Vec<String>,
        /// The id that Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// The answer is not one that the API gives.
    #[error("{what} (HTTP {status}{})", tracking(.tracking_id.as_ref()))]
    Broken {
        /// The HTTP status.
        status: u16,
        /// A description of the answer.
        what: String,
        /// The id that Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// There was no answer.
    #[error("{what}")]
    Unanswered {
        /// The reason, such as a closed connection.
        what: String,
        /// Whether the call may have arrived and been carried out.
        sent: bool,
    },

    /// The file is at an address to which the token must not be sent.
    #[error("did not request the file: {problem}")]
    Elsewhere {
        /// The problem with the address, which names the host.
        problem: String,
        /// Whether a redirect from Zoom led there.
        redirected: bool,
    },
}

/// The limits in Zoom's rate limit documentation. Unless noted, the apps of an account share them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Calls per second.
    PerSecond,
    /// Calls per day.
    Daily,
    /// A hundred meetings created or changed per day for one user (forum thread 18928).
    PerUserDaily,
    /// The answer does not say which.
    Unknown,
}

impl Limit {
    fn name(self) -> &'static str {
        match self {
            Self::PerSecond => "the limit of calls per second",
            Self::Daily => "the daily limit of calls",
            Self::PerUserDaily => "the daily limit of meetings created or changed for this user",
            Self::Unknown => "a limit of calls",
        }
    }
}

impl ApiFailure {
    /// The next step, as a sentence without a full stop; none if the message already says it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Token { .. } => Some(
                "Get a new one with zoomtok get -f. If that one is not accepted either, check that the app is activated; \
                 instead of the user me, pass an explicit user id or e-mail"
                    .into(),
            ),
            Self::Scopes { missing, .. } if missing.is_empty() => Some(
                "Add the scope for this call to the app and get a new token. If the call names a user for whom the token \
                 may not act, pass me, or an explicit user id or e-mail"
                    .into(),
            ),
            Self::Scopes { .. } => {
                Some("Add them to the app on marketplace.zoom.us, then get a new token with zoomtok get -f".into())
            }
            Self::Busy { until: Some(time), .. } => {
                Some(format!("Zoom asks to wait until {}", time.format("%Y-%m-%d %H:%M:%SZ")))
            }
            Self::Busy { what: Limit::Daily | Limit::PerUserDaily, .. } => {
                Some("Calls count anew from 00:00 UTC".into())
            }
            Self::Busy { .. } => Some("Try again in a few seconds".into()),
            Self::Refused { code, status, .. } => refusal(*code, *status).map(Into::into),
            Self::Broken { status: 500.., .. } | Self::Unanswered { sent: false, .. } => {
                Some("Try again later".into())
            }
            Self::Broken { .. } => Some(
                "Check that no proxy or network sign-in is in the way, and that ZOOM_API_URL is right".into(),
            ),
            Self::Unanswered { sent: true, .. } => {
                Some("It may have been carried out: check before repeating it".into())
            }
            Self::Elsewhere { .. } => Some("The token is sent to Zoom over https and nowhere else".into()),
        }
    }

    /// Whether Zoom, or a stand-in for it, may have received the call.
    pub fn reached(&self) -> bool {
        match self {
            Self::Unanswered { sent, .. } => *sent,
            Self::Elsewhere { redirected, .. } => *redirected,
            _ => true,
        }
    }
}

/// The fix for a refusal, by the codes in Zoom's `OpenAPI` description; none if Zoom's message says it.
fn refusal(code: Option<i64>, status: u16) -> Option<&'static str> {
    Some(match code {
        Some(200) => "This needs a paid plan, or a permission that the app's owner does not have",
        Some(300) => "Fix the fields that are named and call again",
        Some(1001 | 1010) => {
            "Look the user up with the list of users; for the user me, pass an explicit user id or e-mail"
        }
        Some(3000) => "This id belongs to a webinar; only meetings are supported here",
        Some(3001) => {
            "The meeting is over, was deleted, or belongs to another account: look it up in the list of meetings"
        }
        Some(3161) => "This user's licence does not allow hosting or scheduling meetings: pass another user",
        Some(3301) => "There is no recording, or none yet: Zoom takes a while after a meeting",
        Some(3322) => {
            "There is no transcript, or none yet: Zoom takes a while after a meeting, and creates one only from a cloud \
             recording with \"Audio transcript\" on, or with AI Companion. Zoom may require the uuid of the instance \
             instead of the meeting number"
        }
        Some(12702) => "Zoom keeps the details of a meeting for a year only",
        _ if status == 403 => "Check the permissions of the app's owner",
        _ if status == 404 => "Check that the id is right and belongs to this account",
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
