//! What a watch has to tell, as lines for a terminal and as JSON.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::schedule::MAX_FAILURES;
use crate::clock::rfc3339;
use crate::token::State;

/// The version of the JSON lines; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

/// How many of it make a rule, as the Zoom MCP Server draws it.
const RULE: usize = 60;

/// Something that a watch tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// What the token is worth.
    Status {
        /// The token.
        state: State,
        /// Since when nothing is refreshed any more, if so.
        disabled_since: Option<DateTime<Utc>>,
        /// Why that is.
        because: Option<String>,
    },
    /// A refresh begins.
    RefreshStarted {
        /// What is to be refreshed.
        state: State,
    },
    /// There is a new token in `.env`.
    TokenUpdated {
        /// The old one, masked.
        old: Option<String>,
        /// The new one, masked.
        new: String,
        /// Whether another zoomtok got it.
        adopted: bool,
    },
    /// Claude's configuration is about to be brought up to date.
    UpdatingClaude,
    /// It needs nothing: the configured server reads `.env` itself.
    ClaudeReadsEnv,
    /// Claude is about to be restarted.
    RestartingClaude,
    /// The refresh is complete.
    RefreshDone {
        /// The new token.
        state: State,
    },
    /// There is no new token.
    RefreshFailed {
        /// Why, in a sentence with its hint.
        error: String,
        /// The exit code that it would be.
        code: i32,
        /// How many failures in a row this makes; 0 for one that does not count.
        failures: u32,
    },
    /// Nothing is refreshed any more.
    Disabled {
        /// Why: the last of the failures.
        because: String,
        /// When it is tried once more, if it is.
        probe_at: Option<DateTime<Utc>>,
    },
    /// A newer token or other credentials were seen, and refreshing goes on.
    Rearmed,
    /// Something that the user should know and that stops nothing.
    Warning {
        /// The sentence.
        message: String,
    },
    /// The watch ends.
    Ended {
        /// The signal that ended it.
        signal: u8,
    },
}

impl Event {
    /// The lines that a terminal shows. `time` puts a moment as the clock on the wall shows it.
    pub fn lines(&self, time: impl Fn(DateTime<Utc>) -> String) -> Vec<String> {
        let rule = || "━".repeat(RULE);
        match self {
            Self::Status { state, disabled_since, because } => {
                let why = because.as_ref().map(|because| format!(": {because}")).unwrap_or_default();
                let disabled = disabled_since
                    .map(|since| format!(" (auto-refresh disabled since {}{why})", time(since)));
                vec![format!("{}{}", status(state, time), disabled.unwrap_or_default())]
            }
            Self::RefreshStarted { state } => {
                let why = match state {
                    State::Missing => "⏳ No token yet! Automatically fetching...",
                    State::Malformed { .. } => "⏳ Token cannot be used! Automatically refreshing...",
                    State::Dated { left, .. } if *left <= 0 => {
                        "⏳ Token expired! Automatically refreshing..."
                    }
                    State::Dated { .. } => "⏳ Token expiring soon! Automatically refreshing...",
                };
                vec![rule(), status(state, time), why.into(), "📝 Running: zoomtok get -f".into()]
            }
            Self::TokenUpdated { old, new, adopted } => {
                let fetched = if *adopted {
                    "📋 Token fetched by another zoomtok"
                } else {
                    "📋 Token fetched successfully"
                };
                let change = old.as_ref().map_or_else(|| new.clone(), |old| format!("{old} → {new}"));
                vec![
                    fetched.into(),
                    "🔄 Loading new token from .env".into(),
                    format!("✅ Token updated: {change}"),
                ]
            }
            Self::UpdatingClaude => vec!["⚙️  Running: zoomtok update-claude".into()],
            Self::ClaudeReadsEnv => {
                vec!["⚙️  Claude's server is zoomtok mcp, which reads .env itself: nothing to update or restart".into()]
            }
            Self::RestartingClaude => vec!["🚀 Running: zoomtok restart-claude".into()],
            Self::RefreshDone { state } => vec![
                "✅ Token refresh complete! New token is now active.".into(),
                status(state, time),
                rule(),
            ],
            Self::RefreshFailed { error, failures, .. } => {
                let count =
                    if *failures == 0 { String::new() } else { format!(" ({failures} of {MAX_FAILURES})") };
                vec![format!("❌ Token refresh failed{count}: {error}"), rule()]
            }
            Self::Disabled { because, probe_at } => {
                let probe = probe_at.map_or_else(
                    || "   It goes on as soon as .env holds a newer token or other credentials.".to_owned(),
                    |at| {
                        format!("   It tries again at {}, or as soon as .env holds a newer token.", time(at))
                    },
                );
                vec![
                    "❌ CRITICAL: Max refresh failures reached. Auto-refresh disabled.".into(),
                    format!("   The last one: {because}"),
                    "   To recover, run: zoomtok get -f".into(),
                    probe,
                ]
            }
            Self::Rearmed => vec!["🔄 .env has changed: auto-refresh enabled again.".into()],
            Self::Warning { message } => vec![format!("⚠️  {message}")],
            Self::Ended { .. } => vec!["👋 Watch ended.".into()],
        }
    }

    /// One JSON object, with `version`, `event`, `at` and what belongs to it. Tokens are masked.
    pub fn json(&self, at: DateTime<Utc>) -> Value {
        let (event, mut fields) = match self {
            Self::Status { state, disabled_since, because } => {
                let mut fields = token(state);
                fields["disabled_since"] = disabled_since.map(rfc3339).into();
                fields["because"] = because.clone().into();
                ("status", fields)
            }
            Self::RefreshStarted { state } => ("refresh_started", token(state)),
            Self::TokenUpdated { old, new, adopted } => {
                ("token_updated", json!({ "old": old, "new": new, "adopted": adopted }))
            }
            Self::UpdatingClaude => ("updating_claude", json!({})),
            Self::ClaudeReadsEnv => ("claude_reads_env", json!({})),
            Self::RestartingClaude => ("restarting_claude", json!({})),
            Self::RefreshDone { state } => ("refresh_done", token(state)),
            Self::RefreshFailed { error, code, failures } => {
                ("refresh_failed", json!({ "error": error, "code": code, "failures": failures }))
            }
            Self::Disabled { because, probe_at } => {
                ("disabled", json!({ "because": because, "probe_at": probe_at.map(rfc3339) }))
            }
            Self::Rearmed => ("rearmed", json!({})),
            Self::Warning { message } => ("warning", json!({ "message": message })),
            Self::Ended { signal } => ("ended", json!({ "signal": signal })),
        };
        fields["version"] = JSON_VERSION.into();
        fields["event"] = event.into();
        fields["at"] = rfc3339(at).into();
        fields
    }
}

fn token(state: &State) -> Value {
    match state {
        State::Missing => json!({ "state": "missing" }),
        State::Malformed { problem } => json!({ "state": "malformed", "problem": problem }),
        State::Dated { token, expires_at, left, .. } => json!({
            "state": if *left > 0 { "valid" } else { "expired" },
            "token": token.to_string(),
            "expires_at": rfc3339(*expires_at),
            "seconds_left": left,
        }),
    }
}

/// The status line, as the Zoom MCP Server shows it: more than 15 minutes are fresh, from 5 on it is time to know.
fn status(state: &State, time: impl Fn(DateTime<Utc>) -> String) -> String {
    let status = match state {
        State::Missing => "❌ No token in .env".into(),
        State::Malformed { problem } => format!("❌ Token cannot be used: {problem}"),
        State::Dated { expires_at, left, .. } if *left <= 0 => {
            format!("❌ Expired (at {})", time(*expires_at))
        }
        State::Dated { expires_at, left, .. } => {
            let icon = match left {
                901.. => "✅",
                300.. => "📊",
                _ => "⚠️",
            };
            format!("{icon} Expires in {} (at {})", crate::words::left(*left), time(*expires_at))
        }
    };
    format!("🔑 Token Status: {status}")
}
